#include "producer/client/send/sender_threads.h"

#include <mutex>
#include <string>
#include <utility>

#include "producer/transport/fifo.h"

namespace rmqsim {

struct SenderThreads::State {
  State(Runtime& r, std::size_t l) : runtime(r), limit(l) {}
  Runtime& runtime;
  Fifo<Job> queue;
  Fifo<ThreadId> idle;                      // longest idle first, as a LinkedBlockingQueue hands work out
  std::atomic<std::size_t> outstanding{0};  // submitted and not yet released
  std::size_t limit;
  std::mutex mutex;
  Fifo<Job> submitted;  // not yet in the queue; guarded by the mutex, unlike everything above
  struct Turn;
};

/// Takes in what was submitted. A world that ends before drops it with all it has not run: a job holds its producer,
/// and the producer these threads, so neither would ever go.
struct SenderThreads::State::Turn {
  explicit Turn(std::shared_ptr<State> s) : state(std::move(s)) {}
  Turn(Turn&&) noexcept = default;
  ~Turn() {
    if (!state) return;
    Fifo<Job> dropped;  // goes after the lock, and may take these threads along
    const auto held = std::move(state);
    const std::lock_guard lock(held->mutex);
    dropped.swap(held->submitted);
  }
  void operator()() { run(std::exchange(state, nullptr)); }
  std::shared_ptr<State> state;
};

SenderThreads::SenderThreads(Runtime& runtime, std::size_t threads, std::size_t queue_capacity)
    : runtime_(runtime), state_(std::make_shared<State>(runtime, threads + queue_capacity)) {
  for (std::size_t i = 1; i <= threads; ++i) {
    state_->idle.push_back(runtime.new_thread("AsyncSenderExecutor_" + std::to_string(i)));
  }
}

bool SenderThreads::submit(Job job) {
  if (shut_.load()) return false;
  if (state_->outstanding.fetch_add(1) >= state_->limit) {
    state_->outstanding.fetch_sub(1);
    return false;
  }
  bool first = false;
  {
    const std::lock_guard lock(state_->mutex);
    first = state_->submitted.empty();
    state_->submitted.push_back(std::move(job));
  }
  if (first) runtime_.post(State::Turn(state_));
  return true;
}

void SenderThreads::run(const std::shared_ptr<State>& state) {
  {
    const std::lock_guard lock(state->mutex);
    while (!state->submitted.empty()) state->queue.push_back(state->submitted.pop_front());
  }
  while (!state->queue.empty() && !state->idle.empty()) {
    Job job = state->queue.pop_front();
    const ThreadId thread = state->idle.pop_front();
    ThreadScope scope(state->runtime, thread);
    job([state, thread] {
      state->outstanding.fetch_sub(1);
      state->idle.push_back(thread);
      if (!state->queue.empty()) state->runtime.post([state] { run(state); });
    });
  }
}

}  // namespace rmqsim
