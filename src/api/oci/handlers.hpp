// One function an action: bytes and headers in, one use case called, an answer out.
#pragma once

#include "api/oci/exchange.hpp"
#include "async/task.hpp"
#include "http/message.hpp"

namespace berth::api::oci {

// manifests.cpp
Task<http::Response> get_manifest(UseCases& use, Exchange& exchange);
Task<http::Response> put_manifest(UseCases& use, Exchange& exchange);
Task<http::Response> delete_manifest(UseCases& use, Exchange& exchange);

// blobs.cpp
Task<http::Response> get_blob(UseCases& use, Exchange& exchange);
Task<http::Response> delete_blob(UseCases& use, Exchange& exchange);

// uploads.cpp
Task<http::Response> start_upload(UseCases& use, Exchange& exchange);
Task<http::Response> show_upload(UseCases& use, Exchange& exchange);
Task<http::Response> append_to_upload(UseCases& use, Exchange& exchange);
Task<http::Response> complete_upload(UseCases& use, Exchange& exchange);
Task<http::Response> cancel_upload(UseCases& use, Exchange& exchange);

// lists.cpp
Task<http::Response> list_repositories(UseCases& use, Exchange& exchange);
Task<http::Response> list_tags(UseCases& use, Exchange& exchange);
Task<http::Response> list_referrers(UseCases& use, Exchange& exchange);

}  // namespace berth::api::oci
