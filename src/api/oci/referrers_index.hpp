// The answer of the referrers API: an image index, put together descriptor by descriptor up to a size. Pure.
#pragma once

#include "model/image.hpp"

#include <cstddef>
#include <string>

namespace berth::api::oci {

class ReferrersIndex {
public:
    // A client takes an index as long as a manifest (OCI Distribution 1.1, "Listing referrers").
    explicit ReferrersIndex(std::size_t byte_limit);

    // false: it does not fit any more and was not added. The first one always fits, so that pages go forward.
    [[nodiscard]] bool add(const model::Image& image);
    [[nodiscard]] std::size_t size() const { return count_; }
    // The document; nothing may be added afterwards.
    [[nodiscard]] std::string finish() &&;

private:
    std::size_t byte_limit_;
    std::size_t count_ = 0;
    std::string json_;
};

}  // namespace berth::api::oci
