// The floor's answers, with as many header bytes as Berth's.
#pragma once

#include "contents.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace bench::floor {

inline constexpr std::string_view blob_type = "application/octet-stream";

std::string_view ping();
std::string_view not_found();
std::string_view failed();
// A manifest, a page of tags, a small blob: head and body in one text. `digest` may be empty.
AnswerPointer document(std::string_view type, std::string_view digest, std::string_view body);
AnswerPointer large_blob(std::string_view digest, std::string file, std::uint64_t bytes);
// 202 for an upload that began or went on.
std::string accepted(std::string_view repository, std::string_view upload, std::uint64_t received);
// 201 for a blob or manifest that is there now; `kind` is "blobs" or "manifests".
std::string created(std::string_view repository, std::string_view kind, std::string_view digest);

}  // namespace bench::floor
