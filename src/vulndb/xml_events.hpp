// XML as a stream of events, from files that nobody vouches for: no document type (so no entities of its own), a limit
// on depth and on the length of texts and tags, nothing fetched.
#pragma once

#include "archive/source.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::vulndb {

class XmlAttributes {
public:
    explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
    // Empty: not there.
    [[nodiscard]] std::string_view get(std::string_view name) const;

private:
    const char** pairs_;
};

class XmlHandler {
public:
    XmlHandler() = default;
    XmlHandler(const XmlHandler&) = delete;
    XmlHandler& operator=(const XmlHandler&) = delete;
    virtual ~XmlHandler() = default;

    // Names without their namespace's prefix.
    virtual void open(std::string_view name, const XmlAttributes& attributes) = 0;
    // `text`: what stood in the element since the last tag, without white space around it.
    virtual void close(std::string_view name, std::string_view text) = 0;
};

// Faults: invalid_parameter (not well formed, or something forbidden), too_large, and those of the source.
[[nodiscard]] Result<void> read_xml(archive::Source& text, XmlHandler& handler);

}  // namespace berth::vulndb
