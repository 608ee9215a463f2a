// What clients heard of routes, from their questions and the answers: kept once for all invariants that ask.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/wire_tap.h"

namespace rmqsim {

/// A route as a client can read it.
struct HeardRoute {
  std::map<std::string, std::int32_t, std::less<>> writable;     ///< queues of each broker that has a master
  std::set<std::string, std::less<>> offered;                   ///< brokers of writable queues, with a master or not
  std::vector<std::pair<std::string, std::int64_t>> instances;  ///< names and ids, slaves as well
  bool plain = true;  ///< neither an ordered nor a static topic, whose queues are told otherwise
};

struct RouteAnswer {
  TimePoint at{};
  Duration took{0};       ///< since the client could have begun to wait for it
  bool doubtful = false;  ///< it may have waited for longer
  std::int32_t code = 0;
  const std::pair<const std::string, std::unique_ptr<HeardRoute>>* body = nullptr;  ///< equal ones are one

  /// Whether it came early enough to be taken, however the client counts its time.
  bool in_time(Duration timeout) const { return !doubtful && took * 2 < timeout; }
};

/// Of one client about one topic, by the name that goes over the wire; in order of time.
struct RouteTalk {
  std::vector<TimePoint> asked;
  std::vector<RouteAnswer> answers;
};

class HeardRoutes final : public WireEvents {
 public:
  void connecting(const WireEnd& end) override;
  void not_connected(const WireEnd& end) override;
  void connected(const WireEnd& end) override;
  void closed(const WireEnd& end, error_code reason) override;
  void request(const WireEnd& end, const WireRequest& said) override;
  void answer(const WireEnd& end, const RemotingCommand& command) override;

  /// nullptr: it never asked.
  const RouteTalk* talk(std::string_view client, std::string_view topic) const;
  using Topics = std::map<std::string, RouteTalk, std::less<>>;
  /// By topic; nullptr for a client that never asked.
  const Topics* talks(std::string_view client) const;
  /// nullptr when the answer holds none.
  static const HeardRoute* route(const RouteAnswer& answer);
  /// When any of them heard another answer than before, in order.
  std::vector<TimePoint> changes() const;
  /// When a client did or heard anything for the last time.
  TimePoint last() const { return last_; }

 private:
  struct Question {
    std::string topic;
    TimePoint begun{};
    bool doubtful = false;
  };
  std::map<std::string, Topics, std::less<>> talks_;  ///< by client
  std::map<std::pair<std::uint64_t, std::int32_t>, Question> open_;  ///< by connection and opaque
  std::map<std::pair<std::string, std::string>, TimePoint> connects_;  ///< of client to server, that are not over
  std::map<std::uint64_t, TimePoint> fresh_;  ///< connections that carried nothing yet, since when somebody waited
  std::map<std::string, TimePoint, std::less<>> failed_connects_;  ///< by client, the last one
  std::map<std::string, std::unique_ptr<HeardRoute>> bodies_;
  TimePoint last_{};
};

}  // namespace rmqsim
