// CSAF 2.0 VEX documents as Red Hat publishes them: one flaw, its product tree, and what is said of which product.
// Products that are not affected are left out: of RPMs nothing is assumed that is not said.
#include "vulndb/csaf_products.hpp"
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"
#include "vulndb/times.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace berth::vulndb {

namespace {

struct Place {
    Stream stream;
    std::string package;
    std::string module_label;

    friend auto operator<=>(const Place&, const Place&) = default;
};

// One flaw's statements, put together by package.
class Statements {
public:
    Statements(const CsafProducts& products, const JsonObject& flaw) : products_(products) {
        read_states(flaw);
        const auto status = object_of(flaw, "product_status");
        if (!status) return;
        for (const auto& id : texts_of(*status, "fixed")) add_fixed(id);
        for (const auto& id : texts_of(*status, "known_affected")) add_affected(id, state_of(id));
        for (const auto& id : texts_of(*status, "under_investigation")) add_affected(id, FixState::undetermined);
    }

    [[nodiscard]] std::vector<Advice> advice() const {
        std::vector<Advice> all;
        for (const auto& [key, architectures] : fixed_) {
            auto& affected = all.emplace_back(advice_at(key.first)).affected;
            affected.ranges.push_back({.introduced = {}, .fixed = key.second, .last_affected = {}});
            if (!architectures.contains("")) affected.architectures.assign(architectures.begin(), architectures.end());
        }
        for (const auto& [place, state] : affected_) {
            // A source package stands beside its binaries; alone it stands for the binary of its name.
            auto& affected = all.emplace_back(advice_at(place)).affected;
            affected.state = state;
            affected.ranges.emplace_back();
        }
        return all;
    }

private:
    static Advice advice_at(const Place& place) {
        Advice advice{.stream = place.stream, .package = place.package, .affected = {}};
        advice.affected.module_label = place.module_label;
        return advice;
    }

    static Place place_of(const ReleasedProduct& product) {
        return {
            .stream = product.stream, .package = product.package.name, .module_label = product.package.module_label};
    }

    void read_states(const JsonObject& flaw) {
        const auto remediations = array_of(flaw, "remediations");
        if (!remediations) return;
        for (const auto item : *remediations) {
            const auto remediation = as_object(item);
            if (!remediation) continue;
            const auto category = text_of(*remediation, "category");
            if (category != "no_fix_planned" && category != "none_available") continue;
            const auto details = text_of(*remediation, "details");
            FixState state = category == "no_fix_planned" ? FixState::will_not_fix : FixState::affected;
            if (details == "Out of support scope") state = FixState::end_of_life;
            if (details == "Fix deferred") state = FixState::deferred;
            for (auto& id : texts_of(*remediation, "product_ids")) states_.emplace(std::move(id), state);
        }
    }

    [[nodiscard]] FixState state_of(const std::string& id) const {
        const auto found = states_.find(id);
        return found == states_.end() ? FixState::affected : found->second;
    }

    void add_fixed(const std::string& id) {
        const auto* product = products_.find(id);
        if (product == nullptr || product->package.version.empty() || product->package.arch == "src") return;
        fixed_[{place_of(*product), product->package.version}].insert(product->package.arch);
    }

    void add_affected(const std::string& id, FixState state) {
        if (const auto* product = products_.find(id)) affected_.emplace(place_of(*product), state);
    }

    const CsafProducts& products_;
    std::map<std::string, FixState> states_;
    std::map<std::pair<Place, std::string>, std::set<std::string>> fixed_;
    std::map<Place, FixState> affected_;
};

std::string note_of(const JsonObject& flaw, std::string_view category) {
    if (const auto notes = array_of(flaw, "notes"))
        for (const auto item : *notes)
            if (const auto note = as_object(item); note && text_of(*note, "category") == category)
                return text_of(*note, "text");
    return {};
}

void read_scores(const JsonObject& flaw, std::vector<Score>& scores) {
    const auto list = array_of(flaw, "scores");
    if (!list) return;
    for (const auto item : *list) {
        const auto score = as_object(item);
        if (!score) continue;
        for (const std::string_view version : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
            const auto cvss = object_of(*score, version);
            auto vector = cvss ? text_of(*cvss, "vectorString") : std::string{};
            if (!vector.empty() && std::ranges::find(scores, vector, &Score::vector) == scores.end())
                scores.push_back({.vector = std::move(vector), .source = "REDHAT"});
        }
    }
}

// The first word counts for all: where a document has more than one, they are products of other kinds.
std::string severity_of(const JsonObject& flaw) {
    if (const auto threats = array_of(flaw, "threats"))
        for (const auto item : *threats)
            if (const auto threat = as_object(item); threat && text_of(*threat, "category") == "impact")
                return text_of(*threat, "details");
    return {};
}

void read_references(const JsonObject& flaw, Vulnerability& vulnerability) {
    if (const auto references = array_of(flaw, "references"))
        for (const auto item : *references)
            if (const auto reference = as_object(item)) vulnerability.references.push_back(text_of(*reference, "url"));
}

void read_flaw(const CsafProducts& products, const JsonObject& document, const JsonObject& flaw, RecordSink& sink) {
    Record record;
    auto& vulnerability = record.vulnerability;
    vulnerability.id = text_of(flaw, "cve");
    vulnerability.summary = text_of(flaw, "title");
    vulnerability.details = note_of(flaw, "description");
    vulnerability.source = "REDHAT_VEX";
    vulnerability.uri = "https://access.redhat.com/security/cve/" + vulnerability.id;
    vulnerability.severity = severity_of(flaw);
    read_scores(flaw, vulnerability.scores);
    read_references(flaw, vulnerability);
    vulnerability.published_at = parse_time(text_of(flaw, "release_date"));
    if (const auto tracking = object_of(document, "tracking"))
        vulnerability.modified_at = parse_time(text_of(*tracking, "current_release_date"));
    record.advice = Statements(products, flaw).advice();
    sink.take(std::move(record));
}

void read_document(const JsonObject& root, RecordSink& sink) {
    const auto document = object_of(root, "document");
    const auto flaws = array_of(root, "vulnerabilities");
    const auto tree = object_of(root, "product_tree");
    if (!document || !flaws || !tree) return sink.skip({}, "not a VEX document of CSAF");
    const CsafProducts products(*tree);
    for (const auto item : *flaws)
        if (const auto flaw = as_object(item)) read_flaw(products, *document, *flaw, sink);
}

}  // namespace

Result<void> import_csaf_vex(archive::Source& text, RecordSink& sink) {
    return walk_records(text, sink, [&sink](const JsonObject& root) { read_document(root, sink); });
}

}  // namespace berth::vulndb
