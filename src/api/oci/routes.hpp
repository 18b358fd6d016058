// The routes of OCI Distribution 1.1, as one table. Pure.
//
// Repository names contain slashes, so a path is read from its right end, where the fixed words stand.
#pragma once

#include "base/result.hpp"
#include "http/message.hpp"
#include "model/image.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::api::oci {

enum class Pattern : std::uint8_t {
    base,       // /v2/
    catalog,    // /v2/_catalog
    tag_list,   // /v2/<name>/tags/list
    manifest,   // /v2/<name>/manifests/<reference>
    blob,       // /v2/<name>/blobs/<digest>
    uploads,    // /v2/<name>/blobs/uploads/
    upload,     // /v2/<name>/blobs/uploads/<id>
    referrers,  // /v2/<name>/referrers/<digest>
};

enum class Action : std::uint8_t {
    greet,
    list_repositories,
    list_tags,
    get_manifest,
    put_manifest,
    delete_manifest,
    get_blob,
    delete_blob,
    start_upload,
    show_upload,
    append_to_upload,
    complete_upload,
    cancel_upload,
    list_referrers,
};

struct Route {
    http::Method method;
    Pattern pattern;
    Action action;
};

// HEAD goes wherever GET goes.
inline constexpr std::array routes{
    Route{http::Method::get, Pattern::base, Action::greet},
    Route{http::Method::get, Pattern::catalog, Action::list_repositories},
    Route{http::Method::get, Pattern::tag_list, Action::list_tags},
    Route{http::Method::get, Pattern::manifest, Action::get_manifest},
    Route{http::Method::put, Pattern::manifest, Action::put_manifest},
    Route{http::Method::del, Pattern::manifest, Action::delete_manifest},
    Route{http::Method::get, Pattern::blob, Action::get_blob},
    Route{http::Method::del, Pattern::blob, Action::delete_blob},
    Route{http::Method::post, Pattern::uploads, Action::start_upload},
    Route{http::Method::get, Pattern::upload, Action::show_upload},
    Route{http::Method::patch, Pattern::upload, Action::append_to_upload},
    Route{http::Method::put, Pattern::upload, Action::complete_upload},
    Route{http::Method::del, Pattern::upload, Action::cancel_upload},
    Route{http::Method::get, Pattern::referrers, Action::list_referrers},
};

// What a path names. The views point into the path.
struct Target {
    Pattern pattern = Pattern::base;
    std::string_view repository = {};  // empty for base and catalog; not checked yet
    std::string_view last = {};        // tag, digest or upload id; not checked yet
};

// `path` is decoded. nullopt: no route has this form.
[[nodiscard]] std::optional<Target> match_path(std::string_view path);

[[nodiscard]] std::optional<Action> find_action(http::Method method, Pattern pattern);
// For the Allow header: "GET, HEAD, PUT, DELETE".
[[nodiscard]] std::string allowed_methods(Pattern pattern);

// <reference>: with a ':' it is meant as a digest, otherwise as a tag. Faults: invalid_digest, invalid_reference.
[[nodiscard]] Result<model::Reference> parse_reference(std::string_view text);
[[nodiscard]] Result<model::Digest> parse_digest(std::string_view text);

}  // namespace berth::api::oci
