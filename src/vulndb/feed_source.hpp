// A feed's file, opened for reading: its unpacked bytes from the beginning, and a look at how they begin.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"
#include "base/result.hpp"
#include "base/sha256.hpp"
#include "vulndb/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace berth::vulndb {

// Larger than any feed that is known, smaller than what would fill a disk or a day.
[[nodiscard]] const archive::Limits& feed_limits();

// A file as a Source; hashes and counts what goes through.
class FileSource final : public archive::Source {
public:
    using Progress = std::function<void(std::uint64_t read)>;

    FileSource(Descriptor file, Progress progress) : file_(std::move(file)), progress_(std::move(progress)) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;

    [[nodiscard]] std::uint64_t bytes() const { return hash_.size(); }
    // Of what was read so far, in hexadecimal.
    [[nodiscard]] std::string sha256() const;

private:
    Descriptor file_;
    Progress progress_;
    Sha256 hash_;
};

// The text of a feed. For one thread.
class FeedSource final : public archive::Source {
public:
    // `unavailable`: the file cannot be opened. Faults of the packing come with it or with read().
    [[nodiscard]] static Result<std::unique_ptr<FeedSource>> open(const std::filesystem::path& file,
                                                                  FileSource::Progress progress);

    // Up to recognisable_bytes from the beginning; stays to be read, but for a mark of UTF-8 in front.
    [[nodiscard]] std::string_view start() const { return start_; }
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    // Packed or not: whether the file's bytes are the feed's.
    [[nodiscard]] bool is_plain() const { return plain_; }
    [[nodiscard]] const FileSource& file() const { return *file_; }

private:
    FeedSource() = default;
    [[nodiscard]] Result<void> look_at_start();

    std::unique_ptr<FileSource> file_;
    std::unique_ptr<archive::Source> head_;  // what the packing was told by, put back before the rest
    std::unique_ptr<archive::Source> unpacked_;
    std::string start_;
    std::size_t given_ = 0;  // of start_
    bool plain_ = false;
};

}  // namespace berth::vulndb
