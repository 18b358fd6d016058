// One server a data folder: an advisory lock on DATA/lock that the kernel gives back when the process ends.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <utility>

namespace berth::store::sqlite {

// Holds the lock while it lives.
class DataLock {
public:
    // Creates the file. Fault unavailable: another server has the folder, or it cannot be written to; the message
    // says which.
    [[nodiscard]] static Result<DataLock> acquire(const std::filesystem::path& folder);

    DataLock(DataLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;
    DataLock& operator=(DataLock&&) = delete;
    ~DataLock();

private:
    explicit DataLock(int file) : file_(file) {}
    int file_;
};

}  // namespace berth::store::sqlite
