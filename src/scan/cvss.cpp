#include "scan/cvss.hpp"

#include "scan/cvss_vector.hpp"

#include <algorithm>
#include <cmath>

namespace berth::scan {

namespace {

constexpr std::array metrics_2{
    Metric{"AV", "LAN"}, Metric{"AC", "HML"}, Metric{"Au", "MSN"},
    Metric{"C", "NPC"},  Metric{"I", "NPC"},  Metric{"A", "NPC"},
};
constexpr std::array metrics_3{
    Metric{"AV", "NALP"}, Metric{"AC", "LH"}, Metric{"PR", "NLH"}, Metric{"UI", "NR"},
    Metric{"S", "UC"},    Metric{"C", "NLH"}, Metric{"I", "NLH"},  Metric{"A", "NLH"},
};
constexpr std::array metrics_4{
    Metric{"AV", "NALP"}, Metric{"AC", "LH"},  Metric{"AT", "NP"},  Metric{"PR", "NLH"},
    Metric{"UI", "NPA"},  Metric{"VC", "HLN"}, Metric{"VI", "HLN"}, Metric{"VA", "HLN"},
    Metric{"SC", "HLN"},  Metric{"SI", "HLN"}, Metric{"SA", "HLN"},
};

double impact_2(char letter) {
    return letter == 'C' ? 0.660 : letter == 'P' ? 0.275 : 0;
}

double impact_3(char letter) {
    return letter == 'H' ? 0.56 : letter == 'L' ? 0.22 : 0;
}

double round_to_tenth(double value) {
    return std::round(value * 10) / 10;
}

// The smallest number with one decimal that is not less. 3.1 works on whole hundred-thousandths (appendix A), so that a
// binary fraction just above a tenth is not lifted to the next; 3.0 did not say.
double round_up(double value, bool minor_0) {
    if (minor_0) return std::ceil(value * 10 - 1e-9) / 10;
    const auto scaled = std::llround(value * 100000);
    if (scaled % 10000 == 0) return static_cast<double>(scaled) / 100000;
    const auto tenths = scaled / 10000 + 1;
    return static_cast<double>(tenths) / 10;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<Cvss> scored(std::string_view version, std::string_view vector, std::string_view source,
                           std::optional<double> score) {
    if (!score) return std::nullopt;
    return Cvss{
        .version = std::string(version), .vector = std::string(vector), .source = std::string(source), .score = *score};
}

}  // namespace

std::optional<Letters> read_letters(std::string_view vector, std::span<const Metric> table) {
    constexpr std::size_t longest = 512;
    if (vector.size() > longest) return std::nullopt;
    Letters letters{};
    while (!vector.empty()) {
        const auto part = vector.substr(0, vector.find('/'));
        vector.remove_prefix(std::min(vector.size(), part.size() + 1));
        const auto colon = part.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        const auto metric = std::ranges::find(table, part.substr(0, colon), &Metric::name);
        if (metric == table.end()) continue;
        auto& letter = letters[static_cast<std::size_t>(metric - table.begin())];
        const auto value = part.substr(colon + 1);
        if (letter != 0 || value.size() != 1 || metric->values.find(value.front()) == std::string_view::npos) {
            return std::nullopt;
        }
        letter = value.front();
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (letters[i] == 0) return std::nullopt;
    }
    return letters;
}

// CVSS 2.0 guide, section 3.2.1.
double score_2(const Letters& m) {
    const double vector = m[0] == 'N' ? 1.0 : m[0] == 'A' ? 0.646 : 0.395;
    const double complexity = m[1] == 'L' ? 0.71 : m[1] == 'M' ? 0.61 : 0.35;
    const double authentication = m[2] == 'N' ? 0.704 : m[2] == 'S' ? 0.56 : 0.45;
    const double impact = 10.41 * (1 - (1 - impact_2(m[3])) * (1 - impact_2(m[4])) * (1 - impact_2(m[5])));
    const double exploitability = 20 * vector * complexity * authentication;
    return round_to_tenth((0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176));
}

// CVSS 3.1 specification, section 7.1 and table of section 7.4; 3.0 has the same numbers.
double score_3(const Letters& m, bool minor_0) {
    const bool changed = m[4] == 'C';
    const double vector = m[0] == 'N' ? 0.85 : m[0] == 'A' ? 0.62 : m[0] == 'L' ? 0.55 : 0.2;
    const double complexity = m[1] == 'L' ? 0.77 : 0.44;
    const double privileges = m[2] == 'N' ? 0.85 : m[2] == 'L' ? (changed ? 0.68 : 0.62) : (changed ? 0.5 : 0.27);
    const double interaction = m[3] == 'N' ? 0.85 : 0.62;
    const double base = 1 - (1 - impact_3(m[5])) * (1 - impact_3(m[6])) * (1 - impact_3(m[7]));
    const double impact = changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
    if (impact <= 0) return 0;
    const double exploitability = 8.22 * vector * complexity * privileges * interaction;
    return round_up(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0), minor_0);
}

std::optional<Cvss> parse_cvss(std::string_view vector, std::string_view source) {
    auto metrics = vector;
    if (take_prefix(metrics, "CVSS:4.0/")) {
        const auto letters = read_letters(metrics, metrics_4);
        return scored("4.0", vector, source, letters ? std::optional(score_4(*letters)) : std::nullopt);
    }
    for (const std::string_view version : {"3.1", "3.0"}) {
        metrics = vector;
        if (!take_prefix(metrics, "CVSS:") || !take_prefix(metrics, version) || !take_prefix(metrics, "/")) continue;
        const auto letters = read_letters(metrics, metrics_3);
        return scored(version, vector, source,
                      letters ? std::optional(score_3(*letters, version == "3.0")) : std::nullopt);
    }
    metrics = vector;
    take_prefix(metrics, "CVSS:2.0/");
    if (metrics.starts_with('(') && metrics.ends_with(')')) metrics = metrics.substr(1, metrics.size() - 2);
    const auto letters = read_letters(metrics, metrics_2);
    return scored("2.0", vector, source, letters ? std::optional(score_2(*letters)) : std::nullopt);
}

}  // namespace berth::scan
