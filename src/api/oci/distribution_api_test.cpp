// The API as clients meet it, over real use cases and SQLite; only the network is missing.
#include "api/oci/distribution_api.hpp"

#include "async/run_blocking.hpp"
#include "auth/token.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "base/size.hpp"
#include "store/blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cstring>
#include <map>

namespace berth::api::oci {
namespace {

using namespace std::chrono_literals;

const model::Registry own{.account = *model::AccountId::parse("123456789012"),
                          .region = *model::Region::parse("us-east-1")};
const iam::Principal root{.arn = "arn:aws:iam::123456789012:root",
                          .account = own.account,
                          .user_id = "123456789012",
                          .access_key_id = "AKIAEXAMPLE"};

template <class T>
T wait_for(Task<T> task) {
    return run_blocking(std::move(task));
}

using Bytes = std::map<std::string, std::shared_ptr<std::string>>;

class MemoryWriter final : public store::BlobWriter {
public:
    explicit MemoryWriter(std::shared_ptr<std::string> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
    Task<Result<void>> append(std::span<const std::byte> piece) override {
        bytes_->append(reinterpret_cast<const char*>(piece.data()), piece.size());
        co_return Result<void>{};
    }
    Task<Result<void>> flush() override { co_return Result<void>{}; }
    Task<Result<void>> commit() override { co_return Result<void>{}; }

private:
    std::shared_ptr<std::string> bytes_;
};

class MemoryReader final : public store::BlobReader {
public:
    explicit MemoryReader(std::shared_ptr<std::string> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
    Task<Result<std::size_t>> read_at(std::uint64_t offset, std::span<std::byte> out) override {
        const auto count = std::min<std::size_t>(out.size(), bytes_->size() - offset);
        std::memcpy(out.data(), bytes_->data() + offset, count);
        co_return count;
    }

private:
    std::shared_ptr<std::string> bytes_;
};

// Has no files, so what it serves comes as a stream.
class MemoryBlobStore final : public store::BlobStore {
public:
    Task<Result<std::unique_ptr<store::BlobWriter>>> create(std::string key, std::optional<std::uint64_t>) override {
        bytes_[key] = std::make_shared<std::string>();
        co_return std::make_unique<MemoryWriter>(bytes_[key]);
    }
    Task<Result<std::unique_ptr<store::BlobWriter>>> resume(std::string key) override {
        if (!bytes_[key]) bytes_[key] = std::make_shared<std::string>();
        co_return std::make_unique<MemoryWriter>(bytes_[key]);
    }
    Task<Result<std::unique_ptr<store::BlobReader>>> open(std::string key) override {
        if (!bytes_[key]) co_return fail(FaultKind::blob_not_found, "no such key");
        co_return std::make_unique<MemoryReader>(bytes_[key]);
    }
    Task<Result<void>> remove(std::string key) override {
        bytes_.erase(key);
        co_return Result<void>{};
    }
    Task<Result<void>> set_aside(std::string key) override { return remove(std::move(key)); }
    Task<Result<std::vector<std::string>>> list_keys(std::string) override { co_return std::vector<std::string>{}; }
    Task<Result<void>> check() override { co_return Result<void>{}; }

private:
    Bytes bytes_;
};

// A body in chunks of HTTP: its length shows at its end.
class Unannounced final : public ByteSource {
public:
    explicit Unannounced(std::string bytes) : bytes_(std::move(bytes)) {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override { return bytes_.read_some(out); }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }

private:
    MemorySource bytes_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class DistributionApiTest : public testing::Test {
protected:
    DistributionApiTest() {
        settings.missing_blobs = registry::Missing::accept;
        settings.missing_children = registry::Missing::accept;
        token = "Basic " + to_base64("AWS:" + auth::issue_token(key, {.principal = root,
                                                                      .region = own.region,
                                                                      .issued_at = clock.now(),
                                                                      .expires_at = clock.now() + 12h}));
        for (const auto* name : {"team/app", "team/other"}) {
            registry::NewRepository wanted;
            wanted.name = *model::RepositoryName::parse(name);
            const registry::Call call{.principal = root, .request_id = "test"};
            EXPECT_TRUE(wait_for(repositories.create(call, own, wanted)));
        }
    }

    struct Answer {
        http::Response response;
        std::string body;
        [[nodiscard]] int status() const { return response.status; }
        [[nodiscard]] std::string header(std::string_view name) const {
            for (const auto& [field, value] : response.headers) {
                if (field == name) return value;
            }
            return "(none)";
        }
        [[nodiscard]] std::string code() const {
            return std::string(boost::json::parse(body).at("errors").at(0).at("code").as_string());
        }
    };

    Answer send(http::Method method, const std::string& target, std::string content = "", Headers headers = {}) {
        MemorySource source(std::move(content));
        return send_body(method, target, source, std::move(headers));
    }
    Answer send_body(http::Method method, const std::string& target, ByteSource& source, Headers headers) {
        headers.emplace_back("Authorization", token);
        http::Request request;
        request.method = method;
        const auto question = target.find('?');
        request.path = std::string_view(target).substr(0, question);
        if (question != std::string::npos) request.query = std::string_view(target).substr(question + 1);
        for (const auto& [name, value] : headers) request.headers.push_back({name, value});
        request.request_id = "00000000-0000-4000-8000-000000000000";
        request.body = &source;
        auto response = wait_for(api.handle(request));
        Answer answer{.response = std::move(response), .body = ""};
        if (auto* text = std::get_if<std::string>(&answer.response.body)) answer.body = *text;
        if (auto* shared = std::get_if<http::SharedBody>(&answer.response.body)) answer.body = **shared;
        if (auto* stream = std::get_if<http::StreamBody>(&answer.response.body)) {
            answer.body = *wait_for(read_all(*stream->source, 1 << 20));
        }
        return answer;
    }
    Answer get(const std::string& target, Headers headers = {}) {
        return send(http::Method::get, target, "", std::move(headers));
    }
    Answer push(const std::string& reference, const std::string& manifest) {
        return send(http::Method::put, "/v2/team/app/manifests/" + reference, manifest, {{"Content-Type", type}});
    }

    static std::string descriptor(const std::string& media_type, const std::string& content) {
        return R"({"mediaType":")" + media_type + R"(","digest":")" + model::Digest::of(content).text() +
               R"(","size":)" + std::to_string(content.size()) + "}";
    }
    static std::string image(const std::string& layer, const std::string& more = "") {
        return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
               descriptor("application/vnd.oci.image.config.v1+json", "{}") + R"(,"layers":[)" +
               descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer) + "]" + more + "}";
    }

    const std::string type = "application/vnd.oci.image.manifest.v1+json";
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<store::sqlite::SqliteMetadata> metadata =
        std::move(*store::sqlite::SqliteMetadata::open({.path = {}, .in_memory = true}));
    MemoryBlobStore blob_store;
    iam::OwnAccountAuthorizer authorizer;
    registry::Settings settings;
    registry::Services services{.clock = clock,
                                .random = random,
                                .metadata = *metadata,
                                .blobs = blob_store,
                                .authorizer = authorizer,
                                .settings = settings};
    registry::Repositories repositories{services};
    registry::Uploads uploads{services};
    registry::Blobs blobs{services};
    registry::Images images{services};
    auth::StatementKey key{Secret(std::string(auth::StatementKey::size, 'k'))};
    auth::BasicAuthenticator authenticator{key, clock, random};
    Endpoints endpoints{{.own = own, .public_host = "localhost:5000", .fallback_host = "localhost:5000"}};
    BodyBudget bodies{16_MiB};
    DistributionApi api{{.repositories = repositories,
                         .uploads = uploads,
                         .blobs = blobs,
                         .images = images,
                         .settings = settings,
                         .bodies = bodies},
                        {endpoints, authenticator, key, clock}};
    std::string token;
};

TEST_F(DistributionApiTest, AsksForCredentialsBeforeItSaysAnything) {
    token = "";
    for (const auto* path : {"/v2/", "/v2/team/app/tags/list", "/v2/nothing"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status(), 401) << path;
        EXPECT_EQ(answer.body, "Not Authorized\n");
        EXPECT_EQ(answer.header("Docker-Distribution-Api-Version"), "registry/2.0");
        EXPECT_EQ(answer.header("WWW-Authenticate"),
                  R"(Basic realm="http://localhost:5000/",service="ecr.amazonaws.com")");
    }
}

TEST_F(DistributionApiTest, RefusesWhatIsNotPartOfIt) {
    EXPECT_EQ(get("/v2/").status(), 200);
    EXPECT_EQ(get("/v2/nothing").status(), 404);
    EXPECT_EQ(get("/v2/Upper/tags/list").code(), "NAME_INVALID");
    EXPECT_EQ(get("/v2/" + std::string(300, 'a') + "/tags/list").code(), "NAME_INVALID");
    EXPECT_EQ(get("/v2/team/missing/tags/list").code(), "NAME_UNKNOWN");
    const auto wrong = send(http::Method::post, "/v2/team/app/manifests/latest");
    EXPECT_EQ(wrong.status(), 405);
    EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, PUT, DELETE");
    EXPECT_EQ(get("/v2/team/app/tags/list?n=x").status(), 400);
    EXPECT_EQ(get("/v2/team/app/tags/list?a=%zz").status(), 400);
    EXPECT_EQ(get("/v2/team/%zz/tags/list").status(), 404);
    EXPECT_EQ(get("/v2/team%2Fapp/tags/list").status(), 200);
}

TEST_F(DistributionApiTest, StoresAndServesAManifest) {
    const auto manifest = image("layer");
    const auto digest = model::Digest::of(manifest).text();
    const auto put = push("v1", manifest);
    ASSERT_EQ(put.status(), 201) << put.body;
    EXPECT_EQ(put.header("Location"), "/v2/team/app/manifests/" + digest);
    EXPECT_EQ(put.header("Docker-Content-Digest"), digest);

    for (const auto& reference : {std::string("v1"), digest}) {
        const auto got = get("/v2/team/app/manifests/" + reference);
        EXPECT_EQ(got.status(), 200);
        EXPECT_EQ(got.body, manifest);
        EXPECT_EQ(got.header("Content-Type"), type);
        EXPECT_EQ(got.header("Docker-Content-Digest"), digest);
        const auto head = send(http::Method::head, "/v2/team/app/manifests/" + reference);
        EXPECT_EQ(head.status(), 200);
        EXPECT_EQ(head.response.head_length, manifest.size());
        EXPECT_TRUE(head.body.empty());
        EXPECT_EQ(get("/v2/team/app/manifests/" + reference, {{"If-None-Match", got.header("ETag")}}).status(), 304);
    }
}

TEST_F(DistributionApiTest, ConvertsByTagOnlyWhatTheClientCannotTake) {
    const std::string docker = "application/vnd.docker.distribution.manifest.v2+json";
    const auto manifest = image("layer");
    push("v1", manifest);
    const auto by_tag = get("/v2/team/app/manifests/v1", {{"Accept", docker}});
    EXPECT_EQ(by_tag.header("Content-Type"), docker);
    EXPECT_EQ(by_tag.header("Docker-Content-Digest"), model::Digest::of(by_tag.body).text());
    EXPECT_NE(by_tag.body, manifest);
    EXPECT_EQ(get("/v2/team/app/manifests/v1", {{"Accept", docker + ", */*"}}).body, manifest);
    EXPECT_EQ(get("/v2/team/app/manifests/v1", {{"Accept", "text/html, application/*"}}).body, manifest);
    const auto by_digest = "/v2/team/app/manifests/" + model::Digest::of(manifest).text();
    EXPECT_EQ(get(by_digest, {{"Accept", docker + ", " + type}}).body, manifest);
    // What the client does not take is not there: by tag unless it can be converted, by digest always.
    const std::string index = "application/vnd.oci.image.index.v1+json";
    EXPECT_EQ(get(by_digest, {{"Accept", docker}}).code(), "MANIFEST_UNKNOWN");
    EXPECT_EQ(get("/v2/team/app/manifests/v1", {{"Accept", index}}).code(), "MANIFEST_UNKNOWN");
    EXPECT_EQ(send(http::Method::head, by_digest, "", {{"Accept", index}}).status(), 404);
}

TEST_F(DistributionApiTest, RefusesBadManifestsAndReferences) {
    EXPECT_EQ(push("v1", "{").code(), "MANIFEST_INVALID");
    EXPECT_EQ(push(".bad", image("a")).code(), "TAG_INVALID");
    EXPECT_EQ(push("sha256:baddigeststring", image("a")).code(), "DIGEST_INVALID");
    EXPECT_EQ(push(model::Digest::of("other").text(), image("a")).code(), "DIGEST_INVALID");
    settings.manifest_bytes = 16;
    const auto large = push("v1", image("a"));
    EXPECT_EQ(large.status(), 413);
    EXPECT_EQ(get("/v2/team/app/manifests/.bad").code(), "MANIFEST_UNKNOWN");
    EXPECT_EQ(get("/v2/team/app/manifests/missing").status(), 404);
    EXPECT_EQ(get("/v2/team/app/manifests/sha256:baddigeststring").status(), 400);
}

TEST_F(DistributionApiTest, ADigestPushTakesTagParameters) {
    const auto manifest = image("layer");
    const auto digest = model::Digest::of(manifest, model::DigestAlgorithm::sha512).text();
    const auto put = push(digest + "?tag=a&tag=b", manifest);
    ASSERT_EQ(put.status(), 201) << put.body;
    EXPECT_EQ(std::ranges::count(put.response.headers, "OCI-Tag", [](const auto& pair) { return pair.first; }), 2);
    EXPECT_EQ(get("/v2/team/app/manifests/b").header("Docker-Content-Digest"), digest);
    EXPECT_EQ(push(digest + "?tag=.bad", manifest).code(), "TAG_INVALID");
    std::string many = digest + "?tag=x";
    for (int i = 0; i < 100; ++i) many += "&tag=t" + std::to_string(i);
    EXPECT_EQ(push(many, manifest).status(), 414);
}

TEST_F(DistributionApiTest, DeletesTagsAndImages) {
    const auto manifest = image("layer");
    const auto digest = model::Digest::of(manifest).text();
    push("v1", manifest);
    EXPECT_EQ(send(http::Method::del, "/v2/team/app/manifests/v1").status(), 202);
    EXPECT_EQ(get("/v2/team/app/manifests/v1").status(), 404);
    EXPECT_EQ(get("/v2/team/app/manifests/" + digest).status(), 200);
    EXPECT_EQ(send(http::Method::del, "/v2/team/app/manifests/" + digest).status(), 202);
    EXPECT_EQ(get("/v2/team/app/manifests/" + digest).status(), 404);
    EXPECT_EQ(send(http::Method::del, "/v2/team/app/manifests/" + digest).code(), "MANIFEST_UNKNOWN");
}

TEST_F(DistributionApiTest, ListsTagsInPages) {
    for (const auto* tag : {"c", "a", "b"}) push(tag, image(tag));
    EXPECT_EQ(get("/v2/team/app/tags/list").body, R"({"name":"team/app","tags":["a","b","c"]})");
    const auto first = get("/v2/team/app/tags/list?n=2");
    EXPECT_EQ(first.body, R"({"name":"team/app","tags":["a","b"]})");
    EXPECT_EQ(first.header("Link"), R"(</v2/team/app/tags/list?n=2&last=b>; rel="next")");
    EXPECT_EQ(get("/v2/team/app/tags/list?n=2&last=b").header("Link"), "(none)");
    EXPECT_EQ(get("/v2/team/app/tags/list?n=3").header("Link"), "(none)");
    EXPECT_EQ(get("/v2/team/app/tags/list?n=0").body, R"({"name":"team/app","tags":[]})");
    EXPECT_EQ(get("/v2/team/app/tags/list?last=zzz").body, R"({"name":"team/app","tags":[]})");
}

TEST_F(DistributionApiTest, ListsRepositoriesInPages) {
    EXPECT_EQ(get("/v2/_catalog").body, R"({"repositories":["team/app","team/other"]})");
    const auto first = get("/v2/_catalog?n=1");
    EXPECT_EQ(first.body, R"({"repositories":["team/app"]})");
    EXPECT_EQ(first.header("Link"), R"(</v2/_catalog?n=1&last=team%2Fapp>; rel="next")");
    EXPECT_EQ(get("/v2/_catalog?n=1&last=team%2Fapp").header("Link"), "(none)");
}

TEST_F(DistributionApiTest, ListsReferrers) {
    const auto subject = model::Digest::of("subject").text();
    const auto about = R"(,"subject":)" + descriptor(type, "subject");
    std::vector<std::string> digests;
    for (const auto* artifact : {"application/a", "application/b", "application/a+x"}) {
        const auto put =
            push(model::Digest::of(image("l", R"(,"artifactType":")" + std::string(artifact) + '"' + about)).text(),
                 image("l", R"(,"artifactType":")" + std::string(artifact) + '"' + about));
        ASSERT_EQ(put.status(), 201) << put.body;
        EXPECT_EQ(put.header("OCI-Subject"), subject);
    }
    const auto path = "/v2/team/app/referrers/" + subject;
    const auto all = get(path);
    EXPECT_EQ(all.header("Content-Type"), "application/vnd.oci.image.index.v1+json");
    EXPECT_EQ(boost::json::parse(all.body).at("manifests").as_array().size(), 3U);
    const auto filtered = get(path + "?artifactType=application/a%2Bx");
    EXPECT_EQ(filtered.header("OCI-Filters-Applied"), "artifactType");
    EXPECT_EQ(boost::json::parse(filtered.body).at("manifests").as_array().size(), 1U);

    std::size_t seen = 0;
    auto target = path + "?n=1";
    for (int pages = 0; pages < 5; ++pages) {
        const auto page = get(target);
        seen += boost::json::parse(page.body).at("manifests").as_array().size();
        const auto link = page.header("Link");
        if (link == "(none)") break;
        target = link.substr(1, link.find('>') - 1);
    }
    EXPECT_EQ(seen, 3U);
    EXPECT_EQ(get("/v2/team/app/referrers/" + model::Digest::of("none").text()).status(), 200);
    EXPECT_EQ(get("/v2/team/app/referrers/nonsense").code(), "DIGEST_INVALID");
}

TEST_F(DistributionApiTest, UploadsInChunks) {
    const auto begun = send(http::Method::post, "/v2/team/app/blobs/uploads/");
    ASSERT_EQ(begun.status(), 202) << begun.body;
    const auto location = begun.header("Location");
    EXPECT_EQ(begun.header("Range"), "0-0");
    EXPECT_EQ(location, "/v2/team/app/blobs/uploads/" + begun.header("Docker-Upload-UUID"));

    EXPECT_EQ(send(http::Method::patch, location, "world", {{"Content-Range", "5-9"}}).status(), 416);
    const auto first = send(http::Method::patch, location, "hello", {{"Content-Range", "0-4"}});
    EXPECT_EQ(first.status(), 202);
    EXPECT_EQ(first.header("Range"), "0-4");
    const auto again = send(http::Method::patch, location, "hello", {{"Content-Range", "0-4"}});
    EXPECT_EQ(again.status(), 416);
    EXPECT_EQ(again.header("Range"), "0-4");
    EXPECT_EQ(again.header("Location"), location);
    EXPECT_EQ(send(http::Method::patch, location, "x", {{"Content-Range", "nonsense"}}).status(), 416);
    const auto status = get(location);
    EXPECT_EQ(status.status(), 204);
    EXPECT_EQ(status.header("Range"), "0-4");

    const auto digest = model::Digest::of("helloworld").text();
    EXPECT_EQ(send(http::Method::put, location, "world").code(), "DIGEST_INVALID");
    const auto done = send(http::Method::put, location + "?digest=" + digest, "world", {{"Content-Range", "5-9"}});
    ASSERT_EQ(done.status(), 201) << done.body;
    EXPECT_EQ(done.header("Location"), "/v2/team/app/blobs/" + digest);
    EXPECT_EQ(get(done.header("Location")).body, "helloworld");
    EXPECT_EQ(get(location).code(), "BLOB_UPLOAD_UNKNOWN");
    EXPECT_EQ(get("/v2/team/app/blobs/uploads/nonsense").code(), "BLOB_UPLOAD_UNKNOWN");
}

TEST_F(DistributionApiTest, RefusesAChunkThatIsNotAsLongAsItsRange) {
    for (const auto* chunk : {"hell", "hello!"}) {
        MemorySource announced(chunk);
        Unannounced unannounced(chunk);
        for (ByteSource* source : std::initializer_list<ByteSource*>{&announced, &unannounced}) {
            const auto location = send(http::Method::post, "/v2/team/app/blobs/uploads/").header("Location");
            const auto refused = send_body(http::Method::patch, location, *source, {{"Content-Range", "0-4"}});
            EXPECT_EQ(refused.status(), 416) << refused.body;
            EXPECT_EQ(refused.code(), "BLOB_UPLOAD_INVALID");
            EXPECT_EQ(refused.header("Location"), location);
            EXPECT_EQ(refused.header("Range"), get(location).header("Range"));
        }
    }
}

TEST_F(DistributionApiTest, PushesInOneAndMounts) {
    const auto digest = model::Digest::of("layer", model::DigestAlgorithm::sha512).text();
    const auto pushed = send(http::Method::post, "/v2/team/app/blobs/uploads/?digest=" + digest, "layer");
    ASSERT_EQ(pushed.status(), 201) << pushed.body;
    EXPECT_EQ(pushed.header("Docker-Content-Digest"), digest);
    EXPECT_EQ(send(http::Method::post, "/v2/team/app/blobs/uploads/?digest=" + digest, "other").code(),
              "DIGEST_INVALID");
    EXPECT_EQ(send(http::Method::post, "/v2/team/app/blobs/uploads/?digest=md5:00", "x").code(), "DIGEST_INVALID");
    EXPECT_EQ(send(http::Method::post, "/v2/team/app/blobs/uploads/?digest-algorithm=md5").code(), "DIGEST_INVALID");

    const auto mount = "/v2/team/other/blobs/uploads/?mount=";
    EXPECT_EQ(send(http::Method::post, mount + digest + "&from=team/app").status(), 201);
    EXPECT_EQ(send(http::Method::head, "/v2/team/other/blobs/" + digest).status(), 200);
    EXPECT_EQ(send(http::Method::post, mount + model::Digest::of("none").text() + "&from=team/app").status(), 202);
    EXPECT_EQ(send(http::Method::post, mount + std::string("nonsense&from=Nonsense")).status(), 202);

    const auto begun = send(http::Method::post, "/v2/team/app/blobs/uploads/");
    EXPECT_EQ(send(http::Method::del, begun.header("Location")).status(), 204);
    EXPECT_EQ(get(begun.header("Location")).status(), 404);
}

TEST_F(DistributionApiTest, ServesBlobsWholeAndInParts) {
    // One that lives in the metadata, and one that comes from the blob store.
    for (const auto& content : {std::string("0123456789"), std::string(settings.inline_blob_bytes + 1, 'x') + "end"}) {
        const auto digest = model::Digest::of(content).text();
        ASSERT_EQ(send(http::Method::post, "/v2/team/app/blobs/uploads/?digest=" + digest, content).status(), 201);
        const auto path = "/v2/team/app/blobs/" + digest;
        const auto whole = get(path);
        EXPECT_EQ(whole.body, content);
        EXPECT_EQ(whole.header("Accept-Ranges"), "bytes");
        EXPECT_EQ(whole.header("Content-Type"), "application/octet-stream");
        const auto part = get(path, {{"Range", "bytes=-3"}});
        EXPECT_EQ(part.status(), 206);
        EXPECT_EQ(part.body, content.substr(content.size() - 3));
        EXPECT_EQ(part.header("Content-Range"), "bytes " + std::to_string(content.size() - 3) + "-" +
                                                    std::to_string(content.size() - 1) + "/" +
                                                    std::to_string(content.size()));
        EXPECT_EQ(get(path, {{"Range", "bytes=-3"}, {"If-Range", "\"other\""}}).status(), 200);
        const auto outside = get(path, {{"Range", "bytes=99999999-"}});
        EXPECT_EQ(outside.status(), 416);
        EXPECT_EQ(outside.header("Content-Range"), "bytes */" + std::to_string(content.size()));
        EXPECT_EQ(get(path, {{"If-None-Match", whole.header("ETag")}}).status(), 304);
        EXPECT_EQ(send(http::Method::head, path).response.head_length, content.size());
        EXPECT_EQ(send(http::Method::del, path).status(), 202);
        EXPECT_EQ(get(path).code(), "BLOB_UNKNOWN");
    }
}

}  // namespace
}  // namespace berth::api::oci
