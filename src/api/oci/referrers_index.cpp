#include "api/oci/referrers_index.hpp"

#include "api/oci/json_text.hpp"
#include "model/media_types.hpp"

#include <utility>

namespace berth::api::oci {

namespace {

constexpr std::string_view end = "]}";

std::string descriptor_of(const model::Image& image) {
    std::string json = R"({"mediaType":)";
    append_json_string(json, image.media_type);
    json += R"(,"digest":")";
    json += image.digest.text();
    json += R"(","size":)";
    json += std::to_string(image.manifest_size);
    if (image.artifact_type) {
        json += R"(,"artifactType":)";
        append_json_string(json, *image.artifact_type);
    }
    // Stored as compact JSON by the parser that accepted the manifest.
    if (!image.annotations_json.empty()) {
        json += R"(,"annotations":)";
        json += image.annotations_json;
    }
    json += '}';
    return json;
}

}  // namespace

ReferrersIndex::ReferrersIndex(std::size_t byte_limit) : byte_limit_(byte_limit) {
    json_ = R"({"schemaVersion":2,"mediaType":)";
    append_json_string(json_, model::media_type::oci_index);
    json_ += R"(,"manifests":[)";
}

bool ReferrersIndex::add(const model::Image& image) {
    const auto descriptor = descriptor_of(image);
    if (count_ > 0 && json_.size() + 1 + descriptor.size() + end.size() > byte_limit_) return false;
    if (count_ > 0) json_ += ',';
    json_ += descriptor;
    ++count_;
    return true;
}

std::string ReferrersIndex::finish() && {
    json_ += end;
    return std::move(json_);
}

}  // namespace berth::api::oci
