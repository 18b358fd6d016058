#include "app/data_folder.hpp"

#include "app/usage_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace berth::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_bytes = 32;
constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

class File {
public:
    File(const fs::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, owner_only)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool write_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    [[nodiscard]] bool sync() const { return ::fsync(descriptor_) == 0; }
    [[nodiscard]] bool opened() const { return descriptor_ >= 0; }

private:
    int descriptor_;
};

enum class Existing : bool { is_replaced, stays };

// 0, or -1 with errno. Not all file systems can link.
int put_in_place(const fs::path& temporary, const fs::path& path, Existing existing) {
    if (existing == Existing::stays) {
        const bool done = ::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST;
        if (done) {
            static_cast<void>(std::remove(temporary.c_str()));
            return 0;
        }
    }
    return std::rename(temporary.c_str(), path.c_str());
}

// A new file beside it, synced, then put in its place, then the folder synced.
void write_private_file(const fs::path& path, std::string_view bytes, Existing existing) {
    const auto temporary = fs::path(path).concat(".new");
    const auto give_up = [&](const char* step) {
        const std::string reason = std::strerror(errno);
        static_cast<void>(std::remove(temporary.c_str()));
        throw UsageError("cannot " + std::string(step) + " " + path.string() + ": " + reason);
    };
    static_cast<void>(std::remove(temporary.c_str()));
    {
        const File file(temporary, O_WRONLY | O_CREAT | O_EXCL);
        if (!file.opened()) give_up("create");
        if (!file.write_all(bytes) || !file.sync()) give_up("write");
    }
    if (put_in_place(temporary, path, existing) != 0) give_up("rename");
    const File folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
    if (!folder.opened() || !folder.sync()) give_up("sync the folder of");
}

void make_master_key(const fs::path& path, Random& random) {
    std::array<std::byte, key_bytes> bytes{};
    random.fill(bytes);
    const Secret key(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    write_private_file(path, key.reveal(), Existing::stays);
}

}  // namespace

void prepare_data_folder(const fs::path& data) {
    std::error_code error;
    const bool made = fs::create_directories(data, error);
    if (error) {
        throw UsageError("cannot make the data folder " + data.string() + ": " + error.message() +
                         "; choose another one with --data");
    }
    if (made) fs::permissions(data, fs::perms::owner_all, error);
    if (::access(data.c_str(), R_OK | W_OK | X_OK) != 0) {
        throw UsageError("the data folder " + data.string() + " is not writable for this user: " +
                         std::strerror(errno) + "; choose another one with --data");
    }
}

Secret load_master_key(const fs::path& data, Random& random) {
    const auto path = data / "master.key";
    if (!fs::exists(path)) {
        if (const auto metadata = data / "metadata.db"; fs::exists(metadata)) {
            throw UsageError(path.string() + " is missing, restore it from a backup: it opens the secrets in " +
                             metadata.string());
        }
        make_master_key(path, random);
    }
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (bytes.size() != key_bytes) {
        throw UsageError(path.string() + " is not a key of " + std::to_string(key_bytes) +
                         " bytes; restore it from a backup, or start with another data folder");
    }
    return Secret(std::move(bytes));
}

void write_credentials(const fs::path& data, std::string_view access_key_id, std::string_view secret,
                       std::string_view region) {
    std::string text("[default]\naws_access_key_id = ");
    text += access_key_id;
    text += "\naws_secret_access_key = ";
    text += secret;
    text += "\nregion = ";
    text += region;
    text += '\n';
    write_private_file(data / "credentials", text, Existing::is_replaced);
}

}  // namespace berth::app
