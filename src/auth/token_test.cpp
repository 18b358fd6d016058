#include "auth/token.hpp"

#include "auth/basic_authenticator.hpp"
#include "auth/download_link.hpp"
#include "auth/seal.hpp"
#include "auth/siphash.hpp"
#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace berth::auth {
namespace {

constexpr Timestamp start{std::chrono::milliseconds(1'763'900'000'123)};

class SteppedClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return time; }
    Timestamp time = start;
};

StatementKey key(char fill = 'k') {
    return StatementKey(Secret(std::string(32, fill)));
}

iam::Principal root() {
    return {.arn = "arn:aws:iam::000000000000:root",
            .account = *model::AccountId::parse("000000000000"),
            .user_id = "000000000000",
            .access_key_id = "AKIDEXAMPLEEXAMPLE00"};
}

TokenClaims claims() {
    return {.principal = root(),
            .region = *model::Region::parse("us-east-1"),
            .issued_at = start,
            .expires_at = start + token_lifetime};
}

std::string basic(const std::string& password, const std::string& user = "AWS") {
    return "Basic " + to_base64(user + ":" + password);
}

TEST(Token, CarriesItsClaimsForTwelveHours) {
    const auto password = issue_token(key(), claims());
    EXPECT_LT(password.size(), 600U);
    const auto read = verify_token(key(), password, start + token_lifetime - std::chrono::milliseconds(1));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->principal.arn, root().arn);
    EXPECT_EQ(read->principal.user_id, root().user_id);
    EXPECT_EQ(read->principal.access_key_id, root().access_key_id);
    EXPECT_EQ(read->registry().region.text(), "us-east-1");
    EXPECT_EQ(read->registry().account.text(), "000000000000");
    EXPECT_EQ(read->issued_at, start);
    const auto late = verify_token(key(), password, start + token_lifetime);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, FaultKind::token_expired);
    EXPECT_EQ(late.error().message, "Your authorization token has expired. Reauthenticate and try again.");
}

TEST(Token, OfAnotherKeyOrPurposeIsRefused) {
    EXPECT_EQ(verify_token(key('x'), issue_token(key(), claims()), start).error().kind, FaultKind::unauthenticated);
    std::string_view statement;
    const auto bytes = *from_base64(issue_token(key(), claims()));
    ASSERT_TRUE(key().verify("authorization token", bytes, statement));
    EXPECT_FALSE(verify_token(key(), to_base64(key().sign("other purpose", statement)), start));
    EXPECT_FALSE(verify_token(key(), to_base64(key().sign("authorization token", "2\na")), start));
}

TEST(Token, RefusesClaimsThatCouldPoseAsMore) {
    auto bad = claims();
    bad.principal.user_id = "a\nb";
    EXPECT_THROW((void)issue_token(key(), bad), std::invalid_argument);
}

TEST(Token, NoFlippedBitVerifies) {
    const auto password = issue_token(key(), claims());
    EXPECT_TRUE(rc::check([&](std::uint16_t where, std::uint8_t bit) {
        auto bytes = *from_base64(password);
        auto& byte = bytes[where % bytes.size()];
        byte = static_cast<char>(byte ^ (1 << (bit % 8)));
        RC_ASSERT(verify_token(key(), to_base64(bytes), start).error().kind == FaultKind::unauthenticated);
    }));
    EXPECT_TRUE(rc::check([](const std::string& text) { RC_ASSERT(!verify_token(key(), text, start)); }));
}

TEST(BasicAuthenticator, KnowsTheCallerAgain) {
    SteppedClock clock;
    SystemRandom random;
    BasicAuthenticator authenticator(key(), clock, random);
    const auto header = basic(issue_token(key(), claims()));
    const auto first = authenticator.authenticate(header);
    ASSERT_TRUE(first);
    EXPECT_EQ((*first)->principal.arn, root().arn);
    EXPECT_EQ(authenticator.authenticate(header)->get(), first->get());
    EXPECT_EQ(authenticator.remembered(), 1U);
    EXPECT_TRUE(authenticator.authenticate("bASIC " + header.substr(6)));
    clock.time += token_lifetime;
    EXPECT_EQ(authenticator.authenticate(header).error().kind, FaultKind::token_expired);
    EXPECT_EQ(authenticator.remembered(), 1U);  // the differently spelled one was not asked for again
}

TEST(BasicAuthenticator, RefusesEverythingElse) {
    SteppedClock clock;
    SystemRandom random;
    BasicAuthenticator authenticator(key(), clock, random);
    const auto password = issue_token(key(), claims());
    for (const auto& header : {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !"),
                               std::string("Bearer ") + password, basic(password, "root"), basic(""),
                               "Basic " + to_base64("AWS"), std::string("Basic ") + std::string(10'000, 'A')}) {
        const auto result = authenticator.authenticate(header);
        ASSERT_FALSE(result) << header;
        EXPECT_EQ(result.error().kind, FaultKind::unauthenticated);
    }
    EXPECT_EQ(authenticator.remembered(), 0U);
}

TEST(BasicAuthenticator, RemembersABoundedNumber) {
    SteppedClock clock;
    SystemRandom random;
    BasicAuthenticator authenticator(key(), clock, random, 32);
    for (int i = 0; i < 500; ++i) {
        auto one = claims();
        one.principal.user_id = std::to_string(i);
        ASSERT_TRUE(authenticator.authenticate(basic(issue_token(key(), one))));
    }
    EXPECT_LE(authenticator.remembered(), 32U);
}

TEST(BasicAuthenticator, ServesManyThreads) {
    SteppedClock clock;
    SystemRandom random;
    BasicAuthenticator authenticator(key(), clock, random, 16);
    std::vector<std::string> headers;
    for (int i = 0; i < 64; ++i) {
        auto one = claims();
        one.principal.user_id = std::to_string(i);
        headers.push_back(basic(issue_token(key(), one)));
    }
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int round = 0; round < 500; ++round) {
                const auto i = static_cast<std::size_t>(round * 7 % 64);
                const auto caller = authenticator.authenticate(headers[i]);
                if (!caller || (*caller)->principal.user_id != std::to_string(i)) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(SipHash, IsTheKeyedFunction) {
    const SipKey one{.k0 = 0x0706050403020100, .k1 = 0x0f0e0d0c0b0a0908};
    // The value SipHash-1-3 has for the empty text under this key.
    EXPECT_EQ(sip_hash(one, ""), 0xabac0158050fc4dcULL);
    EXPECT_NE(sip_hash(one, "a"), sip_hash({.k0 = 1, .k1 = 2}, "a"));
    EXPECT_NE(sip_hash(one, std::string(8, '\0')), sip_hash(one, std::string(16, '\0')));
}

DownloadLink link() {
    const auto repository = claims();
    return {.registry = repository.registry(),
            .repository = *model::RepositoryName::parse("team/app"),
            .digest = model::Digest::of("layer"),
            .principal = root(),
            .expires_at = start + link_lifetime};
}

std::string ticket_of(const std::string& target) {
    return *percent_decode(target.substr(target.find('=') + 1));
}

TEST(DownloadLink, OpensItsBlobForAnHour) {
    const auto target = download_target(key(), link());
    EXPECT_TRUE(target.starts_with("/v2/team/app/blobs/sha256:")) << target;
    EXPECT_NE(target.find("?berth-ticket="), std::string::npos);
    const auto read = verify_download(key(), ticket_of(target), link().repository, link().digest, start);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->principal.arn, root().arn);
    EXPECT_EQ(read->registry, link().registry);
    EXPECT_EQ(
        verify_download(key(), ticket_of(target), link().repository, link().digest, start + link_lifetime).error().kind,
        FaultKind::token_expired);
}

TEST(DownloadLink, OpensNoOtherBlob) {
    const auto ticket = ticket_of(download_target(key(), link()));
    EXPECT_FALSE(verify_download(key(), ticket, link().repository, model::Digest::of("other"), start));
    EXPECT_FALSE(verify_download(key(), ticket, *model::RepositoryName::parse("team/other"), link().digest, start));
    EXPECT_FALSE(verify_download(key('x'), ticket, link().repository, link().digest, start));
    EXPECT_FALSE(verify_download(key(), issue_token(key(), claims()), link().repository, link().digest, start));
    EXPECT_FALSE(verify_token(key(), ticket, start));
    EXPECT_TRUE(rc::check([](const std::string& text) {
        RC_ASSERT(!verify_download(key(), text, link().repository, link().digest, start));
    }));
}

TEST(SealingKey, OpensWhatItSealed) {
    SystemRandom random;
    const SealingKey sealing(Secret(std::string(32, 'm')), random);
    EXPECT_TRUE(rc::check([&](const std::string& text) {
        const auto sealed = sealing.seal(Secret(text), "secret access key");
        RC_ASSERT(sealing.open(sealed, "secret access key")->reveal() == text);
        RC_ASSERT(!sealing.open(sealed, "token key"));
        RC_ASSERT(sealed != sealing.seal(Secret(text), "secret access key"));
        auto bytes = *from_base64(sealed);
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        RC_ASSERT(!sealing.open(to_base64(bytes), "secret access key"));
        RC_ASSERT(!sealing.open(text, "secret access key"));
    }));
    const SealingKey other(Secret(std::string(32, 'n')), random);
    EXPECT_FALSE(other.open(sealing.seal(Secret("x"), "p"), "p"));
    EXPECT_THROW(SealingKey(Secret("short"), random), std::invalid_argument);
    EXPECT_THROW(StatementKey(Secret("short")), std::invalid_argument);
}

}  // namespace
}  // namespace berth::auth
