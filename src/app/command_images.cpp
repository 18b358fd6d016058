// berth images list-deleted|restore|purge|rescan: a client of the recycle bin and the scans of a running server.
#include "app/commands.hpp"
#include "app/json_text.hpp"
#include "app/remote.hpp"
#include "app/usage_error.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace berth::app {

namespace {

namespace json = boost::json;

constexpr std::size_t ids_a_call = 100;
constexpr std::size_t page_size = 1000;
constexpr int some_failed = 1;

struct Arguments {
    RemoteArguments remote;
    std::string repository;
    std::vector<std::string> images;
    std::string on_tag_conflict = "fail";
    std::string format = "table";
    bool all = false;
};

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::array& list_of(const json::object& object, std::string_view member) {
    static const json::array none;
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

// A digest has a colon, a tag cannot.
json::object id_of(const std::string& image) {
    return {{image.find(':') == std::string::npos ? "imageTag" : "imageDigest", image}};
}

std::string short_digest(const std::string& digest) {
    constexpr std::size_t shown = 19;  // sha256: and twelve digits, as other tools show it
    return digest.substr(0, shown);
}

std::string shown_id(const json::object& id) {
    const auto tag = text_of(id, "imageTag");
    const auto digest = text_of(id, "imageDigest");
    return digest.empty() ? tag : tag.empty() ? digest : tag + " (" + short_digest(digest) + ")";
}

// "2026-01-31 12:00:00Z" of seconds since 1970.
std::string shown_time(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    if (value == nullptr || !value->is_number()) return "-";
    const auto seconds = std::chrono::seconds(static_cast<std::int64_t>(value->to_number<double>()));
    const std::chrono::sys_seconds time(seconds);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

std::string shown_cause(const json::object& image) {
    const auto* value = image.if_contains("deletedBy");
    if (value == nullptr || !value->is_object()) return "-";
    const auto& cause = value->get_object();
    if (const auto* rule = cause.if_contains("lifecycleRulePriority")) {
        return "lifecycle rule " + json::serialize(*rule);
    }
    return text_of(cause, "principalArn");
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text + "  ";
}

void print_row(const json::object& image) {
    std::string tags;
    for (const auto& tag : list_of(image, "imageTags")) {
        tags += (tags.empty() ? "" : ",") + std::string(tag.is_string() ? tag.get_string() : json::string());
    }
    print(padded(text_of(image, "repositoryName"), 24) + padded(short_digest(text_of(image, "imageDigest")), 19) +
          padded(shown_time(image, "deletedAt"), 20) + padded(shown_time(image, "expiresAt"), 20) +
          padded(tags.empty() ? "-" : tags, 20) + shown_cause(image) + "\n");
}

// Printed page by page: a bin may be larger than memory.
void list_deleted(const Arguments& arguments) {
    Remote remote(arguments.remote);
    const bool as_json = arguments.format == "json";
    json::object request{{"maxResults", page_size}};
    if (!arguments.repository.empty()) request["repositoryName"] = arguments.repository;
    bool first = true;
    for (;;) {
        const auto answer = remote.call("Berth.ListDeletedImages", request);
        for (const auto& image : list_of(answer, "deletedImages")) {
            if (first) {
                print(as_json ? "{\"deletedImages\":[\n"
                              : padded("REPOSITORY", 24) + padded("DIGEST", 19) + padded("DELETED", 20) +
                                    padded("EXPIRES", 20) + padded("TAGS", 20) + "DELETED BY\n");
            }
            if (as_json) {
                print((first ? "" : ",\n") + json_text(image));
            } else if (image.is_object()) {
                print_row(image.get_object());
            }
            first = false;
        }
        const auto next = text_of(answer, "nextToken");
        if (next.empty()) break;
        request["nextToken"] = next;
    }
    if (as_json) print(first ? "{\"deletedImages\":[]}\n" : "\n]}\n");
    if (!as_json && first) print("The recycle bin is empty.\n");
}

// Both of the batch operations: what was done, what was not and why.
class Batch {
public:
    Batch(const Arguments& arguments, std::string_view operation, std::string_view done_member, std::string_view verb)
        : arguments_(arguments), operation_(operation), done_member_(done_member), verb_(verb) {}

    // The answer to one call, printed.
    json::object call(Remote& remote, const json::object& request) {
        auto answer = remote.call(operation_, request);
        for (const auto& id : list_of(answer, done_member_)) add(done_, "", id, id);
        for (const auto& failure : list_of(answer, "failures")) {
            const auto& object = failure.as_object();
            add(failures_, ": " + text_of(object, "failureCode") + ": " + text_of(object, "failureReason"),
                object.at("imageId"), failure);
        }
        return answer;
    }

    [[nodiscard]] bool did_nothing() const { return done_.empty() && failures_.empty(); }

    void finish(int& exit_code) {
        if (arguments_.format == "json") {
            print(json_text(json::object{{done_member_, done_}, {"failures", failures_}}) + "\n");
        }
        if (!failures_.empty()) exit_code = some_failed;
    }

private:
    void add(json::array& list, const std::string& problem, const json::value& id, const json::value& whole) {
        list.push_back(whole);
        if (arguments_.format == "json") return;
        const auto line = shown_id(id.as_object()) + problem + "\n";
        if (problem.empty()) {
            print(verb_ + " " + line);
        } else {
            std::fputs(("not " + verb_ + " " + line).c_str(), stderr);
        }
    }

    const Arguments& arguments_;
    std::string operation_;
    std::string done_member_;
    std::string verb_;
    json::array done_;
    json::array failures_;
};

void call_for_images(Batch& batch, Remote& remote, const Arguments& arguments, json::object request) {
    for (std::size_t first = 0; first < arguments.images.size(); first += ids_a_call) {
        json::array ids;
        const auto end = std::min(arguments.images.size(), first + ids_a_call);
        for (std::size_t i = first; i < end; ++i) ids.push_back(id_of(arguments.images[i]));
        request["imageIds"] = std::move(ids);
        static_cast<void>(batch.call(remote, request));
    }
}

void restore(const Arguments& arguments, int& exit_code) {
    Remote remote(arguments.remote);
    std::string conflict = arguments.on_tag_conflict;
    std::ranges::transform(conflict, conflict.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    Batch batch(arguments, "Berth.RestoreImages", "restoredImages", "restored");
    call_for_images(batch, remote, arguments, {{"repositoryName", arguments.repository}, {"onTagConflict", conflict}});
    batch.finish(exit_code);
}

void purge(const Arguments& arguments, int& exit_code) {
    if (arguments.all != arguments.images.empty()) {
        throw UsageError("name the images to purge, or say --all for everything in the repository's bin");
    }
    Remote remote(arguments.remote);
    Batch batch(arguments, "Berth.PurgeDeletedImages", "purgedImages", "purged");
    if (arguments.all) {
        const json::object request{{"repositoryName", arguments.repository}, {"all", true}};
        for (bool more = true; more;) {
            const auto answer = batch.call(remote, request);
            const auto* value = answer.if_contains("more");
            more = value != nullptr && value->is_bool() && value->get_bool();
        }
        if (batch.did_nothing() && arguments.format == "table") print("There was nothing in the repository's bin.\n");
    } else {
        call_for_images(batch, remote, arguments, {{"repositoryName", arguments.repository}});
    }
    batch.finish(exit_code);
}

// Without names all of the repository, a page a call.
void rescan(const Arguments& arguments) {
    Remote remote(arguments.remote);
    std::int64_t count = 0;
    const auto call = [&](const json::object& request) {
        const auto answer = remote.call("Berth.RescanImages", request);
        count += answer.at("imageCount").to_number<std::int64_t>();
        return text_of(answer, "nextToken");
    };
    json::object request{{"repositoryName", arguments.repository}};
    for (std::size_t first = 0; first < arguments.images.size(); first += ids_a_call) {
        json::array ids;
        const auto end = std::min(arguments.images.size(), first + ids_a_call);
        for (std::size_t i = first; i < end; ++i) ids.push_back(id_of(arguments.images[i]));
        request["imageIds"] = std::move(ids);
        static_cast<void>(call(request));
    }
    if (arguments.images.empty()) {
        for (auto next = call(request); !next.empty(); next = call(request)) request["nextToken"] = next;
    }
    if (arguments.format == "json") {
        print(json::serialize(json::object{{"imageCount", count}}) + "\n");
    } else {
        print(std::to_string(count) + " images wait for their scan\n");
    }
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* help, Arguments& arguments) {
    auto* command = parent.add_subcommand(name, help);
    add_remote_options(*command, arguments.remote);
    command->add_option("--format", arguments.format, "How to print")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    return command;
}

void add_images(CLI::App& command, Arguments& arguments) {
    command.add_option("--repository", arguments.repository, "The repository they were deleted from")->required();
    command.add_option("IMAGES", arguments.images, "Digests, or tags (the latest deleted image that had it)");
}

}  // namespace

void add_images_command(CLI::App& program, int& exit_code) {
    auto* images = program.add_subcommand(
        "images", "Deleted images of a running server (list, restore, purge), and scanning images again");
    images->require_subcommand(1);
    const auto arguments = std::make_shared<Arguments>();

    auto* list =
        add_command(*images, "list-deleted", "What is in the recycle bin, the latest deleted first", *arguments);
    list->add_option("--repository", arguments->repository, "Only this repository's");
    list->callback([arguments] { list_deleted(*arguments); });

    auto* bring_back = add_command(*images, "restore", "Bring deleted images back, with their tags", *arguments);
    add_images(*bring_back, *arguments);
    bring_back->get_option("IMAGES")->required();
    bring_back
        ->add_option("--on-tag-conflict", arguments->on_tag_conflict,
                     "When a tag names another image by now: fail, move the tag (never an immutable one), or skip it")
        ->check(CLI::IsMember({"fail", "move", "skip"}))
        ->capture_default_str();
    bring_back->callback([arguments, &exit_code] { restore(*arguments, exit_code); });

    auto* empty = add_command(*images, "purge", "Remove deleted images for good, before their time", *arguments);
    add_images(*empty, *arguments);
    empty->add_flag("--all", arguments->all, "Everything in the repository's bin");
    empty->callback([arguments, &exit_code] { purge(*arguments, exit_code); });

    auto* again = add_command(*images, "rescan", "Scan images again: these, or all of the repository", *arguments);
    again->add_option("--repository", arguments->repository, "The repository they are in")->required();
    again->add_option("IMAGES", arguments->images, "Digests or tags; none: all active images");
    again->callback([arguments] { rescan(*arguments); });
}

}  // namespace berth::app
