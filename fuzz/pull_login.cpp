// The file that `docker login` writes: any text has a login for a host, or none.
#include "check.hpp"
#include "pull/login.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto* host : {"localhost:5000", "docker.io"}) {
        const auto login = berth::pull::find_login(text, host);
        if (login) check(login->basic().reveal().starts_with("Basic "));
    }
    return 0;
}
