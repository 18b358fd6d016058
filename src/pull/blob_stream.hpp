// A blob that is read while it arrives: one thread receives, the reader's takes what is there.
#pragma once

#include "archive/source.hpp"
#include "pull/session.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace berth::pull {

class BlobStream final : public archive::Source {
public:
    BlobStream(std::shared_ptr<Session> session, std::string digest);
    // Breaks off what is still arriving.
    ~BlobStream() override;

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;

private:
    void receive();
    // Waits for room: never more than a few MiB are held.
    [[nodiscard]] Result<void> keep(std::string_view bytes);

    std::shared_ptr<Session> session_;
    std::string digest_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string arrived_;
    std::size_t taken_ = 0;  // of arrived_
    bool ended_ = false;
    bool given_up_ = false;
    std::optional<Fault> fault_;
    std::jthread thread_;  // the last member: it uses the others
};

}  // namespace berth::pull
