#include "scenarios/harness/engine/judging/route_members.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

RouteMembers::RouteMembers(const JudgedRun& run, const std::string& producer)
    : run_(run),
      talks_(run.routes->talks(producer)),
      timeout_(millis(run.number(producer, "mqClientApiTimeout", 3000))) {}

const std::vector<RouteMembers::Span>& RouteMembers::spans(const std::string& server, bool sure) const {
  const auto [known, added] = known_.try_emplace({server, sure});
  if (added) known->second = look(server, sure);
  return known->second;
}

std::vector<RouteMembers::Span> RouteMembers::look(std::string_view server, bool sure) const {
  std::vector<Span> spans;
  const BrokerSpec* broker = run_.scenario.cluster.find_broker(server);
  if (broker == nullptr || talks_ == nullptr) return spans;
  const std::pair<std::string, std::int64_t> instance{broker->broker_name(), broker->broker_id};
  const auto names = [&](const HeardRoute& route) {  // the broker, and whether with this instance
    const auto& there = route.instances;
    const bool in = std::find(there.begin(), there.end(), instance) != there.end();
    const bool any =
        std::any_of(there.begin(), there.end(), [&](const auto& one) { return one.first == instance.first; });
    return std::pair(any, in);
  };
  for (const auto& [topic, talk] : *talks_) {
    const bool by_default = topic == "TBW102" && !run_.profile.polls_create_topic_key;
    bool open = false;
    for (const RouteAnswer& answer : talk.answers) {
      const HeardRoute* route = HeardRoutes::route(answer);
      if (route == nullptr) continue;  // tables stay as they are (behaviour §4.6)
      const bool in = names(*route).second;
      // What may have been too late for the client leaves both possible.
      const bool taken = answer.in_time(timeout_);
      if (in && !open && (taken || !sure)) {
        spans.push_back({answer.at, TimePoint::max(), by_default});
        open = true;
      } else if (!in && open && (taken || sure)) {
        spans.back().to = answer.at;
        open = false;
      }
    }
  }
  if (!sure) return spans;
  // The last topic wins a broker name's addresses (quirk 8), and its own route takes the place of the default one.
  for (const auto& [topic, talk] : *talks_) {
    for (const RouteAnswer& answer : talk.answers) {
      const HeardRoute* route = HeardRoutes::route(answer);
      if (route == nullptr) continue;
      const auto [any, in] = names(*route);
      for (Span& span : spans) {
        if (span.from <= answer.at && !in && (any || span.by_default)) span.to = std::min(span.to, answer.at);
      }
    }
  }
  return spans;
}

}  // namespace rmqsim
