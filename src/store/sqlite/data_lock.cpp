#include "store/sqlite/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>

namespace berth::store::sqlite {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

Result<DataLock> DataLock::acquire(const std::filesystem::path& folder) {
    const auto path = folder / "lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(FaultKind::unavailable, "cannot open " + path.string() + ": " + reason(errno));
    DataLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK)
        return fail(FaultKind::unavailable,
                    "another berth works on the folder " + folder.string() + ": stop the server first");
    return fail(FaultKind::unavailable, "cannot lock " + path.string() + ": " + reason(errno));
}

DataLock::~DataLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace berth::store::sqlite
