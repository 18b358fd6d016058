#include "scanning/suppressions.hpp"

#include "registry/access.hpp"

#include <algorithm>
#include <utility>

namespace berth::scanning {

namespace {

constexpr std::size_t most_rules = 1000;

}  // namespace

Task<Result<std::vector<store::SuppressionRule>>> Suppressions::list(const registry::Call& call,
                                                                     model::Registry registry) {
    auto allowed = co_await registry::require(services_, call, iam::action::list_scan_suppression_rules, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<std::vector<store::SuppressionRule>> {
            return tx.scans().suppressions(registry);
        });
}

Task<Result<store::SuppressionRule>> Suppressions::put(const registry::Call& call, model::Registry registry,
                                                       store::SuppressionRule rule) {
    auto allowed = co_await registry::require(services_, call, iam::action::put_scan_suppression_rule, registry);
    if (!allowed) co_return fail(std::move(allowed));
    if (rule.vulnerability.empty() && rule.package.empty()) {
        co_return fail(FaultKind::invalid_parameter,
                       "Invalid parameter at 'vulnerabilityPattern' failed to satisfy constraint: 'A rule must name a "
                       "vulnerability or a package'");
    }
    rule.created_at = services_.clock.now();
    if (rule.until && *rule.until <= rule.created_at) {
        co_return fail(FaultKind::invalid_parameter,
                       "Invalid parameter at 'until' failed to satisfy constraint: 'Must lie in the future: this rule "
                       "would never set anything aside'");
    }
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::SuppressionRule> {
        const auto present = tx.scans().suppressions(registry);
        const bool replaces = std::ranges::find(present, rule.name, &store::SuppressionRule::name) != present.end();
        if (!replaces && present.size() >= most_rules) {
            return fail(FaultKind::limit_exceeded,
                        "The registry has " + std::to_string(most_rules) + " suppression rules already");
        }
        tx.scans().put_suppression(registry, rule);
        return rule;
    });
}

Task<Result<void>> Suppressions::remove(const registry::Call& call, model::Registry registry, std::string name) {
    auto allowed = co_await registry::require(services_, call, iam::action::delete_scan_suppression_rule, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        if (!tx.scans().erase_suppression(registry, name)) {
            return fail(FaultKind::invalid_parameter, "There is no suppression rule with name '" + name + "'");
        }
        return {};
    });
}

}  // namespace berth::scanning
