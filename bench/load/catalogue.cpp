#include "workload.hpp"

#include <stdexcept>

namespace bench {

std::unique_ptr<Workload> make_workload(const Parameters& parameters) {
    if (auto made = make_pull_workload(parameters)) return made;
    if (auto made = make_push_workload(parameters)) return made;
    if (auto made = make_image_workload(parameters)) return made;
    throw std::invalid_argument("unknown workload: " + parameters.workload);
}

}  // namespace bench
