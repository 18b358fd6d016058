// What server and worker say to each other: any bytes are refused or understood, and what is understood is said again
// in the same way.
#include "check.hpp"
#include "worker/frames.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::worker;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto request = decode_request(bytes)) {
        const auto head = encode(*request);
        const auto again = decode_request(head);
        check(again && encode(*again) == head);
    }
    if (const auto missed = decode_missed(bytes)) {
        const auto again = decode_missed(encode(*missed));
        check(again && encode(*again) == encode(*missed));
    }
    if (size >= AnswerHead::bytes) {
        const auto head = std::as_bytes(std::span(data, size)).first<AnswerHead::bytes>();
        if (const auto answer = decode_answer(head)) check(decode_answer(encode(*answer)).has_value());
    }
    return 0;
}
