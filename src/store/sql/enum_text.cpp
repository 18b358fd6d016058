#include "store/sql/enum_text.hpp"

#include "store/sql/error.hpp"

#include <span>
#include <stdexcept>
#include <string>

namespace berth::store::sql {
namespace {

template <class E>
struct Word {
    E value;
    std::string_view text;
};

constexpr Word<model::TagMutability> mutabilities[] = {
    {model::TagMutability::mutable_tags, "MUTABLE"},
    {model::TagMutability::immutable_tags, "IMMUTABLE"},
    {model::TagMutability::immutable_with_exclusion, "IMMUTABLE_WITH_EXCLUSION"},
    {model::TagMutability::mutable_with_exclusion, "MUTABLE_WITH_EXCLUSION"},
};
constexpr Word<model::EncryptionType> encryptions[] = {
    {model::EncryptionType::aes256, "AES256"},
    {model::EncryptionType::kms, "KMS"},
    {model::EncryptionType::kms_dsse, "KMS_DSSE"},
};
constexpr Word<model::ImageStatus> statuses[] = {
    {model::ImageStatus::active, "ACTIVE"},
    {model::ImageStatus::archived, "ARCHIVED"},
    {model::ImageStatus::activating, "ACTIVATING"},
};
constexpr Word<PreviewStatus> preview_statuses[] = {
    {PreviewStatus::in_progress, "IN_PROGRESS"},
    {PreviewStatus::complete, "COMPLETE"},
    {PreviewStatus::expired, "EXPIRED"},
    {PreviewStatus::failed, "FAILED"},
};
constexpr Word<LifecycleAction> lifecycle_actions[] = {
    {LifecycleAction::expire, "EXPIRE"},
    {LifecycleAction::archive, "ARCHIVE"},
};
constexpr Word<Way> ways[] = {
    {Way::out, "OUT"},
    {Way::to_archive, "TO_ARCHIVE"},
    {Way::back, "BACK"},
};
constexpr Word<ScanType> scan_types[] = {
    {ScanType::basic, "BASIC"},
    {ScanType::enhanced, "ENHANCED"},
};
constexpr Word<ScanFrequency> scan_frequencies[] = {
    {ScanFrequency::manual, "MANUAL"},
    {ScanFrequency::on_push, "SCAN_ON_PUSH"},
    {ScanFrequency::continuous, "CONTINUOUS_SCAN"},
};
constexpr Word<ScanState> scan_states[] = {
    {ScanState::pending, "PENDING"},
    {ScanState::in_progress, "IN_PROGRESS"},
    {ScanState::complete, "COMPLETE"},
    {ScanState::failed, "FAILED"},
};

template <class E>
std::string_view word_of(std::span<const Word<E>> words, E value) {
    for (const auto& word : words) {
        if (word.value == value) return word.text;
    }
    throw std::logic_error("an enumerator has no stored word");
}

template <class E>
E value_of(std::span<const Word<E>> words, std::string_view text) {
    for (const auto& word : words) {
        if (word.text == text) return word.value;
    }
    throw Error(FaultKind::unavailable, "a stored word is unknown: " + std::string(text));
}

}  // namespace

std::string_view to_text(model::TagMutability value) {
    return word_of<model::TagMutability>(mutabilities, value);
}
std::string_view to_text(model::EncryptionType value) {
    return word_of<model::EncryptionType>(encryptions, value);
}
std::string_view to_text(model::ImageStatus value) {
    return word_of<model::ImageStatus>(statuses, value);
}
std::string_view to_text(PreviewStatus value) {
    return word_of<PreviewStatus>(preview_statuses, value);
}
std::string_view to_text(LifecycleAction value) {
    return word_of<LifecycleAction>(lifecycle_actions, value);
}
std::string_view to_text(Way value) {
    return word_of<Way>(ways, value);
}
std::string_view to_text(ScanType value) {
    return word_of<ScanType>(scan_types, value);
}
std::string_view to_text(ScanFrequency value) {
    return word_of<ScanFrequency>(scan_frequencies, value);
}
std::string_view to_text(ScanState value) {
    return word_of<ScanState>(scan_states, value);
}

model::TagMutability parse_tag_mutability(std::string_view text) {
    return value_of<model::TagMutability>(mutabilities, text);
}
model::EncryptionType parse_encryption_type(std::string_view text) {
    return value_of<model::EncryptionType>(encryptions, text);
}
model::ImageStatus parse_image_status(std::string_view text) {
    return value_of<model::ImageStatus>(statuses, text);
}
PreviewStatus parse_preview_status(std::string_view text) {
    return value_of<PreviewStatus>(preview_statuses, text);
}
LifecycleAction parse_lifecycle_action(std::string_view text) {
    return value_of<LifecycleAction>(lifecycle_actions, text);
}
Way parse_way(std::string_view text) {
    return value_of<Way>(ways, text);
}
ScanType parse_scan_type(std::string_view text) {
    return value_of<ScanType>(scan_types, text);
}
ScanFrequency parse_scan_frequency(std::string_view text) {
    return value_of<ScanFrequency>(scan_frequencies, text);
}
ScanState parse_scan_state(std::string_view text) {
    return value_of<ScanState>(scan_states, text);
}

}  // namespace berth::store::sql
