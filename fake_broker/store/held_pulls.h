// Long polling: the pulls that a broker keeps because there is nothing to read yet (wire §2.6). Pure. A
// pull is woken by a message that it may want, at once; or by a tick of the hold service, which comes every 5 s from
// the broker's start: the first tick at or after its time is up (observed-servers C21), or the next one when messages
// came that it does not want. Memory is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/store/consumer_manager.h"
#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/time.h"

namespace rmqsim {

struct HeldPull {
  RemotingCommand request;  ///< as it came, without a body
  std::uint64_t connection = 0;
  std::string address;  ///< of the peer
  std::string topic;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  TagFilter filter;
};

class HeldPulls {
 public:
  static constexpr Duration kTick = std::chrono::seconds(5);
  static constexpr std::size_t kMaxHeld = 10'000;
  static constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;

  /// Ticks are counted from here.
  void begin(TimePoint origin) { origin_ = origin; }
  /// A number for the pull, never reused; 0 when there is no room: the pull must be answered at once.
  std::uint64_t hold(HeldPull pull, TimePoint until);
  /// Takes it out; nullopt when it is not there any more.
  std::optional<HeldPull> take(std::uint64_t number);

  /// A message arrived in that queue; numbers of the pulls it wakes are appended to `woken`.
  void arrived(std::string_view topic, std::int32_t queue_id, std::int64_t queue_offset, std::int32_t tags_code,
               TimePoint now, std::vector<std::uint64_t>& woken);
  /// When the next tick has something to do; nullopt: none is waited for.
  std::optional<TimePoint> next_tick() const;
  /// Appends the pulls that are due at `now`.
  void tick(TimePoint now, std::vector<std::uint64_t>& woken);
  void connection_closed(std::uint64_t connection);
  void clear();
  bool empty() const { return held_.empty(); }
  std::size_t size() const { return held_.size(); }

 private:
  struct Held {
    HeldPull pull;
    TimePoint wake;
    std::size_t bytes = 0;
    bool woken = false;
  };
  using Queue = std::pair<std::string, std::int32_t>;
  struct QueueLess {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const int order = std::string_view(a.first).compare(std::string_view(b.first));
      return order != 0 ? order < 0 : a.second < b.second;
    }
  };

  TimePoint tick_at_or_after(TimePoint time) const;
  /// It waits no more; it stays until taken.
  void stop_waiting(std::uint64_t number, Held& held);

  std::map<std::uint64_t, Held> held_;
  std::map<Queue, std::set<std::uint64_t>, QueueLess> by_queue_;
  std::set<std::pair<TimePoint, std::uint64_t>> wakes_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  TimePoint origin_{};
};

}  // namespace rmqsim
