// Lists, all in pages: repositories, tags, referrers.
#include "api/oci/answers.hpp"
#include "api/oci/handlers.hpp"
#include "api/oci/json_text.hpp"
#include "api/oci/paging.hpp"
#include "api/oci/referrers_index.hpp"
#include "model/media_types.hpp"

#include <algorithm>
#include <span>

namespace berth::api::oci {

namespace {

// Referrers are read in small batches: the index may be full long before the page is.
constexpr std::size_t referrers_batch = 32;

http::Response json_answer(std::string body) {
    http::Response response;
    response.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

std::string path_of(const model::RepositoryName& name, std::string_view rest) {
    std::string path = "/v2/";
    path += name.text();
    path += rest;
    return path;
}

std::string tag_list_json(const model::RepositoryName& name, std::span<const std::string> tags) {
    std::size_t length = 64 + name.text().size();
    for (const auto& tag : tags) length += tag.size() + 3;
    std::string json;
    json.reserve(length);
    json += R"({"name":)";
    append_json_string(json, name.text());
    json += R"(,"tags":[)";
    for (const auto& tag : tags) {
        // Tags and names were checked when they came in: nothing in them needs an escape.
        json += json.back() == '[' ? "\"" : ",\"";
        json += tag;
        json += '"';
    }
    json += "]}";
    return json;
}

struct ReferrersPage {
    std::string json;
    std::string last;  // the last digest on it; empty when nothing follows
};

Task<Result<ReferrersPage>> collect_referrers(UseCases& use, Exchange& exchange, model::Digest subject,
                                              std::string artifact_type, Page page) {
    ReferrersIndex index(use.settings.manifest_bytes);
    for (;;) {
        // One more than fits, to know whether there is more.
        const auto batch = std::min(referrers_batch, page.size - index.size() + 1);
        auto found = co_await use.images.referrers(exchange.call, exchange.repository, subject, artifact_type,
                                                   page.after, batch);
        if (!found) co_return fail(std::move(found));
        for (const auto& image : *found) {
            if (index.size() == page.size || !index.add(image)) {
                co_return ReferrersPage{.json = std::move(index).finish(), .last = page.after};
            }
            page.after = image.digest.text();
        }
        if (found->empty()) co_return ReferrersPage{.json = std::move(index).finish(), .last = ""};
    }
}

}  // namespace

Task<http::Response> list_repositories(UseCases& use, Exchange& exchange) {
    auto page = parse_page(exchange.query);
    if (!page) co_return refusal(page.error());
    // Asked even for an empty page: the caller must be allowed to.
    auto found =
        co_await use.repositories.page(exchange.call, exchange.repository.registry, page->after, page->size + 1);
    if (!found) co_return refusal(found.error());
    const auto count = std::min(found->size(), page->size);
    std::string json = R"({"repositories":[)";
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) json += ',';
        append_json_string(json, (*found)[i].name.text());
    }
    json += "]}";
    auto response = json_answer(std::move(json));
    if (count > 0 && found->size() > count) {
        response.set("Link", next_link("/v2/_catalog",
                                       {{"n", std::to_string(page->size)}, {"last", (*found)[count - 1].name.text()}}));
    }
    co_return response;
}

Task<http::Response> list_tags(UseCases& use, Exchange& exchange) {
    auto page = parse_page(exchange.query);
    if (!page) co_return refusal(page.error());
    // One more than is shown, to know whether there is more.
    auto tags = co_await use.images.tag_page(exchange.call, exchange.repository, page->after, page->size + 1);
    if (!tags) co_return refusal(tags.error());
    const auto& name = exchange.repository.name;
    const std::span<const std::string> all(**tags);
    // n=0: an empty list without a Link (OCI Distribution 1.1, "Listing tags").
    const auto shown = all.first(std::min(all.size(), page->size));
    auto response = json_answer(tag_list_json(name, shown));
    if (!shown.empty() && all.size() > shown.size()) {
        response.set("Link", next_link(path_of(name, "/tags/list"),
                                       {{"n", std::to_string(page->size)}, {"last", shown.back()}}));
    }
    co_return response;
}

Task<http::Response> list_referrers(UseCases& use, Exchange& exchange) {
    auto subject = parse_digest(exchange.target.last);
    if (!subject) co_return refusal(subject.error());
    auto page = parse_page(exchange.query);
    if (!page) co_return refusal(page.error());
    const auto size = page->size;
    const std::string artifact_type(exchange.query.find("artifactType").value_or(""));
    auto collected = co_await collect_referrers(use, exchange, *subject, artifact_type, std::move(*page));
    if (!collected) co_return refusal(collected.error());

    http::Response response;
    response.set("Content-Type", std::string(model::media_type::oci_index));
    if (!artifact_type.empty()) response.set("OCI-Filters-Applied", "artifactType");
    if (!collected->last.empty()) {
        response.set(
            "Link",
            next_link(path_of(exchange.repository.name, "/referrers/" + subject->text()),
                      {{"artifactType", artifact_type}, {"n", std::to_string(size)}, {"last", collected->last}}));
    }
    response.body = std::move(collected->json);
    co_return response;
}

}  // namespace berth::api::oci
