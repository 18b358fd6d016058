// Enumerations as the words that are stored; numbers would tie the rows to the order of the declarations.
#pragma once

#include "model/image.hpp"
#include "model/repository.hpp"
#include "store/lifecycle_table.hpp"
#include "store/scan_table.hpp"

#include <string_view>

namespace berth::store::sql {

[[nodiscard]] std::string_view to_text(model::TagMutability value);
[[nodiscard]] std::string_view to_text(model::EncryptionType value);
[[nodiscard]] std::string_view to_text(model::ImageStatus value);
[[nodiscard]] std::string_view to_text(PreviewStatus value);
[[nodiscard]] std::string_view to_text(LifecycleAction value);
[[nodiscard]] std::string_view to_text(Way value);
[[nodiscard]] std::string_view to_text(ScanType value);
[[nodiscard]] std::string_view to_text(ScanFrequency value);
[[nodiscard]] std::string_view to_text(ScanState value);

// Throw sql::Error for a word that is none of theirs.
[[nodiscard]] model::TagMutability parse_tag_mutability(std::string_view text);
[[nodiscard]] model::EncryptionType parse_encryption_type(std::string_view text);
[[nodiscard]] model::ImageStatus parse_image_status(std::string_view text);
[[nodiscard]] PreviewStatus parse_preview_status(std::string_view text);
[[nodiscard]] LifecycleAction parse_lifecycle_action(std::string_view text);
[[nodiscard]] Way parse_way(std::string_view text);
[[nodiscard]] ScanType parse_scan_type(std::string_view text);
[[nodiscard]] ScanFrequency parse_scan_frequency(std::string_view text);
[[nodiscard]] ScanState parse_scan_state(std::string_view text);

}  // namespace berth::store::sql
