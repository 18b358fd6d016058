// A Berkeley DB hash, as far as rpm uses it: every page is looked at in turn, buckets do not matter. Values are
// headers, most of them on chains of overflow pages. Numbers are in the order of the machine that wrote them. (The
// layout is that of Berkeley DB 4 and 5, dbinc/db_page.h.)
#include "inventory/numbers.hpp"
#include "inventory/rpm_databases.hpp"

namespace berth::inventory {
namespace {

constexpr std::uint32_t hash_magic = 0x061561;
constexpr std::size_t meta_bytes = 72;
constexpr std::size_t last_page_at = 32;
constexpr std::size_t page_head_bytes = 26;
constexpr std::uint32_t min_page = 512;
constexpr std::uint32_t max_page = 65536;
constexpr unsigned unsorted_hash_page = 2;
constexpr unsigned overflow_page = 7;
constexpr unsigned hash_page = 13;
constexpr unsigned inline_item = 1;
constexpr unsigned off_page_item = 3;
constexpr std::size_t off_page_bytes = 12;
constexpr std::size_t key_bytes = 4;

std::unexpected<Fault> broken(const char* what) {
    return fail(FaultKind::invalid_parameter, std::string("is a broken Berkeley database: ") + what);
}

class Reader {
public:
    Reader(std::span<const std::byte> file, bool big, std::size_t page_size)
        : file_(file), big_(big), page_size_(page_size), pages_(file.size() / page_size), budget_(pages_) {}

    Result<void> read(const RpmHeaderSink& sink) {
        for (std::size_t number = 1; number < pages_; ++number) {
            const auto page = this->page(number);
            const auto type = std::to_integer<unsigned>(page[25]);
            if (type != unsorted_hash_page && type != hash_page) continue;
            if (auto read = read_page(page, sink); !read) return read;
        }
        return {};
    }

private:
    [[nodiscard]] std::uint16_t half(std::span<const std::byte> bytes, std::size_t at) const {
        return big_ ? big16(bytes, at) : little16(bytes, at);
    }
    [[nodiscard]] std::uint32_t word(std::span<const std::byte> bytes, std::size_t at) const {
        return big_ ? big32(bytes, at) : little32(bytes, at);
    }
    [[nodiscard]] std::span<const std::byte> page(std::size_t number) const {
        return file_.subspan(number * page_size_, page_size_);
    }

    // Items stand from the page's end downwards, key and value in turn; their places are listed behind the head.
    Result<void> read_page(std::span<const std::byte> page, const RpmHeaderSink& sink) {
        const std::size_t items = half(page, 20);
        if (page_head_bytes + items * 2 > page.size()) return broken("a page has too many items");
        const auto place = [&](std::size_t i) -> std::size_t { return half(page, page_head_bytes + i * 2); };
        for (std::size_t i = 1; i < items; i += 2) {
            const auto start = place(i);
            const auto end = place(i - 1);
            if (start < page_head_bytes || start >= end || end > page.size())
                return broken("an item lies outside its page");
            auto value = value_of(page.subspan(start, end - start));
            if (!value) return fail(std::move(value));
            // Key 0 holds the number of the last package instead of a header.
            if (value->size() <= key_bytes) continue;
            if (auto taken = sink(*value); !taken) return taken;
        }
        return {};
    }

    Result<std::span<const std::byte>> value_of(std::span<const std::byte> item) {
        const auto type = std::to_integer<unsigned>(item[0]);
        if (type == inline_item) return item.subspan(1);
        if (type != off_page_item) return std::span<const std::byte>{};
        if (item.size() < off_page_bytes) return broken("an item is too short");
        return overflow(word(item, 4), word(item, 8));
    }

    // Every page belongs to one chain, so all chains together are no longer than the file: a chain that is used twice
    // or bites its tail is cut off there.
    Result<std::span<const std::byte>> overflow(std::size_t number, std::size_t length) {
        value_.clear();
        while (value_.size() < length) {
            if (number == 0 || number >= pages_) return broken("a package leads out of the file");
            if (budget_ == 0) return broken("its pages go round in circles");
            --budget_;
            const auto page = this->page(number);
            if (std::to_integer<unsigned>(page[25]) != overflow_page)
                return broken("a package goes on in a wrong page");
            const std::size_t used = half(page, 22);
            if (used == 0 || used > page.size() - page_head_bytes) return broken("a page is fuller than it can be");
            const auto bytes = page.subspan(page_head_bytes, used);
            value_.insert(value_.end(), bytes.begin(), bytes.end());
            number = word(page, 16);
        }
        value_.resize(length);
        return std::span<const std::byte>(value_);
    }

    std::span<const std::byte> file_;
    bool big_;
    std::size_t page_size_;
    std::size_t pages_;
    std::size_t budget_;
    std::vector<std::byte> value_;
};

}  // namespace

Result<void> read_rpm_berkeley(std::span<const std::byte> file, const RpmHeaderSink& sink) {
    if (file.size() < meta_bytes) return broken("it is too short");
    const bool big = big32(file, 12) == hash_magic;
    if (!big && little32(file, 12) != hash_magic) return broken("it is no hash");
    if (file[24] != std::byte{0}) return fail(FaultKind::unsupported, "is an encrypted Berkeley database");
    const auto page_size = big ? big32(file, 20) : little32(file, 20);
    if (page_size < min_page || page_size > max_page || (page_size & (page_size - 1)) != 0) {
        return broken("its page size is impossible");
    }
    if (auto read = Reader(file, big, page_size).read(sink); !read) return read;
    const auto last_page = big ? big32(file, last_page_at) : little32(file, last_page_at);
    if (last_page >= file.size() / page_size) return broken("it is cut off");
    return {};
}

}  // namespace berth::inventory
