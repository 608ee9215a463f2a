// The life of one run. Whatever a run leaves with others to be called later, posts, timers, tasks of executors and the
// handlers of its producers, goes through here and is called only while the run lives: one that is given up, for
// whatever reason, hears of nothing any more. An exception that leaves a handler ends the run as well, not the program.
// All under the monitor.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "producer/transport/runtime.h"

namespace rmqsim {

class RunScope {
 public:
  /// Told at most once, of the exception that ended the run; everything is silent by then.
  using Failed = Function<void(const std::string& what)>;

  RunScope(Runtime& runtime, Failed failed);
  ~RunScope();
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;

  /// From now on nothing is called. What was handed out may be destroyed later, or never.
  void end();

  TimePoint now() const { return runtime_.now(); }
  TraceSink* trace() const { return runtime_.trace(); }
  Random& random(std::string_view stream) { return runtime_.random(stream); }
  ThreadId new_thread(std::string_view name) { return runtime_.new_thread(name); }
  /// Acts as that thread as long as what it returns is kept.
  [[nodiscard]] ThreadScope as(ThreadId thread) { return {runtime_, thread}; }

  /// `f`, for as long as the run lives; then a call does nothing and returns a default value.
  template <class F>
  auto bind(F f) {
    return [state = state_, f = std::move(f)]<class... Args>(Args&&... args) mutable
               -> std::invoke_result_t<F&, Args...> {
      try {
        if (state->live) return f(std::forward<Args>(args)...);
      } catch (const std::exception& e) {
        state->fail(e.what());
      }
      return std::invoke_result_t<F&, Args...>();
    };
  }

  template <class F>
  void post(F f) {
    runtime_.post(bind(std::move(f)));
  }
  template <class F>
  void later(Duration delay, F f) {
    const std::uint64_t id = next_timer_++;
    Timer& timer = *(timers_[id] = runtime_.make_timer());
    timer.expires_after(delay, bind([this, id, f = std::move(f)]() mutable {
                          const auto keep = std::move(timers_.at(id));
                          timers_.erase(id);
                          f();
                        }));
  }

  /// An executor of the world whose tasks are the run's.
  class Pool {
   public:
    Pool(RunScope& run, std::unique_ptr<Executor> executor) : run_(run), executor_(std::move(executor)) {}
    template <class F>
    bool execute(F f) {
      return executor_->execute(run_.bind(std::move(f)));
    }

   private:
    RunScope& run_;
    std::unique_ptr<Executor> executor_;
  };
  Pool make_executor(ExecutorOptions options) { return {*this, runtime_.make_executor(std::move(options))}; }

 private:
  struct State {
    bool live = true;
    Failed failed;
    void fail(const std::string& what);
  };

  Runtime& runtime_;
  std::shared_ptr<State> state_;
  std::map<std::uint64_t, std::unique_ptr<Timer>> timers_;
  std::uint64_t next_timer_ = 0;
};

}  // namespace rmqsim
