// Whoever waits on a connection hears of its end at once and not at its own timeout. 4.9.8 tells nobody of an orderly
// close (behaviour §9.6).
#include <algorithm>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class CloseFailsWaiters final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override {
    if (said.key.empty() || said.command.is_oneway()) return;
    waiting_[{end.connection, said.command.opaque}] = {std::string(said.key), end.at};
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    waiting_.erase({end.connection, command.opaque});
  }
  void closed(const WireEnd& end, error_code reason) override {
    const auto first = waiting_.lower_bound({end.connection, INT32_MIN});
    const auto last = waiting_.upper_bound({end.connection, INT32_MAX});
    const bool orderly = reason == error_code(TransportError::connection_closed);
    for (auto it = first; it != last; ++it) {
      closes_[it->second.key].push_back({std::string(end.server), it->second.since, end.at, orderly});
    }
    waiting_.erase(first, last);
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    // What a callback thread has to take waits for one that is free (quirk 37).
    const Duration patience = millis(1) + run.lateness;
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const auto closes = closes_.find(r.msg_id);
      if (closes == closes_.end()) continue;
      for (const Close& close : closes->second) {
        if (close.orderly && !run.profile.fin_fails_pending) continue;  // behaviour §9.6
        const auto outlived = [&](const AttemptRecord& a) {
          // An earlier one that gave up left its request on the connection; one that begins when it ends is the next.
          const bool waited = a.start <= close.since && a.start < close.at;
          return a.broker == close.server && waited && close.at + patience < a.start + a.elapsed;
        };
        if (!std::any_of(r.attempts.begin(), r.attempts.end(), outlived)) continue;
        breaches.send(i, r, "it went on waiting for " + close.server);
        break;
      }
    }
  }

 private:
  struct Waiting {
    std::string key;
    TimePoint since;
  };
  struct Close {
    std::string server;
    TimePoint since;  ///< when what waits for it was written
    TimePoint at;
    bool orderly;
  };
  std::map<std::pair<std::uint64_t, std::int32_t>, Waiting> waiting_;  ///< by connection and opaque
  std::unordered_map<std::string, std::vector<Close>> closes_;         ///< by key, of connections that it waited on
};

}  // namespace

std::unique_ptr<Invariant> make_close_fails_waiters() { return std::make_unique<CloseFailsWaiters>(); }

}  // namespace rmqsim
