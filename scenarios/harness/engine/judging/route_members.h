// Which servers are in the routes that a client holds, and from when to when: whom it may greet, and whom it must.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/judging/heard_routes.h"
#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

class RouteMembers {
 public:
  /// Of that producer's client.
  RouteMembers(const JudgedRun& run, const std::string& producer);

  struct Span {
    TimePoint from, to;
    /// By the default route alone, which is that of topics that have no other yet (behaviour §4.2).
    bool by_default = false;
  };
  /// When the server, by its name in the scenario, may have been in any of them; TimePoint::max(): still is.
  std::vector<Span> maybe(std::string_view server) const { return spans(server, false); }
  /// When it surely was.
  std::vector<Span> surely(std::string_view server) const { return spans(server, true); }

 private:
  std::vector<Span> spans(std::string_view server, bool sure) const;

  const JudgedRun& run_;
  const HeardRoutes::Topics* talks_;
  Duration timeout_;
};

}  // namespace rmqsim
