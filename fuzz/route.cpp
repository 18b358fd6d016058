// Request targets: paths to routes, references, queries and pages.
#include "api/oci/paging.hpp"
#include "api/oci/query.hpp"
#include "api/oci/routes.hpp"
#include "base/encoding.hpp"
#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oci = berth::api::oci;

namespace {

void check_path(std::string_view path) {
    const auto target = oci::match_path(path);
    if (!target) return;
    check(path.starts_with("/v2"));
    check(target->repository.size() + target->last.size() <= path.size());
    check(!oci::allowed_methods(target->pattern).empty());
    const auto name = berth::model::RepositoryName::parse(target->repository);
    if (name) check(name->text() == target->repository);
    const auto reference = oci::parse_reference(target->last);
    const auto same = [&](const auto& value) { return value.text() == target->last; };
    if (reference) check(std::visit(same, *reference));
}

void check_query(std::string_view text) {
    const auto query = oci::Query::parse(text);
    if (!query) return;
    const auto page = oci::parse_page(*query);
    if (page) check(page->size <= oci::max_page);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto question = text.find('?');
    const auto path = berth::percent_decode(text.substr(0, question));
    if (path) check_path(*path);
    if (question != std::string_view::npos) check_query(text.substr(question + 1));
    return 0;
}
