// Version orders: two texts with a tab between them. An order is the same from both sides, and everything equals
// itself.
#include "versions/version.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::versions;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto tab = text.find('\t');
    const auto a = text.substr(0, tab);
    const auto b = tab == std::string_view::npos ? a : text.substr(tab + 1);
    for (const auto scheme : {Scheme::deb, Scheme::rpm, Scheme::apk, Scheme::npm, Scheme::go, Scheme::crates,
                              Scheme::pypi, Scheme::maven, Scheme::gem, Scheme::nuget, Scheme::packagist}) {
        const auto order = compare(scheme, a, b);
        const auto reverse = compare(scheme, b, a);
        check(order.has_value() == reverse.has_value());
        check(order.has_value() == (is_version(scheme, a) && is_version(scheme, b)));
        if (order) check(*order == (0 <=> *reverse));
        if (is_version(scheme, a)) check(compare(scheme, a, a) == std::strong_ordering::equal);
    }
    return 0;
}
