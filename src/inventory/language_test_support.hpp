// For the tests of the language readers only.
#pragma once

#include "archive/unpack.hpp"
#include "inventory/file_reader.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace berth::inventory {

using Read = Result<std::vector<Package>> (*)(const FileContent&);

inline std::string fixture(const std::string& name) {
    std::ifstream file(std::string(BERTH_TESTDATA) + "/languages/" + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string unpacked_fixture(const std::string& name) {
    const auto packed = fixture(name);
    const auto bytes =
        archive::inflate_all(std::as_bytes(std::span(packed)), archive::Wrapping::gzip, std::uint64_t{1} << 26U);
    EXPECT_TRUE(bytes) << name;
    return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()) : std::string{};
}

inline FileContent content_of(std::string_view path, std::string_view text) {
    return {.file = {.path = path, .size = text.size(), .mode = 0755}, .bytes = std::as_bytes(std::span(text))};
}

// "NAME VERSION" of each package in turn, or what went wrong.
inline std::vector<std::string> packages_in(Read read, std::string_view path, std::string_view text) {
    const auto packages = read(content_of(path, text));
    if (!packages) return {"fault: " + packages.error().message};
    std::vector<std::string> names;
    for (const auto& package : *packages) names.push_back(package.name + ' ' + package.version);
    return names;
}

inline bool wants(bool (*reader)(const FileInfo&), std::string_view path) {
    return reader({.path = path, .size = 1000, .mode = 0644});
}

using Names = std::vector<std::string>;

}  // namespace berth::inventory
