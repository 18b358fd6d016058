// The user asked for something that cannot be; the text says what to do next. main() prints it and exits with 2.
#pragma once

#include <stdexcept>

namespace berth::app {

class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace berth::app
