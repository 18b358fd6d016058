#include "registry/ingest.hpp"

#include "async/together.hpp"
#include "registry/hash_pool.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

Fault too_large(std::uint64_t limit) {
    return {.kind = FaultKind::too_large, .message = "A layer may have at most " + std::to_string(limit) + " bytes"};
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

bool Ingest::stays_small(std::size_t more) const {
    return !content_.writer && content_.small.size() + more <= services_.settings.inline_blob_bytes;
}

// The limit may have been lowered since the upload began.
std::uint64_t Ingest::room() const {
    const auto limit = services_.settings.layer_bytes;
    return limit - std::min<std::uint64_t>(limit, content_.size);
}

Task<Result<void>> Ingest::take(ByteSource& source) {
    services_.pushes.note();
    const auto announced = source.remaining();
    if (announced && *announced > room()) co_return std::unexpected(too_large(services_.settings.layer_bytes));
    if (announced && stays_small(*announced)) co_return co_await take_small(source, *announced);
    auto piece = co_await receive(source);
    for (;;) {
        services_.pushes.note();
        if (piece.size > room()) co_return std::unexpected(too_large(services_.settings.layer_bytes));
        if (piece.last) {
            auto kept = co_await keep(piece);
            if (!kept) co_return kept;
            if (piece.broken) co_return std::unexpected(std::move(*piece.broken));
            co_return Result<void>{};
        }
        auto [kept, next] = co_await together(keep(piece), receive(source));
        if (!kept) co_return kept;
        piece = std::move(next);
    }
}

Task<Result<void>> Ingest::take_small(ByteSource& source, std::size_t length) {
    auto& small = content_.small;
    const auto before = small.size();
    content_.torn = true;
    small.resize(before + length);
    std::size_t got = 0;
    std::optional<Fault> broken;
    while (got < length && !broken) {
        auto more = co_await source.read_some(std::as_writable_bytes(std::span(small)).subspan(before + got));
        if (!more)
            broken = std::move(more).error();
        else if (*more == 0)
            broken = Fault{.kind = FaultKind::size_mismatch, .message = "the body ended early"};
        else
            got += *more;
    }
    small.resize(before + got);
    content_.hasher.update(bytes_of(small).subspan(before));
    content_.size = small.size();
    content_.torn = false;
    if (broken) co_return std::unexpected(std::move(*broken));
    co_return Result<void>{};
}

Task<Ingest::Piece> Ingest::receive(ByteSource& source) {
    Piece piece;
    piece.buffer = services_.buffers.take(source.remaining().value_or(BufferPool::large));
    const auto room = piece.buffer.span();
    while (piece.size < room.size()) {
        auto got = co_await source.read_some(room.subspan(piece.size));
        piece.last = !got || *got == 0;
        if (!got) piece.broken = std::move(got).error();
        if (piece.last) co_return piece;
        piece.size += *got;
    }
    piece.last = source.remaining() == 0U;
    co_return piece;
}

Task<Result<void>> Ingest::keep(const Piece& piece) {
    const auto bytes = piece.bytes();
    if (bytes.empty()) co_return Result<void>{};
    if (stays_small(bytes.size())) {
        content_.small.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        content_.hasher.update(bytes);
        content_.size = content_.small.size();
        co_return Result<void>{};
    }
    if (!content_.writer) {
        auto started = co_await start_writer();
        if (!started) co_return started;
    }
    auto appended = co_await append(bytes);
    co_return appended;
}

Task<Result<void>> Ingest::append(std::span<const std::byte> bytes) {
    Result<void> written;
    content_.torn = true;
    if (bytes.size() < HashPool::worth_handing_over) {
        content_.hasher.update(bytes);
        written = co_await content_.writer->append(bytes);
    } else {
        auto [appended, hashed] =
            co_await together(content_.writer->append(bytes), services_.hashing.hash(content_.hasher, bytes));
        written = std::move(appended);
    }
    if (!written) co_return written;
    content_.size = content_.writer->size();
    content_.torn = false;
    co_return written;
}

Task<Result<void>> Ingest::start_writer() {
    auto writer = co_await services_.blobs.create(key_, expected_size_);
    if (!writer) co_return fail(std::move(writer));
    content_.writer = std::move(*writer);
    if (content_.small.empty()) co_return Result<void>{};
    content_.torn = true;
    auto moved = co_await content_.writer->append(bytes_of(content_.small));
    content_.small = {};
    content_.torn = !moved;
    co_return moved;
}

}  // namespace berth::registry
