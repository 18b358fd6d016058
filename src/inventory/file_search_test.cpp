#include "inventory/file_search.hpp"

#include "testing/archives.hpp"

#include <gtest/gtest.h>

#include <string>

namespace berth::inventory {
namespace {

using testing::as_bytes;

// Gives at most `step` bytes a read, so that pieces end where the test wants them to.
class SlowSource final : public archive::Source {
public:
    SlowSource(std::string_view text, std::size_t step) : text_(text), step_(step) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
        const auto part = text_.substr(0, std::min(into.size(), step_));
        std::ranges::copy(as_bytes(part), into.begin());
        text_.remove_prefix(part.size());
        return part.size();
    }

private:
    std::string_view text_;
    std::size_t step_;
};

std::string found(const std::string& content, std::string_view marker, std::size_t step, std::size_t bytes) {
    const auto tar = testing::Tar().file("f", content).end();
    SlowSource source(tar, step);
    const archive::Limits limits;
    archive::TarReader reader(source, limits);
    if (!reader.next().value()) return "no entry";
    const auto excerpt = find_in_file(reader, marker, bytes).value();
    return {reinterpret_cast<const char*>(excerpt.data()), excerpt.size()};
}

TEST(FileSearch, FindsAMarkerAcrossEverySeam) {
    // Half markers in front of it must not mislead.
    const std::string content = "xxMARMARKMARKERand what follows it";
    for (std::size_t step = 1; step < 40; ++step) {
        EXPECT_EQ(found(content, "MARKER", step, 15), "MARKERand what ") << step;
        EXPECT_EQ(found(content, "MARKER", step, 100), "MARKERand what follows it") << step;
        EXPECT_EQ(found(content, "NOTHERE", step, 100), "") << step;
        EXPECT_EQ(found(content, "follows it", step, 100), "follows it") << step;
        EXPECT_EQ(found("MARKE", "MARKER", step, 100), "") << step;
    }
}

TEST(FileSearch, FindsItInALargeFile) {
    const std::string before(3'000'000, 'M');
    EXPECT_EQ(found(before + "MARKER!" + before, "MARKER", 100'000, 7), "MARKER!");
}

}  // namespace
}  // namespace berth::inventory
