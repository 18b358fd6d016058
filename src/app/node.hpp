// One running server: everything it is made of, in the order it is built, and the way it stops.
#pragma once

#include "app/config.hpp"

#include <memory>

namespace berth::app {

class Node {
public:
    // Opens the data folder and binds the address. Throws UsageError, with a text for people, when either cannot be
    // had.
    explicit Node(const Config& config);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Serves until stop(); blocks the caller.
    void run();
    // From any thread, once: /readyz says no, running requests finish within the grace, then run() returns.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace berth::app
