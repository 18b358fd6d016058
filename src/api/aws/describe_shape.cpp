#include "api/aws/describe_shape.hpp"

namespace berth::api::aws {

void describe_sizes(std::string& out, std::size_t min, std::size_t max) {
    write_key(out, "min");
    write_number(out, static_cast<std::int64_t>(min));
    if (max == unbounded) return;
    write_key(out, "max");
    write_number(out, static_cast<std::int64_t>(max));
}

void describe_text(std::string& out, const TextRule& rule) {
    out += R"({"type":"string")";
    describe_sizes(out, rule.min, rule.max);
    if (!rule.pattern.empty()) {
        write_key(out, "pattern");
        write_string(out, rule.pattern);
    }
    out += '}';
}

void describe_range(std::string& out, std::string_view type, std::int64_t min, std::int64_t max) {
    out += '{';
    write_key(out, "type");
    write_string(out, type);
    if (min != no_minimum) {
        write_key(out, "min");
        write_number(out, min);
    }
    if (max != no_maximum) {
        write_key(out, "max");
        write_number(out, max);
    }
    out += '}';
}

}  // namespace berth::api::aws
