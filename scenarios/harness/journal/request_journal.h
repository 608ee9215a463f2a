// What servers saw, in order over all of them: one entry per request with what became of it, in a ring of fixed size,
// and counts that go on when entries have been dropped. It observes servers and passes everything on. Servers tell of
// each message and few ever ask, so as little as can be is done when something is told: what many requests have in
// common is kept once, keys lie one behind the other, and an entry is put together for who reads it. Under the monitor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "fake_broker/shell/server_core.h"
#include "producer/transport/function.h"
#include "scenarios/harness/journal/journal_entry.h"
#include "scenarios/harness/journal/journal_listener.h"
#include "scenarios/harness/journal/recycled_ring.h"
#include "scenarios/harness/journal/shared_values.h"
#include "scenarios/harness/journal/text_queue.h"

namespace rmqsim {

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
  /// Sources that are likely to ask again.
  static constexpr std::size_t kSourcesAtHand = 64;

  explicit RequestJournal(ServerObserver* next = nullptr, std::size_t capacity = kDefaultCapacity)
      : next_(next), requests_(capacity) {}

  void on_request(std::string_view server, const RequestSeen& request) override;
  void on_answer(std::string_view server, const AnswerSeen& answer) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;
  void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer, TimePoint at) override;

  /// The instant that since_first_step counts from, for the requests that come from now on. To be told once.
  void begin(TimePoint first_step) {
    first_step_ = first_step;
    last_before_ = last_number_;
  }
  TimePoint first_step() const { return first_step_.value_or(TimePoint{}); }
  /// Called with the number of every entry once its outcome is known.
  using EntryHandler = Function<void(std::uint64_t number)>;
  void on_entry(EntryHandler handler) { on_entry_ = std::move(handler); }
  /// May be null; must outlive the servers that are observed.
  void set_listener(JournalListener* listener) { listener_ = listener; }

  /// Those that are kept, oldest first. Each is put together when it is asked for.
  class Entries;
  Entries entries() const;
  /// Nothing: it is not kept.
  std::optional<JournalEntry> find(std::uint64_t number) const;
  /// Requests since the beginning, or since clear().
  std::uint64_t seen() const { return last_number_ - cleared_; }
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t last_number() const { return last_number_; }
  std::size_t capacity() const { return requests_.capacity(); }
  void clear();

  /// By server, request and outcome, since the beginning; entries that were dropped or cleared are counted too.
  /// Requests and outcomes without a name of their own are one.
  using Counts = std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>;
  const Counts& answered() const { return answered_; }
  /// The same of how long that took, as far as the request was still kept.
  using Times = std::map<std::tuple<std::string, std::string, std::string>, AnswerTimes>;
  const Times& answer_times() const { return answer_times_; }
  std::uint64_t connections(std::string_view server) const;

  /// Different ones of the entries, and those at hand.
  std::size_t sources() const { return sources_.size(); }

 private:
  struct Outcome {
    using Key = std::string_view;
    explicit Outcome(Key key) : text(key) {}
    Key key() const { return text; }
    std::string text;
  };
  using Sources = SharedValues<RequestSource>;
  using Outcomes = SharedValues<Outcome>;

  /// What an entry is put together of. Its number follows from its place.
  struct Request {
    TimePoint at, answered_at;
    std::uint64_t of_server;
    std::uint64_t last_event;
    std::uint64_t texts;  ///< where its key lies, and behind it that of the first member
    Sources::Handle source;
    Outcomes::Handle outcome;  ///< null: not answered yet
    std::int32_t queue_id;
    std::uint32_t stored;
    std::uint16_t key_size, first_member_size;
    bool has_queue_id, acknowledged;

    std::size_t texts_size() const { return std::size_t{key_size} + first_member_size; }
  };
  using Place = std::tuple<std::string, std::uint64_t, std::int32_t>;  ///< server, its number, code
  /// What is counted of one kind of answer, in answered_ and answer_times_. A server gives the same ones again and
  /// again, so the last ones are kept at hand.
  struct Tally {
    std::string server;
    std::int32_t code = 0;
    Outcomes::Handle outcome = nullptr;
    Counts::value_type* answered = nullptr;
    AnswerTimes* times = nullptr;  ///< null: none yet
  };

  std::uint64_t first_number() const { return last_number_ + 1 - requests_.size(); }
  JournalEntry entry(std::size_t i) const;
  Sources::Handle take_source(std::string_view server, const RequestSeen& request);
  void drop_oldest();
  void forget(std::uint64_t number, const Request& request);
  Request* take_open(std::string_view server, const AnswerSeen& answer, std::uint64_t& number);
  Tally& tally(std::string_view server, const AnswerSeen& answer);

  ServerObserver* next_;
  JournalListener* listener_ = nullptr;
  EntryHandler on_entry_;
  std::optional<TimePoint> first_step_;
  std::uint64_t last_before_ = 0;  ///< number of the last request before first_step_ was told
  Sources sources_;
  Outcomes outcomes_;
  RecycledRing<Request> requests_;
  TextQueue texts_;
  std::uint64_t last_source_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t cleared_ = 0;
  std::uint64_t dropped_ = 0;
  /// Unanswered, to number here. The last entry is not among them until another follows: most are answered before.
  std::map<Place, std::uint64_t> open_;
  bool last_is_open_ = false;
  std::array<Sources::Handle, kSourcesAtHand> at_hand_{};
  std::array<Tally, 16> tallies_;
  Counts answered_;
  Times answer_times_;
  std::map<std::string, std::uint64_t, std::less<>> connections_;
};

class RequestJournal::Entries {
 public:
  explicit Entries(const RequestJournal& journal) : journal_(&journal) {}

  std::size_t size() const { return journal_->requests_.size(); }
  bool empty() const { return size() == 0; }
  JournalEntry operator[](std::size_t i) const { return journal_->entry(i); }
  JournalEntry front() const { return (*this)[0]; }
  JournalEntry back() const { return (*this)[size() - 1]; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = JournalEntry;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = JournalEntry;

    Iterator(const RequestJournal& journal, std::size_t at) : journal_(&journal), at_(at) {}
    JournalEntry operator*() const { return journal_->entry(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const RequestJournal* journal_;
    std::size_t at_;
  };
  Iterator begin() const { return {*journal_, 0}; }
  Iterator end() const { return {*journal_, size()}; }

 private:
  const RequestJournal* journal_;
};

inline RequestJournal::Entries RequestJournal::entries() const { return Entries(*this); }

}  // namespace rmqsim
