// Joins the events of this process with those of others, whose clocks are the same but whose lines take a while: each
// is held back until every source has told all that came before it, and then passed on in the order of time. Those of
// this process keep the order in which they were recorded, as one that carries an earlier time than its own was told
// late. All under one monitor.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "producer/transport/trace.h"
#include "scenarios/harness/events/event.h"

namespace rmqsim {

class EventMerge final : public TraceSink {
 public:
  /// So many are held back; with more the oldest go on, whoever may still tell something earlier.
  static constexpr std::size_t kMaxHeld = 100'000;

  explicit EventMerge(TraceSink& out, std::size_t max_held = kMaxHeld) : out_(out), max_held_(max_held) {}

  /// From now on events wait for that source, which has told all until then.
  void follow(const std::string& source, TimePoint until) { told_[source] = until; }
  void told(const std::string& source, TimePoint until);
  /// It has nothing to tell, until it is followed again.
  void leave(const std::string& source);

  /// Of this process.
  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override;
  /// Of another one.
  void take(TimePoint at, std::string node, EventData what);
  /// Everything that is held back goes on.
  void finish();

 private:
  struct Held {
    TimePoint at;
    std::string node;
    EventData what;
  };
  void hold(TimePoint place, Held held);
  void pass_on();
  void pass_first();

  TraceSink& out_;
  const std::size_t max_held_;
  std::map<std::string, TimePoint> told_;    ///< of each source: all until then is here
  std::multimap<TimePoint, Held> held_;      ///< by their place in the order
  TimePoint recorded_ = TimePoint::min();    ///< the last place of this process
};

}  // namespace rmqsim
