// What the commands that talk to a running server have in common: where it is, who calls, what to say when it refuses.
#pragma once

#include "base/clock.hpp"
#include "client/credentials.hpp"
#include "client/json_api.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace berth::app {

struct RemoteArguments {
    std::string endpoint;
    std::string credentials;
    std::string profile;
    std::string region;
    std::string ca_file;
};

// --endpoint, --credentials, --profile, --region, --ca-file.
void add_remote_options(CLI::App& command, RemoteArguments& arguments);

// The call failed; the text says why and what to do next. main() prints it and exits with 1.
class RemoteError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A server, called under the caller's key.
class Remote {
public:
    // Throws RemoteError when there is no usable access key.
    explicit Remote(const RemoteArguments& arguments);

    // `target` is the whole X-Amz-Target. The answer's object; throws RemoteError for everything else.
    [[nodiscard]] boost::json::object call(std::string_view target, const boost::json::object& request);

private:
    [[noreturn]] void refuse(const client::JsonAnswer& answer) const;

    SystemClock clock_;
    std::string endpoint_;
    std::string key_source_;
    std::unique_ptr<client::JsonApi> api_;
};

}  // namespace berth::app
