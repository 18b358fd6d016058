// Package URLs: pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH, the one name of a package that SBOMs, VEX documents
// and advisories share. https://github.com/package-url/purl-spec
#pragma once

#include "inventory/package.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace berth::inventory {

// Every part decoded and in the spelling its type asks for (lower case where the type has no case), so that two purls
// of one package are equal.
struct Purl {
    std::string type;
    std::string space;  // the namespace, segments joined by '/'; empty: none
    std::string name;
    std::string version;                            // empty: none, which means every version
    std::map<std::string, std::string> qualifiers;  // keys in lower case
    std::string subpath;

    friend bool operator==(const Purl&, const Purl&) = default;
};

// nullopt: no purl, or one longer than any real one.
[[nodiscard]] std::optional<Purl> parse_purl(std::string_view text);

// The canonical text, in the spelling of its type; parse_purl() gives the same Purl back.
[[nodiscard]] std::string to_text(const Purl& given);

// Of a package as this room names it. Distributions' packages need their distribution for the namespace: without one
// it is the usual distribution of the type (debian, alpine), or none. Architecture, epoch and distribution are
// qualifiers.
[[nodiscard]] Purl purl_of(const Package& package, const std::optional<Distribution>& distribution);

// Does a statement about `statement` speak of `package`? What it leaves out (version, qualifiers, subpath) it leaves
// open.
[[nodiscard]] bool covers(const Purl& statement, const Purl& package);

}  // namespace berth::inventory
