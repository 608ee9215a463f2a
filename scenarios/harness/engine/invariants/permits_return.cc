// A permit that is lost makes every later send wait, one too many lets too much through. While a send is under way it
// has one.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class PermitsReturn final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    // Who is told of a failure twice gives its permits back twice (quirk 22): then more are there than there should be.
    const bool twice = run.profile.late_connect_fails_twice &&
                       std::any_of(run.record.sends.begin(), run.record.sends.end(),
                                   [](const SendRecord& send) { return send.completions > 1; });
    for (std::uint64_t i = 0; i < run.record.sends.size() && !twice; ++i) {
      const SendRecord& send = run.record.sends[i];
      if (!send.permits_out || *send.permits_out >= 1 || !holds_back(run, send)) continue;
      breaches.send(i, send, "it was under way, and all permits were there");
    }
    if (!run.all_completed()) return;  // what has not ended may hold some
    for (const ClientState& client : run.clients) {
      const auto compare = [&](std::int64_t there, std::int64_t all, const char* what) {
        if (there == all || (there > all && twice)) return;
        breaches.other("\"" + client.group + "\" has " + std::to_string(there) + " of " + std::to_string(all) + " " +
                       what);
      };
      compare(client.permits, client.all_permits, "permits");
      compare(client.bytes, client.all_bytes, "bytes");
    }
  }

 private:
  /// Whether permits were asked for when that send began, for sure.
  static bool holds_back(const JudgedRun& run, const SendRecord& send) {
    const std::string& name = run.producer_of(send);
    const ProducerSpec* producer = run.scenario.find_producer(name);
    const bool* on = producer == nullptr ? nullptr : producer->config.get<bool>("enableBackpressureForAsyncMode");
    return run.profile.has_back_pressure && on != nullptr && *on && run.send_step(send) != nullptr &&
           !run.ever(name, "enableBackpressureForAsyncMode", false) && !run.ever(name, "autoBatch", true);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_permits_return() { return std::make_unique<PermitsReturn>(); }

}  // namespace rmqsim
