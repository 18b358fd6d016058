// A folder as the tar archive that it could be packed into, made while it is read: what walks over layers walks over
// folders, too. Contents that are passed over are never opened.
#pragma once

#include "archive/source.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace berth::inventory {

// Every name is opened relative to the open folder above it and without following links, so nothing outside of the
// folder is reached, not even when it changes meanwhile. A file that becomes shorter is filled up with zeros.
class FolderTar final : public archive::Source {
public:
    [[nodiscard]] static Result<std::unique_ptr<FolderTar>> open(const std::filesystem::path& folder);
    ~FolderTar() override;

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t bytes) override;
    // Files and folders that this user may not read; a file stands in the archive as something that is none.
    [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

private:
    struct Folder {
        int descriptor;
        std::string path;                // with '/' at its end, but for the top
        std::vector<std::string> names;  // those still to come, the next last
    };

    FolderTar() = default;
    void enter(int descriptor, std::string path);
    [[nodiscard]] bool next_entry();
    void describe(const Folder& folder, const std::string& name);
    void describe_file(const Folder& folder, const std::string& name, std::uint64_t size, unsigned mode);
    void close_file();
    [[nodiscard]] std::size_t read_file(std::span<std::byte> into);

    std::vector<Folder> folders_;
    std::string header_;  // bytes to give before the content
    std::size_t header_at_ = 0;
    int file_ = -1;  // opened for reading; -1 where it is not (yet)
    std::string file_name_;
    std::uint64_t file_at_ = 0;
    std::uint64_t content_ = 0;  // bytes of it still to give
    std::uint64_t padding_ = 0;
    std::size_t unreadable_ = 0;
};

}  // namespace berth::inventory
