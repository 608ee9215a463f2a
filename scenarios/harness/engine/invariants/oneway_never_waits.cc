// A oneway send is over when its request is handed to the network. Seen in the request, which is marked so, and in what
// the caller hears.
#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_set>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class OnewayNeverWaits final : public Invariant {
 public:
  void request(const WireEnd&, const WireRequest& said) override {
    if (!said.key.empty() && !said.command.is_oneway()) asked_.insert(std::hash<std::string_view>{}(said.key));
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      if (r.mode != CommunicationMode::ONEWAY || r.kind != SendRecord::Kind::send) continue;
      if (r.result) breaches.send(i, r, "it has a result");
      if (asked_.contains(std::hash<std::string_view>{}(r.msg_id))) {
        breaches.send(i, r, "its request asks for an answer");
      }
      if (r.error && (r.error->type == ErrorType::MQBrokerException || r.error->wire == WireOutcome::timeout)) {
        breaches.send(i, r, "its failure is one of a broker");
      }
      const auto waited = [](const AttemptRecord& a) {
        return a.outcome != "SENT" && a.outcome != "CONNECT_FAILED" && a.outcome != "SEND_FAILED";
      };
      if (std::any_of(r.attempts.begin(), r.attempts.end(), waited)) breaches.send(i, r, "an attempt has an outcome");
    }
  }

 private:
  std::unordered_set<std::size_t> asked_;  ///< hashes of the keys of messages in requests that ask for an answer
};

}  // namespace

std::unique_ptr<Invariant> make_oneway_never_waits() { return std::make_unique<OnewayNeverWaits>(); }

}  // namespace rmqsim
