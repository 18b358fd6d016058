#include "app/settings.hpp"

#include "app/data_folder.hpp"
#include "app/listen_address.hpp"
#include "app/units.hpp"
#include "app/usage_error.hpp"
#include "testing/folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace berth::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string refusal(const fs::path& folder, const std::string& text) {
    const auto path = (folder / "berth.toml").string();
    std::ofstream(path) << text;
    Config config;
    try {
        read_config_file(path, config);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Units, SizesAreReadAndShown) {
    EXPECT_EQ(parse_size("0"), 0);
    EXPECT_EQ(parse_size("64KiB"), 65536);
    EXPECT_EQ(parse_size("8388607TiB"), 8388607ULL << 40);
    for (const auto* wrong :
         {"", "KiB", "-1", "+1", " 1", "1 ", "1KB", "1kib", "1.5MiB", "8388608TiB", "18446744073709551616", "0x10"}) {
        EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
    }
    for (const std::uint64_t value : {0ULL, 1ULL, 1023ULL, 1024ULL, 1025ULL, 1ULL << 20, 3ULL << 40, 52'000ULL << 20}) {
        EXPECT_EQ(parse_size(show_size(value)), value);
    }
    EXPECT_EQ(show_size(4 << 20), "4MiB");
}

TEST(Units, DurationsAreReadAndShown) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("7d"), 168h);
    for (const auto* wrong : {"", "5", "s", "-1s", "1.5s", "1 s", "1w", "9223372036854775807d"}) {
        EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
    }
    for (const auto value : {0ms, 1ms, 999ms, 1000ms, 1001ms, 60'000ms, 86'400'000ms}) {
        EXPECT_EQ(parse_duration(show_duration(value)), value);
    }
    EXPECT_EQ(show_duration(90s), "90s");
}

TEST(Settings, EveryRowShowsItsDefaultAndTakesItBack) {
    std::set<std::string_view> keys;
    const Config defaults;
    for (const auto& row : settings()) {
        EXPECT_TRUE(keys.insert(row.key).second) << row.key;
        EXPECT_NE(row.key.find('.'), std::string_view::npos);
        EXPECT_FALSE(row.help.empty()) << row.key;
        Config config;
        const auto shown = row.show(defaults);
        EXPECT_EQ(row.set(config, shown), std::nullopt) << row.key << " = " << shown;
        for (const auto& other : settings()) EXPECT_EQ(other.show(config), other.show(defaults)) << row.key;
    }
}

TEST(Settings, EveryRowButTextSaysWhatToWrite) {
    for (const auto& row : settings()) {
        if (row.type == "text") continue;
        Config config;
        const auto wrong = row.set(config, "nonsense");
        ASSERT_TRUE(wrong) << row.key;
        EXPECT_TRUE(wrong->starts_with("write ")) << row.key << ": " << *wrong;
    }
}

// Below its least value a setting burns a processor or has every request refused.
TEST(Settings, ValuesThatBreakTheServerAreRefused) {
    const auto refusal_of = [](std::string_view key, const std::string& value) -> std::string {
        Config config;
        try {
            apply_setting(config, key, value, "--set ");
        } catch (const UsageError& error) {
            EXPECT_EQ(find_setting(key)->show(config), find_setting(key)->show(Config())) << key;
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(refusal_of("jobs.poll_interval", "0s"), "--set jobs.poll_interval = 0s: write a duration, 10ms or more");
    EXPECT_EQ(refusal_of("limits.header_bytes", "10"), "--set limits.header_bytes = 10: write a size, 8KiB or more");
    EXPECT_EQ(refusal_of("limits.connections", "0"), "--set limits.connections = 0: write a whole number, 1 or more");
    EXPECT_EQ(refusal_of("limits.manifest_bytes", "-1"),
              "--set limits.manifest_bytes = -1: write a size such as 64KiB, 4MiB or 10GiB");
    for (const auto* key :
         {"storage.gc_interval", "storage.sweep_interval", "storage.purge_interval", "storage.gc_grace",
          "pulls.write_interval", "limits.header_timeout", "limits.idle_timeout", "limits.stall_timeout",
          "limits.upload_lifetime", "images.recycle_interval", "lifecycle.interval", "lifecycle.sweep_interval",
          "lifecycle.preview_lifetime", "scanner.database_poll", "scanner.first_retry", "scanner.image_time",
          "scanner.clair_timeout", "scanner.clair_poll", "scanner.clair_interval"}) {
        EXPECT_NE(refusal_of(key, "0s"), "") << key;
    }
    for (const auto* key :
         {"limits.manifest_depth", "limits.request_memory", "limits.manifest_bytes", "limits.layer_bytes",
          "limits.tags_per_image", "limits.uploads_per_repository", "lifecycle.batch", "scanner.workers",
          "scanner.attempts", "scanner.layer_workers", "scanner.worker_memory", "scanner.worker_cpu",
          "scanner.worker_layers", "scanner.image_layers", "scanner.layer_unpacked"}) {
        EXPECT_NE(refusal_of(key, "0"), "") << key;
    }
    // Off, or none.
    for (const auto* key : {"server.threads", "storage.gc_rate", "storage.keep_free", "limits.min_body_rate"}) {
        EXPECT_EQ(refusal_of(key, "0"), "") << key;
    }
    for (const auto* key : {"images.recycle_bin", "scanner.update_interval", "lifecycle.push_delay"}) {
        EXPECT_EQ(refusal_of(key, "0s"), "") << key;
    }
}

TEST(Settings, ALeastValueIsShownAndTaken) {
    const auto* setting = find_setting("limits.connections");
    EXPECT_EQ(setting->type, "number, 1 or more");
    EXPECT_EQ(find_setting("server.threads")->type, "number");
    Config config;
    EXPECT_EQ(setting->set(config, "1"), std::nullopt);
    EXPECT_EQ(config.limits.connections, 1U);
    try {
        apply_setting(config, "limits.conections", "1", "--set ");
        FAIL() << "there is no such setting";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("limits.conections"), std::string::npos);
    }
}

TEST(Settings, AFileIsReadOverTheDefaults) {
    const testing::Folder folder;
    const auto path = (folder.path() / "berth.toml").string();
    std::ofstream(path) << "[server]\nlisten = \"0.0.0.0:80\"\nthreads = 3\n[storage]\ndirect_io = false\n"
                           "[limits]\nupload_lifetime = \"2h\"\n";
    Config config;
    read_config_file(path, config);
    EXPECT_EQ(config.listen, "0.0.0.0:80");
    EXPECT_EQ(config.threads, 3);
    EXPECT_FALSE(config.direct_io);
    EXPECT_EQ(config.registry.upload_lifetime, 2h);
    EXPECT_EQ(config.region, Config().region);
}

TEST(Settings, AMistakeNamesFileLineAndKey) {
    const testing::Folder folder;
    const auto expect = [&](const std::string& text, std::initializer_list<std::string> parts) {
        const auto said = refusal(folder.path(), text);
        for (const auto& part : parts) EXPECT_NE(said.find(part), std::string::npos) << part << " in: " << said;
    };
    expect("[server]\n\nlisen = \"x\"\n", {"berth.toml:3", "server.lisen", "berth config"});
    expect("[limits]\nmanifest_bytes = \"4MB\"\n", {"berth.toml:2", "limits.manifest_bytes", "write a size"});
    expect("[limits]\nupload_lifetime = 5\n", {"limits.upload_lifetime", "write a duration"});
    expect("[limits]\nupload_lifetime = \"500ms\"\n", {"limits.upload_lifetime"});
    expect("[limits]\nconnections = -1\n", {"limits.connections", "write a whole number"});
    expect("[limits]\nconnections = 1.5\n", {"limits.connections"});
    expect("[storage]\ndirect_io = \"yes\"\n", {"storage.direct_io", "true or false"});
    expect("threads = 3\n", {"threads", "[server]"});
    expect("[server\n", {"berth.toml:1"});
}

TEST(ListenAddress, IsHostAndPort) {
    const auto is = [](std::string_view text, std::string_view host, std::uint16_t port) {
        const auto parsed = parse_listen_address(text);
        return parsed && parsed->host == host && parsed->port == port;
    };
    EXPECT_TRUE(is("127.0.0.1:5000", "127.0.0.1", 5000));
    EXPECT_TRUE(is(":0", "0.0.0.0", 0));
    EXPECT_TRUE(is("localhost:65535", "127.0.0.1", 65535));
    EXPECT_TRUE(is("[::1]:5000", "::1", 5000));
    for (const auto* wrong : {"", "5000", "host", "host:", "host:65536", "host:-1", "host:5x", "::1:5000", "[::1]"}) {
        EXPECT_EQ(parse_listen_address(wrong), std::nullopt) << wrong;
    }
    for (const auto* text : {"127.0.0.1:5000", "[::1]:5000"}) EXPECT_EQ(to_text(*parse_listen_address(text)), text);
}

class DataFolder : public ::testing::Test {
protected:
    static fs::perms mode(const fs::path& path) { return fs::status(path).permissions(); }
    const testing::Folder folder_;
    const fs::path data_ = folder_.path() / "deep" / "data";
    SystemRandom random_;
};

TEST_F(DataFolder, AndItsFilesAreTheOwnersAlone) {
    constexpr auto private_file = fs::perms::owner_read | fs::perms::owner_write;
    prepare_data_folder(data_);
    EXPECT_EQ(mode(data_), fs::perms::owner_all);
    const auto key = load_master_key(data_, random_);
    EXPECT_EQ(mode(data_ / "master.key"), private_file);
    EXPECT_EQ(fs::file_size(data_ / "master.key"), 32);
    prepare_data_folder(data_);
    EXPECT_EQ(load_master_key(data_, random_).reveal(), key.reveal());
    write_credentials(data_, "AKIA", "secret", "us-east-1");
    write_credentials(data_, "AKIB", "secret", "us-east-1");
    EXPECT_EQ(mode(data_ / "credentials"), private_file);
    std::ifstream file(data_ / "credentials");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_EQ(text, "[default]\naws_access_key_id = AKIB\naws_secret_access_key = secret\nregion = us-east-1\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(data_), fs::directory_iterator()), 2) << "nothing half-written";
}

TEST_F(DataFolder, ALostKeyIsNotReplaced) {
    prepare_data_folder(data_);
    const auto key = load_master_key(data_, random_);
    std::ofstream(data_ / "metadata.db") << "secrets";
    EXPECT_EQ(load_master_key(data_, random_).reveal(), key.reveal());
    fs::remove(data_ / "master.key");
    try {
        (void)load_master_key(data_, random_);
        FAIL() << "there is no key";
    } catch (const UsageError& error) {
        const auto wanted = (data_ / "master.key").string() + " is missing, restore it from a backup";
        EXPECT_TRUE(std::string(error.what()).starts_with(wanted)) << error.what();
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(data_), fs::directory_iterator()), 1) << "nothing was written";
}

TEST_F(DataFolder, AWrongKeyAndAFileInItsPlaceAreRefused) {
    prepare_data_folder(data_);
    std::ofstream(data_ / "master.key") << "short";
    EXPECT_THROW((void)load_master_key(data_, random_), UsageError);
    EXPECT_THROW(prepare_data_folder(data_ / "master.key"), UsageError);
    EXPECT_THROW(prepare_data_folder(data_ / "master.key" / "below"), UsageError);
}

}  // namespace
}  // namespace berth::app
