#include "lifecycle/described_images.hpp"

#include "lifecycle/time_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

constexpr std::size_t longest_tag = 300;  // as ECR's API model has it

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

// The members of one image. The first wrong one is kept; reading goes on with harmless values.
class Reader {
public:
    Reader(const json::object& object, std::size_t index)
        : object_(object), at_("imageDetails[" + std::to_string(index) + "]") {}

    std::optional<std::string> text(std::string_view name) {
        const auto* value = find(name);
        if (value == nullptr) return std::nullopt;
        const auto* text = value->if_string();
        if (text == nullptr) wrong(name, "must be a string");
        return text == nullptr ? std::nullopt : std::optional(std::string(view(*text)));
    }
    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> all;
        const auto* value = find(name);
        if (value == nullptr) return all;
        const auto* list = value->if_array();
        if (list == nullptr) return wrong(name, "must be a list of strings"), all;
        for (const auto& entry : *list) {
            if (!entry.is_string()) return wrong(name, "must be a list of strings"), all;
            all.emplace_back(view(entry.get_string()));
        }
        return all;
    }
    std::optional<Timestamp> time(std::string_view name) {
        const auto* value = find(name);
        if (value == nullptr) return std::nullopt;
        std::optional<Timestamp> time;
        if (const auto* text = value->if_string()) time = parse_time(view(*text));
        if (value->is_number()) time = from_epoch_seconds(value->to_number<double>());
        if (!time) wrong(name, "must be a time, ISO 8601 or seconds since 1970");
        return time;
    }
    std::string digest(std::string_view name) {
        auto digest = text(name).value_or("");
        if (!digest.empty() && !model::Digest::parse(digest)) wrong(name, "must be a digest like sha256:0123...");
        return digest;
    }
    void wrong(std::string_view name, std::string_view what) {
        if (problem_.empty()) problem_ = at_ + "." + std::string(name) + " " + std::string(what);
    }
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    // Absent and null are the same.
    [[nodiscard]] const json::value* find(std::string_view name) const {
        const auto* value = object_.if_contains(json::string_view(name.data(), name.size()));
        return value != nullptr && !value->is_null() ? value : nullptr;
    }

    const json::object& object_;
    std::string at_;
    std::string problem_;
};

model::ImageStatus read_status(Reader& reader) {
    const auto text = reader.text("imageStatus").value_or("ACTIVE");
    if (text == "ARCHIVED") return model::ImageStatus::archived;
    if (text == "ACTIVATING") return model::ImageStatus::activating;
    if (text != "ACTIVE") reader.wrong("imageStatus", "must be ACTIVE, ARCHIVED or ACTIVATING");
    return model::ImageStatus::active;
}

DescribedImage read_image(Reader& reader) {
    DescribedImage image;
    image.digest = reader.digest("imageDigest");
    if (image.digest.empty()) reader.wrong("imageDigest", "is missing");
    image.tags = reader.texts("imageTags");
    const auto unusable = [](const auto& tag) { return tag.empty() || tag.size() > longest_tag; };
    if (std::ranges::any_of(image.tags, unusable)) reader.wrong("imageTags", "must be of 1 to 300 characters each");
    image.status = read_status(reader);
    const auto pushed = reader.time("imagePushedAt");
    if (!pushed) reader.wrong("imagePushedAt", "is missing");
    image.pushed_at = pushed.value_or(Timestamp());
    image.last_pulled_at = reader.time("lastRecordedPullTime");
    image.last_activated_at = reader.time("lastActivatedAt");
    image.last_archived_at = reader.time("lastArchivedAt");
    image.children = reader.texts("childManifestDigests");
    image.subject = reader.digest("subjectManifestDigest");
    return image;
}

std::unexpected<Fault> refuse(std::string text) {
    return fail(FaultKind::invalid_parameter, std::move(text));
}

const json::array* list_of(const json::value& document) {
    const auto* object = document.if_object();
    const auto* details = object != nullptr ? object->if_contains("imageDetails") : &document;
    return details != nullptr ? details->if_array() : nullptr;
}

}  // namespace

Result<DescribedRepository> parse_described_images(std::string_view text) {
    json::monotonic_resource memory;
    boost::system::error_code broken;
    const auto document = json::parse({text.data(), text.size()}, broken, &memory);
    if (broken) return refuse("not JSON: " + broken.message());
    const auto* list = list_of(document);
    if (list == nullptr) return refuse("neither a list nor an object with a list \"imageDetails\"");

    DescribedRepository repository;
    repository.images.reserve(list->size());
    std::set<std::string_view> digests;  // into the images, which the reserved vector does not move
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* object = (*list)[i].if_object();
        if (object == nullptr) return refuse("imageDetails[" + std::to_string(i) + "] must be an object");
        Reader reader(*object, i);
        repository.images.push_back(read_image(reader));
        if (i == 0) {
            repository.registry_id = reader.text("registryId").value_or("");
            repository.repository_name = reader.text("repositoryName").value_or("");
        }
        if (!digests.insert(repository.images.back().digest).second) reader.wrong("imageDigest", "stands there twice");
        if (!reader.problem().empty()) return refuse(reader.problem());
    }
    return repository;
}

Images pack(std::span<const DescribedImage> described) {
    Images images;
    images.reserve(described.size());
    Image image;
    for (const auto& from : described) {
        image.digest = from.digest;
        image.tags.assign(from.tags.begin(), from.tags.end());
        image.status = from.status;
        image.pushed_at = from.pushed_at;
        image.last_pulled_at = from.last_pulled_at;
        image.last_activated_at = from.last_activated_at;
        image.last_archived_at = from.last_archived_at;
        image.children.assign(from.children.begin(), from.children.end());
        image.subject = from.subject;
        images.add(image);
    }
    return images;
}

}  // namespace berth::lifecycle
