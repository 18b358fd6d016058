#include "http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace berth::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

// More than any client sends; bounds what a header of 64 KiB can make us keep.
constexpr std::size_t max_fields = 256;
constexpr std::size_t max_trailer_bytes = 8192;
constexpr std::size_t max_extension_bytes = 256;  // of one chunk

std::string_view standard(beast::string_view text) {
    return {text.data(), text.size()};
}

Method method_of(std::string_view text) {
    if (text == "GET") return Method::get;
    if (text == "HEAD") return Method::head;
    if (text == "POST") return Method::post;
    if (text == "PUT") return Method::put;
    if (text == "PATCH") return Method::patch;
    if (text == "DELETE") return Method::del;
    if (text == "OPTIONS") return Method::options;
    return Method::other;
}

}  // namespace

// Collects what Beast finds as views; a parser of Beast's own would copy every field into a node of its own.
class RequestParser::Machine final : public beast::http::basic_parser<true> {
public:
    Machine(Request& request, Framing& framing, std::size_t head_size) : request_(&request), framing_(&framing) {
        header_limit(static_cast<std::uint32_t>(head_size + 1));  // the caller has already held it against its limit
        body_limit(boost::none);                                  // who reads the body knows how much it may be
    }

    void write_to(std::span<std::byte> out) { out_ = out; }
    [[nodiscard]] std::span<std::byte> room() const { return out_; }
    [[nodiscard]] bool too_many_fields() const { return too_many_; }

private:
    void on_request_impl(beast::http::verb /*method*/, beast::string_view method, beast::string_view target,
                         int version, error_code& /*ec*/) override {
        request_->method_text = standard(method);
        request_->method = method_of(request_->method_text);
        request_->target = standard(target);
        framing_->version = static_cast<unsigned>(version);
    }
    void on_response_impl(int /*code*/, beast::string_view /*reason*/, int /*version*/, error_code& /*ec*/) override {}
    void on_field_impl(beast::http::field /*f*/, beast::string_view name, beast::string_view value,
                       error_code& ec) override {
        if (head_done_) {
            trailer_bytes_ += name.size() + value.size();
            if (trailer_bytes_ > max_trailer_bytes) ec = beast::http::error::header_limit;
            return;
        }
        if (request_->headers.size() == max_fields) {
            too_many_ = true;
            ec = beast::http::error::header_limit;
            return;
        }
        request_->headers.push_back({.name = standard(name), .value = standard(value)});
    }
    void on_header_impl(error_code& /*ec*/) override { head_done_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, error_code& /*ec*/) override {}
    std::size_t on_body_impl(beast::string_view /*body*/, error_code& /*ec*/) override { return 0; }
    void on_chunk_header_impl(std::uint64_t /*size*/, beast::string_view extension, error_code& ec) override {
        if (extension.size() > max_extension_bytes) ec = beast::http::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, beast::string_view body, error_code& /*ec*/) override {
        const auto count = std::min(body.size(), out_.size());
        std::memmove(out_.data(), body.data(), count);  // the output may be the input, see decode_chunks()
        out_ = out_.subspan(count);
        return count;
    }
    void on_finish_impl(error_code& /*ec*/) override {}

    Request* request_;
    Framing* framing_;
    std::span<std::byte> out_;
    std::size_t trailer_bytes_ = 0;
    bool head_done_ = false;
    bool too_many_ = false;
};

struct RequestParser::Holder {
    std::optional<Machine> machine;  // made anew for each message: Beast's cannot be reset, and costs nothing to make
};

RequestParser::RequestParser() : holder_(std::make_unique<Holder>()) {}
RequestParser::~RequestParser() = default;

int RequestParser::parse_head(std::string_view head, Request& request, Framing& framing) {
    request.headers.clear();
    framing = {};
    auto& machine = holder_->machine.emplace(request, framing, head.size());
    error_code ec;
    const auto used = machine.put(boost::asio::const_buffer(head.data(), head.size()), ec);
    if (machine.too_many_fields()) return 431;
    if (ec || used != head.size() || !machine.is_header_done()) return 400;
    // One line a field: a folded one (obsolete, RFC 9112, section 5.2) has more.
    const auto lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
    if (lines != request.headers.size() + 2) return 400;
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    request.query = question == std::string_view::npos ? std::string_view{} : request.target.substr(question + 1);
    return judge_head(request, framing);
}

RequestParser::Decoded RequestParser::decode_chunks(std::string_view in, std::span<std::byte> out) {
    if (!holder_->machine) return {.malformed = true};  // no head, no chunks
    auto& machine = *holder_->machine;
    machine.write_to(out);
    Decoded decoded;
    while (decoded.consumed < in.size() && !machine.is_done() && !machine.room().empty()) {
        error_code ec;
        decoded.consumed +=
            machine.put(boost::asio::const_buffer(in.data() + decoded.consumed, in.size() - decoded.consumed), ec);
        if (ec == beast::http::error::need_more) break;
        if (ec) {
            decoded.malformed = true;
            break;
        }
    }
    decoded.produced = out.size() - machine.room().size();
    decoded.finished = machine.is_done();
    machine.write_to({});
    return decoded;
}

}  // namespace berth::http
