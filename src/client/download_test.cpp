#include "client/http.hpp"
#include "testing/folder.hpp"
#include "testing/scripted_server.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace berth::client {
namespace {

using testing::answer;
using testing::ScriptedServer;

constexpr std::string_view etag = "ETag: \"v1\"\r\n";

class DownloadTest : public ::testing::Test {
protected:
    static std::string read(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    static void write(const std::filesystem::path& path, std::string_view text) {
        std::ofstream(path, std::ios::binary) << text;
    }
    Download wanted(const ScriptedServer& server) const { return {.url = server.url("/file"), .file = file_}; }
    [[nodiscard]] std::filesystem::path beside(std::string_view ending) const {
        return std::filesystem::path(file_).concat(ending);
    }

    testing::Folder folder_;
    std::filesystem::path file_ = folder_.path() / "file";
    HttpClient client_;
};

// Breaks off after five bytes, and serves the rest of "0123456789" when asked for it.
std::string fragile(const std::string& request) {
    if (request.find("Range: bytes=5-\r\n") != std::string::npos &&
        request.find("If-Range: \"v1\"\r\n") != std::string::npos) {
        return answer("206 Partial Content", "56789", "Content-Range: bytes 5-9/10\r\n" + std::string(etag));
    }
    return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" + std::string(etag) + "\r\n01234";
}

TEST_F(DownloadTest, AFileArrivesWholeWithItsEtag) {
    ScriptedServer server([](const auto&) { return answer("200 OK", "content", etag); });
    std::uint64_t total = 0;
    auto download = wanted(server);
    download.progress = [&](std::uint64_t so_far, std::uint64_t all) {
        EXPECT_LE(so_far, all);
        total = all;
        return true;
    };
    const auto done = client_.download(download);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_FALSE(done->not_modified);
    EXPECT_EQ(done->bytes, 7U);
    EXPECT_EQ(done->etag, "\"v1\"");
    EXPECT_EQ(total, 7U);
    EXPECT_EQ(read(file_), "content");
    EXPECT_FALSE(std::filesystem::exists(beside(".part")));
    EXPECT_FALSE(std::filesystem::exists(beside(".part.etag")));
}

TEST_F(DownloadTest, AnEmptyFileIsAFile) {
    ScriptedServer server([](const auto&) { return answer("200 OK", ""); });
    ASSERT_TRUE(client_.download(wanted(server)));
    EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(DownloadTest, WhatBrokeOffIsGoneOnWith) {
    ScriptedServer server(fragile);
    EXPECT_EQ(client_.download(wanted(server)).error().kind, FaultKind::unavailable);
    EXPECT_FALSE(std::filesystem::exists(file_));
    EXPECT_EQ(read(beside(".part")), "01234");
    const auto done = client_.download(wanted(server));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->bytes, 10U);
    EXPECT_EQ(read(file_), "0123456789");
}

TEST_F(DownloadTest, AChangedFileIsBegunAnew) {
    bool changed = false;
    ScriptedServer server([&](const std::string& request) {
        return changed ? answer("200 OK", "other", "ETag: \"v2\"\r\n") : fragile(request);
    });
    EXPECT_FALSE(client_.download(wanted(server)));
    changed = true;
    ASSERT_TRUE(client_.download(wanted(server)));
    EXPECT_EQ(read(file_), "other");
}

TEST_F(DownloadTest, WithoutAnEtagNothingIsGoneOnWith) {
    ScriptedServer server([](const std::string& request) {
        return request.find("Range:") == std::string::npos ? answer("200 OK", "0123456789") : answer("500 Wrong", "");
    });
    write(beside(".part"), "xx");
    ASSERT_TRUE(client_.download(wanted(server)));
    EXPECT_EQ(read(file_), "0123456789");
}

TEST_F(DownloadTest, APartThatDoesNotFitIsGivenUp) {
    ScriptedServer server([](const std::string& request) {
        return request.find("Range: ") == std::string::npos ? answer("200 OK", "short", etag)
                                                            : answer("416 Range Not Satisfiable", "");
    });
    write(beside(".part"), "much longer than it is");
    write(beside(".part.etag"), "\"v1\"\n");
    ASSERT_TRUE(client_.download(wanted(server)));
    EXPECT_EQ(read(file_), "short");
}

TEST_F(DownloadTest, AnotherRangeThanAskedForIsRefused) {
    ScriptedServer server([](const auto&) {
        return answer("206 Partial Content", "x", "Content-Range: bytes 0-0/10\r\n" + std::string(etag));
    });
    EXPECT_EQ(client_.download(wanted(server)).error().kind, FaultKind::unavailable);
    write(beside(".part"), "01234");
    write(beside(".part.etag"), "\"v1\"\n");
    EXPECT_EQ(client_.download(wanted(server)).error().kind, FaultKind::unavailable);
    EXPECT_EQ(read(beside(".part")), "01234");
}

TEST_F(DownloadTest, WhatIsStillTheSameIsNotSentAgain) {
    ScriptedServer server([](const std::string& request) {
        return request.find("If-None-Match: \"v1\"\r\n") != std::string::npos
                   ? "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"
                   : answer("200 OK", "new", etag);
    });
    auto download = wanted(server);
    download.etag = "\"v1\"";
    EXPECT_FALSE(client_.download(download).value().not_modified) << "the file itself is not there";
    write(file_, "kept");
    EXPECT_TRUE(client_.download(download).value().not_modified);
    EXPECT_EQ(read(file_), "kept");
}

TEST_F(DownloadTest, ThereIsALongestFile) {
    ScriptedServer server([](const auto&) { return answer("200 OK", "0123456789", etag); });
    auto download = wanted(server);
    download.most_bytes = 9;
    EXPECT_EQ(client_.download(download).error().kind, FaultKind::too_large);
    download.most_bytes = 10;
    EXPECT_TRUE(client_.download(download));
}

TEST_F(DownloadTest, ProgressMayStopIt) {
    ScriptedServer server([](const auto&) { return answer("200 OK", "0123456789", etag); });
    auto download = wanted(server);
    download.progress = [](auto, auto) { return false; };
    EXPECT_EQ(client_.download(download).error().kind, FaultKind::deadline);
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(DownloadTest, AnErrorsWordsAreNoFile) {
    ScriptedServer server([](const auto&) { return answer("404 Not Found", "no such thing"); });
    const auto done = client_.download(wanted(server));
    EXPECT_EQ(done.error().kind, FaultKind::unsupported);
    EXPECT_NE(done.error().message.find("404"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file_));
    EXPECT_FALSE(std::filesystem::exists(beside(".part")));
}

}  // namespace
}  // namespace berth::client
