#include "app/clair.hpp"

#include "app/settings.hpp"
#include "app/usage_error.hpp"

#include <gtest/gtest.h>

namespace berth::app {
namespace {

Config working() {
    Config config;
    config.clair.url = "http://clair:6060/";
    config.clair.own_url = "http://berth:5000";
    return config;
}

std::string refusal(const Config& config) {
    try {
        static_cast<void>(clair_options(config));
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Clair, SettingsBecomeOptions) {
    auto config = working();
    config.clair_key = Secret("c2VjcmV0");
    const auto options = clair_options(config);
    EXPECT_EQ(options.url, "http://clair:6060");
    EXPECT_EQ(options.own_url, "http://berth:5000");
    EXPECT_EQ(options.key.reveal(), "secret");
    EXPECT_EQ(options.issuer, "berth");
    EXPECT_TRUE(clair_options(working()).key.reveal().empty());
}

TEST(Clair, ThePublicHostWillDo) {
    auto config = working();
    config.clair.own_url.clear();
    EXPECT_TRUE(refusal(config).contains("scanner.clair_layers_url"));
    config.public_host = "registry.example:5000";
    EXPECT_EQ(clair_options(config).own_url, "http://registry.example:5000");
    config.tls_certificate = "cert.pem";
    EXPECT_EQ(clair_options(config).own_url, "https://registry.example:5000");
}

TEST(Clair, WhatIsWrongIsSaid) {
    auto config = working();
    config.clair.url.clear();
    EXPECT_TRUE(refusal(config).contains("set scanner.clair_url"));
    for (const auto* url : {"clair:6060", "ftp://clair", "http://", "http://clair:6060/?a=b", "http://u:p@clair"}) {
        config.clair.url = url;
        EXPECT_TRUE(refusal(config).starts_with("scanner.clair_url = ")) << url;
    }
    config = working();
    config.clair.own_url = "berth";
    EXPECT_TRUE(refusal(config).starts_with("scanner.clair_layers_url = berth: write http://")) << refusal(config);
}

TEST(Clair, TheKeyIsShownNowhere) {
    auto config = working();
    config.clair_key = Secret("not base64!");
    EXPECT_TRUE(refusal(config).starts_with("scanner.clair_key is no base64")) << refusal(config);
    EXPECT_FALSE(refusal(config).contains("not base64!"));
    const auto* row = find_setting("scanner.clair_key");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->show(Config()), "");
    EXPECT_EQ(row->show(config), "(set)");
}

}  // namespace
}  // namespace berth::app
