#include "store/sqlite/contract.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

namespace berth::store::contract {

std::unique_ptr<Metadata> open_fresh_store() {
    return sqlite::SqliteMetadata::open({.path = {}, .in_memory = true}).value();
}

}  // namespace berth::store::contract
