#include "pull/blob_stream.hpp"

#include <algorithm>
#include <cstring>

namespace berth::pull {

namespace {

constexpr std::size_t most_held = std::size_t{4} << 20;

}  // namespace

BlobStream::BlobStream(std::shared_ptr<Session> session, std::string digest)
    : session_(std::move(session)), digest_(std::move(digest)), thread_([this] { receive(); }) {}

BlobStream::~BlobStream() {
    {
        const std::scoped_lock lock(mutex_);
        given_up_ = true;
    }
    changed_.notify_all();
}

void BlobStream::receive() {
    std::optional<Fault> fault;
    try {
        client::HttpClient http(session_->http_options());
        auto done = session_->blob(http, digest_, [this](std::string_view bytes) { return keep(bytes); });
        if (!done) fault = std::move(done).error();
    } catch (const std::exception& error) {
        fault = Fault{.kind = FaultKind::internal, .message = error.what()};
    }
    const std::scoped_lock lock(mutex_);
    fault_ = std::move(fault);
    ended_ = true;
    changed_.notify_all();
}

Result<void> BlobStream::keep(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return given_up_ || arrived_.size() < most_held; });
    if (given_up_) return fail(FaultKind::deadline, "nobody reads on");
    arrived_ += bytes;
    changed_.notify_all();
    return {};
}

Result<std::size_t> BlobStream::read(std::span<std::byte> into) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || taken_ < arrived_.size(); });
    const auto count = std::min(into.size(), arrived_.size() - taken_);
    if (count == 0) return fault_ ? Result<std::size_t>(std::unexpected(*fault_)) : Result<std::size_t>(0);
    std::memcpy(into.data(), arrived_.data() + taken_, count);
    taken_ += count;
    if (taken_ == arrived_.size()) {
        arrived_.clear();
        taken_ = 0;
        changed_.notify_all();
    }
    return count;
}

}  // namespace berth::pull
