// Where small things become durable: appended to a file that is synced once for all that came at a time.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench::floor {

// One for each loop, used by its thread. The file has its full size from the start and is written over from the
// beginning when its end is reached, so that a sync has no metadata to write: what a database does with its log.
class Log {
public:
    explicit Log(const std::string& path);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    ~Log();

    // The bytes must stay where they are until the next commit().
    void add(std::span<const std::byte> bytes);
    bool empty() const { return pieces_.empty(); }
    // All that was added, to the disk.
    void commit();

private:
    void write(std::span<iovec> pieces);

    int file_;
    std::uint64_t at_ = 0;
    std::uint64_t added_ = 0;
    std::vector<iovec> pieces_;
};

}  // namespace bench::floor
