#include "registry/live_uploads.hpp"

#include <utility>

namespace berth::registry {

LiveUploads::Lease::~Lease() {
    if (table_ == nullptr) return;
    if (upload_ && upload_->content.torn) upload_.reset();
    table_->give_back(id_, std::move(upload_));
}

std::optional<LiveUploads::Lease> LiveUploads::lease(const model::UploadId& id) {
    const std::scoped_lock lock(mutex_);
    auto& slot = slots_[id.text()];
    if (slot.leased) return std::nullopt;
    slot.leased = true;
    Lease lease(*this, id.text());
    lease.upload_ = slot.upload;
    return lease;
}

std::shared_ptr<const LiveUpload> LiveUploads::peek(const model::UploadId& id) {
    const std::scoped_lock lock(mutex_);
    const auto at = slots_.find(id.text());
    return at == slots_.end() ? nullptr : at->second.upload;
}

void LiveUploads::give_back(const std::string& id, std::shared_ptr<LiveUpload> upload) {
    std::shared_ptr<LiveUpload> gone;  // destroyed after the lock: it may close a file
    const std::scoped_lock lock(mutex_);
    const auto at = slots_.find(id);
    if (at == slots_.end()) return;
    if (!upload) {
        gone = std::move(at->second.upload);
        slots_.erase(at);
        return;
    }
    at->second = {.upload = std::move(upload), .leased = false, .last_used = ++uses_};
    if (slots_.size() > capacity_) forget_oldest_idle();
}

void LiveUploads::forget_oldest_idle() {
    auto oldest = slots_.end();
    for (auto at = slots_.begin(); at != slots_.end(); ++at) {
        if (at->second.leased) continue;
        if (oldest == slots_.end() || at->second.last_used < oldest->second.last_used) oldest = at;
    }
    if (oldest != slots_.end()) slots_.erase(oldest);
}

}  // namespace berth::registry
