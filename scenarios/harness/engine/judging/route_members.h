// Which servers are in the routes that a client holds, and from when to when: whom it may greet, and whom it must.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
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
  const std::vector<Span>& maybe(const std::string& server) const { return spans(server, false); }
  /// When it surely was.
  const std::vector<Span>& surely(const std::string& server) const { return spans(server, true); }

 private:
  const std::vector<Span>& spans(const std::string& server, bool sure) const;
  std::vector<Span> look(std::string_view server, bool sure) const;

  const JudgedRun& run_;
  const HeardRoutes::Topics* talks_;
  Duration timeout_;
  mutable std::map<std::pair<std::string, bool>, std::vector<Span>> known_;  ///< what was asked before
};

}  // namespace rmqsim
