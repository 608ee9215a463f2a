// What happens, for those who watch while it does: requests and their ends, connections, servers, rules, gates, routes.
// One ring for all readers; a reader is no more than the number up to which it has read, so one that reads slowly costs
// nothing here, and is told how much it missed. Text is made when somebody reads. Under the monitor.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/recycled_ring.h"
#include "producer/transport/time.h"
#include "scenarios/harness/http_control/request_journal.h"

namespace rmqsim {

/// A kind of event, by the name that readers see.
struct EventKind {
  std::string_view name;
  std::string_view meaning;
};

/// All that are entered here, in the order in which help lists them.
std::span<const EventKind> event_kinds();

struct LiveEvent {
  std::uint64_t id = 0;  ///< from 1
  TimePoint at{};
  Duration since_first_step{0};  ///< FaultPlan::kBeforeFirstStep: before it
  std::string_view kind;         ///< the name of one of event_kinds()
  std::string server;            ///< that it is about; empty: none
  std::string rule;              ///< the same
  std::optional<JournalEntry> entry;  ///< of `request` and `answer`
  std::string details;  ///< of the others: a JSON object
};

class EventLog {
 public:
  static constexpr std::size_t kDefaultCapacity = 10'000;

  explicit EventLog(std::size_t capacity = kDefaultCapacity) : events_(capacity) {}

  /// A new event, numbered and otherwise empty; the oldest goes when there are too many.
  LiveEvent& enter(std::string_view kind, TimePoint at);
  /// One that tells of a request.
  void enter(std::string_view kind, TimePoint at, const JournalEntry& entry);

  std::uint64_t last_id() const { return last_id_; }
  const RecycledRing<LiveEvent>& events() const { return events_; }

 private:
  LiveEvent& next(std::string_view kind, TimePoint at);

  RecycledRing<LiveEvent> events_;
  std::uint64_t last_id_ = 0;
};

/// Which events. One that has no such property as is asked for does not pass.
struct EventFilter {
  std::vector<std::string> kinds;  ///< empty: all
  JournalFilter requests;

  bool matches(const LiveEvent& event) const;
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
