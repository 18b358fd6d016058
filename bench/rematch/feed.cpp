#include "bench/rematch/feed.hpp"

#include <fstream>
#include <string_view>

namespace berth::bench {
namespace {

constexpr std::size_t system_advisories = 40'000;
constexpr std::size_t language_advisories = 10'000;
// One advisory in so many affects the version that images have.
constexpr std::size_t one_of_system_fits = 16;
constexpr std::size_t one_of_language_fits = 20;

constexpr std::string_view details =
    "A flaw was found in the parser of a component of this package. An attacker who can have a crafted document read "
    "may read beyond the end of a buffer, which can lead to a crash or to the disclosure of memory.";

class Feed {
public:
    explicit Feed(const std::filesystem::path& file) : out_(file) {}

    // An empty `fixed`: there is no fix.
    void add(std::string_view ecosystem, std::string_view package, std::string_view fixed) {
        out_ << R"({"schema_version":"1.6.0","id":"CVE-2024-)" << 10'000 + number_
             << R"(","modified":"2025-01-15T04:15:28Z","published":"2024-11-02T10:00:00Z","details":")" << details
             << R"(","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:)"
             << (number_ % 3 == 0 ? 'H' : 'L')
             << R"(/I:N/A:N"}],"references":[{"type":"WEB","url":"https://example.org/)" << number_
             << R"("}],"affected":[{"package":{"ecosystem":")" << ecosystem << R"(","name":")" << package
             << R"("},"ranges":[{"type":")" << (ecosystem == "npm" ? "SEMVER" : "ECOSYSTEM")
             << R"(","events":[{"introduced":"0"})";
        if (!fixed.empty()) out_ << R"(,{"fixed":")" << fixed << R"("})";
        out_ << "]}]}]}\n";
        ++number_;
    }

private:
    std::ofstream out_;
    std::size_t number_ = 0;
};

}  // namespace

std::string system_package(std::size_t number) {
    return "source-" + std::to_string(number);
}
std::string language_package(std::size_t number) {
    return "module-" + std::to_string(number);
}
std::string rare_package(std::size_t number) {
    return "rare-" + std::to_string(number);
}

void write_feed(const std::filesystem::path& file, const FeedState& state) {
    Feed feed(file);
    for (std::size_t i = 0; i < system_advisories; ++i) {
        feed.add("Debian:12", system_package(i % system_packages), i % one_of_system_fits == 0 ? "" : "1.0-1");
    }
    for (std::size_t i = 0; i < language_advisories; ++i) {
        feed.add("npm", language_package(i % language_packages), i % one_of_language_fits == 0 ? "9.0.0" : "1.0.0");
    }
    // An advisory that is not there yet is one on a package that nobody has: so each keeps its name.
    for (std::size_t i = 0; i < openssl_advisories; ++i) {
        feed.add("Debian:12", i < state.openssl ? "openssl" : "none", i < state.openssl_fixed ? "4.0-1" : "");
    }
    for (std::size_t i = 0; i < rare_packages; ++i) {
        feed.add("npm", i < state.rare ? rare_package(i) : "none", "9.0.0");
    }
    for (std::size_t i = 0; i < state.absent; ++i) feed.add("npm", "absent-" + std::to_string(i), "9.0.0");
}

}  // namespace berth::bench
