// Use cases of lifecycle policy previews: what a policy would do, without doing it.
//
// A preview is a row and a job. The job judges the whole repository as it is at one moment and keeps what it found, so
// that pages agree with each other; the newest preview is the repository's, and its results go after a while.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace berth::registry {

struct Judgement;

struct PreviewPage {
    store::LifecyclePreview preview;
    std::vector<store::PreviewResult> results;  // none but of a complete preview
};

// Where a page goes on: in this preview, after this position.
struct PreviewPosition {
    std::int64_t preview = 0;
    std::int64_t position = -1;
};

// Thread-safe; lives as long as the services it was given. What a call asks for is authorised first.
class LifecyclePreviews {
public:
    explicit LifecyclePreviews(Services& services) : services_(services) {}

    // Of this text, or of the policy that governs the repository: lifecycle_policy_not_found when there is none.
    // lifecycle_preview_in_progress while another one runs.
    Task<Result<store::LifecyclePreview>> start(const Call& call, RepositoryRef repository,
                                                std::optional<std::string> text);
    // lifecycle_preview_not_found when none was started. `tagged`: nullopt takes all. invalid_parameter when `after` is
    // of another preview than the present one.
    Task<Result<PreviewPage>> page(const Call& call, RepositoryRef repository, std::optional<bool> tagged,
                                   std::optional<PreviewPosition> after, std::size_t limit);
    // What it says of these images, as the repository names them now; images it does nothing to are left out.
    Task<Result<PreviewPage>> of_images(const Call& call, RepositoryRef repository,
                                        std::vector<model::ImageIdentifier> ids);

    // For the job. `attempts` failed before: after max_attempts the preview has failed. True: it is over; false: it was
    // stopped on the way and starts anew next time.
    Task<Result<bool>> run(std::int64_t preview, int attempts, std::stop_token stop);
    // Removes results of previews that are over, at most `limit` rows; returns how many rows it touched.
    Task<Result<std::size_t>> sweep(std::size_t limit);

    static constexpr int max_attempts = 3;
    static constexpr std::size_t results_at_once = 5000;  // in one transaction: a few milliseconds

private:
    enum class Written : std::uint8_t { all, stopped, repository_gone };
    static constexpr std::size_t rows_at_once = 200;  // erased in one transaction

    Task<Result<bool>> work_out(store::LifecyclePreview preview, std::stop_token stop);
    Task<Result<void>> wipe(std::int64_t preview);
    Task<Result<Written>> write_results(std::int64_t preview, const Judgement& judged, const std::stop_token& stop);
    Task<Result<Written>> write_places(std::int64_t preview, const Judgement& judged, const std::stop_token& stop);
    Task<Result<Written>> write_part(std::int64_t preview, const std::function<void(store::Transaction&)>& work);
    Task<Result<void>> finish(store::LifecyclePreview preview, store::PreviewStatus status);

    Services& services_;
};

}  // namespace berth::registry
