// The ids of a batch call: those a use case can take, and those that are refused on sight, put together again in the
// order they were asked for.
#pragma once

#include "api/aws/translate.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace berth::api::aws {

class ImageBatch {
public:
    // `ids` outlives this.
    explicit ImageBatch(const ImageIdentifiers& ids) : ids_(ids.items) {
        for (const auto& id : ids_) {
            auto value = from_wire(id);
            if (auto* refused = std::get_if<ImageFailure>(&value)) {
                refused_.emplace_back(std::move(*refused));
            } else {
                refused_.emplace_back(std::nullopt);
                usable_.push_back(std::get<model::ImageIdentifier>(std::move(value)));
            }
        }
    }

    [[nodiscard]] std::vector<model::ImageIdentifier> usable() const { return usable_; }

    // `results` answer usable(), in its order. Each success goes to `succeed`, each failure to `refuse`: as
    // refuse(ImageFailure) when it was refused on sight, as refuse(id, registry::ImageFailure) by the use case.
    template <class Success, class F, class G>
    void walk(std::vector<std::variant<Success, registry::ImageFailure>>& results, F succeed, G refuse) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            if (auto& refused = refused_[i]) {
                refuse(std::move(*refused));
                continue;
            }
            auto& result = results.at(next++);
            if (auto* success = std::get_if<Success>(&result)) {
                succeed(*success);
            } else {
                refuse(ids_[i], std::get<registry::ImageFailure>(result));
            }
        }
    }

    // The same with ECR's failures.
    template <class Success, class F>
    void merge(std::vector<std::variant<Success, registry::ImageFailure>>& results, std::vector<ImageFailure>& failures,
               F succeed) {
        struct Refuse {
            std::vector<ImageFailure>& failures;
            void operator()(ImageFailure failure) { failures.push_back(std::move(failure)); }
            void operator()(const ImageIdentifier& id, const registry::ImageFailure& failure) {
                failures.push_back(failed(id, failure));
            }
        };
        walk(results, succeed, Refuse{failures});
    }

private:
    std::span<const ImageIdentifier> ids_;
    std::vector<model::ImageIdentifier> usable_;
    std::vector<std::optional<ImageFailure>> refused_;  // one for each id
};

}  // namespace berth::api::aws
