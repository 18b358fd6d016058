#include "scanning/scan_notes.hpp"

#include "scan/report_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace berth::scanning {

std::string summary_of(const std::vector<std::string>& notes) {
    constexpr std::size_t most_of_note = 300;
    constexpr std::size_t most = 900;
    std::vector<std::string> shown;
    for (const auto& note : notes) {
        auto text = scan::cut(scan::printable(note), most_of_note);
        if (!text.empty() && std::ranges::find(shown, text) == shown.end()) shown.push_back(std::move(text));
    }
    std::string summary;
    std::size_t columns = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        columns += scan::columns_of(shown[i]) + 2;
        if (columns > most) return summary + "; and " + std::to_string(shown.size() - i) + " more";
        if (!summary.empty()) summary += summary.ends_with('.') ? " " : "; ";
        summary += shown[i];
    }
    return summary;
}

}  // namespace berth::scanning
