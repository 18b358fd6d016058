// What was pushed, in the shape of the answers that hand it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bench::floor {

// To HEAD the first `head_bytes` of the text; to GET all of it and then the file.
struct Answer {
    std::string text;
    std::size_t head_bytes = 0;
    std::string file;  // empty when all is in the text
    std::uint64_t file_bytes = 0;
};
using AnswerPointer = std::shared_ptr<const Answer>;

// Any thread.
class Contents {
public:
    // A blob goes by its digest, a manifest by its whole target. Null when there is none.
    AnswerPointer find(std::string_view key) const;
    // The oldest small blobs are forgotten when together they need more than `small_bytes`.
    void add_blob(std::string digest, AnswerPointer answer);
    void add_manifest(const std::string& repository, const std::string& reference, const std::string& digest,
                      AnswerPointer answer);
    // All tags in one page, made when it is first asked for after a change.
    AnswerPointer tags(const std::string& repository);

private:
    static constexpr std::size_t small_bytes = 16UL * 1024 * 1024;

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Tags {
        std::set<std::string> names;
        AnswerPointer page;  // null when it is out of date
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, AnswerPointer, Hash, std::equal_to<>> answers_;
    std::deque<std::string> small_blobs_;
    std::size_t small_total_ = 0;
    std::map<std::string, Tags> tags_;
};

}  // namespace bench::floor
