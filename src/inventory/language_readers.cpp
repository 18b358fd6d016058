#include "inventory/file_reader.hpp"

namespace berth::inventory {

std::span<const FileReader> language_readers() { return {}; }

}  // namespace berth::inventory
