// Scanning: configuration, scans, their queue, rules of suppression.
#pragma once

#include "store/scan_table.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

class Scans final : public ScanTable {
public:
    explicit Scans(Connection& db) : db_(db) {}

    std::optional<ScanningConfiguration> configuration(const model::Registry& registry) override;
    void put_configuration(const model::Registry& registry, const ScanningConfiguration& configuration) override;

    std::optional<ImageScan> find(model::ImageRowId image) override;
    void put(const ImageScan& scan) override;
    std::string findings(model::ImageRowId image) override;
    void put_findings(model::ImageRowId image, std::string_view bytes) override;
    void erase(model::ImageRowId image) override;
    std::vector<ImageScan> retryable(model::ImageRowId after, std::size_t limit) override;
    std::vector<ImageScan> behind(std::string_view generation, std::size_t limit) override;

    void enqueue(model::ImageRowId image, model::RepositoryId repository) override;
    bool any_due(Timestamp now) override;
    std::optional<QueuedScan> claim(std::string_view owner, Timestamp now, Timestamp until) override;
    void extend(std::string_view owner, Timestamp until) override;
    bool finish(model::ImageRowId image, std::string_view owner) override;
    bool retry(const QueuedScan& scan, std::string_view owner, Timestamp at) override;

    std::vector<SuppressionRule> suppressions(const model::Registry& registry) override;
    void put_suppression(const model::Registry& registry, const SuppressionRule& rule) override;
    bool erase_suppression(const model::Registry& registry, std::string_view name) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
