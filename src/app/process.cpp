#include "app/process.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

namespace berth::app {

void prepare_process() {
    ::umask(S_IRWXG | S_IRWXO);
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
    descriptors.rlim_cur = descriptors.rlim_max;
    // Not getting them is no reason not to serve: running out is answered with a 503.
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &descriptors));
}

}  // namespace berth::app
