// Amazon's errata cut down to facts, a line each: {id, repo, severity, issued, updated, cves, packages: ["name|arch|
// epoch:version-release"]}.
#include "vulndb/erratum.hpp"
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"

#include <optional>

namespace berth::vulndb {

namespace {

std::optional<Erratum::Package> parse_package(std::string_view text) {
    const auto first = text.find('|');
    const auto second = first == std::string_view::npos ? first : text.find('|', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return Erratum::Package{.name = std::string(text.substr(0, first)),
                            .arch = std::string(text.substr(first + 1, second - first - 1)),
                            .version = std::string(text.substr(second + 1))};
}

void read_line(const JsonObject& line, RecordSink& sink) {
    Erratum erratum;
    erratum.id = text_of(line, "id");
    erratum.severity = text_of(line, "severity");
    erratum.issued = text_of(line, "issued");
    erratum.updated = text_of(line, "updated");
    erratum.cves = texts_of(line, "cves");
    for (const auto& text : texts_of(line, "packages")) {
        auto package = parse_package(text);
        if (!package) return sink.skip(erratum.id, "a package that is not understood");
        erratum.packages.push_back(*std::move(package));
    }
    take_erratum(std::move(erratum), sink);
}

}  // namespace

Result<void> import_amazon_facts(archive::Source& text, RecordSink& sink) {
    return walk_records(text, sink, [&sink](const JsonObject& line) { read_line(line, sink); });
}

}  // namespace berth::vulndb
