#include "scan/modules.hpp"

#include <algorithm>

namespace berth::scan {

namespace {

// "nodejs:18:8060020220523160029:ad008a3a" and "nodejs:18" both are nodejs:18.
std::string_view name_and_stream(std::string_view label) {
    const auto first = label.find(':');
    if (first == std::string_view::npos) return label;
    return label.substr(0, label.find(':', first + 1));
}

// The word of a summary that has the form of a label. "Important: nodejs:18 security update": a word that ends with the
// colon is none.
std::string_view label_in(std::string_view summary) {
    while (!summary.empty()) {
        const auto word = summary.substr(0, summary.find(' '));
        summary.remove_prefix(std::min(summary.size(), word.size() + 1));
        const auto colon = word.find(':');
        if (colon != std::string_view::npos && colon > 0 && colon + 1 < word.size()) return name_and_stream(word);
    }
    return {};
}

std::string_view first_number(std::string_view version) {
    version.remove_prefix(version.find(':') + 1);  // npos + 1 is 0: no epoch
    return version.substr(0, version.find_first_not_of("0123456789"));
}

}  // namespace

bool has_module_mark(std::string_view version) {
    return version.find(".module+") != std::string_view::npos || version.find(".module_") != std::string_view::npos;
}

bool is_same_module(const ModularAdvice& advice, std::string_view package_label, std::string_view version) {
    const bool modular_package = !package_label.empty() || has_module_mark(version);
    const bool modular_advice = !advice.label.empty() || has_module_mark(advice.fixed_in);
    // Advice without a fix and without a label may mean either.
    if (!modular_advice && advice.fixed_in.empty()) return true;
    if (modular_package != modular_advice) return false;
    if (!modular_package) return true;
    const auto label = advice.label.empty() ? label_in(advice.summary) : name_and_stream(advice.label);
    if (!label.empty() && !package_label.empty()) return label == name_and_stream(package_label);
    return first_number(advice.fixed_in) == first_number(version);
}

}  // namespace berth::scan
