// Nobody waits for an answer when nothing is under way any more: an entry that stays is a leak, and an answer that
// comes later would find it.
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class ResponseTableEmpty final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const ClientState& client : run.clients) {
      if (client.waiting_requests == 0) continue;
      breaches.other(std::to_string(client.waiting_requests) + " of \"" + client.group +
                     "\" are still waiting for an answer at the end");
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_response_table_empty() { return std::make_unique<ResponseTableEmpty>(); }

}  // namespace rmqsim
