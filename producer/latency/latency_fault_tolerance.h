// What the producer remembers about each broker's latency and faults (LatencyFaultToleranceImpl, behaviour
// §5.6). Pure: time comes in as whole milliseconds, decisions go out as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "producer/remoting/codec/java_map.h"

namespace rmqsim {

struct FaultItem {
  std::int64_t current_latency = 0;  ///< ms of the last attempt
  std::int64_t start_timestamp = 0;  ///< ms since the epoch; unavailable before it
  std::int64_t check_stamp = 0;      ///< ms; when the detector may probe next (5.1.4+)
  bool reachable = true;             ///< 5.1.4+

  bool available(std::int64_t now_millis) const { return now_millis >= start_timestamp; }
  bool operator==(const FaultItem&) const = default;
};

/// Told of every change of an item.
class FaultItemObserver {
 public:
  virtual void on_fault_item(std::string_view broker, const FaultItem& item) = 0;

 protected:
  ~FaultItemObserver() = default;
};

class LatencyFaultTolerance {
 public:
  explicit LatencyFaultTolerance(const Profile& profile) : profile_(&profile) {}
  /// nullptr: nobody.
  void set_observer(FaultItemObserver* observer) { observer_ = observer; }

  /// Notes an attempt. `not_available_duration` in ms. 5.1.4+ never shortens a running isolation; 4.9.8 always
  /// overwrites it, so that one fast success ends it.
  void update_fault_item(std::string_view broker, std::int64_t latency, std::int64_t not_available_duration,
                         bool reachable, std::int64_t now_millis);
  /// Whether the detector may probe now; if so its next time is `interval` ms later (§5.7).
  bool take_probe(std::string_view broker, std::int64_t interval, std::int64_t now_millis);
  /// What a probe found. In the Java clients a failing one changes nothing.
  void probed(std::string_view broker, bool answered);
  /// Unknown brokers are available and reachable.
  bool is_available(std::string_view broker, std::int64_t now_millis) const;
  bool is_reachable(std::string_view broker) const;
  void remove(std::string_view broker);
  /// 4.9.8's last resort: of the items sorted by (available, latency, start), one of the better half in turn, `index`
  /// being that turn; nullopt when nothing is known (§5.4).
  /// `ranking`, if not null, gets the brokers in that order.
  std::optional<std::string> pick_one_at_least(std::int32_t index, std::int64_t now_millis,
                                               std::vector<std::string>* ranking = nullptr) const;
  /// How many items pick_one_at_least would choose from: 0 when it takes no turn.
  std::size_t better_half() const { return items_.size() / 2; }

  const FaultItem* find(std::string_view broker) const;
  /// In the order of Java's table, which is that of the detector's probes.
  const JavaMap<FaultItem>& items() const { return items_; }

 private:
  void told(std::string_view broker, const FaultItem& item) const {
    if (observer_ != nullptr) observer_->on_fault_item(broker, item);
  }

  const Profile* profile_;
  FaultItemObserver* observer_ = nullptr;
  JavaMap<FaultItem> items_{JavaMapKind::concurrent_hash_map, 32};  // new ConcurrentHashMap(16)
};

}  // namespace rmqsim
