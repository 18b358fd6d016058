#include "oci/convert.hpp"

#include "model/media_types.hpp"
#include "oci/manifest.hpp"

#include <gtest/gtest.h>

namespace berth::oci {
namespace {

using model::media_type::docker_list;
using model::media_type::docker_manifest;
using model::media_type::oci_index;
using model::media_type::oci_manifest;

const std::string digest = "sha256:" + std::string(64, 'a');

std::string image(const std::string& type, const std::string& config, const std::string& layer) {
    const auto descriptor = [](const std::string& media_type) {
        return R"({"mediaType":")" + media_type + R"(","size":1,"digest":")" + digest + R"("})";
    };
    return R"({"schemaVersion":2,"mediaType":")" + type + R"(","config":)" + descriptor(config) + R"(,"layers":[)" +
           descriptor(layer) + "]}";
}

const std::string docker_image =
    image("application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.container.image.v1+json",
          "application/vnd.docker.image.rootfs.diff.tar.gzip");
const std::string oci_image =
    image("application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.config.v1+json",
          "application/vnd.oci.image.layer.v1.tar+gzip");

TEST(Convert, RenamesMediaTypesEitherWay) {
    EXPECT_EQ(convert_manifest(docker_image, docker_manifest, oci_manifest), oci_image);
    EXPECT_EQ(convert_manifest(oci_image, oci_manifest, docker_manifest), docker_image);
}

TEST(Convert, AddsTheMediaTypeAManifestLeftOut) {
    std::string bare = oci_image;
    const std::string member = R"("mediaType":"application/vnd.oci.image.manifest.v1+json",)";
    bare.erase(bare.find(member), member.size());
    const auto converted = convert_manifest(bare, oci_manifest, docker_manifest);
    ASSERT_TRUE(converted);
    const auto parsed = parse_manifest(*converted, std::nullopt);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->media_type, docker_manifest);
}

TEST(Convert, ArtifactsAndIndexesHaveNoOtherForm) {
    const auto artifact = image("application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.empty.v1+json",
                                "application/vnd.oci.image.layer.v1.tar+gzip");
    EXPECT_FALSE(convert_manifest(artifact, oci_manifest, docker_manifest));
    const auto odd_layer = image("application/vnd.oci.image.manifest.v1+json",
                                 "application/vnd.oci.image.config.v1+json", "application/vnd.example");
    EXPECT_FALSE(convert_manifest(odd_layer, oci_manifest, docker_manifest));
    EXPECT_FALSE(convert_manifest(docker_image, docker_list, oci_index));
    EXPECT_FALSE(convert_manifest(docker_image, docker_manifest, docker_manifest));
    EXPECT_FALSE(convert_manifest("[]", docker_manifest, oci_manifest));
    EXPECT_FALSE(convert_manifest("{", docker_manifest, oci_manifest));
}

}  // namespace
}  // namespace berth::oci
