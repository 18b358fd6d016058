#include "http/answer_head.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace berth::http {

namespace {

std::string_view reason_of(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 507:
            return "Insufficient Storage";
        default:
            return "";
    }
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

bool is_ours(std::string_view name) {
    switch (name.size()) {
        case 4:
            return same_name(name, "date");
        case 6:
            return same_name(name, "server");
        case 10:
            return same_name(name, "connection");
        case 14:
            return same_name(name, "content-length");
        case 17:
            return same_name(name, "transfer-encoding");
        default:
            return false;
    }
}

void append_two(std::string& out, unsigned number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
}

}  // namespace

bool is_sendable(const Response& response) {
    if (response.status < 200 || response.status > 599) return false;
    const auto* stream = std::get_if<StreamBody>(&response.body);
    if (stream != nullptr && stream->source == nullptr) return false;
    return std::all_of(response.headers.begin(), response.headers.end(),
                       [](const auto& header) { return is_token(header.first) && !has_control(header.second); });
}

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_of(response.status);
    out += "\r\nServer: Berth\r\nDate: ";
    out += facts.date;
    for (const auto& [name, value] : response.headers) {
        if (is_ours(name)) continue;
        out += "\r\n";
        out += name;
        out += ": ";
        out += value;
    }
    if (facts.content_length) {
        out += "\r\nContent-Length: ";
        append_number(out, *facts.content_length);
    }
    if (facts.connection == ConnectionHeader::close) out += "\r\nConnection: close";
    if (facts.connection == ConnectionHeader::keep_alive) out += "\r\nConnection: keep-alive";
    out += "\r\n\r\n";
}

std::uint64_t body_length(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return text->size();
    if (const auto* shared = std::get_if<SharedBody>(&response.body)) return *shared ? (*shared)->size() : 0;
    if (const auto* file = std::get_if<FileBody>(&response.body)) return file->length;
    return std::get<StreamBody>(response.body).length;
}

std::string format_http_date(std::int64_t seconds) {
    static constexpr std::string_view days = "SunMonTueWedThuFriSat";
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::string out;
    out += days.substr(std::size_t{3} * std::chrono::weekday(day).c_encoding(), 3);
    out += ", ";
    append_two(out, static_cast<unsigned>(date.day()));
    out += ' ';
    out += months.substr(std::size_t{3} * (static_cast<unsigned>(date.month()) - 1), 3);
    out += ' ';
    out += std::to_string(static_cast<int>(date.year()));
    out += ' ';
    append_two(out, static_cast<unsigned>(clock.hours().count()));
    out += ':';
    append_two(out, static_cast<unsigned>(clock.minutes().count()));
    out += ':';
    append_two(out, static_cast<unsigned>(clock.seconds().count()));
    out += " GMT";
    return out;
}

}  // namespace berth::http
