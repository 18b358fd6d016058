#include "worker/frames.hpp"

#include <gtest/gtest.h>

namespace berth::worker {
namespace {

TEST(Frames, ARequestArrivesAsItWasSent) {
    Request request;
    request.limits.layer.packed_bytes = 1;
    request.limits.layer.unpacked_bytes = std::uint64_t{1} << 40;
    request.limits.layer.path_depth = 300;
    request.limits.problems_of_layer = 7;
    request.missed = {{.target = "usr/bin/a", .path = "usr/bin/b"}, {.target = "", .path = std::string(1000, 'p')}};
    const auto head = encode(request);
    const auto arrived = decode_request(head).value();
    EXPECT_EQ(arrived.limits.layer.packed_bytes, 1U);
    EXPECT_EQ(arrived.limits.layer.unpacked_bytes, std::uint64_t{1} << 40);
    EXPECT_EQ(arrived.limits.layer.path_depth, 300U);
    EXPECT_EQ(arrived.limits.problems_of_layer, 7U);
    ASSERT_EQ(arrived.missed.size(), 2U);
    EXPECT_EQ(arrived.missed[0].path, "usr/bin/b");
    EXPECT_EQ(arrived.missed[1].path, request.missed[1].path);
    for (std::size_t size = 0; size < head.size(); ++size) EXPECT_FALSE(decode_request(head.substr(0, size))) << size;
    EXPECT_FALSE(decode_request(head + '\0'));
}

// A worker that lies must not make the server hold much for few bytes: a link of two empty names is two of them.
TEST(Frames, WhatWasMissedIsBounded) {
    EXPECT_EQ(decode_missed(encode(std::vector<inventory::MissedLink>(most_missed))).value().size(), most_missed);
    EXPECT_FALSE(decode_missed(encode(std::vector<inventory::MissedLink>(most_missed + 1))));
}

}  // namespace
}  // namespace berth::worker
