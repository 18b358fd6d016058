#include "app/fetched_feeds.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <system_error>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace berth::app {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view note_ending = ".state";

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string{};
}

std::optional<FeedFailure> failure_of(const json::object& object) {
    const auto* at = object.if_contains("failedAt");
    if (at == nullptr || !at->is_int64()) return std::nullopt;
    return FeedFailure{.at = Timestamp(std::chrono::milliseconds(at->get_int64())),
                       .reason = text_of(object, "reason")};
}

}  // namespace

fs::path downloads_of(const fs::path& folder) {
    return folder / "downloads";
}

fs::path FetchedFeeds::file(std::string_view name) const {
    return downloads_ / name;
}

fs::path FetchedFeeds::note(std::string_view name) const {
    return downloads_ / (std::string(name) + std::string(note_ending));
}

std::string FetchedFeeds::mark(std::string_view name) const {
    std::error_code error;
    const auto size = fs::file_size(file(name), error);
    if (error) return {};
    const auto written = fs::last_write_time(file(name), error);
    if (error) return {};
    return std::to_string(size) + " " + std::to_string(written.time_since_epoch().count());
}

FetchedFeed FetchedFeeds::find(std::string_view name) const {
    std::ifstream in(note(name), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    const auto* object = error ? nullptr : parsed.if_object();
    if (object == nullptr) return {};
    return {.etag = text_of(*object, "etag"), .imported = text_of(*object, "imported"), .failure = failure_of(*object)};
}

Result<void> FetchedFeeds::keep(std::string_view name, const FetchedFeed& feed) const {
    json::object object{{"etag", feed.etag}, {"imported", feed.imported}};
    if (feed.failure) {
        object["failedAt"] = feed.failure->at.time_since_epoch().count();
        object["reason"] = feed.failure->reason;
    }
    const auto next = fs::path(note(name)).concat(".new");
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << json::serialize(object);
    out.close();
    std::error_code error;
    if (out) fs::rename(next, note(name), error);
    if (out && !error) return {};
    fs::remove(next, error);
    return fail(FaultKind::unavailable, "cannot write " + note(name).string());
}

std::vector<FailedFeed> FetchedFeeds::failed() const {
    std::vector<FailedFeed> all;
    std::error_code error;
    for (fs::directory_iterator entry(downloads_, error), end; !error && entry != end; entry.increment(error)) {
        if (entry->path().extension() != note_ending) continue;
        const auto name = entry->path().stem().string();
        if (auto feed = find(name); feed.failure) all.push_back({.name = name, .failure = *std::move(feed.failure)});
    }
    std::ranges::sort(all, {}, &FailedFeed::name);
    return all;
}

}  // namespace berth::app
