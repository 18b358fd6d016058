// What a run came to.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

// One client's calls; joined with the others' when the run is over.
struct Tally {
    std::vector<std::chrono::nanoseconds> latencies;  // one for each successful call
    std::uint64_t bytes = 0;
    std::string error;  // of the call that ended this client's part; empty when none did

    void add(Tally&& other);
};

struct Outcome {
    std::size_t clients = 0;
    Tally tally;
    std::chrono::nanoseconds wall{0};
    std::chrono::nanoseconds server_cpu{0};
    std::chrono::nanoseconds client_cpu{0};
    std::uint64_t server_peak_kib = 0;
    std::string cipher;
};

// One line of JSON. Latencies in milliseconds, sizes in 10^6 bytes, memory in MiB.
std::string as_json(Outcome outcome);

}  // namespace bench
