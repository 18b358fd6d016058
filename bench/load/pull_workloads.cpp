// Calls that only read: GET and HEAD of what was seeded, in turn.
#include "workload.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace bench {
namespace {

struct Read {
    std::string target;
    std::uint64_t bytes = 0;  // of the body that must come
};

class ReadCaller final : public Caller {
public:
    ReadCaller(std::string_view method, std::string_view accept, const std::vector<Read>& reads, std::size_t first)
        : method_(method), accept_(accept), reads_(reads), next_(first) {}

    bool prepare() override {
        current_ = &reads_[next_++ % reads_.size()];
        return true;
    }

    std::uint64_t perform(Client& client) override {
        if (method_ == "GET") {
            get_exactly(client, current_->target, current_->bytes, accept_);
            return current_->bytes;
        }
        client.expect(200, {.method = method_, .target = current_->target, .accept = accept_});
        return 0;
    }

private:
    std::string_view method_;
    std::string_view accept_;
    const std::vector<Read>& reads_;
    std::size_t next_;
    const Read* current_ = nullptr;
};

class ReadWorkload : public Workload {
public:
    ReadWorkload(std::string_view method, std::string_view accept) : method_(method), accept_(accept) {}
    std::unique_ptr<Caller> caller(std::size_t client) override {
        return std::make_unique<ReadCaller>(method_, accept_, reads_, client);
    }

protected:
    // What the server answers now is what every later answer is held against.
    void add(Client& client, std::string target) {
        const std::uint64_t bytes =
            client.expect(200, {.method = "GET", .target = target, .accept = accept_}).body_bytes;
        reads_.push_back({std::move(target), bytes});
    }

private:
    std::string_view method_;
    std::string_view accept_;
    std::vector<Read> reads_;
};

class Ping final : public ReadWorkload {
public:
    Ping() : ReadWorkload("GET", {}) {}
    void seed(Client& client) override { add(client, "/v2/"); }
};

class ReadBlobs final : public ReadWorkload {
public:
    ReadBlobs(std::string_view method, const Parameters& parameters)
        : ReadWorkload(method, {}), parameters_(parameters), blobs_(parameters.size) {}
    void seed(Client& client) override {
        for (std::size_t i = 0; i < parameters_.seeds; ++i) {
            const Blob blob = blobs_.next();
            push_blob(client, parameters_.repository, blob, PushStyle::monolithic);
            add(client, blob_target(parameters_.repository, blob.digest));
        }
    }

private:
    Parameters parameters_;
    Blobs blobs_;
};

enum class By : std::uint8_t { tag, digest };

class ReadManifests final : public ReadWorkload {
public:
    ReadManifests(std::string_view method, By by, const Parameters& parameters)
        : ReadWorkload(method, manifest_type), by_(by), parameters_(parameters) {}
    void seed(Client& client) override {
        const Document config = image_config();
        push_document(client, parameters_.repository, config, PushStyle::monolithic);
        for (std::size_t i = 0; i < parameters_.seeds; ++i) {
            const Document manifest = image_manifest(config.descriptor(), {config.descriptor()});
            const std::string tag = "v" + std::to_string(i);
            put_manifest(client, parameters_.repository, manifest, tag);
            add(client, manifest_target(parameters_.repository, by_ == By::tag ? tag : manifest.digest));
        }
    }

private:
    By by_;
    Parameters parameters_;
};

class ListTags final : public ReadWorkload {
public:
    explicit ListTags(const Parameters& parameters) : ReadWorkload("GET", {}), parameters_(parameters) {}
    void seed(Client& client) override {
        const Document config = image_config();
        push_document(client, parameters_.repository, config, PushStyle::monolithic);
        const Document manifest = image_manifest(config.descriptor(), {config.descriptor()});
        for (std::size_t i = 0; i < parameters_.seeds; ++i)
            put_manifest(client, parameters_.repository, manifest, "v" + std::to_string(i));
        add(client, "/v2/" + parameters_.repository + "/tags/list?n=" + std::to_string(parameters_.seeds));
    }

private:
    Parameters parameters_;
};

}  // namespace

std::unique_ptr<Workload> make_pull_workload(const Parameters& parameters) {
    const std::string& name = parameters.workload;
    if (name == "ping") return std::make_unique<Ping>();
    if (name == "head-blob") return std::make_unique<ReadBlobs>("HEAD", parameters);
    if (name == "pull-blob") return std::make_unique<ReadBlobs>("GET", parameters);
    if (name == "get-manifest-tag") return std::make_unique<ReadManifests>("GET", By::tag, parameters);
    if (name == "get-manifest-digest") return std::make_unique<ReadManifests>("GET", By::digest, parameters);
    if (name == "head-manifest-tag") return std::make_unique<ReadManifests>("HEAD", By::tag, parameters);
    if (name == "head-manifest-digest") return std::make_unique<ReadManifests>("HEAD", By::digest, parameters);
    if (name == "list-tags") return std::make_unique<ListTags>(parameters);
    return nullptr;
}

}  // namespace bench
