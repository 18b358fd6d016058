// Whole images of five layers, one call after the other on one connection, as a client would with one worker.
#include "workload.hpp"

#include <array>
#include <atomic>
#include <string>
#include <vector>

namespace bench {
namespace {

struct Image {
    std::array<Blob, 5> layers;
    Document config;
    Document manifest;
};

Image new_image(const Blobs& blobs) {
    Image image;
    std::vector<Descriptor> descriptors;
    for (Blob& layer : image.layers) {
        layer = blobs.next();
        descriptors.push_back({layer.digest, layer.size()});
    }
    image.config = image_config();
    image.manifest = image_manifest(image.config.descriptor(), descriptors);
    return image;
}

std::uint64_t bytes_of(const Image& image) {
    std::uint64_t bytes = image.config.text.size() + image.manifest.text.size();
    for (const Blob& layer : image.layers) bytes += layer.size();
    return bytes;
}

void push_image(Client& client, const std::string& repository, const Image& image, const std::string& tag) {
    for (const Blob& layer : image.layers) {
        client.expect(404, {.method = "HEAD", .target = blob_target(repository, layer.digest)});
        push_blob(client, repository, layer, PushStyle::streamed);
    }
    client.expect(404, {.method = "HEAD", .target = blob_target(repository, image.config.digest)});
    push_document(client, repository, image.config, PushStyle::streamed);
    put_manifest(client, repository, image.manifest, tag);
}

class PushImages final : public Workload {
public:
    explicit PushImages(const Parameters& parameters) : repository_(parameters.repository), blobs_(parameters.size) {}
    void seed(Client&) override {}
    std::unique_ptr<Caller> caller(std::size_t) override { return std::make_unique<Pusher>(*this); }

private:
    class Pusher final : public Caller {
    public:
        explicit Pusher(PushImages& workload) : workload_(workload) {}
        bool prepare() override {
            image_ = new_image(workload_.blobs_);
            tag_ = "v" + std::to_string(workload_.tags_.fetch_add(1, std::memory_order_relaxed));
            return true;
        }
        std::uint64_t perform(Client& client) override {
            push_image(client, workload_.repository_, image_, tag_);
            return bytes_of(image_);
        }

    private:
        PushImages& workload_;
        Image image_;
        std::string tag_;
    };

    std::string repository_;
    Blobs blobs_;
    std::atomic<std::uint64_t> tags_{0};
};

class PullImages final : public Workload {
public:
    explicit PullImages(const Parameters& parameters) : parameters_(parameters), blobs_(parameters.size) {}
    void seed(Client& client) override {
        for (std::size_t i = 0; i < parameters_.seeds; ++i) {
            images_.push_back(new_image(blobs_));
            push_image(client, parameters_.repository, images_.back(), "v" + std::to_string(i));
        }
    }
    std::unique_ptr<Caller> caller(std::size_t client) override { return std::make_unique<Puller>(*this, client); }

private:
    class Puller final : public Caller {
    public:
        Puller(const PullImages& workload, std::size_t first) : workload_(workload), next_(first) {}
        bool prepare() override {
            current_ = next_++ % workload_.images_.size();
            return true;
        }
        std::uint64_t perform(Client& client) override {
            const std::string& repository = workload_.parameters_.repository;
            const Image& image = workload_.images_[current_];
            const std::string manifest = manifest_target(repository, "v" + std::to_string(current_));
            get_exactly(client, manifest, image.manifest.text.size(), manifest_type);
            get_exactly(client, blob_target(repository, image.config.digest), image.config.text.size());
            for (const Blob& layer : image.layers)
                get_exactly(client, blob_target(repository, layer.digest), layer.size());
            return bytes_of(image);
        }

    private:
        const PullImages& workload_;
        std::size_t next_;
        std::size_t current_ = 0;
    };

    Parameters parameters_;
    Blobs blobs_;
    std::vector<Image> images_;
};

}  // namespace

std::unique_ptr<Workload> make_image_workload(const Parameters& parameters) {
    if (parameters.workload == "push-image") return std::make_unique<PushImages>(parameters);
    if (parameters.workload == "pull-image") return std::make_unique<PullImages>(parameters);
    return nullptr;
}

}  // namespace bench
