#include "scanning/configurations.hpp"

#include "registry/access.hpp"
#include "registry/job_bell.hpp"
#include "registry/on_demand_jobs.hpp"
#include "registry/scan_requests.hpp"
#include "scanning/followed_findings.hpp"

#include <algorithm>
#include <utility>

namespace berth::scanning {

namespace {

using store::ScanFrequency;
using store::ScanType;

constexpr std::size_t repositories_at_once = 100;
constexpr std::size_t images_at_once = 200;

Result<void> check(ScanType type, const std::vector<store::ScanRule>& rules) {
    const auto refuse = [](std::string_view why) {
        return fail(FaultKind::invalid_parameter,
                    "Invalid parameter at 'rules' failed to satisfy constraint: '" + std::string(why) + "'");
    };
    for (const auto& rule : rules) {
        if (rule.frequency == ScanFrequency::manual) return refuse("MANUAL is no frequency a rule can have");
        if (type == ScanType::basic && rule.frequency != ScanFrequency::on_push) {
            return refuse("Scan type BASIC supports only rules with scan frequency SCAN_ON_PUSH");
        }
        const auto same = std::ranges::count(rules, rule.frequency, &store::ScanRule::frequency);
        if (same > 1) return refuse("Each scan frequency can have one rule only");
    }
    return {};
}

}  // namespace

std::string catch_up_key(const model::Registry& registry) {
    return registry.account.text() + " " + registry.region.text();
}

std::optional<model::Registry> parse_catch_up_key(std::string_view key) {
    const auto space = key.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    auto account = model::AccountId::parse(key.substr(0, space));
    auto region = model::Region::parse(key.substr(space + 1));
    if (!account || !region) return std::nullopt;
    return model::Registry{.account = std::move(*account), .region = std::move(*region)};
}

Task<Result<store::ScanningConfiguration>> Configurations::get(const registry::Call& call, model::Registry registry) {
    auto allowed =
        co_await registry::require(services_, call, iam::action::get_registry_scanning_configuration, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<store::ScanningConfiguration> {
        return registry::scanning_configuration(tx, registry);
    });
}

Task<Result<store::ScanningConfiguration>> Configurations::put(const registry::Call& call, model::Registry registry,
                                                               ScanType type, std::vector<store::ScanRule> rules) {
    auto allowed =
        co_await registry::require(services_, call, iam::action::put_registry_scanning_configuration, registry);
    if (!allowed) co_return fail(std::move(allowed));
    auto checked = check(type, rules);
    if (!checked) co_return fail(std::move(checked));
    auto stored =
        co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::ScanningConfiguration> {
            auto configuration = registry::scanning_configuration(tx, registry);
            configuration.type = type;
            configuration.rules = rules;
            tx.scans().put_configuration(registry, configuration);
            store::Job job;
            job.id = make_row_id(services_.clock.now(), services_.random);
            job.kind = registry::job::scan_catch_up;
            job.key = catch_up_key(registry);
            job.run_at = services_.clock.now();
            static_cast<void>(tx.jobs().enqueue(job));
            return configuration;
        });
    if (stored) services_.bell.ring();
    co_return stored;
}

Task<Result<store::ScanningConfiguration>> Configurations::put_tag_patterns(const registry::Call& call,
                                                                            model::Registry registry,
                                                                            std::vector<std::string> patterns) {
    auto allowed = co_await registry::require(services_, call, iam::action::put_scan_tag_patterns, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::ScanningConfiguration> {
        auto configuration = registry::scanning_configuration(tx, registry);
        configuration.tag_patterns = patterns;
        tx.scans().put_configuration(registry, configuration);
        return configuration;
    });
}

Task<Result<std::vector<RepositoryPlan>>> Configurations::of_repositories(const registry::Call& call,
                                                                          model::Registry registry,
                                                                          std::vector<model::RepositoryName> names) {
    for (const auto& name : names) {
        const registry::RepositoryRef repository{.registry = registry, .name = name};
        auto allowed = co_await registry::require(services_, call,
                                                  iam::action::batch_get_repository_scanning_configuration, repository);
        if (!allowed) co_return fail(std::move(allowed));
    }
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<RepositoryPlan>> {
        const auto configuration = registry::scanning_configuration(tx, registry);
        std::vector<RepositoryPlan> plans;
        for (const auto& name : names) {
            auto& plan = plans.emplace_back();
            plan.repository = tx.repositories().find(registry, name);
            if (plan.repository) plan.plan = registry::scan_plan(configuration, *plan.repository);
        }
        return plans;
    });
}

Task<Result<bool>> Configurations::catch_up(model::Registry registry, std::stop_token stop) {
    std::string after_name;
    for (;;) {
        auto page =
            co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<model::Repository>> {
                return tx.repositories().page(registry, after_name, repositories_at_once);
            });
        if (!page) co_return fail(std::move(page));
        for (const auto& repository : *page) {
            std::string after_digest;
            for (;;) {
                if (stop.stop_requested()) co_return false;
                auto seen = co_await catch_up_images(repository, after_digest);
                if (!seen) co_return fail(std::move(seen));
                if (*seen < images_at_once) break;
            }
        }
        if (page->size() < repositories_at_once) break;
        after_name = page->back().name.text();
    }
    services_.bell.ring_for_scan();
    co_return true;
}

Task<Result<std::size_t>> Configurations::catch_up_images(const model::Repository& repository, std::string& after) {
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> {
            const auto configuration = registry::scanning_configuration(tx, repository.registry);
            const auto images = tx.images().page(repository.id, {}, after, images_at_once);
            for (const auto& tagged : images) catch_up_image(tx, configuration, repository, tagged.image);
            if (!images.empty()) after = images.back().image.digest.text();
            return images.size();
        },
        store::Durability::relaxed);
}

void Configurations::catch_up_image(store::Transaction& tx, const store::ScanningConfiguration& configuration,
                                    const model::Repository& repository, const model::Image& image) {
    auto scan = tx.scans().find(image.id);
    if (registry::scan_plan(configuration, repository).frequency != ScanFrequency::continuous) {
        if (scan && scan->type == ScanType::enhanced) stop_following(tx, std::move(*scan));
        return;
    }
    if (image.status != model::ImageStatus::active) return;
    if (!scan || scan->type != configuration.type) {
        static_cast<void>(registry::expect_scan(services_, tx, image));
        return;
    }
    if (scan->continuous) return;
    if (scan->state != store::ScanState::in_progress) {
        registry::request_scan(services_, tx, configuration, repository, image.id);
        return;
    }
    scan->continuous = true;  // when its result is kept, it is seen that this came in between
    tx.scans().put(*scan);
}

// Of a scan that is under way, the same is seen.
void Configurations::stop_following(store::Transaction& tx, store::ImageScan scan) {
    std::vector<std::int64_t> ids(tx.inventories().followed(scan.image).size());
    std::ranges::generate(ids, [&] { return make_row_id(services_.clock.now(), services_.random); });
    tx.inventories().freeze(scan.image, ids);
    if (!scan.continuous) return;
    scan.continuous = false;
    // Its inventories may have been matched again, and the image not yet told.
    if (scan.state == store::ScanState::complete && !ids.empty()) {
        scan.counts = count_parts(tx.inventories().followed(scan.image));
    }
    tx.scans().put(scan);
}

}  // namespace berth::scanning
