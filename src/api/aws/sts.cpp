#include "api/aws/sts.hpp"

#include "base/encoding.hpp"

#include <optional>

namespace berth::api::aws {

namespace {

constexpr std::string_view name_space = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr std::string_view api_version = "2011-06-15";

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                // Control characters cannot be written in XML 1.0 at all, and bytes beyond ASCII are not ours.
                out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F ? '?' : c;
        }
    }
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
    ((out += '<') += name) += '>';
    append_escaped(out, text);
    ((out += "</") += name) += '>';
}

// The first value of a form field.
std::optional<std::string> form_value(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const auto end = form.find('&');
        const auto pair = form.substr(0, end);
        const auto equals = pair.find('=');
        if (pair.substr(0, equals) == name) {
            return equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1));
        }
        form.remove_prefix(end == std::string_view::npos ? form.size() : end + 1);
    }
    return std::nullopt;
}

}  // namespace

StsAnswer answer_sts(std::string_view form, const iam::Principal& principal, std::string_view request_id) {
    const auto action = form_value(form, "Action");
    if (action != "GetCallerIdentity" || form_value(form, "Version") != api_version) {
        return sts_error("InvalidAction", 400,
                         "Could not find operation " + action.value_or("") + " for version " +
                             form_value(form, "Version").value_or("NO_VERSION_SPECIFIED"),
                         request_id);
    }
    StsAnswer answer;
    auto& xml = answer.xml;
    ((xml += "<GetCallerIdentityResponse xmlns=\"") += name_space) += "\"><GetCallerIdentityResult>";
    append_element(xml, "Arn", principal.arn);
    append_element(xml, "UserId", principal.user_id);
    append_element(xml, "Account", principal.account.text());
    xml += "</GetCallerIdentityResult><ResponseMetadata>";
    append_element(xml, "RequestId", request_id);
    xml += "</ResponseMetadata></GetCallerIdentityResponse>\n";
    return answer;
}

StsAnswer sts_error(std::string_view code, int status, std::string_view message, std::string_view request_id) {
    StsAnswer answer{.status = status, .xml = {}};
    auto& xml = answer.xml;
    ((xml += "<ErrorResponse xmlns=\"") += name_space) += "\"><Error>";
    append_element(xml, "Type", status < 500 ? "Sender" : "Receiver");
    append_element(xml, "Code", code);
    append_element(xml, "Message", message);
    xml += "</Error>";
    append_element(xml, "RequestId", request_id);
    xml += "</ErrorResponse>\n";
    return answer;
}

}  // namespace berth::api::aws
