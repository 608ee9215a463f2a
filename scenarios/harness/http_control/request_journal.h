// What servers saw, in order over all of them: one entry per request with what became of it, in a ring of fixed size,
// and counts that go on when entries have been dropped. It observes servers and passes everything on. Under the
// monitor.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "fake_broker/shell/server_core.h"
#include "producer/transport/function.h"
#include "producer/transport/recycled_ring.h"

namespace rmqsim {

struct JournalEntry {
  std::uint64_t number = 0;  ///< over all servers, from 1
  TimePoint at{};
  Duration since_first_step{0};  ///< what fromMs and toMs were compared with; FaultPlan::kBeforeFirstStep: before it
  std::string server;
  std::int32_t code = 0;
  std::string topic;
  std::optional<std::int32_t> queue_id;
  std::string group;
  std::string key;   ///< UNIQ_KEY of the message, of a batch its own; empty for others, and for batches of 4.9.8
  std::string first_member_key;  ///< of a batch
  std::string peer;
  bool oneway = false;
  std::string rule;  ///< that acted on it
  std::uint64_t of_server = 0;  ///< its number at the server
  std::string outcome;          ///< as AnswerSeen; empty: not answered yet
  std::uint32_t stored = 0;
  bool acknowledged = false;
  TimePoint answered_at{};
  std::uint64_t last_event = 0;  ///< that a listener made of it; 0: none
};

/// Which entries; what is left out says nothing.
struct JournalFilter {
  std::optional<FaultTarget> on;  ///< by the vocabulary of `faults`
  std::optional<std::string> topic, server, group, rule, outcome, key;

  bool matches(const JournalEntry& entry) const;
};

/// Told of what the journal enters, as it does, and may note its `last_event`.
class JournalListener {
 public:
  virtual ~JournalListener() = default;
  virtual void on_arrived(JournalEntry& entry) = 0;
  virtual void on_answered(JournalEntry& entry) = 0;
  /// It is dropped or cleared next.
  virtual void on_forgotten(const JournalEntry& entry) = 0;
  virtual void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) = 0;
  /// As ServerObserver::on_connection_rule.
  virtual void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer) = 0;
};

/// How long requests took until they were answered, in steps.
struct AnswerTimes {
  static constexpr std::array<double, 14> kSteps{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                 0.1,    0.25,  0.5,    1,     2.5,  5,     10};  ///< s, each included
  std::array<std::uint64_t, kSteps.size()> counts{};  ///< beyond the step before
  std::uint64_t count = 0;
  double seconds = 0;  ///< of all together

  void add(Duration took);
};

class RequestJournal final : public ServerObserver {
 public:
  static constexpr std::size_t kDefaultCapacity = 10'000;
  /// Longer names than this are cut: they come from outside.
  static constexpr std::size_t kMaxText = 256;

  explicit RequestJournal(ServerObserver* next = nullptr, std::size_t capacity = kDefaultCapacity)
      : next_(next), entries_(capacity) {}

  void on_request(std::string_view server, const RequestSeen& request) override;
  void on_answer(std::string_view server, const AnswerSeen& answer) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;
  void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer, TimePoint at) override;

  /// The instant that since_first_step counts from.
  void begin(TimePoint first_step) { first_step_ = first_step; }
  TimePoint first_step() const { return first_step_.value_or(TimePoint{}); }
  /// Called for every entry once its outcome is known.
  using EntryHandler = Function<void(const JournalEntry&)>;
  void on_entry(EntryHandler handler) { on_entry_ = std::move(handler); }
  /// May be null; must outlive the servers that are observed.
  void set_listener(JournalListener* listener) { listener_ = listener; }

  /// Those that are kept, oldest first.
  const RecycledRing<JournalEntry>& entries() const { return entries_; }
  /// Null: it is not kept.
  const JournalEntry* find(std::uint64_t number) const;
  /// Requests since the beginning, or since clear().
  std::uint64_t seen() const { return last_number_ - cleared_; }
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t last_number() const { return last_number_; }
  std::size_t capacity() const { return entries_.capacity(); }
  void clear();

  /// By server, request and outcome, since the beginning; entries that were dropped or cleared are counted too.
  /// Requests and outcomes without a name of their own are one.
  using Counts = std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>;
  const Counts& answered() const { return answered_; }
  /// The same of how long that took, as far as the request was still kept.
  using Times = std::map<std::tuple<std::string, std::string, std::string>, AnswerTimes>;
  const Times& answer_times() const { return answer_times_; }
  std::uint64_t connections(std::string_view server) const;

 private:
  using Place = std::tuple<std::string, std::uint64_t, std::int32_t>;  ///< server, its number, code
  /// What is counted of one kind of answer, in answered_ and answer_times_. A server gives the same ones again and
  /// again, so the last ones are kept at hand.
  struct Tally {
    std::string server;
    std::int32_t code = 0;
    std::string outcome;
    Counts::value_type* answered = nullptr;
    AnswerTimes* times = nullptr;  ///< null: none yet
  };

  JournalEntry* find(std::uint64_t number) { return const_cast<JournalEntry*>(std::as_const(*this).find(number)); }
  JournalEntry* take_open(std::string_view server, const AnswerSeen& answer);
  Tally& tally(std::string_view server, const AnswerSeen& answer);

  ServerObserver* next_;
  JournalListener* listener_ = nullptr;
  EntryHandler on_entry_;
  std::optional<TimePoint> first_step_;
  RecycledRing<JournalEntry> entries_;
  std::uint64_t last_number_ = 0;
  std::uint64_t cleared_ = 0;
  std::uint64_t dropped_ = 0;
  /// Unanswered, to number here. The last entry is not among them until another follows: most are answered before.
  std::map<Place, std::uint64_t> open_;
  bool last_is_open_ = false;
  std::array<Tally, 16> tallies_;
  Counts answered_;
  Times answer_times_;
  std::map<std::string, std::uint64_t, std::less<>> connections_;
};

}  // namespace rmqsim
