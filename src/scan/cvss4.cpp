// CVSS 4.0 base scores: specification section 8.2 (https://www.first.org/cvss/v4-0/specification-document).
//
// A vector belongs to a macro vector, which experts gave a score; within it, the score sinks with the distance from the
// worst vector, by the mean over the equivalence sets (EQ) that have a lower macro vector. A base vector leaves threat
// and requirements at their worst, so EQ5 is always 0 and EQ4 never 0, and of the 270 macro vectors 60 can be met.
#include "scan/cvss_vector.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace berth::scan {

namespace {

// Tenths. Row: EQ1 and EQ2 (00, 01, 10 ... 21). Column: EQ3 and EQ6 (00, 01, 10, 11, 21), and for each EQ4 (1, 2).
constexpr std::array<std::array<std::uint8_t, 10>, 6> scores{{
    {100, 93, 96, 90, 93, 88, 92, 80, 79, 69},
    {95, 92, 91, 81, 92, 84, 82, 70, 71, 63},
    {94, 87, 89, 75, 86, 72, 76, 57, 65, 53},
    {90, 77, 77, 66, 74, 61, 59, 52, 58, 23},
    {86, 70, 74, 54, 72, 53, 57, 36, 47, 24},
    {73, 54, 55, 43, 61, 46, 51, 18, 24, 10},
}};

// The places of EQ3 and EQ6 in a row.
enum Impact : std::size_t { both_high, both_high_no_need, some_high, some_high_no_need, none_high };

struct MacroVector {
    std::size_t eq1;
    std::size_t eq2;
    Impact eq3_6;
    std::size_t eq4;  // 1 or 2

    [[nodiscard]] int tenths() const { return scores[eq1 * 2 + eq2][eq3_6 * 2 + eq4 - 1]; }
};

// How far each letter is from the worst of its metric.
struct Steps {
    int attack_vector, complexity, requirements, privileges, interaction;
    std::array<int, 3> impact;      // of the system itself
    std::array<int, 3> subsequent;  // of those behind it
};

int step(std::string_view worst_first, char letter) {
    return static_cast<int>(worst_first.find(letter));
}

Steps steps_of(const Letters& m) {
    return {.attack_vector = step("NALP", m[0]),
            .complexity = step("LH", m[1]),
            .requirements = step("NP", m[2]),
            .privileges = step("NLH", m[3]),
            .interaction = step("NPA", m[4]),
            .impact = {step("HLN", m[5]), step("HLN", m[6]), step("HLN", m[7])},
            .subsequent = {step("HLN", m[8]), step("HLN", m[9]), step("HLN", m[10])}};
}

MacroVector macro_vector_of(const Steps& s) {
    const int free = (s.attack_vector == 0 ? 1 : 0) + (s.privileges == 0 ? 1 : 0) + (s.interaction == 0 ? 1 : 0);
    const bool physical = s.attack_vector == 3;
    const auto is_high = [](int step) { return step == 0; };
    const bool any_high = is_high(s.impact[0]) || is_high(s.impact[1]) || is_high(s.impact[2]);
    const bool any_subsequent = is_high(s.subsequent[0]) || is_high(s.subsequent[1]) || is_high(s.subsequent[2]);
    return {.eq1 = free == 3               ? 0U
                   : free > 0 && !physical ? 1U
                                           : 2U,
            .eq2 = s.complexity == 0 && s.requirements == 0 ? 0U : 1U,
            .eq3_6 = is_high(s.impact[0]) && is_high(s.impact[1]) ? both_high
                     : any_high                                   ? some_high
                                                                  : none_high,
            .eq4 = any_subsequent ? 1U : 2U};
}

// The distance to the first of the worst vectors that is no better in any metric.
template <std::size_t metrics, std::size_t count>
int distance(const std::array<int, metrics>& from, const std::array<std::array<int, metrics>, count>& worst) {
    for (const auto& candidate : worst) {
        int sum = 0;
        bool reached = true;
        for (std::size_t i = 0; i < metrics; ++i) {
            reached = reached && from[i] >= candidate[i];
            sum += from[i] - candidate[i];
        }
        if (reached) return sum;
    }
    return 0;
}

using Triples = std::array<std::array<int, 3>, 3>;

int distance_1(std::size_t eq1, const Steps& s) {
    // AV, PR, UI. A worst vector stands twice where there are less than three.
    constexpr std::array<Triples, 3> worst{{
        {{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}},
        {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
        {{{3, 0, 0}, {1, 1, 1}, {1, 1, 1}}},
    }};
    return distance(std::array{s.attack_vector, s.privileges, s.interaction}, worst[eq1]);
}

int distance_2(std::size_t eq2, const Steps& s) {
    constexpr std::array<std::array<std::array<int, 2>, 2>, 2> worst{{{{{0, 0}, {0, 0}}}, {{{1, 0}, {0, 1}}}}};
    return distance(std::array{s.complexity, s.requirements}, worst[eq2]);
}

int distance_3(Impact eq3_6, const Steps& s) {
    constexpr Triples high{{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}};
    constexpr Triples some{{{1, 0, 0}, {0, 1, 0}, {0, 1, 0}}};
    constexpr Triples none{{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}};
    return distance(s.impact, eq3_6 == both_high ? high : eq3_6 == some_high ? some : none);
}

int distance_4(std::size_t eq4, const Steps& s) {
    const int worst = eq4 == 1 ? 0 : 1;
    return s.subsequent[0] + s.subsequent[1] + s.subsequent[2] - 3 * worst;
}

// Adds one set's part of the mean: what the next lower macro vector has less, times how far down the way to it the
// vector is.
class Mean {
public:
    void add(int less, int distance, int depth) {
        sum_ += static_cast<double>(less) * distance / depth;
        ++count_;
    }
    [[nodiscard]] double value() const { return sum_ / count_; }

private:
    double sum_ = 0;
    int count_ = 1;  // EQ5 has a lower macro vector and no distance
};

int next_lower_impact(const MacroVector& macro) {
    auto need = macro;
    auto impact = macro;
    need.eq3_6 = macro.eq3_6 == both_high ? both_high_no_need : some_high_no_need;
    impact.eq3_6 = some_high;
    // From both_high two ways lead down; the higher one counts. From some_high only the need can fall.
    return macro.eq3_6 == both_high ? std::max(need.tenths(), impact.tenths()) : need.tenths();
}

}  // namespace

double score_4(const Letters& letters) {
    const auto steps = steps_of(letters);
    constexpr int none = 2;
    const auto harmless = [](const std::array<int, 3>& impacts) {
        return impacts[0] == none && impacts[1] == none && impacts[2] == none;
    };
    if (harmless(steps.impact) && harmless(steps.subsequent)) return 0;

    const auto macro = macro_vector_of(steps);
    const int top = macro.tenths();
    constexpr std::array depth_1{1, 4, 5};
    constexpr std::array depth_2{1, 2};
    constexpr std::array depth_4{6, 5, 4};
    Mean mean;
    if (macro.eq1 < 2) {
        auto lower = macro;
        ++lower.eq1;
        mean.add(top - lower.tenths(), distance_1(macro.eq1, steps), depth_1[macro.eq1]);
    }
    if (macro.eq2 < 1) {
        auto lower = macro;
        ++lower.eq2;
        mean.add(top - lower.tenths(), distance_2(macro.eq2, steps), depth_2[macro.eq2]);
    }
    if (macro.eq3_6 != none_high) {
        const int depth = macro.eq3_6 == both_high ? 7 : 8;
        mean.add(top - next_lower_impact(macro), distance_3(macro.eq3_6, steps), depth);
    }
    if (macro.eq4 < 2) {
        auto lower = macro;
        ++lower.eq4;
        mean.add(top - lower.tenths(), distance_4(macro.eq4, steps), depth_4[macro.eq4]);
    }
    // Halves go up; what a binary fraction lacks to a half is less than a millionth.
    return std::floor(std::max(0.0, top - mean.value()) + 0.5 + 1e-6) / 10;
}

}  // namespace berth::scan
