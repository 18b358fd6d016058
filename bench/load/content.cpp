#include "content.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <atomic>
#include <stdexcept>

namespace bench {
namespace {

void must(int openssl_result) {
    if (openssl_result != 1) throw std::runtime_error("OpenSSL's libcrypto failed");
}

std::string hex(const unsigned char* bytes, std::size_t count) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 15]);
    }
    return text;
}

std::string finish(EVP_MD_CTX* context) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    must(EVP_DigestFinal_ex(context, digest.data(), &size));
    return "sha256:" + hex(digest.data(), size);
}

EVP_MD_CTX* scratch() {
    thread_local const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return context.get();
}

std::string quoted(std::string_view type, const Descriptor& descriptor) {
    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + descriptor.digest + R"(","size":)" +
           std::to_string(descriptor.size) + "}";
}

}  // namespace

std::string sha256(std::string_view text) {
    must(EVP_DigestInit_ex(scratch(), EVP_sha256(), nullptr));
    must(EVP_DigestUpdate(scratch(), text.data(), text.size()));
    return finish(scratch());
}

std::array<char, 64> unique_text() {
    static const std::string run = [] {
        std::array<unsigned char, 23> random{};
        must(RAND_bytes(random.data(), random.size()));
        return hex(random.data(), random.size());
    }();
    static std::atomic<std::uint64_t> counter{0};
    std::string number = std::to_string(counter.fetch_add(1, std::memory_order_relaxed));
    number.insert(0, 18 - std::min<std::size_t>(number.size(), 18), '0');
    std::array<char, 64> text{};
    (run + number).copy(text.data(), text.size());
    return text;
}

Blobs::Blobs(std::size_t size) : start_(size - sizeof(Blob::end)), after_start_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    // xorshift64: incompressible enough for any file system, and quick to make.
    std::uint64_t state = 0x9e3779b97f4a7c15;
    for (char& byte : start_) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<char>(state >> 32);
    }
    must(EVP_DigestInit_ex(after_start_.get(), EVP_sha256(), nullptr));
    must(EVP_DigestUpdate(after_start_.get(), start_.data(), start_.size()));
}

Blob Blobs::next() const {
    Blob blob{.start = {start_.data(), start_.size()}, .end = unique_text(), .digest = {}};
    must(EVP_MD_CTX_copy_ex(scratch(), after_start_.get()));
    must(EVP_DigestUpdate(scratch(), blob.end.data(), blob.end.size()));
    blob.digest = finish(scratch());
    return blob;
}

Document image_config() {
    const std::array<char, 64> unique = unique_text();
    Document config;
    config.text = R"({"architecture":"amd64","os":"linux","config":{"Labels":{"run":")" +
                  std::string(unique.data(), unique.size()) + R"("}},"rootfs":{"type":"layers","diff_ids":[]}})";
    config.digest = sha256(config.text);
    return config;
}

Document image_manifest(const Descriptor& config, const std::vector<Descriptor>& layers) {
    const std::array<char, 64> unique = unique_text();
    std::string text = R"({"schemaVersion":2,"mediaType":")" + std::string(manifest_type) + R"(","config":)" +
                       quoted("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)";
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (i > 0) text.push_back(',');
        text.append(quoted("application/vnd.oci.image.layer.v1.tar+gzip", layers[i]));
    }
    text.append(R"(],"annotations":{"run":")").append(unique.data(), unique.size()).append("\"}}");
    Document manifest{.text = std::move(text), .digest = {}};
    manifest.digest = sha256(manifest.text);
    return manifest;
}

}  // namespace bench
