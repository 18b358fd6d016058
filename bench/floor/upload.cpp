#include "upload.hpp"

#include <algorithm>

namespace bench::floor {

std::span<std::byte> Upload::room() {
    if (!buffer_) buffer_ = take_buffer();
    return {buffer_.get() + filled_, std::min(step, buffer_bytes - filled_)};
}

void Upload::write_if_full() {
    if (is_full()) write_out();
}

void Upload::end() {
    if (filled_ > 0 && (file_ || filled_ > small_blob)) write_out();
}

void Upload::write_out() {
    if (!file_) file_ = std::make_shared<BlobFile>(disk_, path_, expected_);
    file_->write(std::move(buffer_), filled_);
    filled_ = hashed_ = 0;
}

std::string Upload::digest() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "sha256:";
    for (const char byte : hash_.digest()) {
        text.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        text.push_back(digits[static_cast<unsigned char>(byte) & 15]);
    }
    return text;
}

}  // namespace bench::floor
