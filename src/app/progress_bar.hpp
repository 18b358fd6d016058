// A line on the terminal that says how far something is. Nothing at all where standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace berth::app {

class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    // Draws a few times a second, however often it is called. `total` 0: the end is not known.
    void show(std::string_view what, std::uint64_t done, std::uint64_t total);
    void clear();

private:
    bool terminal_;
    bool drawn_ = false;
    std::string what_;
    std::chrono::steady_clock::time_point next_;
};

// "1.2 MiB".
[[nodiscard]] std::string human_size(std::uint64_t bytes);

}  // namespace berth::app
