// updateinfo.xml of an RPM repository: updates of type "security", with their CVEs among the references.
#include "vulndb/erratum.hpp"
#include "vulndb/importers.hpp"
#include "vulndb/xml_events.hpp"

#include <string>
#include <utility>

namespace berth::vulndb {

namespace {

constexpr std::size_t max_packages = 50'000;

class Updates final : public XmlHandler {
public:
    explicit Updates(RecordSink& sink) : sink_(sink) {}

    [[nodiscard]] bool seen() const { return seen_; }

    void open(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "updates") seen_ = true;
        if (name == "update") {
            erratum_ = {};
            security_ = attributes.get("type") == "security";
            in_update_ = true;
            in_packages_ = false;
            too_many_ = false;
        }
        if (!in_update_) return;
        if (name == "issued") erratum_.issued = attributes.get("date");
        if (name == "updated") erratum_.updated = attributes.get("date");
        if (name == "pkglist") in_packages_ = true;
        if (name == "reference") add_reference(attributes);
        if (name == "package") add_package(attributes);
    }

    void close(std::string_view name, std::string_view text) override {
        if (!in_update_) return;
        if (name == "update") return finish();
        // A collection has a name too.
        if (in_packages_) return;
        if (name == "id") erratum_.id = text;
        if (name == "title") erratum_.title = text;
        if (name == "severity") erratum_.severity = text;
        if (name == "description") erratum_.description = text;
    }

private:
    void add_reference(const XmlAttributes& attributes) {
        if (attributes.get("type") == "cve")
            erratum_.cves.emplace_back(attributes.get("id"));
        else if (const auto address = attributes.get("href"); !address.empty())
            erratum_.references.emplace_back(address);
    }

    void add_package(const XmlAttributes& attributes) {
        if (erratum_.packages.size() == max_packages) {
            too_many_ = true;
            return;
        }
        auto epoch = std::string(attributes.get("epoch"));
        if (epoch.empty()) epoch = "0";
        erratum_.packages.push_back({.name = std::string(attributes.get("name")),
                                     .arch = std::string(attributes.get("arch")),
                                     .version = epoch + ":" + std::string(attributes.get("version")) + "-" +
                                                std::string(attributes.get("release"))});
    }

    void finish() {
        in_update_ = false;
        if (!security_) return;
        if (too_many_) return sink_.skip(erratum_.id, "too many packages");
        take_erratum(std::exchange(erratum_, {}), sink_);
    }

    RecordSink& sink_;
    Erratum erratum_;
    bool seen_ = false;
    bool in_update_ = false;
    bool security_ = false;
    bool in_packages_ = false;
    bool too_many_ = false;
};

}  // namespace

Result<void> import_updateinfo(archive::Source& text, RecordSink& sink) {
    Updates updates(sink);
    if (auto read = read_xml(text, updates); !read) return read;
    if (!updates.seen()) return fail(FaultKind::invalid_parameter, "updateinfo: there is no element <updates>");
    return {};
}

}  // namespace berth::vulndb
