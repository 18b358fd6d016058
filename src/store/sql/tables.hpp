// All tables over one connection: the Transaction an engine hands to a use case between its BEGIN and COMMIT.
#pragma once

#include "store/sql/bin.hpp"
#include "store/sql/blobs.hpp"
#include "store/sql/credentials.hpp"
#include "store/sql/images.hpp"
#include "store/sql/inventories.hpp"
#include "store/sql/jobs.hpp"
#include "store/sql/lifecycle.hpp"
#include "store/sql/outbox.hpp"
#include "store/sql/repositories.hpp"
#include "store/sql/scans.hpp"
#include "store/sql/uploads.hpp"

namespace berth::store::sql {

// Stateless but for the connection, so one serves all transactions of it, one after the other.
class Tables final : public Transaction {
public:
    explicit Tables(Connection& db)
        : repositories_(db),
          images_(db),
          bin_(db),
          blobs_(db),
          lifecycle_(db),
          scans_(db),
          inventories_(db),
          uploads_(db),
          outbox_(db),
          jobs_(db),
          credentials_(db) {}

    RepositoryTable& repositories() override { return repositories_; }
    ImageTable& images() override { return images_; }
    BinTable& bin() override { return bin_; }
    BlobTable& blobs() override { return blobs_; }
    LifecycleTable& lifecycle() override { return lifecycle_; }
    ScanTable& scans() override { return scans_; }
    InventoryTable& inventories() override { return inventories_; }
    UploadTable& uploads() override { return uploads_; }
    OutboxTable& outbox() override { return outbox_; }
    JobTable& jobs() override { return jobs_; }
    CredentialTable& credentials() override { return credentials_; }

private:
    Repositories repositories_;
    Images images_;
    Bin bin_;
    Blobs blobs_;
    Lifecycle lifecycle_;
    Scans scans_;
    Inventories inventories_;
    Uploads uploads_;
    Outbox outbox_;
    Jobs jobs_;
    Credentials credentials_;
};

}  // namespace berth::store::sql
