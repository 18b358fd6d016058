// What an operator may decide of Clair as engine. Apart, so that settings do not include the engine.
#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <string>

namespace berth::scanning::clair {

struct Options {
    std::string url;      // http://clair:6060
    std::string own_url;  // of this server, as Clair reaches it
    Secret key;           // the shared bytes; empty: Clair asks for none
    std::string issuer = "berth";
    std::string ca_file;                          // PEM, of Clair's certificate; empty: the system's authorities
    std::chrono::milliseconds poll{2'000};        // between two questions about what is not ready
    std::chrono::milliseconds patience{600'000};  // for one image, from the first request on
};

}  // namespace berth::scanning::clair
