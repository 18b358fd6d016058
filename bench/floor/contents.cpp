#include "contents.hpp"

#include "answers.hpp"

#include <mutex>

namespace bench::floor {

AnswerPointer Contents::find(std::string_view key) const {
    const std::shared_lock lock(mutex_);
    const auto found = answers_.find(key);
    return found == answers_.end() ? nullptr : found->second;
}

void Contents::add_blob(std::string digest, AnswerPointer answer) {
    const std::unique_lock lock(mutex_);
    if (answer->file.empty()) {
        small_total_ += answer->text.size();
        small_blobs_.push_back(digest);
    }
    answers_.insert_or_assign(std::move(digest), std::move(answer));
    while (small_total_ > small_bytes) {
        const auto oldest = answers_.find(small_blobs_.front());
        small_blobs_.pop_front();
        if (oldest == answers_.end()) continue;  // pushed twice, forgotten once
        small_total_ -= oldest->second->text.size();
        answers_.erase(oldest);
    }
}

void Contents::add_manifest(const std::string& repository, const std::string& reference, const std::string& digest,
                            AnswerPointer answer) {
    const std::string folder = "/v2/" + repository + "/manifests/";
    const std::unique_lock lock(mutex_);
    answers_.insert_or_assign(folder + digest, answer);
    if (reference == digest) return;
    answers_.insert_or_assign(folder + reference, std::move(answer));
    Tags& tags = tags_[repository];
    if (tags.names.insert(reference).second) tags.page.reset();
}

AnswerPointer Contents::tags(const std::string& repository) {
    {
        const std::shared_lock lock(mutex_);
        const auto found = tags_.find(repository);
        if (found == tags_.end()) return nullptr;
        if (found->second.page) return found->second.page;
    }
    const std::unique_lock lock(mutex_);
    Tags& tags = tags_[repository];
    std::string json = R"({"name":")" + repository + R"(","tags":[)";
    for (const std::string& name : tags.names) {
        if (json.back() != '[') json.push_back(',');
        json.append(1, '"').append(name).append(1, '"');
    }
    tags.page = document("application/json", {}, json + "]}");
    return tags.page;
}

}  // namespace bench::floor
