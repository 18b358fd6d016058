// Both formats of one inventory against files of testdata/, which tests/wire/test_sbom.py holds against the formats'
// own schemas and validators. BERTH_UPDATE=1 rewrites the files; read the difference.
#include "sbom/cyclonedx.hpp"
#include "sbom/spdx.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace berth::sbom {
namespace {

using inventory::PackageType;

inventory::Package package(PackageType type, std::string name, std::string version, std::string path) {
    inventory::Package made;
    made.type = type;
    made.name = std::move(name);
    made.version = std::move(version);
    made.path = std::move(path);
    return made;
}

// One of each type, and each thing that a package may say.
inventory::Inventory everything() {
    inventory::Inventory all;
    all.distribution = {.id = "debian", .version_id = "12", .codename = "bookworm", .name = "Debian GNU/Linux 12"};
    auto system = package(PackageType::deb, "libssl3", "3.0.11-1~deb12u2", "var/lib/dpkg/status");
    system.source_name = "openssl";
    system.source_version = "3.0.11-1~deb12u2";
    system.arch = "amd64";
    auto module = package(PackageType::rpm, "nodejs", "1:12.22.1-1.module_el8", "var/lib/rpm/rpmdb.sqlite");
    module.module_label = "nodejs:12";
    module.vendor = "AlmaLinux";
    module.licences = {"MIT and ASL 2.0 and BSD"};
    auto alpine = package(PackageType::apk, "busybox", "1.36.1-r2", "lib/apk/db/installed");
    alpine.licences = {"GPL-2.0-only"};
    auto scoped = package(PackageType::npm, "@babel/parser", "7.20.0", "app/node_modules/@babel/parser/package.json");
    scoped.licences = {"MIT OR Apache-2.0"};
    scoped.layer = 1;
    auto python = package(PackageType::pypi, "requests", "2.28.1", "usr/lib/python3/dist-packages/x");
    python.owned_by = "python3-requests";
    python.licences = {"Apache 2.0", "MIT", "ISC OR MIT"};
    auto guessed =
        package(PackageType::maven, "log4j-core", "2.14.1", "srv/app.war!/WEB-INF/lib/log4j-core-2.14.1.jar");
    guessed.confidence = inventory::Confidence::guessed;
    all.packages = {system,
                    module,
                    alpine,
                    scoped,
                    python,
                    guessed,
                    package(PackageType::maven, "org.yaml:snakeyaml", "1.30", "srv/\xFF.jar"),
                    package(PackageType::npm, "lodash", "4.17.4", "app/node_modules/lodash/package.json"),
                    package(PackageType::npm, "lodash", "4.17.4", "b/node_modules/lodash/package.json"),
                    package(PackageType::go, "golang.org/x/text", "0.3.0", "usr/bin/hello"),
                    package(PackageType::go, "stdlib", "1.21.3", "usr/bin/hello"),
                    package(PackageType::cargo, "time", "0.1.44", "usr/bin/rusty"),
                    package(PackageType::gem, "rack", "2.2.3", "usr/specifications/rack-2.2.3.gemspec"),
                    package(PackageType::nuget, "Newtonsoft.Json", "12.0.3", "app/App.deps.json"),
                    package(PackageType::composer, "monolog/monolog", "1.25.0", "vendor/composer/installed.json")};
    all.problems = {"srv/broken.jar: not a zip file"};
    return all;
}

Subject image() {
    const std::string digest = "sha256:" + std::string(63, '0');
    return {.name = "registry.example/team/app",
            .tag = "1.0",
            .digest = digest + 'a',
            .layers = {digest + 'b', digest + 'c'},
            .created_at = 1'709'210'096'789,
            .tool_version = "0.1.0"};
}

void expect_file(const std::string& name, const std::string& written) {
    const auto path = std::string(BERTH_TESTDATA) + '/' + name;
    if (std::getenv("BERTH_UPDATE") != nullptr) std::ofstream(path) << written << '\n';
    std::ifstream file(path);
    const std::string expected(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(written + '\n', expected);
}

TEST(Formats, AreWrittenAsTheFilesSay) {
    expect_file("everything.cdx.json", to_cyclonedx(everything(), image()));
    expect_file("everything.spdx.json", to_spdx(everything(), image()));
    const Subject folder = {.name = "/srv/root", .created_at = 0, .tool_version = "0.1.0"};
    expect_file("nothing.cdx.json", to_cyclonedx({}, folder));
    expect_file("nothing.spdx.json", to_spdx({}, folder));
}

TEST(Formats, TheOrderOfPackagesChangesNothing) {
    auto turned = everything();
    std::ranges::reverse(turned.packages);
    EXPECT_EQ(to_cyclonedx(turned, image()), to_cyclonedx(everything(), image()));
    EXPECT_EQ(to_spdx(turned, image()), to_spdx(everything(), image()));
}

TEST(CycloneDx, RefersToEveryComponentOnce) {
    const auto bill = boost::json::parse(to_cyclonedx(everything(), image())).as_object();
    std::set<std::string> references;
    for (const auto& component : bill.at("components").as_array()) {
        EXPECT_TRUE(references.insert(std::string(component.at("bom-ref").as_string())).second);
    }
    EXPECT_EQ(references.size(), 15U);  // 14 packages, one of them in two places, and the system
    const auto& root = bill.at("dependencies").at(0);
    EXPECT_EQ(root.at("ref"), bill.at("metadata").at("component").at("bom-ref"));
    for (const auto& reference : root.at("dependsOn").as_array()) {
        EXPECT_EQ(references.erase(std::string(reference.as_string())), 1U);
    }
    EXPECT_TRUE(references.empty());
}

TEST(Spdx, RelatesEveryPackage) {
    const auto document = boost::json::parse(to_spdx(everything(), image())).as_object();
    std::set<std::string> ids;
    for (const auto& one : document.at("packages").as_array()) {
        EXPECT_TRUE(ids.insert(std::string(one.at("SPDXID").as_string())).second);
    }
    for (const auto& one : document.at("relationships").as_array()) {
        EXPECT_EQ(ids.erase(std::string(one.at("relatedSpdxElement").as_string())), 1U);
    }
    EXPECT_TRUE(ids.empty());
    EXPECT_EQ(document.at("comment").as_string(), "Incomplete: srv/broken.jar: not a zip file");
}

}  // namespace
}  // namespace berth::sbom
