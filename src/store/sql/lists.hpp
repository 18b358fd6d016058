// Short lists of words in one column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::store::sql {

// No word is empty or has the separator in it.
[[nodiscard]] inline std::string join(const std::vector<std::string>& words, char separator) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

[[nodiscard]] inline std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(separator));
        words.emplace_back(word);
        text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    }
    return words;
}

}  // namespace berth::store::sql
