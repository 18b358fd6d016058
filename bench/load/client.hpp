// One keep-alive HTTP/1.1 client: a request, its answer, the next request. It does as little as it can, because on a
// small machine every microsecond of the client is taken from the server under test.
#pragma once

#include "stream.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class Framing : std::uint8_t { none, length, chunked };

// Two pieces, because the bodies of a run share all but their last bytes (content.hpp). The views must outlive the
// call.
struct Body {
    Framing framing = Framing::none;
    std::string_view start;
    std::string_view end;
    std::string_view type = "application/octet-stream";
};

struct Request {
    std::string_view method;
    std::string_view target;
    Body body = {};
    std::string_view accept = {};
};

struct Response {
    int status = 0;
    std::uint64_t body_bytes = 0;  // received, of the body
    std::string location;          // as sent
};

class Client {
public:
    // `authorization` is the whole value of that header, or empty. Connects at once.
    Client(const Endpoint& endpoint, std::string authorization);

    // Throws CallFailed when the connection fails or the answer cannot be read; any status is an answer.
    Response exchange(const Request& request);
    // The same, and throws CallFailed when the status is another one.
    Response expect(int status, const Request& request);

    std::string cipher() const { return stream_->cipher(); }

private:
    void send(const Request& request);
    Response receive(bool answers_head);
    std::size_t fill();
    std::string_view next_line();
    std::uint64_t skip_chunks();
    std::uint64_t skip(std::uint64_t length);

    Endpoint endpoint_;
    std::string authorization_;
    std::unique_ptr<Stream> stream_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // unread bytes of buffer_
    std::size_t end_ = 0;
    std::string head_;
    std::string excerpt_;  // the first bytes of the last body, for the message about an unexpected status
};

}  // namespace bench
