// The whole way of a call: signed as a client signs it, through the front end and the use cases into SQLite and back.
#include "api/aws/aws_api.hpp"

#include "api/aws/extensions.hpp"
#include "auth/basic_authenticator.hpp"
#include "auth/iso_time.hpp"
#include "base/encoding.hpp"
#include "base/size.hpp"
#include "model/digest.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <vector>

namespace berth::api::aws {
namespace {

namespace json = boost::json;

http::Request post() {
    http::Request request;
    request.method = http::Method::post;
    request.method_text = "POST";
    request.target = "/";
    request.path = "/";
    return request;
}

struct Reply {
    int status = 0;
    std::string body;
    bool has_request_id = false;

    [[nodiscard]] json::object object() const { return json::parse(body).as_object(); }
    [[nodiscard]] std::string text(std::string_view member) const {
        return std::string(object().at(member).as_string());
    }
};

class AwsApiTest : public ::testing::Test {
protected:
    AwsApiTest() { world.clock.advance(std::chrono::milliseconds(123)); }

    testing::World world;
    scanning::Scans scans{world.services};
    scanning::Configurations scan_configurations{world.services};
    scanning::Suppressions suppressions{world.services};
    model::Registry own = testing::own_registry();
    Endpoints endpoints{{.own = own, .public_host = "localhost:5000", .fallback_host = "localhost:5000"}};
    registry::Credentials credentials{*world.metadata, world.clock, world.random,
                                      auth::SealingKey(Secret(std::string(32, 'm')), world.random)};
    auth::StatementKey key = *testing::wait_for(credentials.token_key());
    registry::AccessKeyPair pair = *testing::wait_for(credentials.create_root_key(own, std::nullopt));
    BodyBudget bodies{128_MiB};
    AwsApi api{{.repositories = world.repositories,
                .images = world.images,
                .blobs = world.blobs,
                .uploads = *world.uploads,
                .recycle_bin = world.bin,
                .lifecycle_policies = world.lifecycle_policies,
                .lifecycle_previews = world.lifecycle_previews,
                .storage_classes = world.storage_classes,
                .scans = scans,
                .scan_configurations = scan_configurations,
                .suppressions = suppressions,
                .authorizer = world.authorizer,
                .endpoints = endpoints,
                .key = key,
                .clock = world.clock,
                .settings = world.settings},
               credentials,
               bodies};

    struct Sending {
        std::string service = "ecr", region = "us-east-1", host = "localhost:5000";
        std::string target = {}, content_type = "application/x-amz-json-1.1";
        std::optional<std::string> key_id = std::nullopt;
        bool damaged = false;
    };

    Reply send(const std::string& body, Sending how) {
        const auto time = auth::to_basic_iso(world.clock.now());
        http::Request request = post();
        request.headers = {{"Host", how.host}, {"Content-Type", how.content_type}, {"X-Amz-Date", time}};
        if (!how.target.empty()) request.headers.push_back({"X-Amz-Target", how.target});
        request.request_id = "00000000-0000-4000-8000-000000000000";
        auth::ParsedSignature parsed{.date = time.substr(0, 8),
                                     .region = how.region,
                                     .service = how.service,
                                     .request_time = time,
                                     .signed_headers = {"content-type", "host", "x-amz-date"}};
        if (!how.target.empty()) parsed.signed_headers.emplace_back("x-amz-target");
        std::vector<auth::HeaderField> fields;
        for (const auto& [name, value] : request.headers) fields.push_back({name, value});
        const auto canonical = auth::canonical_request({.method = "POST", .path = "/", .query = "", .headers = fields},
                                                       parsed, model::Digest::of(body).hex());
        const auto signing_key = auth::derive_signing_key(pair.secret, parsed.date, how.region, how.service);
        auto signature = auth::compute_signature(auth::as_text(signing_key), parsed, canonical);
        if (how.damaged) signature[0] = signature[0] == '0' ? '1' : '0';
        std::string names;
        for (const auto& name : parsed.signed_headers) names += (names.empty() ? "" : ";") + name;
        const auto authorization = "AWS4-HMAC-SHA256 Credential=" + how.key_id.value_or(pair.id) + "/" + parsed.date +
                                   "/" + how.region + "/" + how.service + "/aws4_request, SignedHeaders=" + names +
                                   ", Signature=" + signature;
        request.headers.push_back({"Authorization", authorization});
        return answer(request, body);
    }

    Reply answer(http::Request& request, const std::string& body) {
        MemorySource source(body);
        request.body = &source;
        const auto response = testing::wait_for(api.handle(request));
        Reply reply{.status = response.status, .body = std::get<std::string>(response.body)};
        for (const auto& [name, value] : response.headers) {
            reply.has_request_id |= name == "x-amzn-RequestId" && value == request.request_id;
        }
        return reply;
    }

    Reply call(const std::string& operation, const std::string& body, const std::string& region = "us-east-1") {
        const auto host = region == "us-east-1" ? "localhost:5000" : "api.ecr." + region + ".localhost:5000";
        return send(body,
                    {.region = region, .host = host, .target = "AmazonEC2ContainerRegistry_V20150921." + operation});
    }
};

TEST_F(AwsApiTest, CreatesAndShowsARepository) {
    const auto created = call("CreateRepository", R"({"repositoryName":"team/app"})");
    EXPECT_EQ(created.status, 200);
    EXPECT_TRUE(created.has_request_id);
    EXPECT_EQ(created.body,
              R"({"repository":{"repositoryArn":"arn:aws:ecr:us-east-1:123456789012:repository/team/app",)"
              R"("registryId":"123456789012","repositoryName":"team/app","repositoryUri":"localhost:5000/team/app",)"
              R"("createdAt":1750000000.123,"imageTagMutability":"MUTABLE",)"
              R"("imageScanningConfiguration":{"scanOnPush":false},)"
              R"("encryptionConfiguration":{"encryptionType":"AES256"}}})");
    const auto again = call("CreateRepository", R"({"repositoryName":"team/app"})");
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(again.text("__type"), "RepositoryAlreadyExistsException");
    EXPECT_EQ(call("DescribeRepositories", "{}").object().at("repositories").as_array().size(), 1U);
    // Another region is another registry.
    EXPECT_EQ(call("DescribeRepositories", "{}", "eu-west-1").body, R"({"repositories":[]})");
    const auto gone = call("DescribeRepositories", R"({"repositoryNames":["team/other"]})");
    EXPECT_EQ(gone.text("message"),
              "The repository with name 'team/other' does not exist in the registry with id '123456789012'");
    EXPECT_EQ(call("DeleteRepository", R"({"repositoryName":"team/app"})").status, 200);
}

TEST_F(AwsApiTest, PagesByTokensOfTheSameRequest) {
    for (const auto* name : {"aa", "bb", "cc"}) {
        ASSERT_EQ(call("CreateRepository", std::string(R"({"repositoryName":")") + name + "\"}").status, 200);
    }
    const auto first = call("DescribeRepositories", R"({"maxResults":2})");
    EXPECT_EQ(first.object().at("repositories").as_array().size(), 2U);
    const auto token = first.text("nextToken");
    const auto second = call("DescribeRepositories", R"({"maxResults":2,"nextToken":")" + token + "\"}");
    EXPECT_EQ(second.object().at("repositories").as_array().size(), 1U);
    EXPECT_FALSE(second.object().contains("nextToken"));
    EXPECT_EQ(call("DescribeRepositories", R"({"nextToken":")" + token + "\"}", "eu-west-1").text("__type"),
              "InvalidParameterException");
    EXPECT_EQ(call("ListImages", R"({"repositoryName":"aa","nextToken":")" + token + "\"}").text("__type"),
              "InvalidParameterException");
}

TEST_F(AwsApiTest, ChangesMutabilityAndTags) {
    ASSERT_EQ(call("CreateRepository", R"({"repositoryName":"app","tags":[{"Key":"a","Value":"1"}]})").status, 200);
    EXPECT_EQ(call("PutImageTagMutability",
                   R"({"repositoryName":"app","imageTagMutability":"IMMUTABLE_WITH_EXCLUSION",)"
                   R"("imageTagMutabilityExclusionFilters":[{"filterType":"WILDCARD","filter":"dev*"}]})")
                  .body,
              R"({"registryId":"123456789012","repositoryName":"app","imageTagMutability":"IMMUTABLE_WITH_EXCLUSION",)"
              R"("imageTagMutabilityExclusionFilters":[{"filterType":"WILDCARD","filter":"dev*"}]})");
    const std::string arn = R"("resourceArn":"arn:aws:ecr:us-east-1:123456789012:repository/app")";
    EXPECT_EQ(call("TagResource", "{" + arn + R"(,"tags":[{"Key":"b","Value":""}]})").body, "{}");
    EXPECT_EQ(call("UntagResource", "{" + arn + R"(,"tagKeys":["a","none"]})").body, "{}");
    EXPECT_EQ(call("ListTagsForResource", "{" + arn + "}").body, R"({"tags":[{"Key":"b","Value":""}]})");
    EXPECT_EQ(call("TagResource", "{" + arn + R"(,"tags":[{"Key":"","Value":""}]})").text("__type"),
              "InvalidTagParameterException");
    EXPECT_EQ(call("ListTagsForResource", R"({"resourceArn":"arn:aws:s3:::x"})").text("message"),
              "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'");
}

TEST_F(AwsApiTest, PutsListsDescribesAndDeletesImages) {
    world.settings.missing_blobs = registry::Missing::accept;
    ASSERT_EQ(call("CreateRepository", R"({"repositoryName":"app"})").status, 200);
    const auto digest = model::Digest::of("{}").text();
    const std::string manifest =
        R"({\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",)"
        R"(\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\")" +
        digest + R"(\",\"size\":2},\"layers\":[]})";
    const auto put = R"({"repositoryName":"app","imageTag":"v1","imageManifest":")" + manifest + "\"}";
    const auto stored = call("PutImage", put);
    ASSERT_EQ(stored.status, 200) << stored.body;
    EXPECT_EQ(call("PutImage", put).text("__type"), "ImageAlreadyExistsException");
    EXPECT_EQ(call("ListImages", R"({"repositoryName":"app"})").object().at("imageIds").as_array().size(), 1U);
    const auto described = call("DescribeImages", R"({"repositoryName":"app","imageIds":[{"imageTag":"v1"}]})");
    const auto detail = described.object().at("imageDetails").as_array().at(0).as_object();
    EXPECT_EQ(detail.at("imageStatus").as_string(), "ACTIVE");
    EXPECT_EQ(detail.at("artifactMediaType").as_string(), "application/vnd.oci.image.config.v1+json");
    EXPECT_EQ(call("DescribeImages", R"({"repositoryName":"app","imageIds":[{"imageTag":"v2"}]})").text("message"),
              "The image with imageId {imageDigest:'null', imageTag:'v2'} does not exist within the repository with "
              "name 'app' in the registry with id '123456789012'");
    const auto got =
        call("BatchGetImage", R"({"repositoryName":"app","imageIds":[{"imageTag":"v1"},{},{"imageTag":"x"}]})");
    EXPECT_EQ(got.object().at("images").as_array().size(), 1U);
    EXPECT_EQ(got.object().at("failures").as_array().at(0).as_object().at("failureCode").as_string(),
              "MissingDigestAndTag");
    EXPECT_EQ(call("DeleteRepository", R"({"repositoryName":"app"})").text("__type"), "RepositoryNotEmptyException");
    const auto gone = call("BatchDeleteImage", R"({"repositoryName":"app","imageIds":[{"imageTag":"v1"}]})");
    EXPECT_EQ(gone.object().at("imageIds").as_array().size(), 1U);
    EXPECT_EQ(call("PutImage", R"({"repositoryName":"app","imageManifest":"{]"})").text("message"),
              "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'");
}

TEST_F(AwsApiTest, HandsOutTokensTheDataPlaneTakes) {
    const auto reply = call("GetAuthorizationToken", "{}");
    const auto data = reply.object().at("authorizationData").as_array().at(0).as_object();
    EXPECT_EQ(data.at("proxyEndpoint").as_string(), "http://localhost:5000");
    auth::BasicAuthenticator authenticator(key, world.clock, world.random);
    const auto caller = authenticator.authenticate("Basic " + std::string(data.at("authorizationToken").as_string()));
    ASSERT_TRUE(caller);
    EXPECT_EQ((*caller)->principal.arn, "arn:aws:iam::123456789012:root");
    EXPECT_EQ(call("DescribeRegistry", "{}").body,
              R"({"registryId":"123456789012","replicationConfiguration":{"rules":[]}})");
}

TEST_F(AwsApiTest, RefusesWhatIsNotProperlySigned) {
    const std::string target = "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry";
    EXPECT_EQ(send("{}", {.target = target, .damaged = true}).text("__type"), "InvalidSignatureException");
    const auto unknown = send("{}", {.target = target, .key_id = "AKIAUNKNOWNUNKNOWN00"});
    EXPECT_EQ(unknown.text("__type"), "UnrecognizedClientException");
    EXPECT_EQ(unknown.text("message"), "The security token included in the request is invalid.");
    EXPECT_EQ(send("{}", {.service = "sts", .target = target}).text("__type"), "InvalidSignatureException");
    EXPECT_EQ(send("{}", {.host = "api.ecr.eu-west-1.localhost", .target = target}).text("__type"),
              "InvalidSignatureException");
    EXPECT_EQ(send("{}", {.target = "Other.DescribeRegistry"}).text("__type"), "UnknownOperationException");
    EXPECT_EQ(call("NoSuchThing", "{}").text("__type"), "UnknownOperationException");
    http::Request unsigned_request = post();
    unsigned_request.headers = {{"Host", "localhost:5000"}, {"X-Amz-Target", target}};
    EXPECT_EQ(answer(unsigned_request, "{}").text("__type"), "MissingAuthenticationTokenException");
    EXPECT_EQ(call("CreateRepository", R"({"repositoryName":"app","registryId":"111111111111"})").text("__type"),
              "AccessDeniedException");
    const auto large = call("DescribeRegistry", std::string(usual_body_limit.rest + 1, ' '));
    EXPECT_EQ(large.text("__type"), "InvalidParameterException");
}

TEST_F(AwsApiTest, TakesAManifestHoweverItIsEscaped) {
    world.settings.missing_blobs = registry::Missing::accept;
    ASSERT_EQ(call("CreateRepository", R"({"repositoryName":"app"})").status, 200);
    const auto image = testing::manifest_of("config", {});
    const auto put_padded = [&](std::size_t size, std::string_view escaped_space) {
        std::string body = R"({"repositoryName":"app","imageManifest":)" + json::serialize(json::string(image));
        body.pop_back();
        for (auto padding = size - image.size(); padding > 0; --padding) body += escaped_space;
        return call("PutImage", body + "\"}");
    };
    // Spaces behind the document are as good as any other bytes of it; a raised limit counts here as well.
    for (const std::size_t most : {4_MiB, 5_MiB}) {
        world.settings.manifest_bytes = most;
        const auto largest = put_padded(most, "\\u0020");
        EXPECT_EQ(largest.status, 200) << largest.body;
        EXPECT_EQ(put_padded(most + 1, " ").text("message"),
                  "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'must have length less than or "
                  "equal to " +
                      std::to_string(most) + "'");
    }
}

TEST_F(AwsApiTest, SaysWhoIsCalling) {
    const std::string form = "Action=GetCallerIdentity&Version=2011-06-15";
    const auto good =
        send(form, {.service = "sts", .content_type = "application/x-www-form-urlencoded; charset=utf-8"});
    EXPECT_EQ(good.status, 200);
    EXPECT_NE(good.body.find("<Arn>arn:aws:iam::123456789012:root</Arn>"), std::string::npos);
    const auto bad =
        send(form, {.service = "sts", .content_type = "application/x-www-form-urlencoded", .damaged = true});
    EXPECT_EQ(bad.status, 403);
    EXPECT_NE(bad.body.find("<Code>SignatureDoesNotMatch</Code>"), std::string::npos);
}

TEST_F(AwsApiTest, KeepsKeysSealedAndReplacesThem) {
    EXPECT_EQ(pair.id.size(), 20U);
    EXPECT_EQ(pair.secret.reveal().size(), 40U);
    const auto row = testing::wait_for(world.metadata->read(
        [&](store::Transaction& tx) -> Result<store::AccessKey> { return *tx.credentials().find(pair.id); }));
    EXPECT_EQ(row->sealed_secret.find(std::string(pair.secret.reveal())), std::string::npos);
    const auto again = testing::wait_for(credentials.token_key());
    EXPECT_EQ(again->sign("p", "s"), key.sign("p", "s"));
    pair = *testing::wait_for(credentials.create_root_key(
        own, registry::AccessKeyPair{.id = pair.id, .secret = Secret("another-secret-access-key")}));
    EXPECT_EQ(call("DescribeRegistry", "{}").status, 200);
    EXPECT_FALSE(testing::wait_for(
        credentials.create_root_key(own, registry::AccessKeyPair{.id = "short", .secret = Secret("x")})));
}

TEST(Catalog, EveryServiceIsSortedAndFindsItsRows) {
    EXPECT_EQ(ecr_service().operations.size(), 31U);
    EXPECT_EQ(ecr_service().target_prefix, "AmazonEC2ContainerRegistry_V20150921.");
    EXPECT_EQ(berth_service().target_prefix, "Berth.");
    const std::pair<const Service&, std::string> services[] = {{ecr_service(), "ecr:"}, {berth_service(), "berth:"}};
    for (const auto& [service, prefix] : services) {
        for (const auto* row : service.operations) {
            EXPECT_EQ(find_operation(std::string(service.target_prefix) + std::string(row->name)), row);
            EXPECT_EQ(row->action.name, prefix + std::string(row->name));
        }
        EXPECT_EQ(json::parse(dump_model(service)).as_object().size(), service.operations.size());
    }
    for (const auto* text : {"", "Zzz", "Berth.", "Berth.Zzz", "ListImages", "Berth.ListImages",
                             "AmazonEC2ContainerRegistry_V20150921.RestoreImages"}) {
        EXPECT_EQ(find_operation(text), nullptr) << text;
    }
}

}  // namespace
}  // namespace berth::api::aws
