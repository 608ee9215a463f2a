// What happens, for those who watch while it does: requests and their ends, connections, servers, rules, gates, routes.
// One ring for all readers; a reader is no more than the number up to which it has read, so one that reads slowly costs
// nothing here, and is told how much it missed. Text is made when somebody reads; what was seen of a request is looked
// up in the journal then, as most events of requests are read by nobody. Under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "producer/transport/time.h"
#include "scenarios/harness/journal/recycled_ring.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

struct LiveEvent {
  /// What those say that are not of a request.
  struct News {
    TimePoint at{};
    Duration since_first_step{0};  ///< FaultPlan::kBeforeFirstStep: before it
    std::string server;            ///< that it is about; empty: none
    std::string rule;              ///< the same
    std::string details;           ///< a JSON object
  };

  std::uint64_t id = 0;        ///< from 1
  std::string_view kind;       ///< as readers see it
  std::uint64_t request = 0;   ///< of `request` and `answer`: its number in the journal
  std::unique_ptr<News> news;  ///< of the others
};

class EventLog {
 public:
  static constexpr std::size_t kDefaultCapacity = 10'000;

  explicit EventLog(const RequestJournal& journal, std::size_t capacity = kDefaultCapacity)
      : journal_(journal), events_(capacity) {}

  /// A new event; the oldest goes when there are too many.
  void enter(std::string_view kind, LiveEvent::News news);
  /// One that tells of a request, by its number in the journal. The event's own.
  std::uint64_t enter(std::string_view kind, std::uint64_t request);
  /// The journal is about to forget this request: it is kept here as long as an event tells of it.
  void keep(std::uint64_t request, std::uint64_t last_event);

  std::uint64_t first_id() const { return last_id_ + 1 - events_.size(); }
  std::uint64_t last_id() const { return last_id_; }
  const RecycledRing<LiveEvent>& events() const { return events_; }
  /// Of an event of a request; never nothing for one that is here.
  std::optional<JournalEntry> entry_of(const LiveEvent& event) const;

 private:
  struct Kept {
    std::uint64_t last_event;
    KeptEntry request;
  };
  LiveEvent& next(std::string_view kind);

  const RequestJournal& journal_;
  RecycledRing<LiveEvent> events_;
  std::uint64_t last_id_ = 0;
  /// By number: of requests that were answered long after others, or forgotten because somebody asked for it.
  std::map<std::uint64_t, Kept> kept_;
};

}  // namespace rmqsim
