// Lifecycle policies: what is refused is refused as a parameter; what is taken comes back the same from its own text,
// and can be evaluated.
#include "check.hpp"
#include "lifecycle/evaluate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lifecycle = berth::lifecycle;

namespace {

lifecycle::Images some_images() {
    lifecycle::Images images;
    const std::string digest = "sha256:" + std::string(63, '0');
    const std::string child = digest + "1";
    for (int i = 0; i < 8; ++i) {
        const auto own = digest + static_cast<char>('0' + i);
        lifecycle::Image image;
        image.digest = own;
        image.pushed_at = berth::Timestamp(std::chrono::hours(i * 24));
        if (i % 2 == 0) image.tags = {"v1.0", "main-1", "latest"};
        if (i % 3 == 0) image.status = berth::model::ImageStatus::archived;
        if (i == 0) image.children = {child};
        if (i == 5) image.subject = child;
        images.add(image);
    }
    return images;
}

void check_policy(const lifecycle::Policy& policy, const lifecycle::Options& options) {
    check(!policy.rules.empty() && policy.rules.size() <= lifecycle::max_rules);
    check(std::ranges::is_sorted(policy.rules, std::ranges::less_equal{}, &lifecycle::Rule::priority));
    auto text = lifecycle::to_text(policy);
    if (text.size() < lifecycle::min_text_length) text.resize(lifecycle::min_text_length, ' ');
    const auto again = lifecycle::parse(text, options);
    check(again && *again == policy);
    static const auto images = some_images();
    const auto decisions = lifecycle::evaluate(policy, images, berth::Timestamp(std::chrono::hours(24 * 400)));
    check(decisions.size() <= images.size());
    for (const auto& decision : decisions) check(!lifecycle::explain(policy, decision).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    if (text.size() < lifecycle::min_text_length) text.resize(lifecycle::min_text_length, ' ');
    for (const bool extensions : {false, true}) {
        const lifecycle::Options options{.extensions = extensions};
        const auto policy = lifecycle::parse(text, options);
        if (policy) {
            check_policy(*policy, options);
        } else {
            check(policy.error().kind == berth::FaultKind::invalid_parameter);
        }
    }
    return 0;
}
