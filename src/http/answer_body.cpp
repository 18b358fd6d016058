#include "http/answer_body.hpp"

#include "base/log.hpp"
#include "http/file_window.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

namespace berth::http {

namespace {

constexpr std::size_t window = std::size_t{1} << 20;   // of a file, between two looks at the page cache
constexpr std::size_t piece = std::size_t{128} << 10;  // of a body that passes through user space
constexpr std::size_t one_record = 16384;              // TLS: what goes out in one piece anyway

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Task<Sent> send_text(Stream& stream, std::string& head, std::string_view body) {
    auto rest = body;
    if (stream.tls()) {  // one record instead of two
        const auto joined = std::min(rest.size(), one_record - std::min(one_record, head.size()));
        head.append(rest.substr(0, joined));
        rest.remove_prefix(joined);
    }
    const auto status = co_await stream.write(head, rest);
    co_return Sent{.status = status, .body_bytes = status == IoStatus::ok ? body.size() : 0};
}

Task<Sent> send_by_kernel(Stream& stream, std::string_view head, const FileBody& file, BlockingPool& pool) {
    Sent sent;
    sent.status = co_await stream.write(head, {}, file.length > 0 ? More::follows : More::no);
    std::uint64_t warm = 0;
    while (sent.status == IoStatus::ok && sent.body_bytes < file.length) {
        const auto at = file.offset + sent.body_bytes;
        if (sent.body_bytes == warm) {
            const auto length = std::min<std::uint64_t>(window, file.length - sent.body_bytes);
            co_await warm_window(pool, file.owner, file.descriptor, at, length);
            warm += length;
        }
        const auto step = co_await stream.send_file(file.descriptor, at, warm - sent.body_bytes);
        sent.status = step.status;
        sent.body_bytes += step.bytes;
        if (step.status == IoStatus::ok && step.bytes == 0) {
            log::error("a file ended before its answer did");
            sent.status = IoStatus::closed;
        }
    }
    co_return sent;
}

// A file as a source, for connections whose bytes must pass through user space.
class FileSource final : public ByteSource {
public:
    FileSource(const FileBody& file, BlockingPool& pool) : file_(file), pool_(pool) {}

    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        const auto wanted = out.first(std::min<std::uint64_t>(out.size(), file_.length - at_));
        if (wanted.empty()) co_return std::size_t{0};
        auto got = co_await read_window(pool_, file_.descriptor, file_.offset + at_, wanted);
        if (got) at_ += *got;
        co_return got;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return file_.length - at_; }

private:
    const FileBody& file_;
    BlockingPool& pool_;
    std::uint64_t at_ = 0;
};

Task<Sent> send_source(Stream& stream, std::string_view head, ByteSource& source, std::uint64_t length) {
    Sent sent;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece, length));
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(size);
    sent.status = co_await stream.write(head, {}, length > 0 ? More::follows : More::no);
    while (sent.status == IoStatus::ok && sent.body_bytes < length) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, length - sent.body_bytes));
        const auto got = co_await source.read_some({buffer.get(), wanted});
        if (!got || *got == 0) {
            log::error("an answer's body ended early", {{"reason", got ? "no more bytes" : got.error().message}});
            sent.status = IoStatus::closed;
            break;
        }
        sent.status = co_await stream.write({}, text_of({buffer.get(), *got}));
        if (sent.status == IoStatus::ok) sent.body_bytes += *got;
    }
    co_return sent;
}

}  // namespace

Task<Sent> send_answer(Stream& stream, std::string& head, const Response& response, BlockingPool& pool) {
    if (const auto* text = std::get_if<std::string>(&response.body)) {
        co_return co_await send_text(stream, head, *text);
    }
    if (const auto* shared = std::get_if<SharedBody>(&response.body)) {
        co_return co_await send_text(stream, head, *shared ? std::string_view(**shared) : std::string_view{});
    }
    if (const auto* file = std::get_if<FileBody>(&response.body)) {
        if (!stream.tls()) co_return co_await send_by_kernel(stream, head, *file, pool);
        FileSource source(*file, pool);
        co_return co_await send_source(stream, head, source, file->length);
    }
    const auto& body = std::get<StreamBody>(response.body);
    co_return co_await send_source(stream, head, *body.source, body.length);
}

}  // namespace berth::http
