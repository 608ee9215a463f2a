// A broker hears the end of a transaction once for the local outcome and once for each check that was answered, so that
// none contradicts another by coming twice.
#include <unordered_map>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class TransactionEndsOnce final : public Invariant {
 public:
  void request(const WireEnd&, const WireRequest& said) override {
    if (said.command.code != RequestCode::END_TRANSACTION) return;
    Ends& ends = ends_[std::string(said.command.ext_fields.get("msgId"))];
    ++(said.command.ext_fields.get("fromTransactionCheck") == "true" ? ends.of_checks : ends.of_outcome);
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      if (!r.transaction) continue;
      const auto ends = ends_.find(r.transaction->uniq_key);
      if (ends == ends_.end()) continue;
      const auto [of_outcome, of_checks] = ends->second;
      if (of_outcome > 1) breaches.send(i, r, "its outcome was told " + std::to_string(of_outcome) + " times");
      if (of_checks > r.transaction->answered) {
        breaches.send(
            i, r,
            std::to_string(of_checks) + " answers to " + std::to_string(r.transaction->answered) + " checks were sent");
      }
    }
  }

 private:
  struct Ends {
    std::size_t of_outcome = 0, of_checks = 0;
  };
  std::unordered_map<std::string, Ends> ends_;  ///< by key of the half message
};

}  // namespace

std::unique_ptr<Invariant> make_transaction_ends_once() { return std::make_unique<TransactionEndsOnce>(); }

}  // namespace rmqsim
