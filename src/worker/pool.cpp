#include "worker/pool.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace berth::worker {

namespace asio = boost::asio;

class Pool::Lease {
public:
    explicit Lease(Pool& pool) : pool_(&pool) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
        if (pool_ != nullptr) pool_->give_place_back();
    }

private:
    Pool* pool_;
};

Pool::Pool(PoolOptions options)
    : options_(std::move(options)),
      places_(std::max<std::size_t>(1, options_.workers)),
      threads_(places_),
      tidy_([this](const std::stop_token& stop) { end_idle_ones(stop); }) {}

Pool::~Pool() {
    stop();
    threads_.join();
}

void Pool::stop() {
    std::deque<Idle> ending;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        for (auto* process : busy_) process->kill();
        ending.swap(idle_);
    }
    changed_.notify_all();
}

Pool::Statistics Pool::statistics() const {
    const std::scoped_lock lock(mutex_);
    return {.running = busy_.size() + idle_.size(), .started = started_, .broken = broken_};
}

std::unexpected<Fault> Pool::stopped() const {
    return fail(FaultKind::unavailable, "the server is stopping");
}

void Pool::end_idle_ones(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (idle_.empty()) {
            changed_.wait(lock, stop, [this] { return !idle_.empty(); });
            continue;
        }
        const auto until = idle_.front().until;
        if (std::chrono::steady_clock::now() < until) {
            changed_.wait_until(lock, stop, until, [] { return false; });
            continue;
        }
        auto ending = std::move(idle_.front());
        idle_.pop_front();
        lock.unlock();
        ending.process.reset();
        lock.lock();
    }
}

Task<Pool::Lease> Pool::lease() {
    const auto back = co_await asio::this_coro::executor;
    auto enqueue = [&](auto handler) {
        std::move_only_function<void()> go = [handler = std::move(handler),
                                              guard = asio::make_work_guard(back)]() mutable {
            asio::post(guard.get_executor(), std::move(handler));
        };
        {
            const std::scoped_lock lock(mutex_);
            if (places_ == 0) {
                waiting_.push_back(std::move(go));
                return;
            }
            --places_;
        }
        go();
    };
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(enqueue, asio::use_awaitable);
    co_return Lease(*this);
}

void Pool::give_place_back() {
    std::move_only_function<void()> next;
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.empty()) {
            ++places_;
            return;
        }
        next = std::move(waiting_.front());
        waiting_.pop_front();
    }
    next();
}

Task<Result<std::unique_ptr<Process>>> Pool::take_process() {
    std::vector<std::unique_ptr<Process>> dead;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) co_return stopped();
        while (!idle_.empty()) {
            auto process = std::move(idle_.back().process);
            idle_.pop_back();
            if (process->is_idle()) {
                busy_.push_back(process.get());
                co_return process;
            }
            dead.push_back(std::move(process));
        }
    }
    auto process = co_await offload(threads_, [this] { return Process::start(options_.program); });
    if (!process) co_return fail(std::move(process));
    const std::scoped_lock lock(mutex_);
    if (stopping_) co_return stopped();
    busy_.push_back(process->get());
    ++started_;
    co_return std::move(*process);
}

void Pool::keep(std::unique_ptr<Process> process) {
    {
        const std::scoped_lock lock(mutex_);
        std::erase(busy_, process.get());
        if (!stopping_) {
            idle_.push_back({std::move(process), std::chrono::steady_clock::now() + options_.idle});
        }
    }
    changed_.notify_all();
}

void Pool::forget(std::unique_ptr<Process> process) {
    const std::scoped_lock lock(mutex_);
    std::erase(busy_, process.get());
}

// Before a piece of a layer: waits as others ask for it, and returns how large the piece may be.
Task<std::size_t> Pool::give_way(Process& process) {
    constexpr std::size_t small_piece = std::size_t{128} << 10;
    auto* share = options_.share;
    if (share == nullptr || !share->limited()) co_return largest_piece;
    share->worked(process.worked());
    co_await berth::give_way(*share);
    co_return small_piece;
}

Task<Result<Answer>> Pool::exchange(Process& process, ByteSource& layer, const Request& request, Deadline deadline) {
    const auto head = encode(request);
    if (head.size() > largest_head) {
        co_return fail(FaultKind::too_large, "the layer has more hard links of interest than are followed");
    }
    std::vector<std::byte> piece(sizeof(std::uint32_t) + largest_piece);
    std::vector<std::byte> start(sizeof(std::uint64_t) + head.size());
    std::ranges::copy(encode_size(head.size()), start.begin());
    std::ranges::copy(std::as_bytes(std::span(head)), start.begin() + sizeof(std::uint64_t));
    std::span<const std::byte> next(start);
    for (bool last = false;;) {
        auto sent = co_await offload(threads_, [&] { return process.send(next, deadline); });
        if (!sent) co_return fail(std::move(sent));
        if (last || *sent == Process::Sent::interrupted) break;
        const auto most = co_await give_way(process);
        auto got = co_await layer.read_some(std::span(piece).subspan(sizeof(std::uint32_t), most));
        if (!got) co_return fail(std::move(got));
        std::ranges::copy(encode_piece_size(*got), piece.begin());
        next = std::span(piece).first(sizeof(std::uint32_t) + *got);
        last = *got == 0;
    }
    const auto most = std::max<std::uint64_t>(request.limits.found_bytes_of_layer, largest_head);
    co_return co_await offload(threads_, [&] { return process.receive(most, deadline); });
}

// A process that served others before may have been broken by them: what goes wrong in it is tried in a new one.
Task<Result<Answer>> Pool::ask(const OpenLayer& open, const Request& request, Deadline deadline) {
    for (;;) {
        auto process = co_await take_process();
        if (!process) co_return fail(std::move(process));
        auto layer = co_await open();
        if (!layer) {
            keep(std::move(*process));
            co_return fail(std::move(layer));
        }
        auto answer = co_await exchange(**process, **layer, request, deadline);
        if (answer) {
            ++(*process)->served;
            if (answer->head.last) {
                forget(std::move(*process));
            } else {
                keep(std::move(*process));
            }
            co_return answer;
        }
        const bool fresh = (*process)->served == 0;
        forget(std::move(*process));
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) co_return stopped();
            ++broken_;
        }
        log::warning("a process that reads layers has ended", {{"reason", answer.error().message}});
        if (fresh || answer.error().kind != FaultKind::internal) co_return answer;
    }
}

Task<Result<LayerRead>> Pool::read_layer(OpenLayer open, const inventory::Limits& limits, Deadline deadline) {
    const auto place = co_await lease();
    Request request{.limits = limits, .missed = {}};
    for (const bool again : {false, true}) {
        auto answer = co_await ask(open, request, deadline);
        if (!answer) co_return fail(std::move(answer));
        if (answer->head.kind == AnswerKind::fault) {
            co_return fail(answer->head.fault, std::move(answer->payload));
        }
        if (answer->head.kind == AnswerKind::missed) {
            auto missed = decode_missed(answer->payload);
            if (!missed || again) break;
            request.missed = std::move(*missed);
            continue;
        }
        // Taking it apart is work, and this may be a thread that serves others. Its hashes of paths count apart.
        const auto most = 2 * std::uint64_t{limits.found_bytes_of_layer} + 32 * limits.layer.entries;
        auto layer = co_await offload(threads_, [&] { return inventory::decode_layer(answer->payload, most); });
        if (!layer) break;
        co_return LayerRead{.encoded = std::move(answer->payload), .layer = std::move(*layer)};
    }
    co_return fail(FaultKind::internal, "the process that read the layer gave an answer that makes no sense");
}

}  // namespace berth::worker
