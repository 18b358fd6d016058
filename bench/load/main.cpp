// Seeds a registry, then measures one workload at each number of clients: one line of JSON for each on standard output.
// Exit status 0 only if every call of every run was answered as it should be.
#include "options.hpp"

#include <cstdio>
#include <exception>

int main(int count, char** arguments) try {
    bench::Options options = bench::parse_options(count, arguments);
    const auto workload = bench::make_workload(options.parameters);
    {
        bench::Client client(options.run.endpoint, options.run.authorization);
        workload->seed(client);
    }
    const bench::ServerUsage server(options.server);
    bool failed = false;
    for (const std::size_t clients : options.clients) {
        options.run.clients = clients;
        const bench::Outcome outcome = bench::measure(options.run, *workload, server);
        failed = failed || !outcome.tally.error.empty();
        std::puts(bench::as_json(outcome).c_str());
        std::fflush(stdout);
    }
    return failed ? 1 : 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 2;
}
