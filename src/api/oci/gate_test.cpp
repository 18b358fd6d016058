#include "api/oci/gate.hpp"

#include "auth/download_link.hpp"
#include "auth/token.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

namespace berth::api::oci {
namespace {

using namespace std::chrono_literals;

class ManualClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return time; }
    Timestamp time{std::chrono::milliseconds(1'800'000'000'000)};
};

const auto account = *model::AccountId::parse("123456789012");
const model::Registry own{.account = account, .region = *model::Region::parse("us-east-1")};
const iam::Principal root{.arn = "arn:aws:iam::123456789012:root",
                          .account = account,
                          .user_id = "123456789012",
                          .access_key_id = "AKIAEXAMPLE"};
const auto repository = *model::RepositoryName::parse("team/app");
const auto digest = model::Digest::of("layer");

class GateTest : public testing::Test {
protected:
    std::string authorization() {
        const auto token = auth::issue_token(
            key, {.principal = root, .region = own.region, .issued_at = clock.now(), .expires_at = clock.now() + 12h});
        return "Basic " + to_base64("AWS:" + token);
    }
    Result<Gate::Admitted> ask(http::Method method, const std::string& path, const std::string& query = "") {
        http::Request request;
        request.method = method;
        for (const auto& [name, value] : headers) request.headers.push_back({name, value});
        const auto target = match_path(path);
        return gate.admit(request, target ? &*target : nullptr, *Query::parse(query));
    }
    std::string link_query() {
        const auto target = auth::download_target(key, {.registry = own,
                                                        .repository = repository,
                                                        .digest = digest,
                                                        .principal = root,
                                                        .expires_at = clock.now() + auth::link_lifetime});
        return target.substr(target.find('?') + 1);
    }

    ManualClock clock;
    SystemRandom random;
    auth::StatementKey key{Secret(std::string(auth::StatementKey::size, 'k'))};
    auth::BasicAuthenticator authenticator{key, clock, random};
    Endpoints endpoints{{.own = own, .public_host = "localhost:5000", .fallback_host = "localhost:5000"}};
    Gate gate{endpoints, authenticator, key, clock};
    std::vector<std::pair<std::string, std::string>> headers;
    const std::string blob_path = "/v2/team/app/blobs/" + digest.text();
};

TEST_F(GateTest, NobodyComesInWithoutCredentials) {
    for (const auto* path : {"/v2/", "/v2/team/app/manifests/latest", "/v2/nonsense"}) {
        EXPECT_EQ(ask(http::Method::get, path).error().kind, FaultKind::unauthenticated) << path;
    }
    headers = {{"Authorization", "Bearer xyz"}};
    EXPECT_EQ(ask(http::Method::get, "/v2/").error().kind, FaultKind::unauthenticated);
}

TEST_F(GateTest, ATokenSaysWhoCallsAndTheHostWhichRegistry) {
    headers = {{"Authorization", authorization()}, {"Host", "localhost:5000"}};
    auto admitted = ask(http::Method::get, "/v2/");
    ASSERT_TRUE(admitted);
    EXPECT_EQ(admitted->principal.arn, root.arn);
    EXPECT_EQ(admitted->registry, own);
    // Another account's registry of the region: who may do what there, the authoriser decides.
    headers[1].second = "999999999999.dkr.ecr.us-east-1.example.com";
    admitted = ask(http::Method::get, "/v2/");
    ASSERT_TRUE(admitted);
    EXPECT_EQ(admitted->registry.account.text(), "999999999999");
}

TEST_F(GateTest, ATokenOfAnotherRegionIsDeniedWithAdvice) {
    headers = {{"Authorization", authorization()}, {"Host", "123456789012.dkr.ecr.eu-west-1.example.com"}};
    const auto admitted = ask(http::Method::get, "/v2/");
    ASSERT_FALSE(admitted);
    EXPECT_EQ(admitted.error().kind, FaultKind::access_denied);
    EXPECT_NE(admitted.error().message.find("region us-east-1"), std::string::npos);
    EXPECT_NE(admitted.error().message.find("--region eu-west-1"), std::string::npos);
}

TEST_F(GateTest, AnExpiredTokenSaysSo) {
    headers = {{"Authorization", authorization()}};
    clock.time += 12h;
    const auto admitted = ask(http::Method::get, "/v2/");
    ASSERT_FALSE(admitted);
    EXPECT_EQ(admitted.error().kind, FaultKind::token_expired);
    EXPECT_EQ(admitted.error().message, "Your authorization token has expired. Reauthenticate and try again.");
}

TEST_F(GateTest, ALinkOpensOneBlobForReading) {
    const auto query = link_query();
    for (const auto method : {http::Method::get, http::Method::head}) {
        const auto admitted = ask(method, blob_path, query);
        ASSERT_TRUE(admitted);
        EXPECT_EQ(admitted->principal.arn, root.arn);
        EXPECT_EQ(admitted->registry, own);
    }
    EXPECT_FALSE(ask(http::Method::del, blob_path, query));
    EXPECT_FALSE(ask(http::Method::get, "/v2/team/other/blobs/" + digest.text(), query));
    EXPECT_FALSE(ask(http::Method::get, "/v2/team/app/manifests/" + digest.text(), query));
    EXPECT_FALSE(ask(http::Method::get, "/v2/team/app/blobs/" + model::Digest::of("other").text(), query));
    clock.time += 1h;
    EXPECT_EQ(ask(http::Method::get, blob_path, query).error().kind, FaultKind::token_expired);
}

}  // namespace
}  // namespace berth::api::oci
