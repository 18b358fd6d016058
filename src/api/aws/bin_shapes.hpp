// What the operations of the recycle bin have in common on the wire.
#pragma once

#include "api/aws/image_batch.hpp"
#include "api/aws/structures.hpp"
#include "api/aws/translate.hpp"
#include "registry/recycle_bin.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::api::aws {

enum class BinFailureCode : std::uint8_t {
    invalid_digest,
    invalid_tag,
    tag_does_not_match,
    not_found,
    missing_both,
    tag_exists,
    children_not_found,
    layers_not_found,
    limit_exceeded
};
template <>
struct EnumTable<BinFailureCode> {
    using enum BinFailureCode;
    static constexpr EnumRows<BinFailureCode, 9> rows{{{invalid_digest, "InvalidImageDigest"},
                                                       {invalid_tag, "InvalidImageTag"},
                                                       {tag_does_not_match, "ImageTagDoesNotMatchDigest"},
                                                       {not_found, "ImageNotFound"},
                                                       {missing_both, "MissingDigestAndTag"},
                                                       {tag_exists, "ImageTagAlreadyExists"},
                                                       {children_not_found, "ReferencedImagesNotFound"},
                                                       {layers_not_found, "LayersNotFound"},
                                                       {limit_exceeded, "LimitExceeded"}}};
};

template <>
struct EnumTable<registry::TagConflict> {
    using enum registry::TagConflict;
    static constexpr EnumRows<registry::TagConflict, 3> rows{{{fails, "FAIL"}, {moves, "MOVE"}, {skips, "SKIP"}}};
};

struct BinFailure {
    std::optional<ImageIdentifier> imageId;
    std::optional<BinFailureCode> failureCode;
    std::optional<AnyText> failureReason;
};
BOOST_DESCRIBE_STRUCT(BinFailure, (), (imageId, failureCode, failureReason))

[[nodiscard]] inline BinFailure bin_failure(const ImageIdentifier& id, std::string_view code, std::string reason) {
    for (const auto& [value, name] : EnumTable<BinFailureCode>::rows) {
        if (name == code) return {.imageId = id, .failureCode = value, .failureReason = AnyText{std::move(reason)}};
    }
    throw std::logic_error("a failure code outside the model: " + std::string(code));
}

// The (digest, tag) pairs and the failures of a batch, in the order that was asked for.
template <class Results>
void answer_bin_batch(ImageBatch& batch, Results& results, std::vector<ImageIdentifier>& done,
                      std::vector<BinFailure>& failures) {
    struct Refuse {
        std::vector<BinFailure>& failures;
        void operator()(const ImageFailure& refused) {
            if (!refused.imageId || !refused.failureCode) throw std::logic_error("a refusal without its image or code");
            failures.push_back(bin_failure(*refused.imageId, wire_name(*refused.failureCode), reason_of(refused)));
        }
        void operator()(const ImageIdentifier& id, const registry::ImageFailure& failure) {
            failures.push_back(bin_failure(id, failure.code, failure.reason));
        }
    };
    batch.walk(
        results,
        [&](const std::vector<registry::DeletedImage>& pairs) {
            for (const auto& pair : pairs) done.push_back(to_wire(pair.id));
        },
        Refuse{failures});
}

}  // namespace berth::api::aws
