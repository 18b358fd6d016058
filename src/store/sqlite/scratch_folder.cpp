#include "store/sqlite/scratch_folder.hpp"

#include <system_error>

#include <cstdlib>
#include <string>

namespace berth::store::sqlite {

Result<ScratchFolder> ScratchFolder::create() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "berth-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) {
        return fail(FaultKind::unavailable, "cannot make a temporary folder as " + name);
    }
    return ScratchFolder(name);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace berth::store::sqlite
