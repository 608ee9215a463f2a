// The instance's scheduler: one logical thread, tasks at fixed rate (java.util.concurrent scheduleAtFixedRate on a
// single-threaded ScheduledExecutorService). A task that takes long delays the others, and runs that were missed are
// made up for back to back (behaviour §3.5).
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "producer/transport/runtime.h"

namespace rmqsim {

class ScheduledTasks {
 public:
  using Done = Task;
  /// A run; it must call `done` once, at once or later.
  using Body = Function<void(Done)>;

  explicit ScheduledTasks(Runtime& runtime, std::string_view thread_name)
      : runtime_(runtime), thread_(runtime.new_thread(thread_name)) {}

  void at_fixed_rate(std::string name, Duration initial_delay, Duration period, Body body);
  /// No run begins any more; one that is under way goes on.
  void shutdown();

 private:
  struct Entry {
    std::string name;
    Duration period;
    TimePoint next;
    Body body;
    std::unique_ptr<Timer> timer;
  };
  void arm(Entry& entry);
  void run_next();

  Runtime& runtime_;
  ThreadId thread_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> due_;
  bool busy_ = false;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace rmqsim
