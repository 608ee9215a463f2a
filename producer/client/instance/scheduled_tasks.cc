#include "producer/client/instance/scheduled_tasks.h"

#include <utility>

namespace rmqsim {

void ScheduledTasks::at_fixed_rate(std::string name, Duration initial_delay, Duration period, Body body) {
  auto entry = std::make_unique<Entry>(Entry{std::move(name), period, runtime_.now() + initial_delay, std::move(body),
                                             runtime_.make_timer()});
  arm(*entry);
  entries_.push_back(std::move(entry));
}

void ScheduledTasks::shutdown() {
  due_.clear();
  for (auto& entry : entries_) entry->timer->cancel();
}

void ScheduledTasks::arm(Entry& entry) {
  entry.timer->expires_at(entry.next, [this, &entry] {
    due_.push_back(&entry);
    run_next();
  });
}

// The next run of a task is scheduled when the present one ends, for the time that the fixed rate gives it: a run that
// ended late is followed at once.
void ScheduledTasks::run_next() {
  if (busy_ || due_.empty()) return;
  busy_ = true;
  Entry* entry = due_.front();
  due_.pop_front();
  if (TraceSink* trace = runtime_.trace()) trace->record(runtime_.now(), "client", "task", {{"name", entry->name}});
  ThreadScope scope(runtime_, thread_);
  entry->body([this, entry, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    busy_ = false;
    entry->next += entry->period;
    arm(*entry);
    run_next();
  });
}

}  // namespace rmqsim
