// Archives for tests, honest or not: tar, gzip, zstd and zip as byte strings. Link ZLIB and zstd (the room archive
// does).
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace berth::testing {

inline std::span<const std::byte> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

class Tar {
public:
    Tar& file(std::string_view path, std::string_view content, unsigned mode = 0644) {
        return header(path, '0', content.size(), "", mode).content(content);
    }
    Tar& folder(std::string_view path) { return header(path, '5', 0, "", 0755); }
    Tar& symlink(std::string_view path, std::string_view target) { return header(path, '2', 0, target, 0777); }
    Tar& hard_link(std::string_view path, std::string_view target) { return header(path, '1', 0, target, 0644); }
    Tar& pax(std::string_view key, std::string_view value) {
        std::string record;
        for (std::size_t size = 0, next = key.size() + value.size() + 3; size != next;) {
            size = next;
            record = std::to_string(size) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
            next = record.size();
        }
        return header("PaxHeaders/0", 'x', record.size(), "", 0644).content(record);
    }
    Tar& gnu_long(char type, std::string_view name) {
        return header("././@LongLink", type, name.size() + 1, "", 0644).content(std::string(name) + '\0');
    }
    // A header alone, so that it may lie.
    Tar& header(std::string_view path, char type, std::uint64_t size, std::string_view link, unsigned mode) {
        char block[512] = {};
        put(block, 0, path.substr(0, 100));
        std::snprintf(block + 100, 8, "%07o", mode);
        std::snprintf(block + 124, 12, "%011llo", static_cast<unsigned long long>(size & 077777777777ULL));
        if (size > 077777777777ULL) {
            for (int i = 0; i < 8; ++i) block[124 + 4 + i] = static_cast<char>(size >> (56 - 8 * i));
            std::memset(block + 124, 0, 4);
            block[124] = '\x80';
        }
        block[156] = type;
        put(block, 157, link.substr(0, 100));
        put(block, 257, std::string_view("ustar\00000", 8));
        return sealed(block);
    }
    Tar& sealed(char (&block)[512]) {
        std::memset(block + 148, ' ', 8);
        unsigned sum = 0;
        for (const char c : block) sum += static_cast<unsigned char>(c);
        std::snprintf(block + 148, 8, "%06o", sum);
        bytes_.append(block, sizeof block);
        return *this;
    }
    Tar& content(std::string_view content) {
        bytes_ += content;
        bytes_.resize((bytes_.size() + 511) / 512 * 512);
        return *this;
    }

    [[nodiscard]] std::string end() const { return bytes_ + std::string(1024, '\0'); }
    [[nodiscard]] const std::string& without_end() const { return bytes_; }

private:
    static void put(char* block, std::size_t at, std::string_view text) {
        std::memcpy(block + at, text.data(), text.size());
    }

    std::string bytes_;
};

// window_bits as zlib has them: 31 gzip, 15 zlib, -15 raw deflate.
inline std::string deflated(std::string_view plain, int window_bits = 31, int level = 6) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    std::string packed(deflateBound(&stream, plain.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int answer = ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (answer != Z_STREAM_END) throw std::runtime_error("deflate");
    return packed;
}

inline std::string gzipped(std::string_view plain) {
    return deflated(plain);
}

inline std::string zstandard(std::string_view plain) {
    std::string packed(ZSTD_compressBound(plain.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3));
    return packed;
}

class Zip {
public:
    Zip& file(std::string_view name, std::string_view content, bool compress = true) {
        const auto packed = compress ? deflated(content, -15) : std::string(content);
        const auto crc =
            static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
        const auto at = local_.size();
        std::string both;
        number(both, compress ? 8U : 0U, 2);
        number(both, 0, 4);  // time, date
        number(both, crc, 4);
        number(both, packed.size(), 4);
        number(both, content.size(), 4);
        number(both, name.size(), 2);
        number(both, 0, 2);  // extra
        const std::string version_and_flags("\x14\0\0\0", 4);
        (local_ += "PK\x03\x04") += version_and_flags + both + std::string(name) + packed;
        central_ += "PK\x01\x02" + std::string("\x14\0", 2) + version_and_flags + both + std::string(10, '\0');
        number(central_, at, 4);
        central_ += name;
        ++entries_;
        return *this;
    }
    [[nodiscard]] std::string end(std::string_view comment = "") const {
        auto bytes = local_ + central_ + "PK\x05\x06" + std::string(4, '\0');
        number(bytes, entries_, 2);
        number(bytes, entries_, 2);
        number(bytes, central_.size(), 4);
        number(bytes, local_.size(), 4);
        number(bytes, comment.size(), 2);
        return bytes + std::string(comment);
    }

private:
    static void number(std::string& to, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
    }

    std::string local_;
    std::string central_;
    std::size_t entries_ = 0;
};

}  // namespace berth::testing
