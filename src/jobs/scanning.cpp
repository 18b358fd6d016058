#include "jobs/scanning.hpp"

#include "registry/on_demand_jobs.hpp"

#include <string>
#include <utility>

namespace berth::jobs {

namespace {

Task<Result<Outcome>> catch_up(scanning::Configurations& configurations, const store::Job& job, std::stop_token stop) {
    auto registry = scanning::parse_catch_up_key(job.key);
    if (!registry) co_return Outcome::done;
    auto over = co_await configurations.catch_up(std::move(*registry), std::move(stop));
    if (!over) co_return fail(std::move(over));
    co_return *over ? Outcome::done : Outcome::more;
}

}  // namespace

void add_scanning(Runner& runner, scanning::Configurations& configurations) {
    runner.add({.kind = std::string(registry::job::scan_catch_up),
                .run = [&configurations](const store::Job& job, std::stop_token stop) {
                    return catch_up(configurations, job, std::move(stop));
                }});
}

}  // namespace berth::jobs
