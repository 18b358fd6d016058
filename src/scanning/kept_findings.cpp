// A version, then numbers and strings in a row (vulndb/coding.hpp), compressed. Scores and suppressions are not kept:
// a score follows from its vector, and rules and VEX documents count when findings are shown.
#include "scanning/kept_findings.hpp"

#include "archive/unpack.hpp"
#include "vulndb/coding.hpp"

#include <zstd.h>

#include <bit>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace berth::scanning {

namespace {

using vulndb::BadCoding;
using vulndb::Decoder;
using vulndb::Encoder;

constexpr std::string_view magic = "BKF1";
constexpr int compression_level = 3;
constexpr std::uint64_t max_plain_bytes = std::uint64_t{256} << 20;

template <class E>
void put_enum(Encoder& to, E value) {
    to.number(static_cast<std::uint64_t>(value));
}
template <class E>
E get_enum(Decoder& from, E last) {
    const auto value = from.number();
    if (value > static_cast<std::uint64_t>(last)) throw BadCoding();
    return static_cast<E>(value);
}

std::string get_text(Decoder& from) {
    return std::string(from.text());
}

void put(Encoder& to, const scan::VulnerablePackage& package) {
    put_enum(to, package.type);
    for (const auto* text : {&package.name, &package.version, &package.source_name, &package.source_version,
                             &package.arch, &package.path, &package.fixed_in, &package.vendor_severity}) {
        to.text(*text);
    }
    to.number(package.layer);
    put_enum(to, package.state);
    put_enum(to, package.severity);
    put_enum(to, package.confidence);
}

scan::VulnerablePackage get_package(Decoder& from) {
    scan::VulnerablePackage package;
    package.type = get_enum(from, inventory::PackageType::composer);
    for (auto* text : {&package.name, &package.version, &package.source_name, &package.source_version, &package.arch,
                       &package.path, &package.fixed_in, &package.vendor_severity}) {
        *text = get_text(from);
    }
    package.layer = from.number();
    package.state = get_enum(from, vulndb::FixState::undetermined);
    package.severity = get_enum(from, scan::Severity::critical);
    package.confidence = get_enum(from, inventory::Confidence::guessed);
    return package;
}

void put(Encoder& to, const scan::Finding& finding) {
    to.text(finding.id);
    to.texts(finding.related);
    put_enum(to, finding.severity);
    for (const auto* text :
         {&finding.vendor_severity, &finding.title, &finding.description, &finding.source, &finding.uri}) {
        to.text(*text);
    }
    to.texts(finding.references);
    to.number(finding.cvss.size());
    for (const auto& cvss : finding.cvss) {
        to.text(cvss.vector);
        to.text(cvss.source);
    }
    to.optional_time(finding.published_at);
    to.optional_time(finding.modified_at);
    to.number((finding.known_exploited ? 1U : 0U) | (finding.kernel_headers_only ? 2U : 0U) | (finding.epss ? 4U : 0U));
    if (finding.epss) to.number(std::bit_cast<std::uint64_t>(*finding.epss));
    put_enum(to, finding.fix_available);
    to.number(finding.packages.size());
    for (const auto& package : finding.packages) put(to, package);
}

scan::Finding get_finding(Decoder& from) {
    scan::Finding finding;
    finding.id = get_text(from);
    finding.related = from.texts();
    finding.severity = get_enum(from, scan::Severity::critical);
    for (auto* text : {&finding.vendor_severity, &finding.title, &finding.description, &finding.source, &finding.uri}) {
        *text = get_text(from);
    }
    finding.references = from.texts();
    for (auto left = from.count(); left > 0; --left) {
        const auto vector = from.text();
        auto cvss = scan::parse_cvss(vector, from.text());
        if (!cvss) throw BadCoding();
        finding.cvss.push_back(std::move(*cvss));
    }
    finding.published_at = from.optional_time();
    finding.modified_at = from.optional_time();
    const auto flags = from.number();
    finding.known_exploited = (flags & 1U) != 0;
    finding.kernel_headers_only = (flags & 2U) != 0;
    if ((flags & 4U) != 0) finding.epss = std::bit_cast<double>(from.number());
    finding.fix_available = get_enum(from, scan::FixAvailable::yes);
    for (auto left = from.count(); left > 0; --left) finding.packages.push_back(get_package(from));
    return finding;
}

std::string compress(const std::string& plain) {
    std::string packed(magic);
    packed.resize(magic.size() + ZSTD_compressBound(plain.size()));
    const auto size = ZSTD_compress(packed.data() + magic.size(), packed.size() - magic.size(), plain.data(),
                                    plain.size(), compression_level);
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    packed.resize(magic.size() + size);
    return packed;
}

KeptFindings decode_plain(std::string_view plain) {
    Decoder from(plain);
    KeptFindings kept;
    auto& findings = kept.findings;
    findings.outcome = get_enum(from, scan::Outcome::unsupported_system);
    findings.reason = get_text(from);
    if (from.number() != 0) {
        auto& system = findings.distribution.emplace();
        for (auto* text : {&system.id, &system.version_id, &system.codename, &system.name}) *text = get_text(from);
    }
    findings.notes = from.texts();
    findings.database.generation = get_text(from);
    findings.database.built_at = from.optional_time().value_or(0);
    findings.database.newest_record_at = from.optional_time();
    for (auto left = from.count(); left > 0; --left) {
        kept.first_observed.emplace_back(std::chrono::milliseconds(from.optional_time().value_or(0)));
        findings.findings.push_back(get_finding(from));
    }
    if (!from.done()) throw BadCoding();
    return kept;
}

}  // namespace

std::string encode_findings(const KeptFindings& kept) {
    const auto& findings = kept.findings;
    Encoder to;
    put_enum(to, findings.outcome);
    to.text(findings.reason);
    to.number(findings.distribution ? 1 : 0);
    if (findings.distribution) {
        const auto& system = *findings.distribution;
        for (const auto* text : {&system.id, &system.version_id, &system.codename, &system.name}) to.text(*text);
    }
    to.texts(findings.notes);
    to.text(findings.database.generation);
    to.optional_time(findings.database.built_at);
    to.optional_time(findings.database.newest_record_at);
    to.number(findings.findings.size());
    for (std::size_t i = 0; i < findings.findings.size(); ++i) {
        to.optional_time(kept.first_observed.at(i).time_since_epoch().count());
        put(to, findings.findings[i]);
    }
    return compress(to.bytes());
}

std::optional<KeptFindings> decode_findings(std::string_view bytes) {
    if (!bytes.starts_with(magic)) return std::nullopt;
    bytes.remove_prefix(magic.size());
    archive::MemorySource source({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
    auto stream = archive::unpack(source, {.unpacked_bytes = max_plain_bytes, .ratio = max_plain_bytes});
    if (!stream) return std::nullopt;
    const auto plain = archive::read_all(**stream, max_plain_bytes, "findings");
    if (!plain) return std::nullopt;
    try {
        return decode_plain({reinterpret_cast<const char*>(plain->data()), plain->size()});
    } catch (const BadCoding&) {
        return std::nullopt;
    }
}

}  // namespace berth::scanning
