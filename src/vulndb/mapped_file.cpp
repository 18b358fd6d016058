#include "vulndb/mapped_file.hpp"

#include "vulndb/descriptor.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>

#include <cerrno>

namespace berth::vulndb {

namespace {

std::unexpected<Fault> unreadable(const std::filesystem::path& file, const std::string& why) {
    return fail(FaultKind::unavailable, file.string() + ": " + why);
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& file) {
    const auto descriptor = Descriptor::open(file, O_RDONLY);
    if (!descriptor.is_open()) return unreadable(file, std::generic_category().message(errno));
    struct stat status{};
    if (::fstat(descriptor.number(), &status) != 0) return unreadable(file, std::generic_category().message(errno));
    if (!S_ISREG(status.st_mode)) return unreadable(file, "not a file");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return MappedFile({});
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.number(), 0);
    if (memory == MAP_FAILED) return unreadable(file, std::generic_category().message(errno));
    return MappedFile(std::span(static_cast<const std::byte*>(memory), size));
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace berth::vulndb
