// Whatever a caller was told is stored lies in the store of a broker, every message of a batch.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class AcknowledgedIsStored final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      if (!r.result) return true;
      const auto keys = kept_keys(r);
      return std::all_of(keys.begin(), keys.end(), run.keeps);
    });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_acknowledged_is_stored() { return std::make_unique<AcknowledgedIsStored>(); }

}  // namespace rmqsim
