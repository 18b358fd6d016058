// The built-in engine over a whole registry: real worker processes, a real database, real layers.
#include "scanning/built_in/built_in_scanner.hpp"

#include "scanning/sbom_attacher.hpp"
#include "testing/built_in_world.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace berth::scanning {
namespace {

using namespace testing;

TEST_F(BuiltIn, FindsWhatIsThere) {
    import(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-1") +
           record("CVE-2024-3", "openssl", "1.0-2"));
    EXPECT_EQ(ids(push({debian({"zlib", "bash"})})), Names{"CVE-2024-1"});
}

TEST_F(BuiltIn, WithoutADatabaseItSaysHowToGetOne) {
    EXPECT_FALSE(databases_.look());
    const auto findings = scan(push({debian({"zlib"})}));
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::unavailable);
    EXPECT_NE(findings.error().message.find("berth vulndb import"), std::string::npos);
}

TEST_F(BuiltIn, ABillIsAttachedWithOrWithoutADatabase) {
    SbomAttacher sboms(
        world_.services, *world_.uploads, world_.images, SbomFormat::spdx, [](const auto&) { return std::string(); },
        "1");
    BuiltInScanner scanner(world_.services, workers_, databases_, threads_, share_, {}, &sboms);
    const auto target = push({debian({"zlib"})});
    const auto findings = wait_for(scanner.scan(target, scan::Depth::basic));
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::unavailable);
    const auto bills = [&] {
        return wait_for(world_.images.referrers(world_.root, target.repository, target.digest, "application/spdx+json",
                                                {}, 10))
            .value()
            .size();
    };
    EXPECT_EQ(bills(), 1U);
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    EXPECT_TRUE(wait_for(scanner.scan(target, scan::Depth::basic)));
    EXPECT_EQ(bills(), 1U);
}

TEST_F(BuiltIn, ReadsAKnownLayerOfAnyImageNoMore) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto base = debian({"zlib"});
    EXPECT_EQ(ids(push({base})), Names{"CVE-2024-1"});
    workers_.stop();  // whoever needs a worker now has a fault
    EXPECT_EQ(ids(push({base}, "another")), Names{"CVE-2024-1"});
    const auto unknown = scan(push({base, gzipped(Tar().file("a", "b").end())}));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, FaultKind::unavailable);
}

TEST_F(BuiltIn, ABrokenLayerFailsItsImageAlone) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto broken = scan(push({debian({"zlib"}), debian({"bash"}).substr(0, 50)}));
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().message.find("layer 2 of 2"), 0U) << broken.error().message;
    EXPECT_EQ(ids(push({debian({"zlib"})})), Names{"CVE-2024-1"});
}

TEST_F(BuiltIn, ABrokenConfigurationFailsItsImage) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    for (const auto* config : {"{\"rootfs\":", "[]", R"({"architecture":"amd64","os":"linux"})"}) {
        config_ = config;
        const auto broken = scan(push({debian({"zlib"})}));
        ASSERT_FALSE(broken) << config;
        EXPECT_EQ(broken.error().kind, FaultKind::invalid_manifest);
        EXPECT_EQ(broken.error().message.find("configuration sha256:"), 0U) << broken.error().message;
    }
    // One that is large enough to be a file of its own is read from there.
    config_ = R"({"rootfs":{"type":"layers","diff_ids":[]},"author":")" + std::string(100'000, 'x') + "\"}";
    EXPECT_EQ(ids(push({debian({"zlib"})})), Names{"CVE-2024-1"});
    config_ += std::string(5'000'000, ' ');
    EXPECT_EQ(scan(push({debian({"zlib"})})).error().kind, FaultKind::too_large);
}

TEST_F(BuiltIn, ALayerThatIsNotThereIsSaid) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    auto target = push({debian({"zlib"})});
    target.layers.push_back({.digest = digest("elsewhere"), .media_type = "", .size = 9});
    const auto findings = scan(target);
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::blob_not_found);
}

TEST_F(BuiltIn, ABasicScanEndsTheFollowing) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = push({debian({"zlib"})});
    (void)ids(target, scan::Depth::enhanced);
    (void)ids(target, scan::Depth::basic);
    EXPECT_EQ(reevaluate().images, 0U);
    EXPECT_EQ(wait_for(reevaluation_.sweep(10)).value(), 1U);
    EXPECT_TRUE(world_.look([](store::Transaction& tx) { return tx.inventories().inventories({}, 1); }).empty());
}

TEST_F(BuiltIn, ARunningScansDatabaseStays) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto held = databases_.current();
    import(record("CVE-2024-2", "zlib", "1.0-2"));
    EXPECT_NE(databases_.current(), held);
    EXPECT_EQ(held->find({.ecosystem = "Debian", .release = "12"}, "zlib")->size(), 1U);
    EXPECT_FALSE(databases_.look().value());  // nothing new
    EXPECT_EQ(databases_.find(held->freshness().generation), held);
    EXPECT_EQ(databases_.find("unheard of"), nullptr);
}

}  // namespace
}  // namespace berth::scanning

int main(int argc, char** argv) {
    return berth::testing::run_tests_or_worker(argc, argv, [](std::string_view) { return 1; });
}
