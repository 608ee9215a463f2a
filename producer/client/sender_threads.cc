// See the header.
#include "producer/client/sender_threads.h"

#include <string>
#include <utility>

namespace rmqsim {

struct SenderThreads::State {
  State(Runtime& r, std::size_t l) : runtime(r), limit(l) {}
  Runtime& runtime;
  std::deque<Job> queue;
  std::deque<ThreadId> idle;               // longest idle first, as a LinkedBlockingQueue hands work out
  std::atomic<std::size_t> outstanding{0};  // queued and running
  std::size_t limit;
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
  runtime_.post([state = state_, job = std::move(job)]() mutable {
    state->queue.push_back(std::move(job));
    run(state);
  });
  return true;
}

void SenderThreads::run(const std::shared_ptr<State>& state) {
  while (!state->queue.empty() && !state->idle.empty()) {
    Job job = std::move(state->queue.front());
    state->queue.pop_front();
    const ThreadId thread = state->idle.front();
    state->idle.pop_front();
    ThreadScope scope(state->runtime, thread);
    job([state, thread] {
      state->outstanding.fetch_sub(1);
      state->idle.push_back(thread);
      if (!state->queue.empty()) state->runtime.post([state] { run(state); });
    });
  }
}

}  // namespace rmqsim
