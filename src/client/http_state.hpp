// What an HttpClient keeps between requests. Inside client/ only.
#pragma once

#include "client/exchange.hpp"

namespace berth::client {

struct HttpClient::State {
    HttpOptions options;
    Handle handle;
};

}  // namespace berth::client
