#include "scanning/suppressing.hpp"

#include "base/log.hpp"
#include "base/size.hpp"
#include "oci/manifest.hpp"
#include "scan/suppression.hpp"
#include "scan/vex.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace berth::scanning {

namespace {

constexpr std::size_t most_referrers = 64;  // looked at for one image
constexpr std::size_t most_documents = 16;
constexpr std::uint64_t most_document_bytes = 4_MiB;

struct Document {
    model::Digest digest;
    std::string key;
    std::string bytes;  // of one that is kept in the metadata
};

// The first layer of each referrer that is a VEX document.
void collect(const registry::Services& services, store::Transaction& tx, model::RepositoryId repository,
             const model::Digest& subject, std::vector<Document>& documents) {
    for (const auto& referrer : tx.images().referrers(repository, subject, "", "", most_referrers)) {
        if (documents.size() == most_documents) return;
        const auto manifest = oci::parse_manifest(tx.images().manifest(referrer.id), referrer.media_type,
                                                  {.depth = services.settings.manifest_depth});
        if (!manifest || manifest->blobs.size() < 2) continue;
        const auto& layer = manifest->blobs[1];
        if (!is_vex(manifest->artifact_type.value_or("")) && !is_vex(layer.media_type)) continue;
        const auto blob = tx.blobs().find(repository, layer.digest);
        if (!blob || blob->size > most_document_bytes) continue;
        Document document{.digest = layer.digest, .key = blob->location.key, .bytes = {}};
        if (document.key.empty()) document.bytes = tx.blobs().inline_bytes(layer.digest).value_or("");
        documents.push_back(std::move(document));
    }
}

Task<Result<void>> load(store::BlobStore& blobs, Document& document) {
    if (document.key.empty()) co_return Result<void>{};
    auto reader = co_await blobs.open(document.key);
    if (!reader) co_return fail(std::move(reader));
    document.bytes.resize(std::min((*reader)->size(), most_document_bytes));
    auto got = co_await (*reader)->read_at(0, std::as_writable_bytes(std::span(document.bytes)));
    if (!got) co_return fail(std::move(got));
    document.bytes.resize(*got);
    co_return Result<void>{};
}

}  // namespace

void suppress_by_rules(const std::vector<store::SuppressionRule>& rules, const registry::RepositoryRef& repository,
                       Timestamp now, ScannedImage& image) {
    std::vector<scan::SuppressionRule> all;
    all.reserve(rules.size());
    for (const auto& rule : rules) {
        all.push_back({.name = rule.name,
                       .vulnerability = rule.vulnerability,
                       .package = rule.package,
                       .repository = rule.repository,
                       .tags = rule.tags,
                       .reason = rule.reason,
                       .until = rule.until});
    }
    scan::ImageContext context{.repository = repository.name.text(), .tags = {}, .now = now};
    for (const auto& tag : image.tags) context.tags.push_back(tag.text());
    scan::apply_rules(all, context, image.kept.findings);
}

bool is_vex(std::string_view media_type) {
    return media_type.find("vex") != std::string_view::npos || media_type.find("csaf") != std::string_view::npos;
}

Task<Result<void>> suppress_by_vex(registry::Services& services, const registry::RepositoryRef& repository,
                                   ScanReport& report) {
    if (!services.settings.scans.vex) co_return Result<void>{};
    std::vector<Document> documents;
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<bool> {
        const auto row = report.images.front().image.repository;
        collect(services, tx, row, report.digest, documents);
        for (const auto& one : report.images) {
            if (one.image.digest != report.digest) collect(services, tx, row, one.image.digest, documents);
        }
        return true;
    });
    if (!found) co_return fail(std::move(found));
    std::vector<scan::VexDocument> understood;
    for (auto& document : documents) {
        auto loaded = co_await load(services.blobs, document);
        auto parsed = loaded ? scan::parse_vex(document.bytes)
                             : Result<scan::VexDocument>(std::unexpected(std::move(loaded).error()));
        if (parsed) {
            understood.push_back(std::move(*parsed));
        } else {
            log::warning("a VEX document is not honoured",
                         {{"digest", document.digest.text()}, {"reason", parsed.error().message}});
        }
    }
    if (understood.empty()) co_return Result<void>{};
    for (auto& one : report.images) {
        scan::apply_vex(understood, {.digest = one.image.digest.text(), .repository = repository.name.text()},
                        one.kept.findings);
    }
    co_return Result<void>{};
}

}  // namespace berth::scanning
