// A message is there twice only when a client had to send it again: as often as attempts ended in doubt, and once more.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class DuplicateNeedsDoubt final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      if (run.send_step(r) == nullptr || r.mode == CommunicationMode::ONEWAY) continue;
      const auto doubtful =
          static_cast<std::uint64_t>(std::count_if(r.attempts.begin(), r.attempts.end(), [](const AttemptRecord& a) {
            return a.outcome != "SUCCESS" && a.outcome != "CONNECT_FAILED";
          }));
      for (const std::string_view key : kept_keys(r)) {
        const auto repeated = run.repeated.find(key);
        if (repeated == run.repeated.end() || repeated->second <= doubtful + 1) continue;
        breaches.send(i, r, "stored " + std::to_string(repeated->second) + " times");
        break;
      }
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_duplicate_needs_doubt() { return std::make_unique<DuplicateNeedsDoubt>(); }

}  // namespace rmqsim
