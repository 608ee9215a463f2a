// Messages that lie in SCHEDULE_TOPIC_XXXX or rmq_sys_wheel_timer until their time comes, and what happens then
// (wire §3.6, corrected by observed-servers C1, C2). Pure; the records themselves lie in the MessageStore.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/settings/broker_config.h"
#include "fake_broker/store/message_store.h"
#include "producer/transport/time.h"

namespace rmqsim {

struct BrokerState;

inline constexpr std::string_view kScheduleTopic = "SCHEDULE_TOPIC_XXXX";
inline constexpr std::string_view kTimerTopic = "rmq_sys_wheel_timer";
/// timerPrecisionMs: a timer message is delivered so long after its TIMER_OUT_MS.
inline constexpr std::int64_t kTimerPrecisionMs = 1000;
/// timerMaxDelaySec: a timer that runs longer is refused.
inline constexpr std::int64_t kTimerMaxDelayMs = 259'200'000;

/// Which records wait, and until when. Records that the store forgets are forgotten here as well.
class DelayedMessages {
 public:
  void add(std::int64_t deliver_ms, std::uint64_t record);
  /// The first of those due at `deliver_ms` that `matches` is taken out; false when there is none.
  template <class F>
  bool remove(std::int64_t deliver_ms, const F& matches) {
    for (auto it = waiting_.lower_bound({deliver_ms, 0}); it != waiting_.end() && it->first == deliver_ms; ++it) {
      if (!matches(it->second)) continue;
      by_record_.erase(it->second);
      waiting_.erase(it);
      ++recalled_;
      return true;
    }
    return false;
  }
  /// Forgets records below this number.
  void forget_before(std::uint64_t first_record);
  /// nullopt when none waits.
  std::optional<TimePoint> next() const;
  /// Takes out the first one that is due.
  std::optional<std::uint64_t> take_due(TimePoint now);

  std::size_t waiting() const { return waiting_.size(); }
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t recalled() const { return recalled_; }
  /// Evicted from the store before their time came.
  std::uint64_t lost() const { return lost_; }

 private:
  std::set<std::pair<std::int64_t, std::uint64_t>> waiting_;  ///< ms since the epoch, number of the record
  std::map<std::uint64_t, std::int64_t> by_record_;
  std::uint64_t delivered_ = 0;
  std::uint64_t recalled_ = 0;
  std::uint64_t lost_ = 0;
};

/// Writes every message that is due to its real topic.
void deliver_delayed(BrokerState& broker, TimePoint now);
/// Takes a timer message back; false when none with that key waits.
bool recall_timer_message(BrokerState& broker, std::string_view topic, std::string_view uniq_key,
                          std::int64_t timer_out_ms);

}  // namespace rmqsim
