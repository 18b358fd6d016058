#include "oci/strict_json.hpp"

#include "base/json_listener.hpp"
#include "base/json_size.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace berth::oci {

namespace {

namespace json = boost::json;

// Fifty for each of the ten thousand descriptors that a manifest may have.
constexpr std::size_t max_values = 500'000;

// Counts the members of all objects. The tree keeps one of two equal keys, the text has both: that shows the second.
struct MemberCounter : JsonListener {
    std::size_t members = 0;

    bool on_object_end(std::size_t size, Error&) {
        members += size;
        return true;
    }
};

std::size_t members_in_text(std::string_view bytes, const json::parse_options& options) {
    json::basic_parser<MemberCounter> parser(options);
    json::error_code error;
    parser.write_some(false, bytes.data(), bytes.size(), error);
    return parser.handler().members;
}

// As deep as the parser allowed the tree to become.
std::size_t members_in_tree(const json::value& value) {
    std::size_t members = 0;
    if (const auto* object = value.if_object()) {
        members = object->size();
        for (const auto& member : *object) members += members_in_tree(member.value());
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) members += members_in_tree(element);
    }
    return members;
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view bytes, std::size_t depth) {
    if (has_more_json_values(bytes, max_values)) return fail(FaultKind::invalid_manifest, "too many values");
    json::parse_options options;
    options.max_depth = depth;
    json::error_code error;
    auto value = json::parse(json::string_view(bytes.data(), bytes.size()), error, {}, options);
    if (error) return fail(FaultKind::invalid_manifest, "not valid JSON: " + error.message());
    if (members_in_text(bytes, options) != members_in_tree(value)) {
        return fail(FaultKind::invalid_manifest, "an object has the same key twice");
    }
    return value;
}

}  // namespace berth::oci
