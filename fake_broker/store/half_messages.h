// The half messages of a fake broker: which of them nobody has ended yet, when each must be asked about, and what
// became of every transaction (wire §3.7, observed-servers §4). Pure; the records themselves lie in the
// MessageStore. Memory is bounded: beyond kMaxKept the oldest ended transactions are forgotten, beyond that the oldest
// at all.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/settings/broker_config.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// When ends of transactions are noted.
class EndNotes {
 public:
  /// When an end that is taken at `now` will be noted.
  TimePoint noted_at(TimePoint origin, TimePoint now, std::int64_t interval_ms);

 private:
  std::optional<TimePoint> last_;  ///< when any was noted, or the first end of all
  std::optional<TimePoint> next_;  ///< when those that are not yet noted will be
};

/// A half message that waits. Each check appends it anew, so its offsets change (observed-servers §4).
struct HalfMessage {
  std::string key;    ///< UNIQ_KEY
  std::string group;  ///< PGROUP
  std::int64_t physical_offset = 0;
  std::int64_t queue_offset = 0;  ///< in the half topic
  std::int64_t born_timestamp = 0;
  std::int64_t immunity = 0;  ///< ms of age up to which it is not asked about
  std::int32_t checks = 0;
  std::optional<TimePoint> noted_at;  ///< it was ended; until then scans do not know

  /// The last millisecond since 1970 at which it is too young to be asked about. A client may claim any birth.
  std::int64_t immune_until() const;
};

/// What became of the half messages with one UNIQ_KEY. Several of these can be true: a check may be answered twice.
struct TransactionFate {
  std::uint32_t stored = 0;     ///< half messages: two when a sender tried again after its answer was lost
  std::uint32_t checks = 0;     ///< scans that came to it
  std::uint32_t asked = 0;      ///< those of them that found a client to ask
  std::uint32_t committed = 0;  ///< messages made visible
  std::uint32_t rolled_back = 0;
  std::uint32_t discarded = 0;  ///< given up after transactionCheckMax checks
  std::uint32_t pending = 0;
};

struct TransactionTotals {
  std::uint64_t committed = 0;
  std::uint64_t rolled_back = 0;
  std::uint64_t discarded = 0;
  std::uint64_t pending = 0;
};

class HalfMessages {
 public:
  static constexpr std::size_t kMaxKept = 1'000'000;

  void add(HalfMessage half);
  /// END_TRANSACTION took effect on the record with this offset. One that is not waiting any more (ended before, or
  /// appended anew since) is committed or rolled back all the same; its newer copy goes on waiting. Scans before
  /// `noted_at` still come to it.
  void ended(std::string_view key, std::int64_t queue_offset, bool commit, TimePoint now, TimePoint noted_at);
  /// A check appended it anew; `asked`: there is a client that is asked.
  void checked(std::int64_t queue_offset, std::int64_t new_queue_offset, std::int64_t new_physical_offset, bool asked);
  void discarded(std::int64_t queue_offset);
  /// Of a broker that starts anew: ends that were to be noted later are forgotten, and their half messages asked about.
  void restarted(TimePoint now);
  /// Its record is no longer in the store.
  void lost(std::int64_t queue_offset);

  /// Scans are made at `origin` + n intervals. The next one after `after` at which a half message is old enough;
  /// nullopt when none waits.
  std::optional<TimePoint> next_scan(TimePoint origin, TimePoint after, const TransactionConfig& config) const;
  /// Those that a scan at `now` must deal with, oldest first.
  std::vector<HalfMessage> due(TimePoint now) const;

  /// nullptr for a key that never had a half message.
  const TransactionFate* fate(std::string_view key) const;
  const std::map<std::string, TransactionFate, std::less<>>& fates() const { return fates_; }
  TransactionTotals totals() const;
  /// Moves with every change of what waits.
  std::uint64_t changes() const { return changes_; }

 private:
  using Waiting = std::map<std::int64_t, HalfMessage>;  ///< by offset in the half queue

  TransactionFate& fate_of(std::string_view key);
  /// Takes out those that have been noted.
  void note_ends(TimePoint now);
  std::multiset<std::int64_t>& ripe_of(const HalfMessage& half) { return half.noted_at ? ripe_ended_ : ripe_; }
  /// Takes it out of those that wait; returns its fate.
  TransactionFate& leave(Waiting::iterator half);

  Waiting waiting_;
  std::multiset<std::int64_t> ripe_;        ///< of those that wait: ms since the epoch up to which they are immune
  std::multiset<std::int64_t> ripe_ended_;  ///< the same of those that were ended, but are not yet noted
  std::deque<std::pair<TimePoint, std::int64_t>> ended_;  ///< when noted, offset; in order
  std::map<std::string, TransactionFate, std::less<>> fates_;
  std::deque<std::string> order_;  ///< keys of fates_, oldest first
  TransactionTotals totals_;       ///< without pending
  std::uint64_t changes_ = 0;
};

}  // namespace rmqsim
