// How importers walk JSON: a visit for each record, wherever the records are. Includes simdjson: for .cpp files only.
#pragma once

#include "vulndb/json_record.hpp"
#include "vulndb/json_text.hpp"
#include "vulndb/record.hpp"

#include <functional>

namespace berth::vulndb {

using VisitRecord = std::function<void(const JsonObject&)>;

// Objects one after the other (lines, or a single one), or an array of them. A line that is no object is skipped.
[[nodiscard]] Result<void> walk_records(archive::Source& text, RecordSink& sink, const VisitRecord& visit);

// The objects of the array `list` in the one object of the text; other members pass by.
[[nodiscard]] Result<void> walk_list(archive::Source& text, std::string_view list, RecordSink& sink,
                                     const VisitRecord& visit);

}  // namespace berth::vulndb
