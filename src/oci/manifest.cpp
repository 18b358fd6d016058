#include "oci/manifest.hpp"

#include "base/encoding.hpp"
#include "oci/strict_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <limits>

namespace berth::oci {

namespace {

namespace json = boost::json;

constexpr std::size_t max_media_type_length = 255;  // RFC 6838: 127 characters, '/', 127 characters
constexpr std::uint64_t max_size = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view docker_schema_1 = "application/vnd.docker.distribution.manifest.v1+";

std::unexpected<Fault> refuse(std::string text) {
    return fail(FaultKind::invalid_manifest, std::move(text));
}

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

// A member that is absent and one that is null are the same: encoders of several languages write either.
const json::value* member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && !value->is_null() ? value : nullptr;
}

// A member that may be missing but must be a text where it is there; empty counts as missing.
Result<std::optional<std::string>> optional_text(const json::object& object, std::string_view name,
                                                 const std::string& where) {
    const auto* value = member(object, name);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    if (text == nullptr) return refuse(where + std::string(name) + " is not a string");
    if (text->empty()) return std::nullopt;
    return std::string(view(*text));
}

bool is_media_type(std::string_view text) {
    const auto printable = [](char c) { return c >= 0x20 && c < 0x7F; };
    return !text.empty() && text.size() <= max_media_type_length && std::ranges::all_of(text, printable);
}

Result<void> check_annotations(const json::object& object, const std::string& where) {
    const auto* value = member(object, "annotations");
    if (value == nullptr) return {};
    const auto* annotations = value->if_object();
    if (annotations == nullptr) return refuse(where + "annotations is not an object");
    for (const auto& annotation : *annotations) {
        if (!annotation.value().is_string()) return refuse(where + "annotations holds something else than strings");
    }
    return {};
}

Result<std::uint64_t> parse_size(const json::object& object, const std::string& where) {
    const auto* value = member(object, "size");
    if (value == nullptr) return refuse(where + "size is missing");
    // Boost.JSON reads an integer as int64 where it fits and as uint64 above; both above the limit and fractions go.
    const auto* size = value->if_int64();
    if (size == nullptr || *size < 0) return refuse(where + "size is not an integer from 0 to 2^63-1");
    return static_cast<std::uint64_t>(*size);
}

// image-spec 1.1, "descriptor.md": data must be base64 and, decoded, identical to the content that is referenced.
Result<void> check_data(const json::object& object, const model::Descriptor& descriptor, const std::string& where) {
    const auto* value = member(object, "data");
    if (value == nullptr) return {};
    const auto* text = value->if_string();
    if (text == nullptr) return refuse(where + "data is not a string");
    const auto content = from_base64(view(*text));
    if (!content) return refuse(where + "data is not base64");
    if (content->size() != descriptor.size) return refuse(where + "data is not as long as size says");
    if (model::Digest::of(*content, descriptor.digest.algorithm()) != descriptor.digest) {
        return refuse(where + "data has another digest than digest says");
    }
    return {};
}

struct ParsedDescriptor {
    model::Descriptor descriptor;
    bool elsewhere = false;  // not to be found in this registry: a non-distributable layer, or one with urls
};

Result<bool> has_urls(const json::object& object, const std::string& where) {
    const auto* value = member(object, "urls");
    if (value == nullptr) return false;
    const auto* urls = value->if_array();
    const auto is_text = [](const json::value& url) { return url.is_string(); };
    if (urls == nullptr || !std::ranges::all_of(*urls, is_text)) return refuse(where + "urls is not a list of strings");
    return !urls->empty();
}

Result<ParsedDescriptor> parse_descriptor(const json::value& value, const std::string& name) {
    const auto* object = value.if_object();
    if (object == nullptr) return refuse(name + " is not an object");
    const auto where = name + ".";

    auto stated_type = optional_text(*object, "mediaType", where);
    if (!stated_type) return fail(std::move(stated_type));
    auto& media_type = *stated_type;
    if (!media_type || !is_media_type(*media_type)) return refuse(where + "mediaType is not a media type");
    auto digest_text = optional_text(*object, "digest", where);
    if (!digest_text) return fail(std::move(digest_text));
    const auto digest = model::Digest::parse(digest_text->value_or(""));
    if (!digest) return refuse(where + "digest is not a sha256 or sha512 digest");
    auto size = parse_size(*object, where);
    if (!size) return fail(std::move(size));
    auto urls = has_urls(*object, where);
    if (!urls) return fail(std::move(urls));
    if (auto annotations = check_annotations(*object, where); !annotations) return fail(std::move(annotations));

    const bool elsewhere = *urls || is_non_distributable(*media_type);
    ParsedDescriptor parsed{.descriptor = {.media_type = *std::move(media_type), .digest = *digest, .size = *size},
                            .elsewhere = elsewhere};
    if (auto data = check_data(*object, parsed.descriptor, where); !data) return fail(std::move(data));
    return parsed;
}

// The list called `name`, which must be there; null is an empty one.
Result<const json::array*> descriptor_list(const json::object& object, std::string_view name, std::size_t limit) {
    static const json::array empty;
    const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
    if (value == nullptr) return refuse(std::string(name) + " is missing");
    if (value->is_null()) return &empty;
    const auto* list = value->if_array();
    if (list == nullptr) return refuse(std::string(name) + " is not a list");
    if (list->size() > limit) return refuse(std::string(name) + " has more than " + std::to_string(limit) + " entries");
    return list;
}

Result<void> add_content(Manifest& manifest, model::Descriptor descriptor) {
    if (descriptor.size > max_size - manifest.content_size) return refuse("the sizes add up to more than 2^63-1");
    manifest.content_size += descriptor.size;
    manifest.blobs.push_back(std::move(descriptor));
    return {};
}

Result<void> parse_image(const json::object& object, Manifest& manifest, const ManifestLimits& limits) {
    // One document that reads as an image by one member and as an index by another is an attack (CVE-2021-41190).
    if (member(object, "manifests") != nullptr) return refuse("an image manifest must not have manifests");
    const auto* config_value = member(object, "config");
    if (config_value == nullptr) return refuse("config is missing");
    auto config = parse_descriptor(*config_value, "config");
    if (!config) return fail(std::move(config));
    if (!manifest.artifact_type) manifest.artifact_type = config->descriptor.media_type;
    if (auto added = add_content(manifest, std::move(config->descriptor)); !added) return added;

    auto layers = descriptor_list(object, "layers", limits.descriptors);
    if (!layers) return fail(std::move(layers));
    manifest.blobs.reserve(manifest.blobs.size() + (*layers)->size());
    for (std::size_t i = 0; i < (*layers)->size(); ++i) {
        auto layer = parse_descriptor((**layers)[i], "layers[" + std::to_string(i) + "]");
        if (!layer) return fail(std::move(layer));
        if (layer->elsewhere) continue;
        if (auto added = add_content(manifest, std::move(layer->descriptor)); !added) return added;
    }
    return {};
}

Result<void> parse_index(const json::object& object, Manifest& manifest, const ManifestLimits& limits) {
    for (const auto* name : {"config", "layers"}) {
        if (member(object, name) != nullptr) return refuse(std::string("an index must not have ") + name);
    }
    auto children = descriptor_list(object, "manifests", limits.descriptors);
    if (!children) return fail(std::move(children));
    manifest.children.reserve((*children)->size());
    for (std::size_t i = 0; i < (*children)->size(); ++i) {
        auto child = parse_descriptor((**children)[i], "manifests[" + std::to_string(i) + "]");
        if (!child) return fail(std::move(child));
        manifest.children.push_back(std::move(child->descriptor));
    }
    return {};
}

// The media type that counts, by the caller's word and the document's own, which must not contradict each other.
Result<std::string> decide_media_type(const json::object& object, std::optional<std::string_view> declared) {
    auto stated = optional_text(object, "mediaType", "");
    if (!stated) return fail(std::move(stated));
    const auto& own = *stated;
    std::string media_type;
    if (declared) media_type = normalised_media_type(*declared);
    if (media_type.empty()) media_type = own.value_or("");
    if (media_type.empty()) return refuse("neither the request nor the manifest says its media type");
    if (media_type.starts_with(docker_schema_1)) return refuse("Docker schema 1 manifests are not supported");
    if (own && *own != media_type) return refuse("mediaType is not the media type the request declares");
    return media_type;
}

Result<void> check_schema_version(const json::object& object) {
    const auto* value = member(object, "schemaVersion");
    const auto* version = value != nullptr ? value->if_int64() : nullptr;
    if (version == nullptr) return refuse("schemaVersion is missing or not an integer");
    if (*version == 1) return refuse("Docker schema 1 manifests are not supported");
    if (*version != 2) return refuse("schemaVersion is not 2");
    return {};
}

// What images and indexes have in common.
Result<void> parse_common(const json::object& object, Manifest& manifest) {
    auto artifact_type = optional_text(object, "artifactType", "");
    if (!artifact_type) return fail(std::move(artifact_type));
    manifest.artifact_type = std::move(*artifact_type);
    if (manifest.artifact_type && !is_media_type(*manifest.artifact_type)) {
        return refuse("artifactType is not a media type");
    }
    if (const auto* value = member(object, "subject")) {
        auto subject = parse_descriptor(*value, "subject");
        if (!subject) return fail(std::move(subject));
        manifest.subject = std::move(subject->descriptor);
    }
    if (auto annotations = check_annotations(object, ""); !annotations) return annotations;
    const auto* annotations = member(object, "annotations");
    if (annotations != nullptr && !annotations->get_object().empty()) {
        manifest.annotations_json = json::serialize(*annotations);
    }
    return {};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view bytes, std::optional<std::string_view> declared,
                                const ManifestLimits& limits) {
    const auto document = parse_strict_json(bytes, limits.depth);
    if (!document) return std::unexpected(document.error());
    const auto* object = document->if_object();
    if (object == nullptr) return refuse("a manifest is a JSON object");

    auto media_type = decide_media_type(*object, declared);
    if (!media_type) return fail(std::move(media_type));
    const auto kind = manifest_kind(*media_type);
    if (!kind) return refuse("the media type is not one of a manifest this registry stores");
    if (auto version = check_schema_version(*object); !version) return fail(std::move(version));

    Manifest manifest;
    manifest.kind = *kind;
    manifest.media_type = std::move(*media_type);
    if (auto common = parse_common(*object, manifest); !common) return fail(std::move(common));
    auto rest = manifest.kind == ManifestKind::image ? parse_image(*object, manifest, limits)
                                                     : parse_index(*object, manifest, limits);
    if (!rest) return fail(std::move(rest));
    return manifest;
}

}  // namespace berth::oci
