// Small manifests for tests.
#pragma once

#include "model/digest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace berth::testing {

inline constexpr std::string_view image_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";

inline std::string descriptor(std::string_view type, const model::Digest& of, std::size_t size) {
    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + of.text() + R"(","size":)" +
           std::to_string(size) + "}";
}
// An image without layers whose config is `config`; `salt` makes it another one.
inline std::string image_of(const std::string& config, std::string_view salt = "",
                            const model::Digest* subject = nullptr) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string(image_type) + R"(","config":)" +
           descriptor("application/vnd.oci.image.config.v1+json", model::Digest::of(config), config.size()) +
           R"(,"layers":[])" + (subject != nullptr ? R"(,"subject":)" + descriptor(image_type, *subject, 7) : "") +
           R"(,"annotations":{"salt":")" + std::string(salt) + R"("}})";
}
inline std::string index_of(const std::vector<std::string>& children) {
    std::string list;
    for (const auto& child : children) {
        list += (list.empty() ? "" : ",") + descriptor(image_type, model::Digest::of(child), child.size());
    }
    return R"({"schemaVersion":2,"mediaType":")" + std::string(index_type) + R"(","manifests":[)" + list + "]}";
}
inline std::string descriptor_of(std::string_view type, const std::string& bytes) {
    return descriptor(type, model::Digest::of(bytes), bytes.size());
}
// `salt` makes it another image of the same blobs.
inline std::string manifest_of(const std::string& config, const std::vector<std::string>& layers,
                               std::string_view salt = "") {
    std::string list;
    for (const auto& layer : layers) {
        list += (list.empty() ? "" : ",") + descriptor_of("application/vnd.oci.image.layer.v1.tar+gzip", layer);
    }
    return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
           descriptor_of("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)" + list +
           R"(],"annotations":{"salt":")" + std::string(salt) + R"("}})";
}

}  // namespace berth::testing
