#include "measure.hpp"

#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Start {
    std::latch ready;  // counts the clients and the measuring thread
    Clock::time_point until;
    std::latch go{1};

    explicit Start(std::size_t clients) : ready(static_cast<std::ptrdiff_t>(clients)) {}
};

void call_until(Clock::time_point until, Client& client, Caller& caller, Tally& tally) {
    do {
        if (!caller.prepare()) return;
        const Clock::time_point begin = Clock::now();
        tally.bytes += caller.perform(client);
        tally.latencies.push_back(Clock::now() - begin);
    } while (Clock::now() < until);
}

void take_part(const Run& run, Caller& caller, Start& start, Tally& tally, std::string& cipher) {
    std::unique_ptr<Client> client;
    try {
        client = std::make_unique<Client>(run.endpoint, run.authorization);
        client->expect(200, {.method = "GET", .target = "/v2/"});
        cipher = client->cipher();
        tally.latencies.reserve(100'000);
    } catch (const std::exception& error) {
        tally.error = error.what();
    }
    start.ready.count_down();
    start.go.wait();
    if (!tally.error.empty()) return;
    try {
        call_until(start.until, *client, caller, tally);
    } catch (const std::exception& error) {
        tally.error = error.what();
    }
}

std::chrono::nanoseconds own_cpu() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Outcome measure(const Run& run, Workload& workload, const ServerUsage& server) {
    Outcome outcome;
    outcome.clients = run.clients;
    std::vector<std::unique_ptr<Caller>> callers;
    for (std::size_t i = 0; i < run.clients; ++i) callers.push_back(workload.caller(i));
    std::vector<Tally> tallies(run.clients);
    std::vector<std::string> ciphers(run.clients);
    Start start(run.clients);
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < run.clients; ++i)
        threads.emplace_back([&, i] { take_part(run, *callers[i], start, tallies[i], ciphers[i]); });

    start.ready.wait();
    server.forget_peak();
    const std::chrono::nanoseconds server_before = server.cpu();
    const std::chrono::nanoseconds own_before = own_cpu();
    const Clock::time_point begin = Clock::now();
    start.until = begin + run.duration;
    start.go.count_down();
    for (std::jthread& thread : threads) thread.join();
    outcome.wall = Clock::now() - begin;
    outcome.server_cpu = server.cpu() - server_before;
    outcome.client_cpu = own_cpu() - own_before;
    outcome.server_peak_kib = server.peak_kib();

    outcome.cipher = ciphers.front();
    for (Tally& tally : tallies) outcome.tally.add(std::move(tally));
    return outcome;
}

}  // namespace bench
