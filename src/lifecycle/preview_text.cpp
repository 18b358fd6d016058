#include "lifecycle/preview_text.hpp"

#include "lifecycle/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

struct Row {
    const DescribedImage* image;
    model::ImageStatus status;
    const Decision* decision;
};

json::object to_json(const Row& row) {
    json::object result;
    if (!row.image->tags.empty()) result["imageTags"] = json::array(row.image->tags.begin(), row.image->tags.end());
    result["imageDigest"] = row.image->digest;
    result["imagePushedAt"] = to_iso_time(row.image->pushed_at);
    const bool archives = row.decision->effect == Effect::archive;
    json::object action{{"type", archives ? "TRANSITION" : "EXPIRE"}};
    if (archives) action["targetStorageClass"] = "ARCHIVE";
    result["action"] = std::move(action);
    result["appliedRulePriority"] = row.decision->rule_priority;
    result["storageClass"] = row.status == model::ImageStatus::archived ? "ARCHIVE" : "STANDARD";
    return result;
}

void put_results(json::object& into, const std::vector<Row>& rows) {
    json::array results;
    std::size_t expiring = 0;
    for (const auto& row : rows) {
        results.push_back(to_json(row));
        if (row.decision->effect == Effect::expire) ++expiring;
    }
    json::array transitions;
    if (const auto archiving = rows.size() - expiring; archiving > 0) {
        transitions.push_back(json::object{{"targetStorageClass", "ARCHIVE"}, {"imageTotalCount", archiving}});
    }
    into["previewResults"] = std::move(results);
    into["summary"] =
        json::object{{"expiringImageTotalCount", expiring}, {"transitioningImageTotalCounts", std::move(transitions)}};
}

json::object head(const Policy& policy, const DescribedRepository& repository) {
    json::object document;
    if (!repository.registry_id.empty()) document["registryId"] = repository.registry_id;
    if (!repository.repository_name.empty()) document["repositoryName"] = repository.repository_name;
    document["lifecyclePolicyText"] = to_text(policy);
    document["status"] = "COMPLETE";
    return document;
}

std::vector<Row> rows_of(const DescribedRepository& repository, const ForecastDay& day) {
    std::vector<Row> rows;
    rows.reserve(day.entries.size());
    for (const auto& entry : day.entries) {
        rows.push_back({&repository.images[entry.image], entry.status, &entry.decision});
    }
    return rows;
}

std::vector<Row> rows_of(const DescribedRepository& repository, const std::vector<Decision>& decisions) {
    std::vector<Row> rows;
    rows.reserve(decisions.size());
    for (const auto& decision : decisions) {
        const auto& image = repository.images[decision.image];
        rows.push_back({&image, image.status, &decision});
    }
    return rows;
}

std::string short_digest(const std::string& digest) {
    constexpr std::size_t length = 7 + 12;  // "sha256:" and what people read of it
    return digest.substr(0, length);
}

std::string joined(const std::vector<std::string>& tags) {
    std::string text;
    for (const auto& tag : tags) text += (text.empty() ? "" : ",") + tag;
    return text.empty() ? "-" : text;
}

using Line = std::array<std::string, 5>;

std::string_view effect_of(const Decision& decision) {
    if (decision.hold != Hold::none) return "held";
    return decision.effect == Effect::archive ? "archive" : "expire";
}

void append_table(std::string& text, const Policy& policy, const std::vector<Row>& rows) {
    std::vector<Line> lines{{"ACTION", "PUSHED", "DIGEST", "TAGS", "WHY"}};
    for (const auto& [image, status, decision] : rows) {
        lines.push_back({std::string(effect_of(*decision)), to_iso_date(image->pushed_at), short_digest(image->digest),
                         joined(image->tags), explain(policy, *decision)});
    }
    std::array<std::size_t, 4> widths{};
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    for (auto& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            line[i].resize(widths[i] + 2, ' ');
            text += line[i];
        }
        text += line.back() + "\n";
    }
}

std::string counted(std::size_t number) {
    return std::to_string(number) + (number == 1 ? " image" : " images");
}

std::string summary_of(const std::vector<Row>& rows, std::size_t all) {
    const auto count = [&](std::string_view effect) {
        return static_cast<std::size_t>(
            std::ranges::count_if(rows, [&](const Row& row) { return effect_of(*row.decision) == effect; }));
    };
    auto text = counted(count("expire")) + " of " + std::to_string(all) + " would expire";
    if (const auto archived = count("archive")) text += ", " + std::to_string(archived) + " would be archived";
    if (const auto held = count("held")) text += ", " + std::to_string(held) + " would stay, being needed by others";
    return text + ".\n";
}

}  // namespace

std::string preview_json(const Policy& policy, const DescribedRepository& repository,
                         const std::vector<Decision>& decisions) {
    auto rows = rows_of(repository, decisions);
    std::erase_if(rows, [](const Row& row) { return !in_preview(*row.decision); });
    auto document = head(policy, repository);
    put_results(document, rows);
    return json::serialize(document) + "\n";
}

std::string forecast_json(const Policy& policy, const DescribedRepository& repository,
                          const std::vector<ForecastDay>& days) {
    json::array list;
    for (const auto& day : days) {
        json::object one{{"at", to_iso_time(day.at)}};
        put_results(one, rows_of(repository, day));
        list.push_back(std::move(one));
    }
    auto document = head(policy, repository);
    document["forecast"] = std::move(list);
    return json::serialize(document) + "\n";
}

std::string preview_table(const Policy& policy, const DescribedRepository& repository,
                          const std::vector<Decision>& decisions) {
    const auto rows = rows_of(repository, decisions);
    std::string text;
    if (!rows.empty()) append_table(text, policy, rows);
    return text + summary_of(rows, repository.images.size());
}

std::string forecast_table(const Policy& policy, const DescribedRepository& repository,
                           const std::vector<ForecastDay>& days) {
    std::string text;
    std::vector<Row> all;
    for (const auto& day : days) {
        const auto rows = rows_of(repository, day);
        text += to_iso_date(day.at) + "\n";
        append_table(text, policy, rows);
        text += "\n";
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return text + summary_of(all, repository.images.size());
}

}  // namespace berth::lifecycle
