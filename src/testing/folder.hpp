// A folder of a test's own.
#pragma once

#include <system_error>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace berth::testing {

class Folder {
public:
    explicit Folder(const std::filesystem::path& in = memory()) {
        std::string pattern = (in / "berth-XXXXXX").string();
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
    // Where the machine has that: what most tests are about is not the disk.
    static std::filesystem::path memory() {
        const std::filesystem::path shared = "/dev/shm";
        return std::filesystem::is_directory(shared) ? shared : std::filesystem::temp_directory_path();
    }

    std::filesystem::path path_;
};

}  // namespace berth::testing
