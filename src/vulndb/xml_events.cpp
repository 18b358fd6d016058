#include "vulndb/xml_events.hpp"

#include "base/size.hpp"

#include <expat.h>

#include <exception>
#include <memory>

namespace berth::vulndb {

namespace {

constexpr std::size_t piece_bytes = 64_KiB;
constexpr unsigned max_depth = 64;
constexpr std::size_t max_text_bytes = 1 << 20;
// A tag or a comment that the parser must hold as a whole.
constexpr XML_Index max_token_bytes = 4 << 20;

std::string_view without_prefix(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

class Reader {
public:
    explicit Reader(XmlHandler& handler) : handler_(handler), parser_(XML_ParserCreate(nullptr)) {
        if (!parser_) throw std::bad_alloc();
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(parser_.get(), on_open, on_close);
        XML_SetCharacterDataHandler(parser_.get(), on_text);
        XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    }

    Result<void> read(archive::Source& source) {
        for (bool end = false; !end;) {
            void* buffer = XML_GetBuffer(parser_.get(), piece_bytes);
            if (buffer == nullptr) throw std::bad_alloc();
            const auto got = source.read(std::span(static_cast<std::byte*>(buffer), piece_bytes));
            if (!got) return std::unexpected(got.error());
            end = *got == 0;
            fed_ += static_cast<XML_Index>(*got);
            const auto status = XML_ParseBuffer(parser_.get(), static_cast<int>(*got), end ? XML_TRUE : XML_FALSE);
            if (thrown_) std::rethrow_exception(thrown_);
            if (status != XML_STATUS_OK) return failure();
            if (!end && fed_ - XML_GetCurrentByteIndex(parser_.get()) > max_token_bytes)
                return fail(FaultKind::too_large, "XML: a tag is too long");
        }
        return {};
    }

private:
    struct Free {
        void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
    };

    [[nodiscard]] Result<void> failure() const {
        if (!refused_.empty()) return fail(FaultKind::invalid_parameter, "XML: " + refused_);
        return fail(FaultKind::invalid_parameter, std::string("XML: ") +
                                                      XML_ErrorString(XML_GetErrorCode(parser_.get())) + " in line " +
                                                      std::to_string(XML_GetCurrentLineNumber(parser_.get())));
    }

    void refuse(const char* why) {
        if (refused_.empty()) refused_ = why;
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    // Nothing may be thrown through the parser's C.
    template <class Call>
    void guarded(Call call) {
        if (thrown_ || !refused_.empty()) return;
        try {
            call();
        } catch (...) {
            thrown_ = std::current_exception();
            XML_StopParser(parser_.get(), XML_FALSE);
        }
    }

    static void on_open(void* self, const char* name, const char** attributes) {
        auto& reader = *static_cast<Reader*>(self);
        if (++reader.depth_ > max_depth) return reader.refuse("too deep");
        reader.guarded([&] {
            reader.text_.clear();
            reader.handler_.open(without_prefix(name), XmlAttributes(attributes));
        });
    }
    static void on_close(void* self, const char* name) {
        auto& reader = *static_cast<Reader*>(self);
        --reader.depth_;
        reader.guarded([&] {
            reader.handler_.close(without_prefix(name), trimmed(reader.text_));
            reader.text_.clear();
        });
    }
    static void on_text(void* self, const char* text, int length) {
        auto& reader = *static_cast<Reader*>(self);
        if (reader.text_.size() > max_text_bytes) return reader.refuse("a text is too long");
        reader.guarded([&] { reader.text_.append(text, static_cast<std::size_t>(length)); });
    }
    static void on_doctype(void* self, const char*, const char*, const char*, int) {
        static_cast<Reader*>(self)->refuse("a document type, which no feed has");
    }

    XmlHandler& handler_;
    std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser_;
    std::string text_;
    std::string refused_;
    std::exception_ptr thrown_;
    XML_Index fed_ = 0;
    unsigned depth_ = 0;
};

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
    for (const char** pair = pairs_; pair[0] != nullptr; pair += 2)
        if (name == pair[0]) return pair[1];
    return {};
}

Result<void> read_xml(archive::Source& text, XmlHandler& handler) {
    return Reader(handler).read(text);
}

}  // namespace berth::vulndb
