// A folder under the system's temporary one that goes with its owner.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <utility>

namespace berth::store::sqlite {

class ScratchFolder {
public:
    // Fault unavailable: it cannot be made.
    [[nodiscard]] static Result<ScratchFolder> create();

    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace berth::store::sqlite
