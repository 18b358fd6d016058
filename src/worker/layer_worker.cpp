#include "worker/layer_worker.hpp"

#include "worker/frames.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <new>
#include <string>
#include <vector>

namespace berth::worker {
namespace {

constexpr int broken_off = 4;

// The server is gone or speaks another language: nobody is there to be told.
[[noreturn]] void leave() {
    ::_exit(broken_off);
}

// False: there was nothing more to read.
bool read_exactly(std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got = ::read(0, into.data() + done, into.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            if (done > 0) leave();
            return false;
        }
        done += static_cast<std::size_t>(got);
    }
    return true;
}

void write_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(1, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) leave();
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
}

// The layer of the request that was read last.
class SentLayer final : public archive::Source {
public:
    Result<std::size_t> read(std::span<std::byte> into) override {
        if (ended_) return 0U;
        if (piece_left_ == 0) {
            std::array<std::byte, 4> size{};
            if (!read_exactly(size)) leave();
            piece_left_ = decode_piece_size(size);
            if (piece_left_ > largest_piece) leave();
            ended_ = piece_left_ == 0;
            if (ended_) return 0U;
        }
        const auto part = into.first(std::min(into.size(), piece_left_));
        if (!read_exactly(part)) leave();
        piece_left_ -= part.size();
        return part.size();
    }

private:
    std::size_t piece_left_ = 0;
    bool ended_ = false;
};

std::optional<Request> next_request() {
    std::array<std::byte, 8> size_bytes{};
    if (!read_exactly(size_bytes)) return std::nullopt;
    const auto size = decode_size(size_bytes);
    if (size > largest_head) leave();
    std::string head(size, '\0');
    if (!read_exactly(std::as_writable_bytes(std::span(head)))) leave();
    auto request = decode_request(head);
    if (!request) leave();
    return request;
}

struct Answer {
    AnswerHead head;
    std::string payload;
};

Answer of_fault(FaultKind kind, std::string message) {
    message.resize(std::min(message.size(), largest_message));
    return {.head = {.kind = AnswerKind::fault, .last = true, .fault = kind}, .payload = std::move(message)};
}

Answer answer_to(const Request& request, archive::Source& layer) {
    auto scan = inventory::scan_layer(layer, request.limits, inventory::Scope::anywhere, request.missed);
    if (!scan) return of_fault(scan.error().kind, std::move(scan.error().message));
    if (!scan->missed.empty()) {
        auto missed = encode(scan->missed);
        if (scan->missed.size() > most_missed || missed.size() > largest_head / 2) {
            return of_fault(FaultKind::too_large, "the layer has more hard links of interest than are followed");
        }
        return {.head = {.kind = AnswerKind::missed}, .payload = std::move(missed)};
    }
    return {.head = {.kind = AnswerKind::inventory}, .payload = encode_layer(scan->layer)};
}

bool used_a_quarter(const SandboxLimits& limits) {
    timespec used{};
    return ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 &&
           static_cast<std::uint64_t>(used.tv_sec) >= limits.cpu_seconds / 4;
}

}  // namespace

int run_layer_worker(const SandboxLimits& limits, std::size_t layers) {
    if (!enter_sandbox(limits)) return not_confined;
    for (std::size_t served = 1;; ++served) {
        const auto request = next_request();
        if (!request) return 0;
        SentLayer layer;
        Answer answer;
        try {
            answer = answer_to(*request, layer);
        } catch (const std::bad_alloc&) {
            answer =
                of_fault(FaultKind::too_large, "reading the layer takes more than the " +
                                                   std::to_string(limits.memory_bytes) + " bytes of memory allowed");
        }
        answer.head.size = answer.payload.size();
        answer.head.last = answer.head.last || served >= layers || used_a_quarter(limits);
        write_all(encode(answer.head));
        write_all(std::as_bytes(std::span(answer.payload)));
        if (answer.head.last) return 0;
    }
}

}  // namespace berth::worker
