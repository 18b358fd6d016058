#include "app/public_feeds.hpp"

#include "app/usage_error.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

namespace berth::app {

namespace {

constexpr std::string_view github = "CC-BY 4.0";
constexpr std::string_view alpine = "Alpine Linux project";
constexpr std::string_view amazon = "public data of Amazon Web Services";

// Wolfi's and Chainguard's secdb are not here: their licence does not let everybody use them. Whoever may, adds them:
// https://packages.wolfi.dev/os/security.json, https://packages.cgr.dev/chainguard/security.json.
//
// Amazon's are the addresses that its images have in /etc/yum.repos.d (amzn2-core.repo, amazonlinux.repo), with
// "latest" for the release; the lists of x86_64 are of aarch64 too. Extras and live patches are not looked at.
constexpr std::array<PublicFeed, 32> feeds{{
    {"debian-tracker", "https://security-tracker.debian.org/tracker/data/json", "public data of the Debian project"},
    {"debian-osv", "https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip",
     "public data of the Debian project"},
    {"ubuntu-osv", "https://osv-vulnerabilities.storage.googleapis.com/Ubuntu/all.zip", "CC-BY-SA 4.0"},
    {"alpine-3.19-main", "https://secdb.alpinelinux.org/v3.19/main.json", alpine},
    {"alpine-3.19-community", "https://secdb.alpinelinux.org/v3.19/community.json", alpine},
    {"alpine-3.20-main", "https://secdb.alpinelinux.org/v3.20/main.json", alpine},
    {"alpine-3.20-community", "https://secdb.alpinelinux.org/v3.20/community.json", alpine},
    {"alpine-3.21-main", "https://secdb.alpinelinux.org/v3.21/main.json", alpine},
    {"alpine-3.21-community", "https://secdb.alpinelinux.org/v3.21/community.json", alpine},
    {"alpine-3.22-main", "https://secdb.alpinelinux.org/v3.22/main.json", alpine},
    {"alpine-3.22-community", "https://secdb.alpinelinux.org/v3.22/community.json", alpine},
    {"alpine-3.23-main", "https://secdb.alpinelinux.org/v3.23/main.json", alpine},
    {"alpine-3.23-community", "https://secdb.alpinelinux.org/v3.23/community.json", alpine},
    {"alpine-3.24-main", "https://secdb.alpinelinux.org/v3.24/main.json", alpine},
    {"alpine-3.24-community", "https://secdb.alpinelinux.org/v3.24/community.json", alpine},
    {"alpine-edge-main", "https://secdb.alpinelinux.org/edge/main.json", alpine},
    {"alpine-edge-community", "https://secdb.alpinelinux.org/edge/community.json", alpine},
    {"almalinux", "https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip", "MIT"},
    {"rocky-linux", "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip", "BSD"},
    {"red-hat", "https://osv-vulnerabilities.storage.googleapis.com/Red%20Hat/all.zip", "CC-BY 4.0"},
    {"amazon-linux-2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list", amazon},
    {"amazon-linux-2023", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list", amazon},
    {"npm", "https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip", github},
    {"pypi", "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip", github},
    {"go", "https://osv-vulnerabilities.storage.googleapis.com/Go/all.zip", github},
    {"maven", "https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip", github},
    {"crates", "https://osv-vulnerabilities.storage.googleapis.com/crates.io/all.zip", "CC0 1.0"},
    {"rubygems", "https://osv-vulnerabilities.storage.googleapis.com/RubyGems/all.zip", github},
    {"nuget", "https://osv-vulnerabilities.storage.googleapis.com/NuGet/all.zip", github},
    {"packagist", "https://osv-vulnerabilities.storage.googleapis.com/Packagist/all.zip", github},
    {"kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", "CC0 1.0"},
    {"epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", "free to use, FIRST.org named as source"},
}};

// It becomes a file's name.
bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

}  // namespace

std::span<const PublicFeed> public_feeds() {
    return feeds;
}

std::vector<FeedAddress> read_feed_list(const std::filesystem::path& file) {
    toml::table table;
    try {
        table = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        throw UsageError(file.string() + ", line " + std::to_string(error.source().begin.line) + ": " +
                         std::string(error.description()));
    }
    std::vector<FeedAddress> list;
    std::set<std::string> names;
    const auto* entries = table["feed"].as_array();
    if (entries == nullptr) throw UsageError(file.string() + ": there is no [[feed]]");
    for (const auto& entry : *entries) {
        const auto* feed = entry.as_table();
        const auto name = feed == nullptr ? std::string{} : (*feed)["name"].value_or(std::string{});
        const auto url = feed == nullptr ? std::string{} : (*feed)["url"].value_or(std::string{});
        if (!is_name(name)) throw UsageError(file.string() + ": a feed's name is letters, digits, '.', '_' and '-'");
        if (url.empty()) throw UsageError(file.string() + ": feed \"" + name + "\" has no url");
        if (!names.insert(name).second) throw UsageError(file.string() + ": two feeds are called \"" + name + "\"");
        list.push_back({.name = name, .url = url});
    }
    return list;
}

std::string public_feed_list() {
    std::string text;
    for (const auto& feed : feeds)
        text += "[[feed]]  # " + std::string(feed.licence) + "\nname = \"" + std::string(feed.name) + "\"\nurl = \"" +
                std::string(feed.url) + "\"\n\n";
    return text;
}

}  // namespace berth::app
