// Suppression: findings that somebody looked at and set aside. They stay in the result and say why.
//
// By a rule of the operator, or by a statement of a VEX document (scan/vex.hpp). A package of a finding is suppressed
// when one of them covers it, and the finding when all of its packages are.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "scan/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::scan {

// Every pattern that is there must fit; '*' is any run of characters.
struct SuppressionRule {
    std::string name;               // how it is called; empty: the vulnerability pattern
    std::string vulnerability;      // against the finding's name and its other names, whatever the case; empty: any
    std::string package;            // against the package's name and its source's; empty: any
    std::string repository;         // empty: any
    std::vector<std::string> tags;  // any of the image's tags fits any of these; empty: any image
    std::string reason;
    std::optional<Timestamp> until;  // from then on the rule does nothing

    friend bool operator==(const SuppressionRule&, const SuppressionRule&) = default;
};

// Of the image whose findings these are. A scan of no repository leaves them empty: then only rules that ask for
// neither fit.
struct ImageContext {
    std::string repository;
    std::vector<std::string> tags;
    Timestamp now;
};

void apply_rules(const std::vector<SuppressionRule>& rules, const ImageContext& context, Findings& findings);

// Sets a finding's suppression by those of its packages.
void settle_suppression(Finding& finding);

// Two forms. Lines: a vulnerability pattern, then any of package=, repository=, tag= (several times) and
// until=YYYY-MM-DD, then the reason behind a '#'; empty lines and lines that begin with '#' are comments.
//
//     CVE-2024-1234 package=openssl until=2026-12-31 # the parser is never reached
//
// JSON: [{"name", "vulnerability", "package", "repository", "tags": [], "reason", "until"}], or that array as the
// member "rules" of an object. A rule that asks for nothing, a member or word that is unknown and a date that is none
// are errors: a rule that is misread would hide findings. Fault: invalid_parameter, with the line or place.
[[nodiscard]] Result<std::vector<SuppressionRule>> parse_ignore_file(std::string_view text);

// The point in time at which a day is over (UTC): an end date is the last day a rule holds.
[[nodiscard]] std::optional<Timestamp> end_of_day(std::string_view date);

}  // namespace berth::scan
