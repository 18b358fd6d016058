#include "vulndb/repomd.hpp"

#include "vulndb/xml_events.hpp"

#include <algorithm>

namespace berth::vulndb {

namespace {

constexpr std::size_t most_mirrors = 16;
constexpr std::size_t longest_address = 2048;

struct Entry {
    std::string location;
    std::string checksum;
    std::string checksum_type;
};

// <repomd><data type="updateinfo"><checksum type="sha256">...</checksum><location href="..."/></data></repomd>
class Index final : public XmlHandler {
public:
    explicit Index(std::string_view type) : type_(type) {}

    [[nodiscard]] bool seen() const { return seen_; }
    [[nodiscard]] bool found() const { return found_; }
    [[nodiscard]] const Entry& entry() const { return entry_; }

    void open(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "repomd") seen_ = true;
        if (name == "data") inside_ = !found_ && attributes.get("type") == type_;
        if (!inside_) return;
        found_ = true;
        if (name == "location") entry_.location = attributes.get("href");
        if (name == "checksum") entry_.checksum_type = attributes.get("type");
    }

    void close(std::string_view name, std::string_view text) override {
        if (!inside_) return;
        if (name == "checksum") entry_.checksum = text;
        if (name == "data") inside_ = false;
    }

private:
    std::string_view type_;
    Entry entry_;
    bool seen_ = false;
    bool found_ = false;
    bool inside_ = false;
};

bool is_sha256(std::string_view text) {
    constexpr std::size_t digits = 64;
    return text.size() == digits &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// A path below the repository: no scheme, no root, no way up.
bool is_inside(std::string_view location) {
    return !location.empty() && location.size() <= longest_address && location.front() != '/' &&
           location.find_first_of(":\\?#") == std::string_view::npos && !location.contains("..");
}

}  // namespace

Result<IndexedFile> find_in_repomd(archive::Source& text, std::string_view type) {
    Index index(type);
    if (auto read = read_xml(text, index); !read) return fail(std::move(read));
    if (!index.seen()) return fail(FaultKind::invalid_parameter, "repomd.xml: there is no element <repomd>");
    const auto& entry = index.entry();
    if (!index.found()) return fail(FaultKind::invalid_parameter, "repomd.xml: it names no " + std::string(type));
    if (!is_inside(entry.location))
        return fail(FaultKind::invalid_parameter, "repomd.xml: " + std::string(type) + " is not in the repository");
    if (entry.checksum_type != "sha256" || !is_sha256(entry.checksum))
        return fail(FaultKind::invalid_parameter, "repomd.xml: " + std::string(type) + " has no SHA-256");
    return IndexedFile{.location = entry.location, .sha256 = entry.checksum};
}

std::vector<std::string> parse_mirror_list(std::string_view text) {
    std::vector<std::string> mirrors;
    while (!text.empty() && mirrors.size() < most_mirrors) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const bool is_address = line.starts_with("https://") || line.starts_with("http://");
        if (!is_address || line.size() > longest_address) continue;
        mirrors.emplace_back(line.substr(0, line.find_last_not_of(" \t/") + 1));
    }
    return mirrors;
}

}  // namespace berth::vulndb
