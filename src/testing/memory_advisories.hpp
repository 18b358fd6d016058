// A vulnerability database in memory, for tests: what is added is what there is.
#pragma once

#include "vulndb/database.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace berth::testing {

// Filled by one thread, then read by many.
class MemoryAdvisories final : public vulndb::Database {
public:
    // The key of the record in what add_advice() takes.
    std::int64_t add_record(vulndb::Vulnerability record) {
        records_.push_back(std::make_shared<const vulndb::Vulnerability>(std::move(record)));
        return static_cast<std::int64_t>(records_.size()) - 1;
    }
    void add_advice(const vulndb::Stream& stream, const std::string& package, vulndb::Affected affected) {
        auto& list = advice_[stream][package];
        if (!list) list = std::make_shared<List>();
        list->push_back(std::move(affected));
    }
    // There is a feed for it, even if it says nothing.
    void cover(const vulndb::Stream& stream) { advice_.try_emplace(stream); }
    void date(const vulndb::Stream& stream, std::int64_t newest_record_at) { dates_[stream] = newest_record_at; }

    [[nodiscard]] vulndb::Freshness freshness() const override {
        return {.generation = "memory", .built_at = 1, .newest_record_at = std::nullopt};
    }
    [[nodiscard]] std::optional<std::int64_t> newest_record_at(const vulndb::Stream& stream) const override {
        const auto found = dates_.find(stream);
        return found == dates_.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] bool covers(const vulndb::Stream& stream) const override { return advice_.contains(stream); }
    [[nodiscard]] vulndb::AdviceList find(const vulndb::Stream& stream, std::string_view package) const override {
        const auto packages = advice_.find(stream);
        if (packages == advice_.end()) return std::make_shared<const List>();
        const auto found = packages->second.find(package);
        return found == packages->second.end() ? std::make_shared<const List>() : found->second;
    }
    [[nodiscard]] std::shared_ptr<const vulndb::Vulnerability> vulnerability(std::int64_t key) const override {
        return records_.at(static_cast<std::size_t>(key));
    }

private:
    using List = std::vector<vulndb::Affected>;
    std::vector<std::shared_ptr<const vulndb::Vulnerability>> records_;
    std::map<vulndb::Stream, std::map<std::string, std::shared_ptr<List>, std::less<>>> advice_;
    std::map<vulndb::Stream, std::int64_t> dates_;
};

}  // namespace berth::testing
