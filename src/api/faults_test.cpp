#include "api/faults.hpp"

#include "api/endpoints.hpp"
#include "api/refusals.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace berth::api {
namespace {

TEST(Faults, StatusesAreThoseOfTheirProtocol) {
    const std::set<int> ecr{400, 500, 503};
    for (std::size_t i = 0; i < fault_kinds; ++i) {
        const auto& row = fault_row(static_cast<FaultKind>(i));
        EXPECT_TRUE(ecr.contains(row.ecr_status)) << row.ecr_type;
        EXPECT_GE(row.oci_status, 400);
        EXPECT_FALSE(row.oci_code.empty());
        EXPECT_EQ(row.ecr_status >= 500, row.oci_status >= 500) << row.ecr_type;
    }
    EXPECT_EQ(fault_row(FaultKind::internal).ecr_type, "ServerException");
    EXPECT_EQ(fault_row(FaultKind::tag_immutable).oci_code, "TAG_INVALID");
    EXPECT_EQ(fault_row(FaultKind::invalid_range).oci_status, 416);
    EXPECT_EQ(fault_row(FaultKind::storage_full).oci_code, "UNAVAILABLE");
    EXPECT_EQ(fault_row(FaultKind::deadline).oci_code, "UNAVAILABLE");
}

TEST(Refusals, EveryStatusOfTheServerHasItsSentence) {
    for (const int status : {400, 408, 413, 417, 431, 500, 501, 503}) EXPECT_EQ(refusal_row(status).status, status);
    EXPECT_EQ(refusal_row(418).status, 500);
}

TEST(Refusals, SpeakOfTheSchemeOnlyWhereItMayBeWrong) {
    using enum http::Refused::Hint;
    EXPECT_FALSE(refusal_row(400).sentence.contains("scheme"));
    EXPECT_TRUE(refusal_row(400, not_http).sentence.contains("scheme"));
    EXPECT_TRUE(refusal_row(400, http_upon_tls).sentence.contains("HTTP request to an HTTPS server"));
    EXPECT_EQ(refusal_row(408).oci_code, "UNAVAILABLE");
}

model::Registry registry(const char* account, const char* region) {
    return {.account = *model::AccountId::parse(account), .region = *model::Region::parse(region)};
}

TEST(Endpoints, ReadRegistriesOffHostNames) {
    const auto wanted = registry("123456789012", "eu-west-1");
    for (const auto* host :
         {"123456789012.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com:5000",
          "123456789012.dkr-ecr.eu-west-1.on.aws", "123456789012.DKR.ECR.EU-WEST-1.localhost:5000",
          "123456789012.dkr-ecr-fips.eu-west-1.example.org."}) {
        EXPECT_EQ(registry_of_host(host), wanted) << host;
        EXPECT_EQ(region_of_host(host), wanted.region) << host;
    }
    for (const auto* host : {"", ":", ".", "localhost:5000", "123456789012.dkr.ecr.eu-west-1", "[::1]:5000",
                             "12345678901.dkr.ecr.eu-west-1.x", "123456789012.dkr.s3.eu-west-1.x",
                             "123456789012.dkr.ecr.-.x", "123456789012.dkr.ecr.eu-west-1."}) {
        EXPECT_FALSE(registry_of_host(host)) << host;
    }
    EXPECT_FALSE(registry_of_host("123456789012.dkr.ecr.eu-west-1." + std::string(100'000, 'a')));
    EXPECT_EQ(region_of_host("api.ecr.local.example.org")->text(), "local");
    EXPECT_EQ(region_of_host("ecr.eu-west-1.api.aws")->text(), "eu-west-1");
    EXPECT_FALSE(region_of_host("localhost:5000"));
}

TEST(Endpoints, NameWhatClientsCanDial) {
    EXPECT_EQ(default_public_host("0.0.0.0", 5000, Scheme::http), "localhost:5000");
    EXPECT_EQ(default_public_host("::", 443, Scheme::https), "localhost");
    EXPECT_EQ(default_public_host("10.0.0.1", 80, Scheme::http), "10.0.0.1:80");
    EXPECT_EQ(default_public_host("::1", 5000, Scheme::http), "[::1]:5000");

    const auto own = registry("000000000000", "us-east-1");
    const model::Registry other{.account = own.account, .region = *model::Region::parse("eu-west-1")};
    const Endpoints open({.own = own, .fallback_host = "localhost:5000"});
    EXPECT_EQ(open.seen_from("10.0.0.1:5000").repository_uri(own, "team/app"), "10.0.0.1:5000/team/app");
    EXPECT_EQ(open.seen_from("reg.lan").proxy_endpoint(own), "http://reg.lan");
    EXPECT_EQ(open.seen_from("bad host\"").repository_uri(own, "app"), "localhost:5000/app");
    EXPECT_EQ(open.seen_from("reg.lan:1").registry_host(other), "000000000000.dkr.ecr.eu-west-1.reg.lan:1");
    EXPECT_EQ(open.registry_for(open.seen_from("reg.lan:1").registry_host(other)), other);
    // A name of the ECR form, of the API or of any registry, leads to the names of the registries beside it.
    for (const auto* host : {"api.ecr.eu-west-1.example.org:8443", "000000000000.dkr.ecr.us-east-1.example.org:8443"}) {
        EXPECT_EQ(open.seen_from(host).registry_host(own), "000000000000.dkr.ecr.us-east-1.example.org:8443") << host;
        EXPECT_EQ(open.seen_from(host).registry_host(other), "000000000000.dkr.ecr.eu-west-1.example.org:8443") << host;
    }
    EXPECT_EQ(open.region_for("localhost:5000"), own.region);
    EXPECT_EQ(open.region_for("api.ecr.eu-west-1.example.org"), other.region);

    const Endpoints named(
        {.own = own, .public_host = "registry.example:8443", .fallback_host = "localhost", .scheme = Scheme::https});
    EXPECT_EQ(named.seen_from("10.0.0.1").proxy_endpoint(own), "https://registry.example:8443");
    EXPECT_EQ(named.seen_from("10.0.0.1").registry_host(other), "000000000000.dkr.ecr.eu-west-1.registry.example:8443");
}

}  // namespace
}  // namespace berth::api
