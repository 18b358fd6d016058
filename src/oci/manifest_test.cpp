#include "oci/manifest.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace berth::oci {
namespace {

const std::string oci_image_type = "application/vnd.oci.image.manifest.v1+json";
const std::string oci_index_type = "application/vnd.oci.image.index.v1+json";
const std::string docker_image_type = "application/vnd.docker.distribution.manifest.v2+json";
const std::string layer_type = "application/vnd.oci.image.layer.v1.tar+gzip";

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string digest_of(const std::string& content) {
    return model::Digest::of(content).text();
}

std::string descriptor(const std::string& type, const std::string& content, const std::string& more = "") {
    return R"({"mediaType":)" + quoted(type) + R"(,"digest":)" + quoted(digest_of(content)) + R"(,"size":)" +
           std::to_string(content.size()) + more + "}";
}

const std::string config = descriptor("application/vnd.oci.image.config.v1+json", "{}");

std::string image(const std::string& layers, const std::string& more = "") {
    return R"({"schemaVersion":2,"mediaType":)" + quoted(oci_image_type) + R"(,"config":)" + config + R"(,"layers":)" +
           layers + more + "}";
}

std::string index_of(const std::string& manifests, const std::string& more = "") {
    return R"({"schemaVersion":2,"mediaType":)" + quoted(oci_index_type) + R"(,"manifests":)" + manifests + more + "}";
}

std::string why_refused(const std::string& bytes, std::optional<std::string_view> declared = std::nullopt,
                        const ManifestLimits& limits = {}) {
    const auto parsed = parse_manifest(bytes, declared, limits);
    if (parsed) return "accepted";
    EXPECT_EQ(parsed.error().kind, FaultKind::invalid_manifest);
    return parsed.error().message;
}

TEST(Manifest, ReadsAnImage) {
    const auto parsed = parse_manifest(image("[" + descriptor(layer_type, "layer one") + "]",
                                             R"(,"annotations":{ "b" : "2", "a":"1"},"unknown":{"x":[1]})"),
                                       oci_image_type + "; charset=utf-8");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->kind, ManifestKind::image);
    EXPECT_EQ(parsed->media_type, oci_image_type);
    EXPECT_EQ(parsed->artifact_type, "application/vnd.oci.image.config.v1+json");
    ASSERT_EQ(parsed->blobs.size(), 2U);
    EXPECT_EQ(parsed->blobs[0].digest.text(), digest_of("{}"));
    EXPECT_EQ(parsed->blobs[1].size, 9U);
    EXPECT_EQ(parsed->content_size, 11U);
    EXPECT_EQ(parsed->annotations_json, R"({"b":"2","a":"1"})");
    EXPECT_FALSE(parsed->subject);
}

TEST(Manifest, ReadsAnIndexWithSubjectAndArtifactType) {
    const auto parsed = parse_manifest(
        index_of("[" + descriptor(oci_image_type, "child") + "," + descriptor(oci_index_type, "nested") + "]",
                 R"(,"artifactType":"application/x-thing","subject":)" + descriptor(oci_image_type, "s")),
        std::nullopt);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->kind, ManifestKind::index);
    EXPECT_EQ(parsed->children.size(), 2U);
    EXPECT_EQ(parsed->artifact_type, "application/x-thing");
    EXPECT_EQ(parsed->subject->digest.text(), digest_of("s"));
    EXPECT_EQ(parsed->content_size, 0U);
}

TEST(Manifest, AnIndexWithoutArtifactTypeHasNone) {
    const auto parsed = parse_manifest(index_of("[]"), std::nullopt);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_FALSE(parsed->artifact_type);
}

TEST(Manifest, EmptyAndNullListsAreEmpty) {
    EXPECT_EQ(why_refused(image("[]")), "accepted");
    EXPECT_EQ(why_refused(image("null")), "accepted");
    EXPECT_EQ(why_refused(index_of("null")), "accepted");
}

TEST(Manifest, NonDistributableLayersAreNotRequired) {
    const auto layers = "[" + descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "a") + "," +
                        descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", "b") + "," +
                        descriptor(layer_type, "c", R"(,"urls":["https://store.example.com/c"])") + "," +
                        descriptor(layer_type, "d") + "]";
    const auto parsed = parse_manifest(image(layers), std::nullopt);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->blobs.size(), 2U);
    EXPECT_EQ(parsed->blobs[1].digest.text(), digest_of("d"));
}

TEST(Manifest, MediaTypeComesFromTheCallerThenTheDocument) {
    const auto bare = R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[]})";
    EXPECT_EQ(why_refused(bare, oci_image_type), "accepted");
    EXPECT_EQ(why_refused(bare), "neither the request nor the manifest says its media type");
    EXPECT_EQ(why_refused(image("[]"), docker_image_type), "mediaType is not the media type the request declares");
    EXPECT_EQ(why_refused(bare, "text/plain"), "the media type is not one of a manifest this registry stores");
    EXPECT_EQ(why_refused(bare, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
              "Docker schema 1 manifests are not supported");
    EXPECT_EQ(why_refused(R"({"schemaVersion":1,"mediaType":)" + quoted(docker_image_type) + "}"),
              "Docker schema 1 manifests are not supported");
}

TEST(Manifest, OneDocumentIsNotAnImageAndAnIndex) {
    EXPECT_EQ(why_refused(image("[]", R"(,"manifests":[])")), "an image manifest must not have manifests");
    EXPECT_EQ(why_refused(index_of("[]", R"(,"layers":[])")), "an index must not have layers");
}

TEST(Manifest, RefusesWhatReadersCouldTakeDifferently) {
    EXPECT_EQ(why_refused(image("[]", R"(,"layers":[])")), "an object has the same key twice");
    EXPECT_EQ(why_refused(image("[]", R"(,"x":{"k":1,"\u006b":2})")), "an object has the same key twice");
    EXPECT_NE(why_refused(image("[]") + "{}"), "accepted");
    EXPECT_NE(why_refused(image("[]", ",\"annotations\":{\"a\":\"\xff\"}")), "accepted");
}

TEST(Manifest, LimitsDepthAndNumbers) {
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "[";
    for (int i = 0; i < 40; ++i) deep += "]";
    EXPECT_NE(why_refused(image("[]", ",\"x\":" + deep)), "accepted");
    const auto two = "[" + descriptor(layer_type, "a") + "," + descriptor(layer_type, "b") + "]";
    EXPECT_EQ(why_refused(image(two), std::nullopt, {.descriptors = 1}), "layers has more than 1 entries");
}

TEST(Manifest, ChecksDescriptors) {
    const auto with_size = [](const std::string& size) {
        return R"({"mediaType":"a/b","digest":")" + digest_of("x") + R"(","size":)" + size + "}";
    };
    for (const auto* bad : {"-1", "1.5", "\"1\"", "9223372036854775808", "1e3", "true"}) {
        EXPECT_EQ(why_refused(image("[" + with_size(bad) + "]")), "layers[0].size is not an integer from 0 to 2^63-1")
            << bad;
    }
    EXPECT_EQ(why_refused(image("[" + with_size("9223372036854775807") + "]")), "the sizes add up to more than 2^63-1");
    EXPECT_EQ(why_refused(image(R"([{"mediaType":"a/b","digest":"md5:00","size":1}])")),
              "layers[0].digest is not a sha256 or sha512 digest");
    EXPECT_EQ(why_refused(image(R"([{"digest":"md5:00","size":1}])")), "layers[0].mediaType is not a media type");
    EXPECT_EQ(why_refused(image("[1]")), "layers[0] is not an object");
    EXPECT_EQ(why_refused(image("[]", R"(,"annotations":{"a":1})")), "annotations holds something else than strings");
    EXPECT_EQ(why_refused(image("[]", R"(,"subject":"x")")), "subject is not an object");
}

TEST(Manifest, DataMustBeTheContent) {
    const auto with_data = [](const std::string& data) {
        return image("[" + descriptor(layer_type, "hello", R"(,"data":")" + data + R"(")") + "]");
    };
    EXPECT_EQ(why_refused(with_data(to_base64("hello"))), "accepted");
    EXPECT_EQ(why_refused(with_data(to_base64("hellO"))), "layers[0].data has another digest than digest says");
    EXPECT_EQ(why_refused(with_data(to_base64("hell"))), "layers[0].data is not as long as size says");
    EXPECT_EQ(why_refused(with_data("***")), "layers[0].data is not base64");
}

// Whatever comes, the answer is a manifest or a Fault of the one kind; damage to a good one never crashes.
TEST(Manifest, SurvivesDamage) {
    const auto good = image("[" + descriptor(layer_type, "layer") + "]", R"(,"annotations":{"a":"b"})");
    const auto property = [&](std::size_t at, unsigned char byte, bool cut) {
        auto damaged = good;
        damaged[at % damaged.size()] = static_cast<char>(byte);
        if (cut) damaged.resize(at % damaged.size());
        const auto parsed = parse_manifest(damaged, std::nullopt);
        if (parsed) RC_ASSERT(parsed->kind == ManifestKind::image);
        if (!parsed) RC_ASSERT(parsed.error().kind == FaultKind::invalid_manifest);
    };
    EXPECT_TRUE(rc::check(property));
}

TEST(ParseManifest, MakesNoTreeOfMillionsOfValues) {
    std::string zeros("[0");
    for (int i = 0; i < 600'000; ++i) zeros += ",0";
    const auto parsed = parse_manifest(image("[]", R"(,"x":)" + zeros + "]"), std::nullopt);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, FaultKind::invalid_manifest);
    EXPECT_EQ(parsed.error().message, "too many values");
}

}  // namespace
}  // namespace berth::oci
