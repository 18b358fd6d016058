// Manifests of images made of given blobs.
#pragma once

#include "model/digest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace berth::testing {

inline std::string descriptor_of(std::string_view type, const std::string& bytes) {
    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + model::Digest::of(bytes).text() +
           R"(","size":)" + std::to_string(bytes.size()) + "}";
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
