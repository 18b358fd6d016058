// The file a download arrives in: FILE.part, with the ETag of what it is part of beside it. Inside client/ only.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace berth::client {

class PartFile {
public:
    explicit PartFile(const std::filesystem::path& file);
    ~PartFile();
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    // What is there from before, if it can be gone on with: bytes, and the strong ETag they belong to.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const std::string& etag() const { return etag_; }

    // Empties it; what comes now belongs to `etag` (empty: the server gave none, so it cannot be gone on with).
    [[nodiscard]] Result<void> begin(std::string_view etag);
    // Goes on at the end.
    [[nodiscard]] Result<void> resume();
    [[nodiscard]] Result<void> append(std::string_view bytes);
    // Synced, and then under its own name.
    [[nodiscard]] Result<void> finish();
    // Forgets what is there from before.
    void discard();

private:
    [[nodiscard]] Result<void> open(int flags);
    void close();

    std::filesystem::path file_;
    std::filesystem::path part_;
    std::filesystem::path etag_file_;
    std::string etag_;
    std::uint64_t bytes_ = 0;
    int descriptor_ = -1;
};

}  // namespace berth::client
