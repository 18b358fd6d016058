// What is pushed: bytes no registry has seen before, whose digests cost next to nothing.
//
// All blobs of one size share their start and differ in their last 64 bytes. The start is hashed once, so a new blob's
// digest costs one SHA-256 block, and 64 clients pushing 100 MiB blobs need 100 MiB, not 6.4 GiB.
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

std::string sha256(std::string_view text);  // "sha256:..."

// A text that no other call and no other run of this program returns.
std::array<char, 64> unique_text();

// One blob; `start` points into the Blobs it came from.
struct Blob {
    std::string_view start;
    std::array<char, 64> end{};
    std::string digest;

    std::uint64_t size() const { return start.size() + end.size(); }
    std::string_view tail() const { return {end.data(), end.size()}; }
};

// Any thread may ask for blobs at any time.
class Blobs {
public:
    explicit Blobs(std::size_t size);  // at least 64
    Blob next() const;

private:
    std::vector<char> start_;
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> after_start_;
};

struct Descriptor {
    std::string digest;
    std::uint64_t size = 0;
};

struct Document {
    std::string text;
    std::string digest;

    Descriptor descriptor() const { return {digest, text.size()}; }
};

inline constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";

// A new image configuration, and a new OCI image manifest that names it.
Document image_config();
Document image_manifest(const Descriptor& config, const std::vector<Descriptor>& layers);

}  // namespace bench
