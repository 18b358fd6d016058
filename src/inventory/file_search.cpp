#include "inventory/file_search.hpp"

#include <algorithm>
#include <cstring>

namespace berth::inventory {
namespace {

void append(std::vector<std::byte>& to, std::string_view bytes) {
    const auto* start = reinterpret_cast<const std::byte*>(bytes.data());
    to.insert(to.end(), start, start + bytes.size());
}

// memmem, whose worst case is linear.
std::size_t find(std::string_view text, std::string_view marker) {
    const void* at = ::memmem(text.data(), text.size(), marker.data(), marker.size());
    return at == nullptr ? std::string_view::npos
                         : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

}  // namespace

Result<std::vector<std::byte>> find_in_file(archive::TarReader& tar, std::string_view marker,
                                            std::size_t excerpt_bytes) {
    std::vector<std::byte> excerpt;
    std::string seam;  // the end of one piece, where a marker may begin, and the start of the next
    bool found = false;
    for (;;) {
        auto piece = tar.content();
        if (!piece) return fail(std::move(piece));
        if (piece->empty() || excerpt.size() >= excerpt_bytes) break;
        const std::string_view text(reinterpret_cast<const char*>(piece->data()), piece->size());
        if (found) {
            append(excerpt, text);
            continue;
        }
        seam += text.substr(0, marker.size() - 1);
        if (const auto at = find(seam, marker); at != std::string::npos) {
            found = true;
            append(excerpt, std::string_view(seam).substr(at));
            append(excerpt, text.substr(std::min(text.size(), marker.size() - 1)));
        } else if (const auto inside = find(text, marker); inside != std::string_view::npos) {
            found = true;
            append(excerpt, text.substr(inside));
        }
        if (text.size() >= marker.size())
            seam.assign(text.substr(text.size() - (marker.size() - 1)));
        else if (seam.size() >= marker.size())
            seam.erase(0, seam.size() - (marker.size() - 1));
    }
    excerpt.resize(std::min(excerpt.size(), excerpt_bytes));
    return excerpt;
}

}  // namespace berth::inventory
