#include "inventory/purl.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace berth::inventory {
namespace {

const Distribution bookworm = {.id = "debian", .version_id = "12", .codename = "bookworm", .name = {}};

Package package(PackageType type, std::string name, std::string version, std::string arch = {}) {
    Package made;
    made.type = type;
    made.name = std::move(name);
    made.version = std::move(version);
    made.arch = std::move(arch);
    return made;
}

std::string text_of(const Package& made, const std::optional<Distribution>& distribution = std::nullopt) {
    return to_text(purl_of(made, distribution));
}

std::string canonical(std::string_view text) {
    const auto purl = parse_purl(text);
    return purl ? to_text(*purl) : "none";
}

TEST(Purl, OfDistributionsPackages) {
    EXPECT_EQ(text_of(package(PackageType::deb, "libstdc++6", "12.2.0-14", "amd64"), bookworm),
              "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12");
    EXPECT_EQ(text_of(package(PackageType::deb, "perl", "1:5.36.0-7+deb12u1", "all"), bookworm),
              "pkg:deb/debian/perl@1:5.36.0-7%2Bdeb12u1?arch=all&distro=debian-12");
    const Distribution sid = {.id = "debian", .version_id = {}, .codename = "trixie", .name = {}};
    EXPECT_EQ(text_of(package(PackageType::deb, "a", "1~rc1"), sid), "pkg:deb/debian/a@1~rc1?distro=debian-trixie");
    const Distribution alpine = {.id = "alpine", .version_id = "3.18.4", .codename = {}, .name = {}};
    EXPECT_EQ(text_of(package(PackageType::apk, "busybox", "1.36.1-r2", "x86_64"), alpine),
              "pkg:apk/alpine/busybox@1.36.1-r2?arch=x86_64&distro=alpine-3.18.4");
    const Distribution wolfi = {.id = "wolfi", .version_id = "20230201", .codename = {}, .name = {}};
    EXPECT_EQ(text_of(package(PackageType::apk, "zlib", "1.3-r0"), wolfi), "pkg:apk/wolfi/zlib@1.3-r0?distro=wolfi");
    EXPECT_EQ(text_of(package(PackageType::deb, "a", "1")), "pkg:deb/debian/a@1");
}

TEST(Purl, OfRpmPackagesHasTheEpochApart) {
    const Distribution rhel = {.id = "rhel", .version_id = "9.2", .codename = {}, .name = {}};
    EXPECT_EQ(text_of(package(PackageType::rpm, "openssl-libs", "1:3.0.7-16.el9_2", "x86_64"), rhel),
              "pkg:rpm/redhat/openssl-libs@3.0.7-16.el9_2?arch=x86_64&distro=rhel-9.2&epoch=1");
    EXPECT_EQ(text_of(package(PackageType::rpm, "bash", "0:5.1.8-6.el9"), rhel),
              "pkg:rpm/redhat/bash@5.1.8-6.el9?distro=rhel-9.2");
    EXPECT_EQ(text_of(package(PackageType::rpm, "bash", "5.1.8-6.el9")), "pkg:rpm/bash@5.1.8-6.el9");
}

TEST(Purl, OfLanguagePackages) {
    EXPECT_EQ(text_of(package(PackageType::npm, "@angular/core", "12.3.1")), "pkg:npm/%40angular/core@12.3.1");
    EXPECT_EQ(text_of(package(PackageType::npm, "lodash", "4.17.4"), bookworm), "pkg:npm/lodash@4.17.4");
    EXPECT_EQ(text_of(package(PackageType::pypi, "zope-interface", "5.4.0")), "pkg:pypi/zope-interface@5.4.0");
    EXPECT_EQ(text_of(package(PackageType::go, "github.com/Azure/go-autorest", "14.2.0+incompatible")),
              "pkg:golang/github.com/azure/go-autorest@v14.2.0%2Bincompatible");
    EXPECT_EQ(text_of(package(PackageType::go, "stdlib", "1.21.3")), "pkg:golang/stdlib@1.21.3");
    EXPECT_EQ(text_of(package(PackageType::maven, "org.apache.logging.log4j:log4j-core", "2.14.1")),
              "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1");
    EXPECT_EQ(text_of(package(PackageType::maven, "log4j-core", "2.14.1")), "pkg:maven/log4j-core@2.14.1");
    EXPECT_EQ(text_of(package(PackageType::cargo, "time", "0.1.44")), "pkg:cargo/time@0.1.44");
    EXPECT_EQ(text_of(package(PackageType::gem, "rack", "2.2.3")), "pkg:gem/rack@2.2.3");
    EXPECT_EQ(text_of(package(PackageType::nuget, "Newtonsoft.Json", "12.0.3")), "pkg:nuget/Newtonsoft.Json@12.0.3");
    EXPECT_EQ(text_of(package(PackageType::composer, "monolog/monolog", "v1.25.0")),
              "pkg:composer/monolog/monolog@v1.25.0");
}

TEST(Purl, IsReadInEverySpelling) {
    EXPECT_EQ(canonical("PKG:NPM/%40angular/core@12.3.1"), "pkg:npm/%40angular/core@12.3.1");
    EXPECT_EQ(canonical("pkg:npm/@angular/core@12.3.1"), "pkg:npm/%40angular/core@12.3.1");
    EXPECT_EQ(canonical("pkg:npm/@angular/core"), "pkg:npm/%40angular/core");
    EXPECT_EQ(canonical("pkg://deb//debian//curl@1%3A7.50.3?ARCH=i386&distro=jessie"),
              "pkg:deb/debian/curl@1:7.50.3?arch=i386&distro=jessie");
    EXPECT_EQ(canonical("pkg:pypi/Zope_.Interface"), "pkg:pypi/zope-interface");
    EXPECT_EQ(canonical("pkg:golang/google.golang.org/genproto#/googleapis/api/./annotations/"),
              "pkg:golang/google.golang.org/genproto#googleapis/api/annotations");
    EXPECT_EQ(canonical("pkg:maven/a/b@1?type=&classifier=x"), "pkg:maven/a/b@1?classifier=x");
    EXPECT_EQ(canonical("pkg:npm/a@1?vcs_url=git%2Bhttps://example.com/a.git%40x"),
              "pkg:npm/a@1?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fa.git%40x");
}

TEST(Purl, OthersAreRefused) {
    for (const auto text : {"", "pkg:", "pkg:npm", "pkg:npm/", "npm/a@1", "pkg:n%70m/a", "pkg:npm/a@%zz", "pkg:npm/%",
                            "pkg:npm/@1", "pkg:npm/a?k", "pkg:npm/a%2Fb/c", "pkg:npm/a?1k=v", "pkg:npm/a?k=1&K=2"}) {
        // A key without a value is one without meaning, not a mistake.
        if (std::string_view(text) == "pkg:npm/a?k") {
            EXPECT_EQ(canonical(text), "pkg:npm/a");
        } else if (std::string_view(text) == "pkg:npm/@1") {
            EXPECT_EQ(canonical(text), "pkg:npm/%401");
        } else {
            EXPECT_EQ(canonical(text), "none") << text;
        }
    }
    EXPECT_EQ(parse_purl("pkg:npm/" + std::string(9000, 'a')), std::nullopt);
}

TEST(Purl, ReadingAndWritingAreInverse) {
    rc::check("any bytes in any part come back",
              [](const std::string& name, const std::string& version, const std::string& space) {
                  Purl purl;
                  purl.type = "generic";
                  purl.name = 'x' + name;
                  purl.version = version;
                  if (!space.contains('/')) purl.space = space;
                  purl.qualifiers["key"] = 'v' + name;
                  RC_ASSERT(parse_purl(to_text(purl)) == purl);
              });
    rc::check("what is read is canonical", [](const std::string& rest) {
        const auto purl = parse_purl("pkg:npm/" + rest);
        if (purl) RC_ASSERT(parse_purl(to_text(*purl)) == purl);
    });
}

TEST(Purl, AStatementCoversWhatItLeavesOpen) {
    const auto covered = [](std::string_view statement, std::string_view one) {
        return covers(*parse_purl(statement), *parse_purl(one));
    };
    constexpr auto curl = "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12";
    EXPECT_TRUE(covered("pkg:deb/debian/curl", curl));
    EXPECT_TRUE(covered("pkg:deb/debian/curl@7.88.1-10", curl));
    EXPECT_TRUE(covered("pkg:deb/debian/curl?distro=debian-12", curl));
    EXPECT_FALSE(covered("pkg:deb/debian/curl@7.88.1-9", curl));
    EXPECT_FALSE(covered("pkg:deb/debian/curl?arch=arm64", curl));
    EXPECT_FALSE(covered("pkg:deb/ubuntu/curl", curl));
    EXPECT_FALSE(covered("pkg:npm/curl", curl));
    EXPECT_FALSE(covered("pkg:deb/debian/curl?tag=x", curl));
}

}  // namespace
}  // namespace berth::inventory
