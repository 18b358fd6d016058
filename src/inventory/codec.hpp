// Numbers and strings in a row: how this room's values are kept as bytes, and sent. What is read back may be anything.
#pragma once

#include "inventory/package.hpp"
#include "inventory/path_hashes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::inventory {

class Writer {
public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>(value | 0x80);
        bytes_ += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        bytes_ += value;
    }
    template <class Range, class Each>
    void list(const Range& range, Each each) {
        number(range.size());
        for (const auto& item : range) each(item);
    }
    void hashes(const PathHashes& set) {
        list(set.sorted(), [&](std::uint64_t hash) {
            for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(hash >> (8 * i));
        });
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

// After the first thing that does not fit, everything is empty and ok() is false.
class Reader {
public:
    // A list may promise many items in few bytes, so what they take in memory is bounded apart.
    Reader(std::string_view bytes, std::uint64_t most_memory) : rest_(bytes), memory_left_(most_memory) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
        return broken();
    }
    std::string text() {
        const auto size = number();
        if (size > rest_.size()) return broken(), std::string();
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    // `each` reads one, which takes `item_bytes` in memory.
    template <class Each>
    void list(std::size_t item_bytes, Each each) {
        // Every item is at least a byte, so a false count ends with the bytes.
        for (auto left = number(); left > 0 && ok_; --left) {
            if (item_bytes > memory_left_) {
                broken();
                return;
            }
            memory_left_ -= item_bytes;
            each();
        }
    }
    PathHashes hashes() {
        const auto count = number();
        if (count > rest_.size() / 8) return broken(), PathHashes{};
        std::vector<std::uint64_t> all(count);
        for (auto& hash : all) {
            for (int i = 0; i < 8; ++i) {
                hash |= std::uint64_t{static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)])} << (8 * i);
            }
            rest_.remove_prefix(8);
        }
        return PathHashes::from(std::move(all));
    }
    [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
    std::uint64_t broken() {
        ok_ = false;
        rest_ = {};
        return 0;
    }

private:
    std::string_view rest_;
    std::uint64_t memory_left_;
    bool ok_ = true;
};

inline void write(Writer& out, const Package& package) {
    out.number(static_cast<std::uint64_t>(package.type));
    for (const auto* text : {&package.name, &package.version, &package.source_name, &package.source_version,
                             &package.arch, &package.module_label, &package.vendor, &package.path}) {
        out.text(*text);
    }
    out.list(package.licences, [&](const auto& licence) { out.text(licence); });
    out.number(static_cast<std::uint64_t>(package.confidence));
}

inline Package read_package(Reader& in) {
    Package package;
    const auto type = in.number();
    if (type > static_cast<std::uint64_t>(PackageType::composer)) in.broken();
    package.type = static_cast<PackageType>(type);
    for (auto* text : {&package.name, &package.version, &package.source_name, &package.source_version, &package.arch,
                       &package.module_label, &package.vendor, &package.path}) {
        *text = in.text();
    }
    in.list(sizeof(std::string), [&] { package.licences.push_back(in.text()); });
    package.confidence = in.number() == 0 ? Confidence::certain : Confidence::guessed;
    return package;
}

inline void write(Writer& out, const std::optional<Distribution>& distribution) {
    out.number(distribution ? 1 : 0);
    if (!distribution) return;
    for (const auto* text :
         {&distribution->id, &distribution->version_id, &distribution->codename, &distribution->name}) {
        out.text(*text);
    }
}

inline std::optional<Distribution> read_distribution(Reader& in) {
    if (in.number() == 0) return std::nullopt;
    Distribution found;
    for (auto* text : {&found.id, &found.version_id, &found.codename, &found.name}) *text = in.text();
    return found;
}

// The bytes behind a mark and a version, compressed.
[[nodiscard]] std::string pack(std::string_view magic, std::string_view plain);
// Nothing when they are no such form, or another version's, or more than `most_bytes`.
[[nodiscard]] std::optional<std::string> unpack_coded(std::string_view magic, std::string_view packed,
                                                      std::uint64_t most_bytes);

}  // namespace berth::inventory
