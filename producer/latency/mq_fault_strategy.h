// Chooses the queue of each attempt and turns the outcome of an attempt into a fault item (MQFaultStrategy,
// behaviour §5.3–§5.5). Pure; one object per producer. The number of round-robin increments per choice equals
// the Java client's, so that a queue sequence with a given start is the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/latency/latency_fault_tolerance.h"
#include "producer/latency/selection.h"
#include "producer/profile/profile.h"
#include "producer/route/topic_publish_info.h"

namespace rmqsim {

class MQFaultStrategy {
 public:
  /// `worst_index` is where 4.9.8's index over the worst brokers gets its start from.
  MQFaultStrategy(const Profile& profile, const QueueIndexSource* worst_index);

  /// The queue for the next attempt, or nullopt when the topic has none. `last_broker` is the broker of the attempt
  /// before, empty at the first; `reset_index` is true for a retry of a sync send. `log`, if not null, gets what the
  /// choice rested on.
  std::optional<MessageQueue> select_one_message_queue(TopicPublishInfo& info, std::string_view last_broker,
                                                       bool reset_index, ThreadId thread, std::int64_t now_millis,
                                                       Selection* log = nullptr);

  /// Notes an attempt that took `latency` ms; `isolation` makes it count as Profile::isolation_latency instead. Returns
  /// the ms of isolation that it asks for. Nothing is kept unless sendLatencyFaultEnable.
  std::int64_t update_fault_item(std::string_view broker, std::int64_t latency, bool isolation, bool reachable,
                                 std::int64_t now_millis);
  /// ms for which a broker with that latency is avoided (table of §5.5).
  std::int64_t compute_not_available_duration(std::int64_t latency) const;

  /// The table of §5.5, as its profile has it or as it was last set: ms of latency, ascending, and ms of avoidance for
  /// each. Either may be replaced at run time. A latency whose row has no duration isolates for 0 ms; Java, which does
  /// not compare the lengths either, would throw there.
  const std::vector<std::int64_t>& getLatencyMax() const { return latency_max_; }
  void setLatencyMax(std::vector<std::int64_t> ms) { latency_max_ = std::move(ms); }
  const std::vector<std::int64_t>& getNotAvailableDuration() const { return not_available_duration_; }
  void setNotAvailableDuration(std::vector<std::int64_t> ms) { not_available_duration_ = std::move(ms); }

  bool isSendLatencyFaultEnable() const { return send_latency_fault_enable_; }
  void setSendLatencyFaultEnable(bool on) { send_latency_fault_enable_ = on; }
  bool isStartDetectorEnable() const { return start_detector_enable_; }
  void setStartDetectorEnable(bool on) { start_detector_enable_ = on; }

  const LatencyFaultTolerance& tolerance() const { return tolerance_; }
  LatencyFaultTolerance& tolerance() { return tolerance_; }

 private:
  std::optional<MessageQueue> choose(TopicPublishInfo& info, std::string_view last_broker, bool reset_index,
                                     ThreadId thread, std::int64_t now_millis, Selection* log);
  std::optional<MessageQueue> select_by_filters(TopicPublishInfo& info, std::string_view last_broker,
                                                bool reset_index, ThreadId thread, std::int64_t now_millis,
                                                Selection* log);
  std::optional<MessageQueue> select_by_scan(TopicPublishInfo& info, ThreadId thread, std::int64_t now_millis,
                                             Selection* log);

  const Profile* profile_;
  LatencyFaultTolerance tolerance_;
  ThreadLocalIndex which_item_worst_;
  std::vector<std::int64_t> latency_max_;
  std::vector<std::int64_t> not_available_duration_;
  bool send_latency_fault_enable_ = false;
  bool start_detector_enable_ = false;
};

}  // namespace rmqsim
