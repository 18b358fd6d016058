// What all loops of the floor share.
#pragma once

#include "contents.hpp"
#include "disk.hpp"
#include "upload.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace bench::floor {

class Uploads {
public:
    std::string new_id() {
        std::string number = std::to_string(next_.fetch_add(1, std::memory_order_relaxed));
        return "00000000-0000-4000-8000-" + std::string(12 - std::min<std::size_t>(number.size(), 12), '0') + number;
    }
    // Between a PATCH and its PUT.
    void keep(std::string id, std::shared_ptr<Upload> upload) {
        const std::scoped_lock lock(mutex_);
        kept_.insert_or_assign(std::move(id), std::move(upload));
    }
    std::shared_ptr<Upload> take(const std::string& id) {
        const std::scoped_lock lock(mutex_);
        auto node = kept_.extract(id);
        return node ? std::move(node.mapped()) : nullptr;
    }

private:
    std::atomic<std::uint64_t> next_{0};
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Upload>> kept_;
};

struct Server {
    std::string folder;
    Contents contents;
    Uploads uploads;
    Disk disk;
};

}  // namespace bench::floor
