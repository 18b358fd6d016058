// A folder of a test's own. In memory where the machine has that: what is tested over it is not the disk.
#pragma once

#include <system_error>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace berth::testing {

class Folder {
public:
    Folder() {
        const std::filesystem::path memory = "/dev/shm";
        const bool there = std::filesystem::is_directory(memory);
        std::string pattern = ((there ? memory : std::filesystem::temp_directory_path()) / "berth-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder as " + pattern);
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace berth::testing
