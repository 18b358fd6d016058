// The product tree of a CSAF document as Red Hat writes it: which package of which release a product identifier is.
// Includes simdjson: for .cpp files only.
#pragma once

#include "vulndb/advisory.hpp"
#include "vulndb/json_record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace berth::vulndb {

// What a package URL of an RPM says.
struct RpmProduct {
    std::string name;
    std::string version;       // [epoch:]version-release; empty: every version
    std::string arch;          // empty: every one
    std::string module_label;  // name:stream

    friend bool operator==(const RpmProduct&, const RpmProduct&) = default;
};

// nullopt: not the URL of an RPM.
[[nodiscard]] std::optional<RpmProduct> parse_rpm_purl(std::string_view purl);

struct ReleasedProduct {
    Stream stream;
    RpmProduct package;
};

class CsafProducts {
public:
    // Walks the tree; what is no package of an enterprise_linux release is not kept.
    explicit CsafProducts(const JsonObject& product_tree);

    // By the identifier that statements use. Null: a product that images are not matched with.
    [[nodiscard]] const ReleasedProduct* find(std::string_view product_id) const;

private:
    void read_branches(const JsonArray& roots);
    void read_product(const JsonObject& product);
    void read_relationships(const JsonArray& relationships);

    std::unordered_map<std::string, Stream> releases_;
    std::unordered_map<std::string, RpmProduct> packages_;
    std::unordered_map<std::string, ReleasedProduct> released_;
};

}  // namespace berth::vulndb
