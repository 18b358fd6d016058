#include "scanning/sbom_attachment.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

namespace berth::scanning {
namespace {

using testing::image_of;
using testing::repository;
using testing::wait_for;

class SbomAttachment : public ::testing::Test {
protected:
    SbomAttachment() {
        inventory_.distribution = inventory::Distribution{.id = "debian", .version_id = "12"};
        inventory_.packages = {{.type = inventory::PackageType::deb, .name = "curl", .version = "7.88.1-10"}};
    }

    model::Image first_image() {
        world_.create("app");
        world_.push("app", "config");
        return put(image_of("config"));
    }
    model::Image put(const std::string& manifest) {
        return wait_for(world_.images.put(world_.root, app_,
                                          {.bytes = manifest, .media_type = {}, .expected_digest = {}, .tags = {}}))
            .value()
            .image;
    }
    Result<model::Digest> attach(const model::Image& image, SbomFormat format = SbomFormat::cyclonedx) {
        SbomFacts facts;
        facts.tag = "v1";
        facts.registry_host = "registry.example.org";
        facts.tool_version = "1";
        return wait_for(
            attach_sbom(*world_.uploads, world_.images, world_.root, app_, image, inventory_, facts, format));
    }
    std::vector<model::Image> referrers(const std::string& type = {}) {
        return wait_for(world_.images.referrers(world_.root, app_, image_.digest, type, {}, 100)).value();
    }

    testing::World world_;
    registry::RepositoryRef app_ = repository("app");
    inventory::Inventory inventory_;
    model::Image image_ = first_image();
};

TEST_F(SbomAttachment, ABillIsAReferrerOfItsImage) {
    const auto attached = attach(image_);
    ASSERT_TRUE(attached) << attached.error().message;
    const auto found = referrers("application/vnd.cyclonedx+json");
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(found.front().digest, *attached);
    EXPECT_TRUE(referrers("application/spdx+json").empty());
    ASSERT_TRUE(attach(image_, SbomFormat::spdx));
    EXPECT_EQ(referrers("application/spdx+json").size(), 1);
    EXPECT_EQ(referrers().size(), 2);
}

TEST_F(SbomAttachment, TheBillListsThePackages) {
    const auto attached = attach(image_).value();
    const model::Reference wanted = attached;
    const auto stored = wait_for(world_.images.get(world_.root, app_, wanted, registry::Images::Pull::no));
    const std::string manifest = *(*stored)->bytes;
    const auto layers = manifest.find("\"layers\"");
    const auto at = manifest.find("sha256:", layers);
    constexpr std::size_t length = 71;
    const auto bill = world_.pull("app", model::Digest::parse(manifest.substr(at, length)).value());
    ASSERT_TRUE(bill) << bill.error().message;
    EXPECT_TRUE(bill->contains("pkg:deb/debian/curl@7.88.1-10")) << *bill;
    EXPECT_TRUE(bill->contains("registry.example.org%2Fapp")) << *bill;
}

TEST_F(SbomAttachment, TwiceIsOnce) {
    const auto first = attach(image_);
    world_.clock.advance(std::chrono::hours(1));
    EXPECT_EQ(attach(image_).value(), first.value());
    EXPECT_EQ(referrers().size(), 1);
}

TEST_F(SbomAttachment, ABillGetsNoBill) {
    ASSERT_TRUE(attach(image_));
    const auto again = attach(referrers().front());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, FaultKind::unsupported);
    auto index = image_;
    index.media_type = testing::index_type;
    EXPECT_FALSE(may_have_sbom(index));
    auto chart = image_;
    chart.artifact_type = "application/vnd.cncf.helm.config.v1+json";
    EXPECT_FALSE(may_have_sbom(chart));
    EXPECT_TRUE(may_have_sbom(image_));
}

TEST_F(SbomAttachment, NothingIsPulledByIt) {
    const auto attached = attach(image_).value();
    EXPECT_FALSE(referrers().front().last_pulled_at);
    const auto seen = wait_for(world_.images.describe(world_.root, app_, {{.digest = image_.digest, .tag = {}}}));
    EXPECT_FALSE(seen.value().front().image.last_pulled_at);
}

// Lifecycle runs take referrers with their subject; they know them by that.
TEST_F(SbomAttachment, ItIsAReferrerLikeAnyOther) {
    ASSERT_TRUE(attach(image_));
    const model::Reference whole = image_.digest;
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, app_, whole)));
    ASSERT_EQ(referrers().size(), 1);
    EXPECT_EQ(referrers().front().subject, image_.digest);
}

TEST_F(SbomAttachment, WithoutTheRightToPutThereIsNone) {
    world_.authorizer.deny(iam::action::put_image, "app");
    const auto refused = attach(image_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FaultKind::access_denied);
    EXPECT_TRUE(referrers().empty());
}

}  // namespace
}  // namespace berth::scanning
