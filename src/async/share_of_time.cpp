#include "async/share_of_time.hpp"

#include "async/pause.hpp"

#include <algorithm>
#include <utility>

namespace berth {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds longest_debt = 10s;    // however long a piece took, its work goes on some time
constexpr std::chrono::milliseconds longest_pause = 5ms;  // what goes first may end at any moment

}  // namespace

ShareOfTime::ShareOfTime(unsigned percent, Busy busy) : percent_(std::max(1U, percent)), busy_(std::move(busy)) {}

void ShareOfTime::worked(std::chrono::nanoseconds took) {
    if (!limited()) return;
    const auto now = Clock::now();
    const auto owed = std::min(took, longest_debt) * (100 - percent_) / percent_;
    const std::scoped_lock lock(mutex_);
    free_ = std::min(std::max(free_, now) + owed, now + longest_debt);
}

std::chrono::milliseconds ShareOfTime::to_wait() const {
    if (!limited()) return 0ms;
    const std::scoped_lock lock(mutex_);
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(free_ - Clock::now()), 0ms, longest_pause);
}

bool ShareOfTime::limited() const {
    return percent_ < 100 && busy_();
}

Task<void> give_way(const ShareOfTime& share) {
    for (auto wait = share.to_wait(); wait.count() > 0; wait = share.to_wait()) co_await pause(wait);
}

}  // namespace berth
