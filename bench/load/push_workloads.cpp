// Calls that each leave something new behind: a blob, a manifest, a mounted blob.
#include "workload.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace bench {
namespace {

class PushBlobs final : public Workload {
public:
    explicit PushBlobs(const Parameters& parameters) : parameters_(parameters), blobs_(parameters.size) {}
    void seed(Client&) override {}
    std::unique_ptr<Caller> caller(std::size_t) override { return std::make_unique<Pusher>(*this); }

private:
    class Pusher final : public Caller {
    public:
        explicit Pusher(const PushBlobs& workload) : workload_(workload) {}
        bool prepare() override {
            blob_ = workload_.blobs_.next();
            return true;
        }
        std::uint64_t perform(Client& client) override {
            push_blob(client, workload_.parameters_.repository, blob_, workload_.parameters_.style);
            return blob_.size();
        }

    private:
        const PushBlobs& workload_;
        Blob blob_;
    };

    Parameters parameters_;
    Blobs blobs_;
};

// A new manifest under a new tag each time, of a configuration and a layer that are there already.
class PutManifests final : public Workload {
public:
    explicit PutManifests(const Parameters& parameters) : parameters_(parameters) {}
    void seed(Client& client) override {
        push_document(client, parameters_.repository, config_, PushStyle::monolithic);
        push_document(client, parameters_.repository, layer_, PushStyle::monolithic);
    }
    std::unique_ptr<Caller> caller(std::size_t) override { return std::make_unique<Putter>(*this); }

private:
    class Putter final : public Caller {
    public:
        explicit Putter(PutManifests& workload) : workload_(workload) {}
        bool prepare() override {
            manifest_ = image_manifest(workload_.config_.descriptor(), {workload_.layer_.descriptor()});
            tag_ = "v" + std::to_string(workload_.tags_.fetch_add(1, std::memory_order_relaxed));
            return true;
        }
        std::uint64_t perform(Client& client) override {
            put_manifest(client, workload_.parameters_.repository, manifest_, tag_);
            return manifest_.text.size();
        }

    private:
        PutManifests& workload_;
        Document manifest_;
        std::string tag_;
    };

    Parameters parameters_;
    Document config_ = image_config();
    Document layer_ = image_config();
    std::atomic<std::uint64_t> tags_{0};
};

// `seeds` blobs of one repository are mounted into `targets` others; no pair is mounted twice, so a run may end early.
class Mounts final : public Workload {
public:
    explicit Mounts(const Parameters& parameters) : parameters_(parameters), blobs_(parameters.size) {}
    void seed(Client& client) override {
        for (std::size_t i = 0; i < parameters_.seeds; ++i) {
            const Blob blob = blobs_.next();
            push_blob(client, parameters_.repository, blob, PushStyle::monolithic);
            digests_.push_back(blob.digest);
        }
    }
    std::unique_ptr<Caller> caller(std::size_t) override { return std::make_unique<Mounter>(*this); }

private:
    class Mounter final : public Caller {
    public:
        explicit Mounter(Mounts& workload) : workload_(workload) {}
        bool prepare() override {
            const std::size_t pair = workload_.next_pair_.fetch_add(1, std::memory_order_relaxed);
            const std::size_t target = pair / workload_.digests_.size();
            if (target >= workload_.parameters_.targets) return false;
            target_ = workload_.parameters_.repository + "-" + std::to_string(target);
            digest_ = &workload_.digests_[pair % workload_.digests_.size()];
            return true;
        }
        std::uint64_t perform(Client& client) override {
            mount_blob(client, target_, workload_.parameters_.repository, *digest_);
            return 0;
        }

    private:
        Mounts& workload_;
        std::string target_;
        const std::string* digest_ = nullptr;
    };

    Parameters parameters_;
    Blobs blobs_;
    std::vector<std::string> digests_;
    std::atomic<std::size_t> next_pair_{0};
};

}  // namespace

std::unique_ptr<Workload> make_push_workload(const Parameters& parameters) {
    const std::string& name = parameters.workload;
    if (name == "push-blob") return std::make_unique<PushBlobs>(parameters);
    if (name == "put-manifest") return std::make_unique<PutManifests>(parameters);
    if (name == "mount") return std::make_unique<Mounts>(parameters);
    return nullptr;
}

}  // namespace bench
