// What happens, for those who watch while it does: requests and their ends, connections, servers, rules, gates, routes.
// One ring for all readers; a reader is no more than the number up to which it has read, so one that reads slowly costs
// nothing here, and is told how much it missed. Text is made when somebody reads; what was seen of a request is looked
// up in the journal then, as most events of requests are read by nobody. Under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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
  /// What those say that are not of a request.
  struct News {
    Duration since_first_step{0};  ///< FaultPlan::kBeforeFirstStep: before it
    std::string server;            ///< that it is about; empty: none
    std::string rule;              ///< the same
    std::string details;           ///< a JSON object
  };

  std::uint64_t id = 0;  ///< from 1
  TimePoint at{};
  std::string_view kind;      ///< the name of one of event_kinds()
  std::uint64_t request = 0;  ///< of `request` and `answer`: its number in the journal
  std::unique_ptr<News> news;  ///< of the others
};

class EventLog {
 public:
  static constexpr std::size_t kDefaultCapacity = 10'000;

  explicit EventLog(const RequestJournal& journal, std::size_t capacity = kDefaultCapacity)
      : journal_(journal), events_(capacity) {}

  /// A new event; the oldest goes when there are too many.
  void enter(std::string_view kind, TimePoint at, LiveEvent::News news);
  /// One that tells of a request, by its number in the journal. The event's own.
  std::uint64_t enter(std::string_view kind, TimePoint at, std::uint64_t request);
  /// An entry that the journal is about to forget: kept here as long as an event tells of it.
  void keep(const JournalEntry& entry);

  std::uint64_t first_id() const { return last_id_ + 1 - events_.size(); }
  std::uint64_t last_id() const { return last_id_; }
  const RecycledRing<LiveEvent>& events() const { return events_; }
  /// Of an event of a request; never null for one that is here.
  const JournalEntry* entry_of(const LiveEvent& event) const;

 private:
  LiveEvent& next(std::string_view kind, TimePoint at);

  const RequestJournal& journal_;
  RecycledRing<LiveEvent> events_;
  std::uint64_t last_id_ = 0;
  /// By number: of requests that were answered long after others, or forgotten because somebody asked for it.
  std::map<std::uint64_t, JournalEntry> kept_;
};

/// Which events. One that has no such property as is asked for does not pass.
struct EventFilter {
  std::vector<std::string> kinds;  ///< empty: all
  JournalFilter requests;

  /// `entry` is that of an event of a request, else null.
  bool matches(const LiveEvent& event, const JournalEntry* entry) const;
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
