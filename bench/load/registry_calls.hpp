// The calls of the Distribution API that the workloads are made of. Each throws CallFailed when the answer is not the
// one that means success.
#pragma once

#include "client.hpp"
#include "content.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

enum class PushStyle : std::uint8_t {
    monolithic,  // POST, then PUT with the bytes and their Content-Length
    streamed,    // POST, PATCH with chunked transfer coding, PUT: what docker and most Go clients do
};

void push_blob(Client& client, const std::string& repository, const Blob& blob, PushStyle style);
void push_document(Client& client, const std::string& repository, const Document& document, PushStyle style);
void put_manifest(Client& client, const std::string& repository, const Document& manifest,
                  const std::string& reference);

// `mount` must be granted: 201, not an upload to begin.
void mount_blob(Client& client, const std::string& repository, const std::string& source, const std::string& digest);

std::string blob_target(const std::string& repository, const std::string& digest);
std::string manifest_target(const std::string& repository, const std::string& reference);

// GET and a body of that many bytes.
void get_exactly(Client& client, std::string_view target, std::uint64_t bytes, std::string_view accept = {});

}  // namespace bench
