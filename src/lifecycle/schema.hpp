// Reading a policy document as ECR's JSON schema does, with that schema's refusals word for word; for the .cpp files of
// this room. Each reader gives a harmless value after a refusal, so that reading goes on straight; the first counts.
#pragma once

#include "base/fault.hpp"
#include "lifecycle/words.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::lifecycle {

// The first refusal. `at` is a JSON pointer (RFC 6901); `hint` says in plain words what ECR's text leaves open.
class Refusals {
public:
    void add(std::string_view reason, std::string_view at, std::string_view hint = {});
    [[nodiscard]] bool any() const { return fault_.has_value(); }
    [[nodiscard]] const std::optional<Fault>& first() const { return fault_; }

private:
    std::optional<Fault> fault_;
};

// InvalidParameterException of a policy's text; `reason` is what stands behind "validation failure: ".
[[nodiscard]] Fault policy_fault(std::string_view reason);

namespace schema {

// nullptr for what is no object, or lacks a required member, or has one that is not among the allowed.
[[nodiscard]] const boost::json::object* object(const boost::json::value& value,
                                                std::span<const std::string_view> allowed,
                                                std::span<const std::string_view> required, const std::string& at,
                                                Refusals& refusals);
[[nodiscard]] std::string text(const boost::json::value& value, const std::string& at, Refusals& refusals);
// Texts of at least one character.
[[nodiscard]] std::vector<std::string> texts(const boost::json::value& value, const std::string& at,
                                             Refusals& refusals);
// An integer from `min` to 2^31-1.
[[nodiscard]] std::int32_t integer(const boost::json::value& value, std::int32_t min, const std::string& at,
                                   Refusals& refusals);
// One of the words, as the index in `words`.
[[nodiscard]] std::size_t one_of(const boost::json::value& value, std::span<const std::string_view> words,
                                 const std::string& at, Refusals& refusals);
template <class Enum, std::size_t count>
[[nodiscard]] Enum word(const boost::json::value& value, const word::Words<Enum, count>& words, const std::string& at,
                        Refusals& refusals) {
    return words.values[one_of(value, words.words, at, refusals)];
}
// The schema has a variant for each allowed combination of count, storage class and action; none of them fits.
void no_variant(const std::string& at, std::string_view hint, Refusals& refusals);
// A list of `size` entries where `min` to `max` are allowed.
void list_size(std::size_t size, std::size_t min, std::size_t max, const std::string& at, Refusals& refusals);

}  // namespace schema

}  // namespace berth::lifecycle
