// The byte forms of the database's columns: numbers of variable length (LEB128), strings with their length before them.
// A reader checks every bound; on broken bytes it throws BadCoding and never reads or reserves beyond what is there.
#pragma once

#include "vulndb/advisory.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

// The database file is broken.
class BadCoding : public std::runtime_error {
public:
    BadCoding() : std::runtime_error("the vulnerability database is damaged; import it anew") {}
};

class Encoder {
public:
    void number(std::uint64_t value);
    void text(std::string_view value);
    void texts(const std::vector<std::string>& values);
    void optional_text(const std::optional<std::string>& value);
    void optional_time(const std::optional<std::int64_t>& value);

    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class Decoder {
public:
    explicit Decoder(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    std::uint64_t number();
    // A number of things that follow, each of at least a byte.
    std::size_t count();
    std::string_view text();
    std::vector<std::string> texts();
    std::optional<std::string> optional_text();
    std::optional<std::int64_t> optional_time();

private:
    std::string_view rest_;
};

// An Affected of a package's list. `hidden`: another feed says the same and knows more.
struct Entry {
    Affected affected;
    bool hidden = false;
};

// Without the key, which the caller keeps beside it.
void encode_affected(Encoder& to, const Affected& affected);
[[nodiscard]] Affected decode_affected(Decoder& from);

[[nodiscard]] std::string encode_entries(std::span<const Entry> entries);
[[nodiscard]] std::vector<Entry> decode_entries(std::string_view bytes);

// Everything but known_exploited and epss, which are kept by CVE.
[[nodiscard]] std::string encode_vulnerability(const Vulnerability& vulnerability);
[[nodiscard]] Vulnerability decode_vulnerability(std::string_view bytes);

[[nodiscard]] std::string encode_scores(const std::vector<Score>& scores);
[[nodiscard]] std::vector<Score> decode_scores(std::string_view bytes);

}  // namespace berth::vulndb
