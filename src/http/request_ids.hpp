// Names for requests: random UUIDs, quick to make. They are told to everybody and protect nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace berth::http {

using RequestId = std::array<char, 36>;

[[nodiscard]] inline std::string_view view(const RequestId& id) {
    return {id.data(), id.size()};
}

// xoshiro256** (Blackman and Vigna), seeded by the operating system. One a thread.
class RequestIds {
public:
    RequestIds();
    // A version 4 UUID (RFC 9562) in lower case.
    void next(RequestId& id);

private:
    std::uint64_t draw();

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace berth::http
