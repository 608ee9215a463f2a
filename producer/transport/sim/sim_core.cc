// The loop: everything due at this instant in (time, sequence) order, then the ready-queue until idle, then the clock
// jumps to the next event.
#include "producer/transport/sim/sim_core.h"

#include <cstdio>

#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {
namespace {

std::string seconds_text(TimePoint at) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6f s", static_cast<double>((at - kSimEpoch).count()) / 1e9);
  return text;
}

}  // namespace

TimePoint SimCore::after(Duration d) const {
  if (d <= Duration::zero()) return now;
  return d < TimePoint::max() - now ? now + d : TimePoint::max();
}

bool SimCore::step() {
  if (events.due(now, batch_limit)) {
    fire();
    return true;
  }
  if (!ready.empty()) {
    if (event_count >= max_events) throw Exhausted("more than " + std::to_string(max_events) + " events\n" + pending());
    ++event_count;
    in_turn(kWorldThread, [this] { ready.run_one(); });
    return true;
  }
  if (events.empty()) return false;
  const TimePoint next = events.next_time();
  if (next > max_time) throw Exhausted("virtual time passed its limit of " + seconds_text(max_time) + "\n" + pending());
  now = std::max(now, next);
  batch_limit = events.sequence();
  fire();
  return true;
}

void SimCore::fire() {
  if (event_count >= max_events) throw Exhausted("more than " + std::to_string(max_events) + " events\n" + pending());
  ++event_count;
  Task task = events.take();
  in_turn(kWorldThread, task);
}

void SimCore::end_turn() {
  while (std::exchange(end_of_turn_wanted, false)) {
    for (std::size_t i = 0; i < attachments.size(); ++i) attachments[i]->end_of_turn();
  }
}

std::string SimCore::pending() const {
  std::string out =
      "virtual time " + seconds_text(now) + " after the start, " + std::to_string(event_count) + " events done\n";
  out += "ready tasks: " + std::to_string(ready.size()) + "\n";
  out += "armed timers and packets under way: " + std::to_string(events.size());
  for (const TimePoint at : events.next_times(8)) out += "\n  at " + seconds_text(at);
  out += "\n";
  for (const SimAttachment* attachment : attachments) attachment->describe(out);
  return out;
}

void SimCore::close() {
  closing = true;
  runtime = nullptr;
  ready.close();
  while (ready.run_one()) {
  }
  events.clear();
}

}  // namespace rmqsim
