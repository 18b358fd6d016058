#include "client/credentials.hpp"

#include "client/json_api.hpp"
#include "testing/folder.hpp"
#include "testing/manual_clock.hpp"
#include "testing/scripted_server.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace berth::client {
namespace {

class CredentialsTest : public ::testing::Test {
protected:
    std::string file(const std::string& name, const std::string& id, const std::string& profile = "default") {
        const auto path = folder_.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::app) << "# a comment\n[" << profile << "]\naws_access_key_id=" << id
                                           << "\n  aws_secret_access_key = secret=with=equals \r\nregion = of-file\n";
        return path.string();
    }
    Result<FoundCredentials> find(CredentialOptions options = {}) {
        options.data = folder_.path() / "data";
        return find_credentials(options, [this](const std::string& name) -> std::optional<std::string> {
            const auto found = variables_.find(name);
            if (found == variables_.end()) return std::nullopt;
            return found->second;
        });
    }
    std::string id(CredentialOptions options = {}) {
        const auto found = find(std::move(options));
        return found ? found->key.access_key_id : found.error().message;
    }

    testing::Folder folder_;
    std::map<std::string, std::string> variables_;
};

TEST_F(CredentialsTest, TheFirstPlaceThatIsThereCounts) {
    EXPECT_EQ(find().error().kind, FaultKind::unauthenticated);
    EXPECT_NE(id().find("--credentials"), std::string::npos) << "says what to do";
    file("data/credentials", "OWN");
    EXPECT_EQ(id(), "OWN");
    variables_["HOME"] = (folder_.path() / "home").string();
    file("home/.aws/credentials", "HOME");
    EXPECT_EQ(id(), "OWN") << "the user's real AWS keys are for AWS, unless a profile is named";
    variables_["AWS_PROFILE"] = "default";
    EXPECT_EQ(id(), "HOME");
    variables_["AWS_SHARED_CREDENTIALS_FILE"] = file("shared", "SHARED");
    EXPECT_EQ(id(), "SHARED");
    variables_["AWS_ACCESS_KEY_ID"] = "VARIABLE";
    EXPECT_EQ(id(), "SHARED") << "half a pair is none";
    variables_["AWS_SECRET_ACCESS_KEY"] = "secret";
    EXPECT_EQ(id(), "VARIABLE");
    EXPECT_EQ(id({.profile = "default"}), "SHARED") << "a profile that is asked for wins over variables";
    EXPECT_EQ(id({.file = file("named", "NAMED")}), "NAMED");
}

TEST_F(CredentialsTest, AProfileIsOneSectionOfTheFile) {
    const auto path = file("many", "FIRST");
    file("many", "SECOND", "other");
    EXPECT_EQ(id({.file = path, .profile = "other"}), "SECOND");
    EXPECT_EQ(find({.file = path}).value().key.secret.reveal(), "secret=with=equals");
    EXPECT_NE(id({.file = path, .profile = "none"}).find("'none'"), std::string::npos);
    EXPECT_NE(id({.file = path + "x"}).find(path + "x"), std::string::npos);
    EXPECT_FALSE(parse_profile("", "default"));
    EXPECT_FALSE(parse_profile("[default\naws_access_key_id = A\naws_secret_access_key = B", "default"));
    EXPECT_FALSE(parse_profile("[default]\naws_access_key_id = A", "default"));
    EXPECT_EQ(parse_profile("[ p ]\naws_access_key_id = A\naws_secret_access_key = B\naws_session_token = C", "p")
                  .value()
                  .session_token,
              "C");
}

TEST_F(CredentialsTest, TheRegionIsTheNearestWord) {
    const auto path = file("one", "ID");
    EXPECT_EQ(find({.file = path}).value().region, "of-file");
    variables_["AWS_DEFAULT_REGION"] = "of-default";
    EXPECT_EQ(find({.file = path}).value().region, "of-default");
    variables_["AWS_REGION"] = "of-variable";
    EXPECT_EQ(find({.file = path}).value().region, "of-variable");
    EXPECT_EQ(find({.file = path, .region = "of-option"}).value().region, "of-option");
    variables_ = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "B"}, {"AWS_REGION", ""}};
    EXPECT_EQ(find().value().region, "us-east-1");
}

TEST(JsonApi, CallsAreSigned) {
    testing::ScriptedServer server([](const auto&) { return testing::answer("400 Bad", R"({"__type":"X"})"); });
    testing::ManualClock clock;
    const auth::AccessKeySecret key{.access_key_id = "AKIDEXAMPLE", .secret = Secret("secret")};
    JsonApi api({.endpoint = server.url(), .region = "eu-west-1"}, key, clock);
    const auto got = api.call("Berth.Something", "{}");
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->status, 400);
    EXPECT_EQ(got->body, R"({"__type":"X"})");

    // Taken apart again, the request is one the verifier accepts.
    const auto text = server.requests().at(0);
    std::vector<auth::HeaderField> fields;
    std::string_view rest(text);
    ASSERT_TRUE(rest.starts_with("POST / HTTP/1.1\r\n"));
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (!rest.starts_with("\r\n")) {
        const auto line = rest.substr(0, rest.find("\r\n"));
        const auto colon = line.find(':');
        fields.push_back({.name = line.substr(0, colon), .value = line.substr(colon + 2)});
        rest.remove_prefix(line.size() + 2);
    }
    const auth::RequestToVerify request{.method = "POST", .path = "/", .query = "", .headers = fields};
    const auto parsed = auth::parse_signature(request, "ecr", clock.now());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->region, "eu-west-1");
    auth::SignatureVerifier verifier;
    EXPECT_TRUE(verifier.verify(request, *parsed, "{}", key.secret));
}

TEST(JsonApi, AnEndpointMustBeOne) {
    testing::ManualClock clock;
    JsonApi api({.endpoint = "localhost:5000"}, {.access_key_id = "A", .secret = Secret("B")}, clock);
    EXPECT_EQ(api.call("Berth.Something", "{}").error().kind, FaultKind::invalid_parameter);
}

}  // namespace
}  // namespace berth::client
