// How bytes pass one direction of a connection while a rule looks at its link (format §1.15): cut into segments, each
// of which the rows of fault_actions.cc hold up, lose or let be the last. Pure: it is told what comes and when, and
// says what is due; FaultyLinks does the rest. Order is kept: what follows a segment that is late is as late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/rules/fault_action.h"
#include "producer/transport/random.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// How a rule on a link ends a connection, with what it did to the last segment (LinkPipe::Acts).
struct LinkEnd {
  enum class How : std::uint8_t { close, reset } how = How::close;
  std::uint32_t acts = 0;
};

/// One segment on its way through a LinkPipe.
class LinkSegment {
 public:
  /// What TCP carries at once over Ethernet.
  static constexpr std::size_t kMost = 1460;
  /// What Linux waits for an acknowledgement before it sends a segment again: twice as long each time, and at most.
  static constexpr Duration kFirstWait = std::chrono::milliseconds(200);
  static constexpr Duration kLongestWait = std::chrono::seconds(120);
  /// A connection of Linux ends when a segment has been lost so often again (tcp_retries2).
  static constexpr int kMostRetries = 15;

  /// `passed` bytes went before it since the rule has looked at the connection. The line is free from `line_free` on.
  LinkSegment(std::size_t size, std::uint64_t passed, Random& random, TimePoint now, TimePoint& line_free)
      : size_(size), passed_(passed), random_(random), now_(now), line_free_(line_free) {}

  Random& random() { return random_; }
  /// It comes so much later.
  void hold(Duration time) { held_ += time; }
  /// It leaves when what left before is through, and takes its time itself.
  void take_line(std::uint32_t bytes_per_second);
  /// Each sending is lost with this probability. True: one was.
  bool lose(double probability);
  /// After so many bytes since the rule has looked at the connection, that one ends. True: within this segment.
  bool end_after(std::uint64_t bytes, LinkEnd::How how);

  std::size_t size() const { return size_; }
  Duration held() const { return held_; }
  std::optional<LinkEnd::How> end() const { return end_; }
  /// It ends since this segment was lost too often, which began when it was sent.
  bool given_up() const { return given_up_; }

 private:
  std::size_t size_;
  std::uint64_t passed_;
  Random& random_;
  TimePoint now_;
  TimePoint& line_free_;
  Duration held_{0};
  std::optional<LinkEnd::How> end_;
  bool given_up_ = false;
};

class LinkPipe {
 public:
  /// Which parts of the action did something to a segment, as bits in the order of FaultAction::pass().
  using Acts = std::uint32_t;

  /// Bytes enter as `action` says; nullptr: no rule looks at them, but they stay behind what waits. What acted at once
  /// is returned; what acts when the connection ends comes with take().
  Acts enter(std::string_view bytes, const FaultAction* action, std::uint64_t passed, Random* random, TimePoint now);
  /// Bytes went through without having entered: nothing waits and no rule looks.
  void skip(std::size_t bytes) { passed_ += bytes; }

  bool empty() const { return waiting() == 0 && segments_.empty(); }
  /// Bytes that are in it.
  std::size_t waiting() const { return bytes_.size() - begin_; }
  /// Bytes that have passed.
  std::uint64_t passed() const { return passed_; }
  /// When the next bytes are due; the end of time behind the last segment of a connection.
  TimePoint due() const;

  struct Taken {
    std::string bytes;
    std::optional<LinkEnd> end;  ///< of the connection, then
  };
  /// What is due, up to the end of the connection.
  Taken take(TimePoint now);
  /// Everything that waits, as if nothing had looked at it.
  std::string take_back();
  void clear();

 private:
  struct Segment {
    std::size_t size = 0;
    TimePoint due{};
    std::optional<LinkEnd> end;
  };

  std::string bytes_;  ///< from begin_ on
  std::size_t begin_ = 0;
  std::deque<Segment> segments_;  ///< those of the bytes, as far as a connection goes
  std::uint64_t passed_ = 0;
  TimePoint line_free_{};
  TimePoint last_due_{};
  bool ended_ = false;  ///< the last segment ends the connection
};

}  // namespace rmqsim
