#include "pull/remote_images.hpp"

#include "inventory/verified_source.hpp"
#include "testing/scripted_server.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

namespace berth::pull {
namespace {

using testing::answer;
using testing::ScriptedServer;

std::string digest_of(std::string_view text) {
    return inventory::digest_of(std::as_bytes(std::span(text)));
}

// What a registry has under its paths, behind a login or not.
class Registry {
public:
    explicit Registry(std::string challenge = {}) : challenge_(std::move(challenge)) {}

    std::string add(const std::string& kind, const std::string& content) {
        const auto digest = digest_of(content);
        at("/v2/team/app/" + kind + '/' + digest, content);
        return digest;
    }
    void at(const std::string& path, const std::string& content) { say(path, answer("200 OK", content)); }
    void say(const std::string& path, std::string whole) {
        const std::scoped_lock lock(mutex_);
        content_[path] = std::move(whole);
    }
    void let_in(std::string authorisation) { accepted_ = std::move(authorisation); }

    std::string reply(const std::string& request) const {
        const auto begin = request.find(' ') + 1;
        const auto path = request.substr(begin, request.find(' ', begin) - begin);
        const bool is_registry = path.starts_with("/v2/");
        if (is_registry && !accepted_.empty() && !request.contains("Authorization: " + accepted_ + "\r\n")) {
            return answer("401 Unauthorized", "{}", "WWW-Authenticate: " + challenge_ + "\r\n");
        }
        const std::scoped_lock lock(mutex_);
        const auto found = content_.find(path);
        return found == content_.end() ? answer("404 Not Found", "{}") : found->second;
    }

    // An image of one layer; its manifest's digest.
    std::string image(const std::string& architecture, const std::string& layer) {
        const auto blob = add("blobs", layer);
        const auto config = add("blobs", R"({"os":"linux","architecture":")" + architecture +
                                             R"(","rootfs":{"diff_ids":[")" + blob + R"("]}})");
        return add("manifests",
                   R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
                       config + R"("},"layers":[{"digest":")" + blob + R"("}]})");
    }

private:
    std::string challenge_;
    std::string accepted_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> content_;
};

std::string entry(const std::string& digest, const std::string& architecture) {
    return R"({"digest":")" + digest + R"(","platform":{"os":"linux","architecture":")" + architecture + R"("}})";
}

Reference reference(const ScriptedServer& server, const std::string& rest = ":v1") {
    return parse_reference(server.authority() + "/team/app" + rest).value();
}

std::string read(inventory::ImageSource& image, std::size_t layer) {
    auto source = image.open_layer(layer);
    auto bytes = archive::read_all(**source, std::size_t{1} << 30, "layer");
    if (!bytes) return "fault: " + bytes.error().message;
    return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

TEST(RemoteImages, AnImageByTagIsReadWithItsLayers) {
    Registry registry;
    std::string layer(10'000'000, 'x');  // more than is ever held
    layer.replace(5'000'000, 3, "abc");
    const auto image = registry.image("amd64", layer);
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    registry.say("/v2/team/app/manifests/v1", registry.reply("GET /v2/team/app/manifests/" + image + " "));
    const auto images = open_remote_images(reference(server), {}, std::nullopt);
    ASSERT_TRUE(images) << images.error().message;
    ASSERT_EQ(images->size(), 1);
    EXPECT_EQ(images->front()->name(), image);
    EXPECT_EQ(images->front()->platform().architecture, "amd64");
    EXPECT_TRUE(read(*images->front(), 0) == layer);
    EXPECT_TRUE(read(*images->front(), 0) == layer);  // again
}

TEST(RemoteImages, AnIndexIsAllItsPlatformsOrTheOneThatIsWanted) {
    Registry registry;
    const auto amd = registry.image("amd64", "one");
    const auto arm = registry.image("arm64", "two");
    const auto attestation = R"({"digest":"sha256:)" + std::string(64, '0') + R"(","platform":{"os":"unknown"}})";
    const auto index = registry.add(
        "manifests", R"({"manifests":[)" + entry(amd, "amd64") + ',' + entry(arm, "arm64") + ',' + attestation + "]}");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto all = open_remote_images(reference(server, '@' + index), {}, std::nullopt);
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 2);
    const auto before = server.requests().size();
    const auto one = open_remote_images(reference(server, '@' + index), {}, parse_platform("linux/arm64").value());
    ASSERT_TRUE(one) << one.error().message;
    ASSERT_EQ(one->size(), 1);
    EXPECT_EQ(one->front()->name(), arm);
    EXPECT_EQ(server.requests().size() - before, 3);  // the index, the manifest, the configuration
    const auto none = open_remote_images(reference(server, '@' + index), {}, parse_platform("linux/riscv64").value());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, FaultKind::image_not_found);
}

TEST(RemoteImages, AForeignLayerIsNotAskedFor) {
    Registry registry;
    const auto config = registry.add("blobs", R"({"os":"windows","architecture":"amd64","rootfs":{"diff_ids":[]}})");
    const auto manifest = registry.add(
        "manifests", R"({"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" + config +
                         R"("},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",)" +
                         R"("digest":"sha256:)" + std::string(64, '0') + "\"}]}");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto images = open_remote_images(reference(server, '@' + manifest), {}, std::nullopt);
    ASSERT_TRUE(images) << images.error().message;
    EXPECT_TRUE(images->front()->layers().at(0).absent);
}

// The configuration of many images has no variant.
TEST(RemoteImages, TheIndexMayNameTheVariant) {
    Registry registry;
    const auto arm = registry.image("arm64", "two");
    const auto index =
        registry.add("manifests", R"({"manifests":[{"digest":")" + arm +
                                      R"(","platform":{"os":"linux","architecture":"arm64","variant":"v8"}}]})");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto one = open_remote_images(reference(server, '@' + index), {}, parse_platform("linux/arm64/v8").value());
    ASSERT_TRUE(one) << one.error().message;
    ASSERT_EQ(one->size(), 1);
    EXPECT_EQ(one->front()->platform().variant, "v8");
}

TEST(RemoteImages, ATokenIsFetchedWhereTheRegistryAsksForOne) {
    auto registry = std::make_shared<Registry>();
    const ScriptedServer server([&](const auto& request) { return registry->reply(request); });
    registry = std::make_shared<Registry>("Bearer realm=\"" + server.url("/token") + "\",service=\"the registry\"");
    registry->let_in("Bearer abc");
    registry->at("/token?service=the%20registry&scope=repository%3Ateam%2Fapp%3Apull", R"({"token":"abc"})");
    const auto image = registry->image("amd64", "layer");
    const Access access{.login = Login{.user = "user", .password = Secret("pw")}, .plain_http = false, .ca_file = {}};
    const auto images = open_remote_images(reference(server, '@' + image), access, std::nullopt);
    ASSERT_TRUE(images) << images.error().message;
    EXPECT_EQ(read(*images->front(), 0), "layer");
    const auto asked = server.requests();
    ASSERT_EQ(asked.size(), 5);  // refused, token, manifest, configuration, layer
    EXPECT_FALSE(asked.at(0).contains("Authorization"));
    EXPECT_TRUE(asked.at(1).contains("Authorization: Basic dXNlcjpwdw==\r\n"));
}

TEST(RemoteImages, ABasicLoginIsShownWhenAskedFor) {
    Registry registry("Basic realm=\"x\"");
    registry.let_in("Basic dXNlcjpwdw==");
    const auto image = registry.image("amd64", "layer");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto anonymous = open_remote_images(reference(server, '@' + image), {}, std::nullopt);
    ASSERT_FALSE(anonymous);
    EXPECT_EQ(anonymous.error().kind, FaultKind::unauthenticated);
    EXPECT_TRUE(anonymous.error().message.contains("--username")) << anonymous.error().message;
    const Access access{.login = Login{.user = "user", .password = Secret("pw")}, .plain_http = false, .ca_file = {}};
    EXPECT_TRUE(open_remote_images(reference(server, '@' + image), access, std::nullopt));
    const Access wrong{.login = Login{.user = "user", .password = Secret("no")}, .plain_http = false, .ca_file = {}};
    const auto refused = open_remote_images(reference(server, '@' + image), wrong, std::nullopt);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FaultKind::unauthenticated);
}

TEST(RemoteImages, OtherBytesThanTheirDigestNamesAreAFault) {
    Registry registry;
    const auto image = registry.image("amd64", "layer");
    registry.at("/v2/team/app/blobs/" + digest_of("layer"), "liar!");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto images = open_remote_images(reference(server, '@' + image), {}, std::nullopt);
    ASSERT_TRUE(images) << images.error().message;
    EXPECT_TRUE(read(*images->front(), 0).starts_with("fault: "));
    registry.at("/v2/team/app/manifests/" + image, R"({"manifests":[]})");
    const auto other = open_remote_images(reference(server, '@' + image), {}, std::nullopt);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, FaultKind::digest_mismatch);
}

TEST(RemoteImages, ALayerThatBreaksOffOrIsNotReadToItsEndEnds) {
    Registry registry;
    const auto image = registry.image("amd64", "layer");
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    const auto images = open_remote_images(reference(server, '@' + image), {}, std::nullopt);
    ASSERT_TRUE(images) << images.error().message;
    const auto path = "/v2/team/app/blobs/" + digest_of("layer");
    registry.say(path, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nla");
    EXPECT_TRUE(read(*images->front(), 0).starts_with("fault: "));
    registry.say(path, answer("200 OK", std::string(20'000'000, 'x')));
    std::byte one{};
    auto source = images->front()->open_layer(0);
    EXPECT_EQ((*source)->read({&one, 1}).value(), 1);
    source->reset();  // without waiting for the rest
    registry.say(path, answer("503 Service Unavailable", "later"));
    EXPECT_TRUE(read(*images->front(), 0).contains("503"));
}

TEST(RemoteImages, AnIndexThatNamesItselfOrTooManyEnds) {
    Registry registry;
    const ScriptedServer server([&](const auto& request) { return registry.reply(request); });
    auto inner = registry.image("amd64", "layer");
    for (int i = 0; i < 6; ++i) inner = registry.add("manifests", R"({"manifests":[{"digest":")" + inner + R"("}]})");
    const auto deep = open_remote_images(reference(server, '@' + inner), {}, std::nullopt);
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().kind, FaultKind::too_large);
    const auto missing = open_remote_images(reference(server, ":none"), {}, std::nullopt);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, FaultKind::image_not_found);
    registry.at("/v2/team/app/manifests/large", std::string(5'000'000, ' '));
    const auto large = open_remote_images(reference(server, ":large"), {}, std::nullopt);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, FaultKind::too_large);
}

TEST(Platform, IsReadAndCompared) {
    const auto arm = parse_platform("linux/arm64/v8").value();
    EXPECT_EQ(arm.variant, "v8");
    EXPECT_TRUE(fits(parse_platform("linux/arm64").value(), arm));
    EXPECT_FALSE(fits(arm, parse_platform("linux/arm64").value()));
    for (const auto* bad : {"", "linux", "/amd64", "linux/", "linux/a/b/c"}) EXPECT_FALSE(parse_platform(bad)) << bad;
}

}  // namespace
}  // namespace berth::pull
