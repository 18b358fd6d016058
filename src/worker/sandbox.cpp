#include "worker/sandbox.hpp"

#include <seccomp.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>

namespace berth::worker {
namespace {

// Sanitizers reserve terabytes of addresses for their own books.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool may_limit_addresses = false;
#else
constexpr bool may_limit_addresses = true;
#endif

std::unexpected<Fault> refused(const char* what, int error) {
    return fail(FaultKind::unavailable, "the process that reads layers cannot be confined: " + std::string(what) +
                                            ": " + std::generic_category().message(error));
}

Result<void> limit(__rlimit_resource resource, rlim_t soft, rlim_t hard, const char* name) {
    const rlimit value{.rlim_cur = soft, .rlim_max = hard};
    if (::setrlimit(resource, &value) != 0) return refused(name, errno);
    return {};
}

Result<void> limit_resources(const SandboxLimits& limits) {
    if constexpr (may_limit_addresses) {
        if (auto done = limit(RLIMIT_AS, limits.memory_bytes, limits.memory_bytes, "RLIMIT_AS"); !done) return done;
    }
    // A second of difference, so that the signal tells it from other ends.
    if (auto done = limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1, "RLIMIT_CPU"); !done) return done;
    if (auto done = limit(RLIMIT_FSIZE, 0, 0, "RLIMIT_FSIZE"); !done) return done;
    if (auto done = limit(RLIMIT_CORE, 0, 0, "RLIMIT_CORE"); !done) return done;
    return limit(RLIMIT_NOFILE, 0, 0, "RLIMIT_NOFILE");
}

struct Release {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Each line says what the call is needed for.
Result<void> allow_calls(scmp_filter_ctx filter) {
    constexpr std::uint64_t executable = 4;  // PROT_EXEC
    // Written out: libseccomp's macros for conditions are C that only GCC takes as C++.
    constexpr scmp_arg_cmp no_code{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = executable, .datum_b = 0};
    const auto first_is = [](scmp_datum_t value) {
        return scmp_arg_cmp{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
    };
    int worst = 0;
    const auto allow = [&](int call) { worst = std::min(worst, seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0)); };
    const auto allow_if = [&](int call, scmp_arg_cmp condition) {
        worst = std::min(worst, seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition));
    };
    allow_if(SCMP_SYS(read), first_is(0));   // requests
    allow_if(SCMP_SYS(write), first_is(1));  // answers
    allow_if(SCMP_SYS(mmap), no_code);       // memory, without code in it
    allow_if(SCMP_SYS(mprotect), no_code);
    for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk)}) allow(call);
    allow(SCMP_SYS(futex));
    for (const int call : {SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday)}) allow(call);
    for (const int call : {SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall)}) allow(call);
    for (const int call : {SCMP_SYS(getpid), SCMP_SYS(gettid)}) allow(call);  // SQLite, and abort()
    for (const int call : {SCMP_SYS(exit), SCMP_SYS(exit_group)}) allow(call);
    if (worst != 0) return refused("seccomp_rule_add", -worst);
    return {};
}

Result<void> filter_calls() {
    const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter) return refused("seccomp_init", ENOMEM);
    if (const int code = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 1); code != 0) {
        return refused("no_new_privs", -code);
    }
    if (auto allowed = allow_calls(filter.get()); !allowed) return allowed;
    if (const int code = seccomp_load(filter.get()); code != 0) return refused("seccomp_load", -code);
    return {};
}

// What libraries fetch from the system when they are first used, and could not fetch any more.
void prepare_libraries() {
    sqlite3_initialize();
    unsigned char seed = 0;
    sqlite3_randomness(sizeof seed, &seed);
}

}  // namespace

Result<void> enter_sandbox(const SandboxLimits& limits) {
    prepare_libraries();
    if (::close_range(3, ~0U, 0) != 0) return refused("close_range", errno);
    if (::clearenv() != 0) return refused("clearenv", errno);  // NOLINT(concurrency-mt-unsafe): one thread
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("PR_SET_DUMPABLE", errno);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("no_new_privs", errno);
    if (::setpriority(PRIO_PROCESS, 0, static_cast<int>(limits.niceness)) != 0) return refused("setpriority", errno);
    if (auto limited = limit_resources(limits); !limited) return limited;
    return filter_calls();
}

}  // namespace berth::worker
