// Names of images in registries: what is understood is understood the same when it is written out in full.
#include "check.hpp"
#include "pull/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::pull;
    const auto reference = parse_reference({reinterpret_cast<const char*>(data), size});
    if (!reference) return 0;
    check(!reference->wanted().empty());
    auto whole = reference->name();
    if (!reference->tag.empty()) whole += ':' + reference->tag;
    if (!reference->digest.empty()) whole += '@' + reference->digest;
    check(parse_reference(whole) == *reference);
    check(base_url(*reference, true).starts_with("http://") || !is_this_machine(reference->host));
    return 0;
}
