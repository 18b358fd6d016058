#include "vulndb/feed_source.hpp"

#include "archive/unpack.hpp"
#include "base/encoding.hpp"
#include "vulndb/recognise.hpp"
#include "vulndb/xz_source.hpp"

#include <system_error>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace berth::vulndb {

namespace {

constexpr std::size_t magic_bytes = 6;

// Some bytes, then those of another source.
class Prefixed final : public archive::Source {
public:
    Prefixed(std::string start, archive::Source& rest) : start_(std::move(start)), rest_(rest) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
        if (given_ == start_.size()) return rest_.read(into);
        const auto count = std::min(into.size(), start_.size() - given_);
        std::memcpy(into.data(), start_.data() + given_, count);
        given_ += count;
        return count;
    }

private:
    std::string start_;
    archive::Source& rest_;
    std::size_t given_ = 0;
};

// Up to `most` bytes; fewer only at the end.
Result<std::string> read_start(archive::Source& source, std::size_t most) {
    std::string start(most, '\0');
    std::size_t size = 0;
    while (size < most) {
        const auto got = source.read(std::as_writable_bytes(std::span(start).subspan(size)));
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        size += *got;
    }
    start.resize(size);
    return start;
}

bool is_packed(std::string_view start) {
    return is_xz(start) || start.starts_with("\x1f\x8b") || start.starts_with("\x28\xb5\x2f\xfd");
}

}  // namespace

const archive::Limits& feed_limits() {
    static const archive::Limits limits{.packed_bytes = std::uint64_t{8} << 30,
                                        .unpacked_bytes = std::uint64_t{32} << 30};
    return limits;
}

Result<std::size_t> FileSource::read(std::span<std::byte> into) {
    ssize_t got = 0;
    do {
        got = ::read(file_.number(), into.data(), into.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return fail(FaultKind::unavailable, std::generic_category().message(errno));
    hash_.update(into.first(static_cast<std::size_t>(got)));
    if (progress_) progress_(hash_.size());
    return static_cast<std::size_t>(got);
}

std::string FileSource::sha256() const {
    const auto digest = hash_.digest();
    return to_hex(std::span(reinterpret_cast<const unsigned char*>(digest.data()), digest.size()));
}

Result<std::unique_ptr<FeedSource>> FeedSource::open(const std::filesystem::path& file, FileSource::Progress progress) {
    auto descriptor = Descriptor::open(file, O_RDONLY);
    if (!descriptor.is_open()) return fail(FaultKind::unavailable, std::generic_category().message(errno));
    std::unique_ptr<FeedSource> feed(new FeedSource);
    feed->file_ = std::make_unique<FileSource>(std::move(descriptor), std::move(progress));
    if (auto looked = feed->look_at_start(); !looked) return fail(std::move(looked));
    return feed;
}

Result<void> FeedSource::look_at_start() {
    auto magic = read_start(*file_, magic_bytes);
    if (!magic) return fail(std::move(magic));
    plain_ = !is_packed(*magic);
    const bool xz = is_xz(*magic);
    head_ = std::make_unique<Prefixed>(*std::move(magic), *file_);
    if (xz) {
        unpacked_ = unpack_xz(*head_, feed_limits());
    } else {
        auto unpacked = archive::unpack(*head_, feed_limits());
        if (!unpacked) return fail(std::move(unpacked));
        unpacked_ = *std::move(unpacked);
    }
    auto start = read_start(*unpacked_, recognisable_bytes);
    if (!start) return fail(std::move(start));
    start_ = *std::move(start);
    given_ = mark_bytes(start_);
    return {};
}

Result<std::size_t> FeedSource::read(std::span<std::byte> into) {
    if (given_ == start_.size()) return unpacked_->read(into);
    const auto count = std::min(into.size(), start_.size() - given_);
    std::memcpy(into.data(), start_.data() + given_, count);
    given_ += count;
    return count;
}

}  // namespace berth::vulndb
