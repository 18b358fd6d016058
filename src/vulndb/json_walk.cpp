#include "vulndb/json_walk.hpp"

namespace berth::vulndb {

namespace {

Result<void> visit_next(JsonText& json, JsonRecords& records, RecordSink& sink, const VisitRecord& visit) {
    const auto text = json.value();
    if (!text) return std::unexpected(text.error());
    if (const auto object = records.parse(*text))
        visit(*object);
    else
        sink.skip({}, "not an object of JSON");
    return {};
}

// A broken line in the middle costs one record; when the text just ends, the file was cut short.
Result<void> walk_lines(JsonText& json, JsonRecords& records, RecordSink& sink, const VisitRecord& visit) {
    for (;;) {
        const auto next = json.peek();
        if (!next) return std::unexpected(next.error());
        if (*next == '\0') return {};
        const auto visited = visit_next(json, records, sink, visit);
        if (visited) continue;
        if (visited.error().kind != FaultKind::invalid_parameter || json.is_cut_short()) return visited;
        sink.skip({}, visited.error().message);
        if (auto skipped = json.skip_line(); !skipped) return skipped;
    }
}

}  // namespace

Result<void> walk_records(archive::Source& text, RecordSink& sink, const VisitRecord& visit) {
    JsonText json(text);
    JsonRecords records;
    const auto first = json.peek();
    if (!first) return std::unexpected(first.error());
    if (*first == '[') return json.elements([&] { return visit_next(json, records, sink, visit); });
    return walk_lines(json, records, sink, visit);
}

Result<void> walk_list(archive::Source& text, std::string_view list, RecordSink& sink, const VisitRecord& visit) {
    JsonText json(text);
    JsonRecords records;
    return json.members([&](const std::string& key) -> Result<void> {
        if (key == list) return json.elements([&] { return visit_next(json, records, sink, visit); });
        const auto other = json.value();
        return other ? Result<void>{} : std::unexpected(other.error());
    });
}

}  // namespace berth::vulndb
