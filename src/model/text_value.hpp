// The base of the strong text values: two of them never mix, each exists only after its own rule was checked.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
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

}  // namespace berth::model
