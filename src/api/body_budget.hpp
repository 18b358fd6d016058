// How much memory the request bodies that are read whole may take together, whatever the number of connections: a layer
// part of the ECR API is 28 MiB before its signature is known to be good, a manifest 4 MiB before its push is allowed.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

namespace berth::api {

// Thread-safe. Outlives its shares.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t bytes) : left_(bytes) {}

    // Gives its bytes back when it goes.
    class Share {
    public:
        Share(BodyBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
        Share(Share&& other) noexcept : budget_(other.budget_), bytes_(other.bytes_) { other.bytes_ = 0; }
        Share& operator=(Share&&) = delete;
        ~Share() { budget_->left_.fetch_add(bytes_); }

    private:
        BodyBudget* budget_;
        std::size_t bytes_;
    };

    // nullopt when so much is not left.
    [[nodiscard]] std::optional<Share> take(std::size_t bytes) {
        auto left = left_.load();
        do {
            if (left < bytes) return std::nullopt;
        } while (!left_.compare_exchange_weak(left, left - bytes));
        return Share(*this, bytes);
    }

private:
    std::atomic<std::size_t> left_;
};

}  // namespace berth::api
