// A file descriptor that closes itself.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace berth::vulndb {

class Descriptor {
public:
    // Not open when the system refuses; errno says why. `flags` as open(2) takes them.
    [[nodiscard]] static Descriptor open(const std::filesystem::path& file, int flags, mode_t mode = 0644) {
        return Descriptor(::open(file.c_str(), flags | O_CLOEXEC, mode));
    }

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

private:
    explicit Descriptor(int number) : number_(number) {}

    int number_;
};

}  // namespace berth::vulndb
