#include "app/rpm_repository.hpp"

#include "archive/source.hpp"
#include "vulndb/feed_source.hpp"
#include "vulndb/repomd.hpp"

#include <system_error>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace berth::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view list_name = "/mirror.list";
constexpr std::string_view index_name = "/repodata/repomd.xml";

// Both are a few kilobytes.
constexpr std::size_t most_index_bytes = std::size_t{4} << 20;

Result<std::string> get_index(client::HttpClient& client, const std::string& url) {
    std::string text;
    const auto answer = client.receive({.url = url}, [&](int status, std::string_view bytes) -> Result<void> {
        if (status != 200) return {};
        if (bytes.size() > most_index_bytes - text.size())
            return fail(FaultKind::too_large, url + ": longer than any index");
        text += bytes;
        return {};
    });
    if (!answer) return std::unexpected(answer.error());
    if (answer->status != 200)
        return fail(FaultKind::unsupported, url + ": the server answers with " + std::to_string(answer->status));
    return text;
}

// The addresses of repositories with the same content.
Result<std::vector<std::string>> repositories_of(client::HttpClient& client, const std::string& url) {
    if (url.ends_with(index_name)) return std::vector{url.substr(0, url.size() - index_name.size())};
    const auto list = get_index(client, url);
    if (!list) return std::unexpected(list.error());
    auto mirrors = vulndb::parse_mirror_list(*list);
    if (url.starts_with("https:"))
        std::erase_if(mirrors, [](const auto& mirror) { return !mirror.starts_with("https:"); });
    if (mirrors.empty()) return fail(FaultKind::unsupported, url + ": no mirror is in the list");
    return mirrors;
}

Result<vulndb::IndexedFile> find_updateinfo(client::HttpClient& client, const std::string& repository) {
    const auto text = get_index(client, repository + std::string(index_name));
    if (!text) return std::unexpected(text.error());
    archive::MemorySource source(std::as_bytes(std::span(*text)));
    auto found = vulndb::find_in_repomd(source, "updateinfo");
    if (!found) return fail(found.error().kind, repository + ": " + found.error().message);
    return found;
}

// Empty: it cannot be read.
std::string sha256_of(const fs::path& file) {
    auto descriptor = vulndb::Descriptor::open(file, O_RDONLY);
    if (!descriptor.is_open()) return {};
    vulndb::FileSource source(std::move(descriptor), {});
    return archive::drain(source) ? source.sha256() : std::string{};
}

Result<client::Downloaded> download_from(client::HttpClient& client, const std::string& repository,
                                         const client::Download& wanted) {
    const auto indexed = find_updateinfo(client, repository);
    if (!indexed) return std::unexpected(indexed.error());
    if (sha256_of(wanted.file) == indexed->sha256)
        return client::Downloaded{.not_modified = true, .bytes = 0, .etag = {}};
    auto fetched = wanted;
    fetched.url = repository + "/" + indexed->location;
    fetched.file += ".fetched";
    fetched.etag.clear();
    auto got = client.download(fetched);
    if (!got) return got;
    std::error_code error;
    if (sha256_of(fetched.file) != indexed->sha256) {
        fs::remove(fetched.file, error);
        return fail(FaultKind::unavailable, fetched.url + ": not what the repository's index says, by its SHA-256");
    }
    fs::rename(fetched.file, wanted.file, error);
    if (error) return fail(FaultKind::unavailable, wanted.file.string() + ": " + error.message());
    return got;
}

}  // namespace

bool is_rpm_repository(std::string_view url) {
    return url.ends_with(list_name) || url.ends_with(index_name);
}

Result<client::Downloaded> download_updateinfo(client::HttpClient& client, const client::Download& wanted) {
    const auto repositories = repositories_of(client, wanted.url);
    if (!repositories) return std::unexpected(repositories.error());
    Result<client::Downloaded> got;
    for (const auto& repository : *repositories) {
        got = download_from(client, repository, wanted);
        if (got || got.error().kind == FaultKind::storage_full) break;
    }
    return got;
}

}  // namespace berth::app
