#include "base/sha256.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <random>
#include <string>
#include <vector>

namespace berth {
namespace {

std::vector<std::byte> random_bytes(std::mt19937& generator, std::size_t size) {
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(generator());
    return bytes;
}

std::string openssl_digest(std::span<const std::byte> data) {
    std::string hash(Sha256::digest_bytes, '\0');
    EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(hash.data()), nullptr, EVP_sha256(), nullptr);
    return hash;
}

TEST(Sha256, AgreesWithOpenSslAtEveryLength) {
    std::mt19937 generator(1);
    const auto data = random_bytes(generator, 400);
    for (std::size_t length = 0; length <= data.size(); ++length) {
        const std::span<const std::byte> part(data.data(), length);
        Sha256 hash;
        hash.update(part);
        ASSERT_EQ(hash.digest(), openssl_digest(part)) << length;
    }
}

TEST(Sha256, DoesNotCareHowTheDataIsCut) {
    std::mt19937 generator(2);
    for (int round = 0; round < 300; ++round) {
        const auto data = random_bytes(generator, generator() % 3000);
        Sha256 hash;
        for (std::size_t at = 0; at < data.size();) {
            const auto length = std::min<std::size_t>(data.size() - at, generator() % 200);
            hash.update({data.data() + at, length});
            at += length;
        }
        ASSERT_EQ(hash.digest(), openssl_digest(data));
        ASSERT_EQ(hash.size(), data.size());
    }
}

TEST(Sha256, TwoStreamsAtOnceAreTwoStreams) {
    std::mt19937 generator(3);
    for (int round = 0; round < 300; ++round) {
        const auto first = random_bytes(generator, generator() % 3000);
        const auto second = random_bytes(generator, generator() % 3000);
        Sha256 a;
        Sha256 b;
        const auto cut_a = first.empty() ? 0 : generator() % first.size();
        const auto cut_b = second.empty() ? 0 : generator() % second.size();
        Sha256::update_two(a, {first.data(), cut_a}, b, {second.data(), cut_b});
        Sha256::update_two(a, {first.data() + cut_a, first.size() - cut_a}, b,
                           {second.data() + cut_b, second.size() - cut_b});
        ASSERT_EQ(a.digest(), openssl_digest(first));
        ASSERT_EQ(b.digest(), openssl_digest(second));
    }
}

}  // namespace
}  // namespace berth
