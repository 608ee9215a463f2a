// Nothing reconnects by itself: each connect is for something that is to be sent (behaviour §9.2). So what a client
// tries within a second is bounded by the attempts, lookups and heartbeats that may fall into it. Bounds are wide; what
// they catch is a loop.
#include <algorithm>
#include <map>
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/heard_routes.h"

namespace rmqsim {
namespace {

constexpr Duration kWindow = millis(1000);
constexpr std::size_t kAlways = 8;  ///< as many concern nobody

class ReconnectsPaced final : public Invariant {
 public:
  void connecting(const WireEnd& end) override {
    connects_[{std::string(end.client), std::string(end.server)}].push_back(end.at);
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const auto& [place, times] : connects_) {
      const auto& [client, server] = place;
      if (times.size() <= kAlways || !run.has_own_client(client)) continue;
      const std::size_t by_itself = periodic(run, client);
      auto end = times.begin();
      for (auto begin = times.begin(); begin != times.end(); ++begin) {
        while (end != times.end() && *end < *begin + kWindow) ++end;
        const auto connects = static_cast<std::size_t>(end - begin);
        if (connects <= kAlways + by_itself) continue;
        if (connects <= kAlways + by_itself + asked_for(run, client, *begin)) continue;
        breaches.other("\"" + client + "\" connected " + std::to_string(connects) + " times to " + server +
                       " within a second");
        break;
      }
    }
  }

 private:
  /// What sends of that producer may ask for within a second: each attempt once and once more after a GO_AWAY
  /// (behaviour §9.9), and two lookups that may try every nameserver; transactions and requests have more to say.
  static std::size_t asked_for(const JudgedRun& run, const std::string& producer, TimePoint begin) {
    const std::size_t lookups = 2 * run.scenario.cluster.nameservers.size();
    std::size_t connects = 0;
    for (const SendRecord& send : run.record.sends) {
      if (run.producer_of(send) != producer) continue;
      if (send.transaction) connects += 2 * (send.transaction->answered + 1);
      const bool over = send.completed() && send.end + kWindow < begin;
      if (over || begin + kWindow < send.start) continue;
      const auto may = static_cast<std::size_t>(std::max(send.max_attempts, 3));
      connects += lookups + 2 * std::max(send.attempts.size(), may);
    }
    return connects;
  }
  /// Polls, heartbeats and probes of the whole run: those that were held up are made up for at once (behaviour §3.5).
  static std::size_t periodic(const JudgedRun& run, const std::string& producer) {
    const Duration lasted = run.routes->last() - run.record.first_step + millis(2000);
    const auto rounds = [&](std::int64_t period) {
      const std::int64_t times = lasted / millis(std::max<std::int64_t>(period, 1));
      return static_cast<std::size_t>(std::max<std::int64_t>(times, 0)) + 1;
    };
    const auto* talks = run.routes->talks(producer);
    const std::size_t topics = (talks == nullptr ? 0 : talks->size()) + 1;
    return rounds(run.number(producer, "heartbeatBrokerInterval", 30'000)) +
           rounds(run.number(producer, "pollNameServerInterval", 30'000)) * topics *
               run.scenario.cluster.nameservers.size() +
           (run.ever(producer, "startDetectorEnable", true) ? rounds(3000) : 0);
  }

  std::map<std::pair<std::string, std::string>, std::vector<TimePoint>> connects_;  ///< by client and server
};

}  // namespace

std::unique_ptr<Invariant> make_reconnects_paced() { return std::make_unique<ReconnectsPaced>(); }

}  // namespace rmqsim
