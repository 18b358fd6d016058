// What is the folder's own: exact file sizes, full disks, processes that die, keys that are no keys.
#include "store/fs/fs_blob_store.hpp"

#include "base/size.hpp"
#include "store/fs/contract.hpp"
#include "store/fs/file_writer.hpp"
#include "testing/folder.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace berth::store::fs {
namespace {

using contract::content;
using contract::Pages;
using contract::wait_for;

const std::string key = "00000000-0000-4000-8000-000000000001";

// On a disk: memory has no direct I/O.
struct Folder : testing::Folder {
    Folder() : testing::Folder(std::filesystem::temp_directory_path()) {}
};

struct Store {
    explicit Store(const std::filesystem::path& root, DirectIo direct = DirectIo::where_possible)
        : blobs(root, pool, direct) {}
    ~Store() { pool.join(); }
    BlockingPool pool{2};
    FsBlobStore blobs;
};

FileWriter start(const std::filesystem::path& path, FileWriter::Mode mode) {
    const int flags = O_RDWR | O_CREAT | (mode == FileWriter::Mode::direct ? O_DIRECT : 0);
    return FileWriter::start(open_file(path, flags).value(), path, mode, 0).value();
}

class FileWriterSizes : public ::testing::TestWithParam<FileWriter::Mode> {};

INSTANTIATE_TEST_SUITE_P(Modes, FileWriterSizes,
                         ::testing::Values(FileWriter::Mode::buffered, FileWriter::Mode::direct),
                         [](const auto& tested) {
                             return std::string(tested.param == FileWriter::Mode::direct ? "direct" : "buffered");
                         });

TEST_P(FileWriterSizes, TheFileHasExactlyTheBytesAfterAFlush) {
    const Folder folder;
    const auto path = folder.path() / "file";
    auto writer = start(path, GetParam());
    std::uint64_t size = 0;
    for (const std::size_t step : {1U, 4094U, 1U, 1U, 8192U, 100'000U, 3U, 2'000'000U, 4096U}) {
        const Pages piece(content(step));
        ASSERT_TRUE(writer.append(piece.span()));
        ASSERT_TRUE(writer.flush());
        size += step;
        EXPECT_EQ(writer.size(), size);
        EXPECT_EQ(std::filesystem::file_size(path), size);
    }
}

// What was reserved ahead and not needed goes back when the blob is complete.
TEST_P(FileWriterSizes, GivesReservedSpaceBackInTheEnd) {
    const Folder folder;
    for (const bool announced : {true, false}) {
        const auto path = folder.path() / (announced ? "announced" : "unknown");
        auto writer = start(path, GetParam());
        if (announced) writer.reserve(64_MiB);
        const auto bytes = content(1'200'000);
        const Pages first(std::string_view(bytes).substr(0, 1'100'000));
        const Pages rest(std::string_view(bytes).substr(1'100'000));
        ASSERT_TRUE(writer.append(first.span()));
        ASSERT_TRUE(writer.append(rest.span()));
        ASSERT_TRUE(writer.sync());
        struct stat status{};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_size, 1'200'000);
        EXPECT_LT(status.st_blocks * 512, 2 * 1024 * 1024);
    }
}

TEST(FsBlobStore, FilesAreTheOwnersAlone) {
    const Folder folder;
    Store store(folder.path());
    auto writer = wait_for(store.blobs.create(key, std::nullopt)).value();
    const auto mode = std::filesystem::status(Layout(folder.path()).path_of(key)).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(FsBlobStore, TakesItsOwnKeysOnly) {
    const Folder folder;
    Store store(folder.path());
    for (const std::string_view wrong :
         {"", ".", "../../etc/passwd", "00000000-0000-4000-8000-00000000000/", "00000000-0000-4000-8000-0000000000011",
          "0000000G-0000-4000-8000-000000000001"}) {
        EXPECT_THROW((void)wait_for(store.blobs.open(std::string(wrong))), std::logic_error) << wrong;
        EXPECT_THROW((void)wait_for(store.blobs.create(std::string(wrong), std::nullopt)), std::logic_error) << wrong;
        EXPECT_THROW((void)wait_for(store.blobs.remove(std::string(wrong))), std::logic_error) << wrong;
    }
}

TEST(FsBlobStore, CannotBeMadeWhereThereIsAFile) {
    const Folder folder;
    const auto path = folder.path() / "file";
    static_cast<void>(open_file(path, O_WRONLY | O_CREAT).value());
    BlockingPool pool(1);
    EXPECT_THROW(FsBlobStore(path, pool, DirectIo::off), std::system_error);
}

// A small file system of its own, for as long as this lives.
class SmallDisk {
public:
    SmallDisk() : mounted_(::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=2m") == 0) {}
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool mounted() const { return mounted_; }
    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

private:
    Folder folder_;
    bool mounted_;
};

TEST(FsBlobStore, AFullDiskIsAFaultAndNothingWorse) {
    const SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a file system";
    Store store(disk.path());
    const auto bytes = content(1'500'000);
    const Pages pages(bytes);
    const auto write = [&](const std::string& to) -> Result<void> {
        auto writer = wait_for(store.blobs.create(to, bytes.size()));
        if (!writer) return fail(std::move(writer));
        auto appended = wait_for((*writer)->append(pages.span()));
        if (!appended) return appended;
        return wait_for((*writer)->commit());
    };
    ASSERT_TRUE(write(key));
    const std::string second = "00000000-0000-4000-8000-000000000002";
    const auto full = write(second);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().kind, FaultKind::storage_full);
    // What is there stays readable, what failed can be removed, and then there is room again.
    auto reader = wait_for(store.blobs.open(key)).value();
    std::string got(bytes.size(), '\0');
    ASSERT_EQ(wait_for(reader->read_at(0, std::as_writable_bytes(std::span(got)))), bytes.size());
    EXPECT_TRUE(got == bytes);
    reader.reset();
    ASSERT_TRUE(wait_for(store.blobs.remove(second)));
    ASSERT_TRUE(wait_for(store.blobs.remove(key)));
    EXPECT_TRUE(write(second));
}

// Of what is written, with and without its length known before.
TEST(FsBlobStore, LeavesRoomToOthers) {
    const SmallDisk disk;
    if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a file system";
    constexpr std::uint64_t kept = std::uint64_t{1} << 20;
    BlockingPool pool(1);
    FsBlobStore blobs(disk.path(), pool, DirectIo::off, kept);
    const auto kind = [](const auto& result) { return result ? FaultKind{} : result.error().kind; };
    EXPECT_EQ(kind(wait_for(blobs.create(key, 1'500'000))), FaultKind::storage_full);
    auto writer = wait_for(blobs.create(key, std::nullopt)).value();
    const auto bytes = content(100'000);
    const Pages pages(bytes);
    Result<void> written;
    std::uint64_t before = 0;
    do {
        before = std::filesystem::space(disk.path()).available;
        written = wait_for(writer->append(pages.span()));
    } while (written);
    EXPECT_EQ(kind(written), FaultKind::storage_full);
    EXPECT_GE(before, kept);
    EXPECT_LT(before, kept + 2 * bytes.size());
    EXPECT_EQ(std::filesystem::space(disk.path()).available, before);
    writer.reset();
    pool.join();
}

// The child writes as fast as it can and says how far flush() went; it is killed somewhere in between.
[[noreturn]] void write_until_killed(const std::filesystem::path& path, FileWriter::Mode mode, int progress) {
    auto writer = start(path, mode);
    const auto bytes = content(8_MiB);
    std::mt19937_64 random(7);
    for (std::size_t at = 0; at < bytes.size();) {
        const auto count = std::min<std::size_t>(random() % 9000 + 1, bytes.size() - at);
        const Pages piece(std::string_view(bytes).substr(at, count), random() % 2);
        if (!writer.append(piece.span())) ::_exit(1);
        at += count;
        if (random() % 3 != 0) continue;
        if (!writer.flush()) ::_exit(1);
        const std::uint64_t flushed = at;
        if (::write(progress, &flushed, sizeof flushed) != sizeof flushed) ::_exit(1);
    }
    ::pause();
    ::_exit(0);
}

TEST_P(FileWriterSizes, AKilledProcessLeavesAPrefixWithAllThatWasFlushed) {
    const auto bytes = content(8_MiB);
    for (const int reports : {1, 7, 60, 200}) {
        const Folder folder;
        const auto path = folder.path() / "file";
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) write_until_killed(path, GetParam(), ends[1]);
        ::close(ends[1]);
        std::uint64_t flushed = 0;
        for (int i = 0; i < reports; ++i) ASSERT_EQ(::read(ends[0], &flushed, sizeof flushed), sizeof flushed);
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        ::close(ends[0]);
        const auto file = open_file(path, O_RDONLY).value();
        std::string left(size_of(file, path).value(), '\0');
        ASSERT_EQ(read_at(file, path, 0, std::as_writable_bytes(std::span(left))), left.size());
        EXPECT_GE(left.size(), flushed);
        EXPECT_TRUE(bytes.starts_with(left)) << left.size();
    }
}

// What a person or a broken file system put between the blobs.
TEST(FsBlobStore, WhatNoKeyLeadsToIsListedAndSetAside) {
    const Folder folder;
    Store store(folder.path());
    {
        auto writer = wait_for(store.blobs.create(key, std::nullopt)).value();
        ASSERT_TRUE(wait_for(writer->commit()));
    }
    std::filesystem::path blob;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (entry.path().filename() == key) blob = entry.path();
    }
    const std::string elsewhere = blob.parent_path().filename() == "11" ? "12" : "11";
    const auto stray = elsewhere + "/" + key;
    const auto put = [&](const std::string& name) { std::ofstream(folder.path() / name) << "hi"; };
    put(stray);
    put("00/orphan");
    const auto listed = [&] { return wait_for(store.blobs.list_keys("")).value(); };
    EXPECT_EQ(listed(), (std::vector<std::string>{"00/orphan", key, stray}));

    EXPECT_TRUE(wait_for(store.blobs.set_aside(stray)));
    EXPECT_TRUE(wait_for(store.blobs.set_aside("00/orphan")));
    EXPECT_EQ(listed(), std::vector<std::string>{key}) << "the blob of that key is where it was";
    EXPECT_TRUE(wait_for(store.blobs.open(key)));
    put("00/orphan");
    EXPECT_TRUE(wait_for(store.blobs.set_aside("00/orphan")));
    const auto quarantine = folder.path() / "quarantine";
    EXPECT_TRUE(std::filesystem::exists(quarantine / (elsewhere + "-" + key)));
    EXPECT_TRUE(std::filesystem::exists(quarantine / "00-orphan"));
    EXPECT_TRUE(std::filesystem::exists(quarantine / "00-orphan+")) << "nothing is written over";
    EXPECT_EQ(wait_for(store.blobs.set_aside("00/orphan")).error().kind, FaultKind::blob_not_found);
    for (const auto* bad : {"orphan", "00/", "00/..", "../metadata.db", "00/a/b", "zz/orphan", ""}) {
        EXPECT_THROW((void)wait_for(store.blobs.set_aside(bad)), std::logic_error) << bad;
    }
}

}  // namespace
}  // namespace berth::store::fs
