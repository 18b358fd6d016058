// Images, their manifests, tags and references: writing and point queries. Lists are in image_pages.cpp.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Images final : public ImageTable {
public:
    explicit Images(Connection& db) : db_(db) {}

    std::optional<model::Image> find(model::RepositoryId repository, const model::Digest& digest) override;
    std::optional<model::Image> find(model::RepositoryId repository, const model::Tag& tag) override;
    std::optional<model::Image> find(model::ImageRowId id) override;
    bool is_anywhere(const model::Digest& digest) override;
    std::string manifest(model::ImageRowId id) override;
    std::optional<std::string> find_manifest(model::ImageRowId id) override;
    bool any(model::RepositoryId repository) override;

    void insert(const NewImage& image) override;
    std::vector<model::Digest> erase(model::ImageRowId id, Timestamp review_at) override;
    // For the recycle bin, which keeps the bytes.
    std::vector<model::Digest> erase_all_but_manifest(model::ImageRowId id, Timestamp review_at);
    void set_last_pulled(model::ImageRowId id, Timestamp at) override;
    void set_status(model::ImageRowId id, model::ImageStatus status, Timestamp now) override;
    std::vector<model::Digest> blobs(model::ImageRowId id) override;

    std::vector<model::Tag> tags(model::ImageRowId id) override;
    std::size_t count_tags(model::ImageRowId id) override;
    void put_tag(model::RepositoryId repository, const model::Tag& tag, model::ImageRowId image,
                 Timestamp now) override;
    void erase_tag(model::RepositoryId repository, const model::Tag& tag) override;
    std::vector<std::string> tag_page(model::RepositoryId repository, std::string_view after,
                                      std::size_t limit) override;

    std::vector<model::Image> children(model::ImageRowId parent) override;
    std::vector<model::Digest> parents(model::RepositoryId repository, const model::Digest& child) override;
    std::vector<TaggedImage> page(model::RepositoryId repository, const ImageFilter& filter,
                                  std::string_view after_digest, std::size_t limit) override;
    std::vector<model::Image> page(model::ImageRowId after, std::size_t limit) override;
    std::vector<ImageEntry> entry_page(model::RepositoryId repository, const ImageFilter& filter,
                                       const ImageEntryPosition& after, std::size_t limit) override;
    std::vector<model::Image> referrers(model::RepositoryId repository, const model::Digest& subject,
                                        std::string_view artifact_type, std::string_view after_digest,
                                        std::size_t limit) override;
    std::vector<model::Image> followers(model::RepositoryId repository, const model::Digest& subject,
                                        std::string_view after_digest, std::size_t limit) override;

    void survey(model::RepositoryId repository, const SurveyImage& visit) override;
    void survey_children(model::RepositoryId repository, const SurveyChild& visit) override;

private:
    struct Address;

    [[nodiscard]] std::optional<Address> address_of(model::ImageRowId id);
    void insert_references(const NewImage& image);
    // Which blobs it alone needed; the rows that say so are gone.
    [[nodiscard]] std::vector<model::Digest> erase_references(model::RepositoryId repository, model::ImageRowId id,
                                                              Timestamp review_at);
    // Keeps image.tagged true to the tag table after the image at `address` lost a tag.
    void note_lost_tag(const Address& address);

    Connection& db_;
};

}  // namespace berth::store::sql
