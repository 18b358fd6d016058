#include "sbom/document.hpp"

#include "base/encoding.hpp"
#include "base/sha256.hpp"
#include "inventory/purl.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <span>
#include <tuple>
#include <utility>

namespace berth::sbom {

namespace {

// How many bytes the well-formed sequence at the beginning has; 0: there is none (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto between = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
    const auto continues = [&](std::size_t i) { return between(at(i), 0x80, 0xBF); };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (between(first, 0xC2, 0xDF)) return continues(1) ? 2 : 0;
    if (between(first, 0xE0, 0xEF)) {
        const bool second = between(at(1), first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && continues(2) ? 3 : 0;
    }
    if (between(first, 0xF0, 0xF4)) {
        const bool second = between(at(1), first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

inventory::Package cleaned(inventory::Package package) {
    for (auto* text : {&package.name, &package.version, &package.source_name, &package.source_version, &package.arch,
                       &package.module_label, &package.vendor, &package.path, &package.owned_by}) {
        *text = clean(*text);
    }
    for (auto& licence : package.licences) licence = clean(licence);
    return package;
}

std::string padded(long long value, std::size_t width) {
    auto text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::vector<Component> components_of(const inventory::Inventory& inventory) {
    std::map<std::string, Component> by_purl;
    for (const auto& package : inventory.packages) {
        auto purl = inventory::to_text(inventory::purl_of(package, inventory.distribution));
        auto& component = by_purl[purl];
        auto copy = cleaned(package);
        component.paths.push_back(copy.path);
        const auto place = [](const inventory::Package& one) { return std::tie(one.path, one.layer, one.owned_by); };
        if (component.purl.empty() || place(copy) < place(component.package)) component.package = std::move(copy);
        component.purl = std::move(purl);
    }
    std::vector<Component> components;
    components.reserve(by_purl.size());
    for (auto& [purl, component] : by_purl) {
        std::ranges::sort(component.paths);
        const auto repeated = std::ranges::unique(component.paths);
        component.paths.erase(repeated.begin(), repeated.end());
        components.push_back(std::move(component));
    }
    return components;
}

std::string purl_of(const Subject& subject) {
    if (subject.digest.empty()) return {};
    inventory::Purl purl;
    purl.type = "oci";
    purl.name = subject.name.substr(subject.name.rfind('/') + 1);
    purl.version = subject.digest;
    if (subject.name.contains('/')) purl.qualifiers["repository_url"] = subject.name;
    if (!subject.tag.empty()) purl.qualifiers["tag"] = subject.tag;
    return inventory::to_text(purl);
}

std::string uuid_of(const Subject& subject, const std::vector<Component>& components) {
    Sha256 hash;
    const auto add = [&](const std::string& text) {
        hash.update(std::as_bytes(std::span(text.c_str(), text.size() + 1)));
    };
    for (const auto& text :
         {subject.name, subject.tag, subject.digest, iso_time(subject.created_at), subject.tool_version}) {
        add(text);
    }
    for (const auto& component : components) {
        add(component.purl);
        for (const auto& path : component.paths) add(path);
    }
    const auto digest = hash.digest();
    std::array<unsigned char, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x80U);  // version 8: made by a rule of one's own
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    const auto hex = to_hex(bytes);
    return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
           hex.substr(20, 12);
}

std::string iso_time(std::int64_t milliseconds) {
    using namespace std::chrono;
    constexpr std::int64_t last = 253'402'300'799'000;  // the end of 9999
    const sys_seconds time(seconds(std::clamp<std::int64_t>(milliseconds, 0, last) / 1000));
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return padded(int{date.year()}, 4) + '-' + padded(unsigned{date.month()}, 2) + '-' +
           padded(unsigned{date.day()}, 2) + 'T' + padded(clock.hours().count(), 2) + ':' +
           padded(clock.minutes().count(), 2) + ':' + padded(clock.seconds().count(), 2) + 'Z';
}

std::string clean(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto length = sequence_length(text);
        if (length == 0) {
            result += "\xEF\xBF\xBD";
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

}  // namespace berth::sbom
