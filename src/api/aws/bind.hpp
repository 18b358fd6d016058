// From a typed operation to its row. Included by the operations' files only: each instantiates it once.
#pragma once

#include "api/aws/decode.hpp"
#include "api/aws/describe_shape.hpp"
#include "api/aws/encode.hpp"
#include "api/aws/operation.hpp"

namespace berth::api::aws {

// The body as JSON, within limits of depth and size; an empty body counts as {}.
[[nodiscard]] Answer<json::value> parse_body(std::string_view body);
[[nodiscard]] Answer<void> judge(const Findings& findings);

template <class Request>
Answer<void> read_request(std::string body, Request& request) {
    auto value = parse_body(body);
    if (!value) return std::unexpected(std::move(value).error());
    body = {};  // a layer part is large: not three copies of it at once
    Findings findings;
    decode(*value, request, Path{}, findings);
    return judge(findings);
}

template <class Op>
Task<Answer<std::string>> run_operation(std::string body, const Call& call) {
    typename Op::Request request;
    auto read = read_request(std::move(body), request);
    if (!read) co_return std::unexpected(std::move(read).error());
    auto response = co_await Op::handle(std::move(request), call);
    if (!response) co_return std::unexpected(std::move(response).error());
    std::string text;
    encode(text, *response);
    co_return text;
}

template <class Op>
void describe_operation(std::string& out) {
    out += '{';
    write_key(out, "input");
    describe(out, As<typename Op::Request>{});
    write_key(out, "output");
    describe(out, As<typename Op::Response>{});
    out += '}';
}

// Op: `name`, `action`, Request, Response and `static Task<Answer<Response>> handle(Request, const Call&)`.
template <class Op>
constexpr Operation bind(BodyLimit body_limit = usual_body_limit) {
    return {.name = Op::name,
            .action = Op::action,
            .body_limit = body_limit,
            .run = &run_operation<Op>,
            .describe = &describe_operation<Op>};
}

}  // namespace berth::api::aws
