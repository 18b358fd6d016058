#include "lifecycle/repeated_key.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

// Hears of every key with the keys of the objects around it at hand.
struct KeyWatcher {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    std::vector<std::set<std::string>> open;  // the keys of each object that has not ended
    std::string begun;                        // of a key that comes in parts
    std::optional<std::string> repeated;

    using Error = json::error_code;
    bool on_object_begin(Error&) {
        open.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Error&) {
        open.pop_back();
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, Error&) {
        begun.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Error&) {
        begun.append(part.data(), part.size());
        auto key = std::exchange(begun, {});
        if (!repeated && !open.back().insert(key).second) repeated = std::move(key);
        return true;
    }

    static bool on_document_begin(Error&) { return true; }
    static bool on_document_end(Error&) { return true; }
    static bool on_array_begin(Error&) { return true; }
    static bool on_array_end(std::size_t, Error&) { return true; }
    static bool on_string_part(json::string_view, std::size_t, Error&) { return true; }
    static bool on_string(json::string_view, std::size_t, Error&) { return true; }
    static bool on_number_part(json::string_view, Error&) { return true; }
    static bool on_int64(std::int64_t, json::string_view, Error&) { return true; }
    static bool on_uint64(std::uint64_t, json::string_view, Error&) { return true; }
    static bool on_double(double, json::string_view, Error&) { return true; }
    static bool on_bool(bool, Error&) { return true; }
    static bool on_null(Error&) { return true; }
    static bool on_comment_part(json::string_view, Error&) { return true; }
    static bool on_comment(json::string_view, Error&) { return true; }
};

}  // namespace

std::optional<std::string> find_repeated_key(std::string_view text) {
    json::basic_parser<KeyWatcher> parser({});
    json::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return std::move(parser.handler().repeated);
}

}  // namespace berth::lifecycle
