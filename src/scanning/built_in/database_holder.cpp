#include "scanning/built_in/database_holder.hpp"

#include "vulndb/import.hpp"

#include <sys/stat.h>

#include <utility>

namespace berth::scanning {

DatabaseHolder::Stamp DatabaseHolder::stamp() const {
    struct stat facts{};
    if (::stat(vulndb::database_file(folder_).c_str(), &facts) != 0) return {};
    constexpr std::int64_t second = 1'000'000'000;
    return {.device = facts.st_dev,
            .file = facts.st_ino,
            .changed_at = facts.st_mtim.tv_sec * second + facts.st_mtim.tv_nsec};
}

DatabaseHolder::Generation DatabaseHolder::current() const {
    const std::scoped_lock lock(mutex_);
    return current_;
}

Result<bool> DatabaseHolder::look() {
    const std::scoped_lock one_at_a_time(looking_);
    const auto now = stamp();
    const auto present = current();
    if (present && now == seen_) return false;
    auto opened = vulndb::SqliteDatabase::open(vulndb::database_file(folder_), cache_bytes_);
    if (!opened) return fail(std::move(opened));
    seen_ = now;
    if (present && present->freshness().generation == (*opened)->freshness().generation) return false;
    const std::scoped_lock lock(mutex_);
    before_ = std::exchange(current_, Generation(std::move(*opened)));
    return true;
}

DatabaseHolder::Generation DatabaseHolder::find(std::string_view generation) const {
    const auto fits = [&](const Generation& one) { return one && one->freshness().generation == generation; };
    {
        const std::scoped_lock lock(mutex_);
        for (const auto* one : {&current_, &before_}) {
            if (fits(*one)) return *one;
        }
    }
    auto opened = vulndb::SqliteDatabase::open(vulndb::previous_database_file(folder_));
    Generation previous = opened ? Generation(std::move(*opened)) : nullptr;
    return fits(previous) ? previous : nullptr;
}

}  // namespace berth::scanning
