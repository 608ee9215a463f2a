// Who reads the log of events, as text/event-stream: which events, from where on, and their text. Under the monitor.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/time.h"
#include "scenarios/harness/journal/event_log.h"

namespace rmqsim {

/// A kind of event, by the name that readers see.
struct EventKind {
  std::string_view name;
  std::string_view meaning;
};

/// All that are entered here, in the order in which help lists them.
std::span<const EventKind> event_kinds();

/// Which events. One that has no such property as is asked for does not pass.
struct EventFilter {
  std::vector<std::string> kinds;  ///< empty: all
  JournalFilter requests;

  /// `entry` is that of an event of a request, else nothing.
  bool matches(const LiveEvent& event, const std::optional<JournalEntry>& entry) const;
};

/// One who reads from the log, as text/event-stream.
class EventReader {
 public:
  /// How long it hears nothing at most.
  static constexpr Duration kHeartbeat = std::chrono::seconds(5);
  /// What next() returns is about as much at most.
  static constexpr std::size_t kPart = 64 * 1024;

  /// Begins behind the event `after`; nothing: with the next that happens. A number that the log has not reached is
  /// that of an earlier program, and then it is everything that is kept.
  EventReader(const EventLog& log, EventFilter filter, std::optional<std::uint64_t> after, TimePoint now);

  /// Events since the last call, a comment when nothing has been said for long, empty when there is nothing to say yet.
  /// `greeting` is the data of the first event, `hello`; `current` follows what had happened before this reader came.
  std::string next(TimePoint now, const std::string& greeting);

 private:
  const EventLog& log_;
  EventFilter filter_;
  std::uint64_t read_;
  std::uint64_t before_;  ///< the last event before this reader came
  TimePoint said_;
  bool greeted_ = false;
  bool current_ = false;
};

}  // namespace rmqsim
