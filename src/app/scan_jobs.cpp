#include "app/scan_jobs.hpp"

#include "base/log.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace berth::app {

namespace {

// In a process of its own: parsing gigabytes of feeds neither takes the server's memory nor can break it. Its output
// goes where the server's goes; an import into a folder that somebody else imports into fails, and is tried again.
Result<jobs::Outcome> update(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::array<char*, 1> environment{};
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setsigmask(&attributes, &none);  // the server's threads block those that end it
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t process = -1;
    const int error = ::posix_spawn(&process, "/proc/self/exe", nullptr, &attributes, argv.data(), environment.data());
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0)
        return fail(FaultKind::unavailable, std::string("cannot start the update: ") + std::strerror(error));
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return jobs::Outcome::done;
    return fail(FaultKind::unavailable, "the update of the vulnerability database failed; its output says why");
}

std::vector<std::string> update_command(const scanning::Engine& engine, const DatabaseOptions& options) {
    std::vector<std::string> words{"berth", "vulndb", "update", "--db", engine.databases().folder().string()};
    if (!options.feeds.empty()) words.insert(words.end(), {"--feeds", options.feeds});
    if (!options.proxy.empty()) words.insert(words.end(), {"--proxy", options.proxy});
    return words;
}

// Scans that failed for want of a database are tried again with the new one.
Task<Result<jobs::Outcome>> look(scanning::Engine& engine, scanning::ScanQueue& queue) {
    auto found = co_await engine.look_for_database();
    if (!found) co_return fail(std::move(found));
    if (*found) {
        auto retried = co_await queue.retry_failed();
        if (!retried) co_return fail(std::move(retried));
        queue.wake();
    }
    co_return jobs::Outcome::done;
}

constexpr std::size_t sweep_batch = 500;
constexpr std::size_t rematch_batch = 50;

Task<Result<jobs::Outcome>> reevaluate(scanning::Reevaluation& reevaluation) {
    auto done = co_await reevaluation.run();
    if (!done) co_return fail(std::move(done));
    if (done->images > 0) {
        log::info("images were matched against a changed vulnerability database",
                  {{"images", std::to_string(done->images)}, {"inventories", std::to_string(done->inventories)}});
    }
    auto swept = co_await reevaluation.sweep(sweep_batch);
    if (!swept) co_return fail(std::move(swept));
    co_return *swept >= sweep_batch ? jobs::Outcome::more : jobs::Outcome::done;
}

Task<Result<jobs::Outcome>> ask_clair(scanning::clair::Rematch& rematch, scanning::ScanQueue& queue) {
    auto report = co_await rematch.run(rematch_batch);
    if (!report) co_return fail(std::move(report));
    if (report->news) {
        auto retried = co_await queue.retry_failed();
        if (!retried) co_return fail(std::move(retried));
    }
    co_return report->images >= rematch_batch ? jobs::Outcome::more : jobs::Outcome::done;
}

Task<Result<jobs::Outcome>> run_update(BlockingPool& threads, std::vector<std::string> words) {
    co_return co_await offload(threads, [&] { return update(words); });
}

}  // namespace

void add_scan_jobs(jobs::Runner& runner, const ScanParts& parts, const DatabaseOptions& options) {
    runner.add(jobs::Recurring{.kind = "vulndb-look",
                               .scope = jobs::Scope::process,
                               .interval = options.poll,
                               .run = [&engine = parts.engine, &queue = parts.queue] { return look(engine, queue); }});
    runner.add(jobs::Recurring{.kind = "scan-reevaluation",
                               .interval = options.poll,
                               .run = [&again = parts.reevaluation] { return reevaluate(again); }});
    if (options.update_interval.count() == 0) return;
    runner.add(jobs::Recurring{.kind = "vulndb-update",
                               .interval = options.update_interval,
                               .run = [&threads = parts.threads, words = update_command(parts.engine, options)] {
                                   return run_update(threads, words);
                               }});
}

void add_clair_jobs(jobs::Runner& runner, scanning::clair::Rematch& rematch, scanning::ScanQueue& queue,
                    std::chrono::milliseconds interval) {
    runner.add(jobs::Recurring{
        .kind = "clair-look", .interval = interval, .run = [&rematch, &queue] { return ask_clair(rematch, queue); }});
}

}  // namespace berth::app
