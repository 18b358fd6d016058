// The base of the strong text values: two of them never mix, each exists only after its own rule was checked.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace berth::model {

template <class Self>
class TextValue {
public:
    [[nodiscard]] const std::string& text() const { return text_; }
    friend bool operator==(const TextValue&, const TextValue&) = default;
    friend auto operator<=>(const TextValue&, const TextValue&) = default;

private:
    friend Self;  // and nobody else: class A : TextValue<B> does not compile
    TextValue() = default;
    explicit TextValue(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

// The value of a text whose rule was checked before: the registry made it, or its caller's shape has the same rule.
// A text that breaks it is a bug, and throws.
template <class Value>
[[nodiscard]] Value known_valid(std::string_view text) {
    auto value = Value::parse(text);
    if (!value) throw std::logic_error("a text that was taken for checked breaks its rule: " + std::string(text));
    return *std::move(value);
}

}  // namespace berth::model
