// FIRST's EPSS scores: a comment with the model and the date, a line of column names, then
// "CVE,probability,percentile".
#include "base/size.hpp"
#include "vulndb/importers.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace berth::vulndb {

namespace {

constexpr std::size_t piece_bytes = 64_KiB;
constexpr std::size_t max_line_bytes = 1024;

void read_line(std::string_view line, RecordSink& sink) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#') || line.starts_with("cve,")) return;
    const auto comma = line.find(',');
    const auto cve = line.substr(0, comma);
    const auto rest = comma == std::string_view::npos ? std::string_view{} : line.substr(comma + 1);
    const auto number = rest.substr(0, rest.find(','));
    double probability = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), probability);
    if (error != std::errc{} || end != number.data() + number.size() || number.empty())
        return sink.skip(cve, "not a line of EPSS");
    sink.take(Enrichment{.cve = std::string(cve), .known_exploited = false, .epss = probability, .scores = {}});
}

}  // namespace

Result<void> import_epss(archive::Source& text, RecordSink& sink) {
    std::array<std::byte, piece_bytes> piece{};
    std::string line;
    for (;;) {
        const auto got = text.read(piece);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        std::string_view rest(reinterpret_cast<const char*>(piece.data()), *got);
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            line += rest.substr(0, end);
            read_line(line, sink);
            line.clear();
            rest.remove_prefix(end + 1);
        }
        line += rest;
        if (line.size() > max_line_bytes) return fail(FaultKind::invalid_parameter, "EPSS: a line is too long");
    }
    read_line(line, sink);
    return {};
}

}  // namespace berth::vulndb
