#include "lifecycle/repeated_key.hpp"

#include "base/json_listener.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <set>
#include <utility>
#include <vector>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

// Hears of every key with the keys of the objects around it at hand.
struct KeyWatcher : JsonListener {
    std::vector<std::set<std::string>> open;  // the keys of each object that has not ended
    std::string begun;                        // of a key that comes in parts
    std::optional<std::string> repeated;

    bool on_object_begin(Error&) {
        open.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Error&) {
        open.pop_back();
        return true;
    }
    bool on_key_part(Text part, std::size_t, Error&) {
        begun.append(part.data(), part.size());
        return true;
    }
    bool on_key(Text part, std::size_t, Error&) {
        begun.append(part.data(), part.size());
        auto key = std::exchange(begun, {});
        if (!repeated && !open.back().insert(key).second) repeated = std::move(key);
        return true;
    }
};

}  // namespace

std::optional<std::string> find_repeated_key(std::string_view text) {
    json::basic_parser<KeyWatcher> parser({});
    json::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return std::move(parser.handler().repeated);
}

}  // namespace berth::lifecycle
