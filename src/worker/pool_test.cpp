// The workers with honest layers, with layers that are none, and with workers that are none.
#include "worker/pool.hpp"

#include "archive/unpack.hpp"
#include "testing/archives.hpp"
#include "testing/bytes.hpp"
#include "testing/run.hpp"
#include "testing/worker_program.hpp"
#include "worker/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;
using testing::Tar;

const std::string status = "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13\n\n";

std::string debian_layer() {
    return testing::gzipped(Tar().file("var/lib/dpkg/status", status).end());
}

OpenLayer layer_of(std::string bytes, std::size_t piece = 4096) {
    return [bytes = std::move(bytes), piece]() -> Task<Result<std::unique_ptr<ByteSource>>> {
        testing::BodyOptions options;
        options.piece = piece;
        co_return std::make_unique<testing::Body>(bytes, options);
    };
}

Result<LayerRead> read(Pool& pool, OpenLayer layer, std::chrono::milliseconds within = 30s,
                       const inventory::Limits& limits = {}) {
    return testing::wait_for(pool.read_layer(std::move(layer), limits, std::chrono::steady_clock::now() + within));
}

Fault fault_of(const Program& program, std::string layer, std::chrono::milliseconds within = 30s) {
    Pool pool({.program = program});
    const auto result = read(pool, layer_of(std::move(layer)), within);
    EXPECT_FALSE(result);
    return result ? Fault{} : result.error();
}

bool says(const Fault& fault, std::string_view words) {
    return fault.message.find(words) != std::string::npos;
}

// A quiet machine's worth of bytes for workers that read what they get first.
void read_everything() {
    std::array<char, 4096> buffer{};
    while (::recv(0, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
    }
}

void answer(const AnswerHead& head, std::string_view payload) {
    const auto bytes = encode(head);
    static_cast<void>(::write(1, bytes.data(), bytes.size()));
    static_cast<void>(::write(1, payload.data(), payload.size()));
}

int misbehave(std::string_view kind) {
    if (kind == "crashes") std::abort();
    if (kind == "hangs") {
        for (;;) ::pause();
    }
    if (kind == "gives up") return 0;
    if (kind == "closes") {
        ::close(0);
        ::close(1);
        for (;;) ::pause();
    }
    if (kind == "floods") {
        const std::string noise(65536, '\xff');
        for (;;) static_cast<void>(::write(1, noise.data(), noise.size()));
    }
    if (kind == "promises too much") answer({.kind = AnswerKind::inventory, .size = ~std::uint64_t{0}}, "");
    if (kind == "says nonsense") answer({.kind = AnswerKind::inventory, .size = 7}, "BLI\1abc");
    if (kind == "blames the server") {
        answer({.kind = AnswerKind::fault, .fault = FaultKind::access_denied, .size = 2}, "no");
    }
    if (kind == "misses for ever") {
        for (;;) {
            read_everything();
            const auto missed = encode({{.target = "a", .path = "b"}});
            answer({.kind = AnswerKind::missed, .last = true, .size = missed.size()}, missed);
            return 0;
        }
    }
    if (kind.starts_with("sandbox")) {
        if (!enter_sandbox({.cpu_seconds = 1})) return not_confined;
        if (kind == "sandbox, opens") static_cast<void>(::open("/etc/passwd", O_RDONLY));
        if (kind == "sandbox, connects") static_cast<void>(::socket(AF_INET, SOCK_STREAM, 0));
        if (kind == "sandbox, forks") static_cast<void>(::fork());
        if (kind == "sandbox, writes elsewhere") static_cast<void>(::write(2, "x", 1));
        if (kind == "sandbox, spins") {
            for (volatile bool on = true; on;) {
            }
        }
        answer({.kind = AnswerKind::fault, .fault = FaultKind::internal, .size = 5}, "still");
    }
    return 0;
}

TEST(Pool, ReadsALayerAsTheReaderDoes) {
    Pool pool({.program = testing::worker_program()});
    const auto bytes = debian_layer();
    const auto read_here = [&] {
        archive::MemorySource source(testing::as_bytes(bytes));
        return inventory::scan_layer(source, {}, inventory::Scope::anywhere).value().layer;
    }();
    const auto got = read(pool, layer_of(bytes, 7));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->layer, read_here);
    EXPECT_EQ(inventory::decode_layer(got->encoded), read_here);
    ASSERT_EQ(got->layer.files.size(), 1U);
}

TEST(Pool, StepsBackForOthersByThePiece) {
    std::atomic<int> asked = 0;
    ShareOfTime share(5, [&] { return ++asked > 0; });
    Pool pool({.program = testing::worker_program(), .share = &share});
    ASSERT_TRUE(read(pool, layer_of(debian_layer())));
    const auto begin = std::chrono::steady_clock::now();
    const auto got = read(pool, layer_of(debian_layer(), 16));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->layer.files.size(), 1U);
    // No program starts and reads a layer in less than half a millisecond of processor time.
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 9ms);
    EXPECT_GT(asked, 10);
}

TEST(Pool, KeepsAWorkerForSomeLayers) {
    Pool pool({.program = testing::worker_program("layers", 1U << 30U, 60, 3), .workers = 1});
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(read(pool, layer_of(debian_layer())));
    EXPECT_EQ(pool.statistics().started, 3U);
    EXPECT_EQ(pool.statistics().running, 1U);
    EXPECT_EQ(pool.statistics().broken, 0U);
}

TEST(Pool, EndsAWorkerThatHasNothingToDo) {
    Pool pool({.program = testing::worker_program(), .idle = 1ms});
    ASSERT_TRUE(read(pool, layer_of(debian_layer())));
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (pool.statistics().running != 0 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    EXPECT_EQ(pool.statistics().running, 0U);
    EXPECT_TRUE(read(pool, layer_of(debian_layer())));
}

TEST(Pool, BoundsHowManyRunAtOnce) {
    Pool pool({.program = testing::worker_program(), .workers = 2});
    testing::run_at_once(4, 12, [&](std::size_t) -> Task<void> {
        const auto got = co_await pool.read_layer(layer_of(debian_layer()), {}, std::chrono::steady_clock::now() + 60s);
        EXPECT_TRUE(got);
        EXPECT_LE(pool.statistics().running, 2U);
    });
    EXPECT_LE(pool.statistics().started, 2U);
}

TEST(Pool, ReadsALayerTwiceForALinkItMissed) {
    Pool pool({.program = testing::worker_program()});
    const auto bytes = Tar().file("tmp/a", status).hard_link("var/lib/dpkg/status", "tmp/a").end();
    const auto got = read(pool, layer_of(bytes));
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_TRUE(got->layer.files.contains("var/lib/dpkg/status"));
    EXPECT_EQ(got->layer.files.at("var/lib/dpkg/status").packages.at(0).name, "zlib1g");
}

TEST(Pool, ReadsADatabaseOfSqliteInTheSandbox) {
    const auto path = std::filesystem::path(BERTH_TESTDATA "/../../inventory/testdata/rpm/rpmdb.sqlite.gz");
    std::ifstream file(path.lexically_normal(), std::ios::binary);
    ASSERT_TRUE(file);
    const std::string packed{std::istreambuf_iterator<char>(file), {}};
    archive::MemorySource source(testing::as_bytes(packed));
    const archive::Limits limits;
    const auto stream = archive::unpack(source, limits).value();
    const auto plain = archive::read_all(*stream, std::uint64_t{1} << 30U, "the database").value();
    const std::string_view database(reinterpret_cast<const char*>(plain.data()), plain.size());
    const auto bytes = Tar().file("var/lib/rpm/rpmdb.sqlite", database).end();
    Pool pool({.program = testing::worker_program()});
    const auto got = read(pool, layer_of(bytes, 65536));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_TRUE(got->layer.problems.empty());
    EXPECT_FALSE(got->layer.files.at("var/lib/rpm/rpmdb.sqlite").packages.empty());
}

TEST(Pool, AFaultyLayerIsAFaultAndTheNextOneIsRead) {
    Pool pool({.program = testing::worker_program(), .workers = 1});
    const auto damaged = read(pool, layer_of(debian_layer().substr(0, 60)));
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().kind, FaultKind::invalid_parameter) << damaged.error().message;
    inventory::Limits small;
    small.layer.unpacked_bytes = 1 << 20;
    // Longer than the socket holds, and refused long before its end.
    const auto bomb = testing::gzipped(Tar().file("zeros", std::string(std::size_t{64} << 20U, '\0')).end()) +
                      testing::content(std::size_t{8} << 20U);
    const auto large = read(pool, layer_of(bomb, 65536), 30s, small);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, FaultKind::too_large) << large.error().message;
    EXPECT_TRUE(read(pool, layer_of(debian_layer())));
    EXPECT_EQ(pool.statistics().broken, 0U);
}

TEST(Pool, ASourceThatBreaksOffIsNotTheLayersFault) {
    Pool pool({.program = testing::worker_program()});
    const auto broken = [](const std::string& bytes) -> OpenLayer {
        return [bytes]() -> Task<Result<std::unique_ptr<ByteSource>>> {
            testing::BodyOptions options;
            options.breaks_after = 10;
            co_return std::make_unique<testing::Body>(bytes, options);
        };
    };
    const auto got = read(pool, broken(debian_layer()));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, FaultKind::unavailable);
    EXPECT_TRUE(read(pool, layer_of(debian_layer())));
}

TEST(BrokenWorker, Crashes) {
    const auto fault = fault_of(testing::worker_program("crashes"), debian_layer());
    EXPECT_EQ(fault.kind, FaultKind::internal);
    EXPECT_TRUE(says(fault, "ended by a signal")) << fault.message;
}

TEST(BrokenWorker, Hangs) {
    const auto start = std::chrono::steady_clock::now();
    const auto fault = fault_of(testing::worker_program("hangs"), testing::content(std::size_t{4} << 20U), 300ms);
    EXPECT_EQ(fault.kind, FaultKind::deadline) << fault.message;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

TEST(BrokenWorker, EndsWithoutAWord) {
    for (const auto* kind : {"gives up", "closes"}) {
        const auto fault = fault_of(testing::worker_program(kind), debian_layer());
        EXPECT_EQ(fault.kind, FaultKind::internal) << kind << ": " << fault.message;
    }
}

TEST(BrokenWorker, FloodsAndLies) {
    for (const auto* kind : {"floods", "promises too much", "says nonsense", "blames the server", "misses for ever"}) {
        const auto fault = fault_of(testing::worker_program(kind), debian_layer());
        EXPECT_EQ(fault.kind, FaultKind::internal) << kind << ": " << fault.message;
        EXPECT_TRUE(says(fault, "makes no sense")) << kind << ": " << fault.message;
    }
}

TEST(BrokenWorker, CannotBeStarted) {
    const auto fault = fault_of({.path = "/nowhere/berth", .arguments = {}}, debian_layer());
    EXPECT_EQ(fault.kind, FaultKind::unavailable);
}

TEST(Sandbox, KillsWhoWantsAnythingElse) {
    for (const auto* kind : {"sandbox, opens", "sandbox, connects", "sandbox, forks", "sandbox, writes elsewhere"}) {
        const auto fault = fault_of(testing::worker_program(kind), debian_layer());
        EXPECT_EQ(fault.kind, FaultKind::internal) << kind;
        EXPECT_TRUE(says(fault, "forbidden system call")) << kind << ": " << fault.message;
    }
    // And lets who stays inside of it answer.
    EXPECT_TRUE(says(fault_of(testing::worker_program("sandbox, stays"), debian_layer()), "still"));
}

TEST(Sandbox, EndsAWorkerThatUsesTooMuchTime) {
    const auto fault = fault_of(testing::worker_program("sandbox, spins"), debian_layer());
    EXPECT_EQ(fault.kind, FaultKind::deadline);
    EXPECT_TRUE(says(fault, "processor time")) << fault.message;
}

TEST(Sandbox, StepsBackWhereProcessorsAreShort) {
    std::array<int, 2> go{};
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe2(go.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    const auto child = ::fork();
    char byte = 'r';
    if (child == 0) {
        ::dup2(go[0], 0);
        ::dup2(ready[1], 1);
        const bool confined = enter_sandbox({.niceness = 7}) && ::write(1, &byte, 1) == 1 && ::read(0, &byte, 1) == 0;
        ::syscall(SYS_exit_group, confined ? 0 : 1);  // LeakSanitizer takes _exit() as a call to start processes
    }
    ::close(ready[1]);
    ::close(go[0]);
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(child)), 7);
    ::close(go[1]);
    ::close(ready[0]);
    int ended = 0;
    EXPECT_EQ(::waitpid(child, &ended, 0), child);
    EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0) << ended;
}

TEST(Sandbox, BoundsMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers reserve more addresses than the limit";
#endif
    const auto bytes = Tar().file("var/lib/dpkg/status", std::string(std::size_t{200} << 20U, 'a')).end();
    Pool pool({.program = testing::worker_program("layers", std::uint64_t{128} << 20U)});
    const auto got = read(pool, layer_of(bytes, std::size_t{1} << 20U));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, FaultKind::too_large) << got.error().message;
    EXPECT_TRUE(says(got.error(), "memory"));
}

TEST(Pool, StopsWhatRuns) {
    Pool pool({.program = testing::worker_program("hangs")});
    std::jthread stopper([&] {
        while (pool.statistics().running == 0) std::this_thread::yield();
        pool.stop();
    });
    const auto got = read(pool, layer_of(debian_layer()), 60s);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, FaultKind::unavailable) << got.error().message;
    EXPECT_EQ(read(pool, layer_of(debian_layer())).error().kind, FaultKind::unavailable);
}

}  // namespace
}  // namespace berth::worker

int main(int argc, char** argv) {
    return berth::testing::run_tests_or_worker(argc, argv, &berth::worker::misbehave);
}
