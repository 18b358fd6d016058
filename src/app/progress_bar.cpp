#include "app/progress_bar.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

namespace berth::app {

namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::size_t cells = 30;

}  // namespace

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::show(std::string_view what, std::uint64_t done, std::uint64_t total) {
    if (!terminal_) return;
    const auto now = std::chrono::steady_clock::now();
    if (what == what_ && now < next_) return;
    what_ = what;
    next_ = now + interval;
    std::string line = "\r\033[K" + what_ + "  ";
    if (total > 0) {
        const double part = done >= total ? 1 : static_cast<double>(done) / static_cast<double>(total);
        const auto full = static_cast<std::size_t>(part * cells);
        line += "[" + std::string(full, '#') + std::string(cells - full, '.') + "] " + human_size(done) + " of " +
                human_size(total);
    } else if (done > 0) {
        line += human_size(done);
    }
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
    drawn_ = true;
}

void ProgressBar::clear() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

std::string human_size(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units.at(unit));
    return text.data();
}

}  // namespace berth::app
