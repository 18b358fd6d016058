// SPDX licence expressions: which of the texts that packages give as their licence are some.
// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::sbom {

struct LicenceExpression {
    std::string text;       // with the list's spelling of each identifier
    bool compound = false;  // more than one identifier
};

// nullopt: an identifier is not on the list, or it is free text ("BSD License", "GPLv2+ and MIT").
[[nodiscard]] std::optional<LicenceExpression> parse_licence(std::string_view text);

}  // namespace berth::sbom
