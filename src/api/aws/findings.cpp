#include "api/aws/findings.hpp"

namespace berth::api::aws {

namespace {

void append(std::string& text, const Path& path, std::string_view name) {
    if (path.parent != nullptr) append(text, *path.parent, path.parent->name);
    if (!text.empty()) text += '.';
    if (path.index != 0) {
        text += std::to_string(path.index);
        text += ".member";
        return;
    }
    const auto start = text.size();
    text += name;
    // Only resource tags have a capital on the wire; names given for showing keep theirs.
    const bool as_is = name.data() != path.name.data();
    if (!as_is && start < text.size() && text[start] >= 'A' && text[start] <= 'Z') {
        text[start] = static_cast<char>(text[start] + 32);
    }
}

}  // namespace

std::string to_text(const Path& path, std::string_view shown_name) {
    std::string text;
    append(text, path, shown_name.empty() ? path.name : shown_name);
    return text;
}

std::string constraint_message(std::string_view path, std::string_view reason) {
    std::string text("Invalid parameter at '");
    text += path;
    text += "' failed to satisfy constraint: '";
    text += reason;
    text += '\'';
    return text;
}

void Findings::broken(const Path& path, std::string_view reason, std::string_view shown_name) {
    if (!constraint_) constraint_ = constraint_message(to_text(path, shown_name), reason);
}

void Findings::wrong_type(const Path& path, std::string_view expected) {
    if (!type_) type_ = "The value of '" + to_text(path) + "' must be " + std::string(expected);
}

}  // namespace berth::api::aws
