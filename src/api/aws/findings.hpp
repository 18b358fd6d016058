// What is wrong with a request, found while it is decoded. ECR names one problem: the first; that a member has the
// wrong JSON type counts before every broken constraint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::api::aws {

// Where the decoder is; lives on its stack. Members are written "tags.2.member.key": list members from 1, names in
// lower camel case.
struct Path {
    const Path* parent = nullptr;
    std::string_view name = {};
    std::size_t index = 0;  // of a list member; 0: a structure's member
};
[[nodiscard]] std::string to_text(const Path& path, std::string_view shown_name = {});

class Findings {
public:
    // Invalid parameter at 'PATH' failed to satisfy constraint: 'REASON'
    void broken(const Path& path, std::string_view reason, std::string_view shown_name = {});
    void wrong_type(const Path& path, std::string_view expected);

    [[nodiscard]] const std::optional<std::string>& constraint() const { return constraint_; }
    [[nodiscard]] const std::optional<std::string>& type() const { return type_; }

private:
    std::optional<std::string> constraint_;
    std::optional<std::string> type_;
};

[[nodiscard]] std::string constraint_message(std::string_view path, std::string_view reason);

}  // namespace berth::api::aws
