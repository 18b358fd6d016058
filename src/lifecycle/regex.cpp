#include "lifecycle/regex.hpp"

#include <array>

namespace berth::lifecycle {

namespace {

constexpr std::int64_t memory = 512 << 10;  // for the program and both automata of one expression

re2::RE2::Options options() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory);
    return options;
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

Regex::Regex(std::string_view pattern) : compiled_(std::make_unique<re2::RE2>(piece(pattern), options())) {}

std::optional<std::string> Regex::problem() const {
    if (compiled_->ok()) return std::nullopt;
    return compiled_->error();
}

bool Regex::matches(std::string_view text) const {
    return compiled_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

std::optional<std::string_view> Regex::first_group(std::string_view text) const {
    std::array<re2::StringPiece, 2> found;
    if (!compiled_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, found.data(), 2)) return std::nullopt;
    return std::string_view(found[1].data(), found[1].size());
}

}  // namespace berth::lifecycle
