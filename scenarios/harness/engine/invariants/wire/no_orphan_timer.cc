// A send that is over has nothing armed. The one timer that a client has for all deadlines may still stand where the
// last of them was, so what counts is what it keeps for requests that are gone, beyond what its table lets it keep.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class NoOrphanTimer final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const ClientState& client : run.clients) {
      const auto count = [&](std::size_t n, const char* what) {
        if (n > 0) breaches.other(std::to_string(n) + " of \"" + client.group + "\" " + what);
      };
      // Whose send is not over may wait; that it is not over breaks another invariant.
      if (run.all_completed()) {
        count(client.permit_waits, "wait for a permit");
        if (client.reply_waits > failed_requests(run.record)) count(client.reply_waits, "wait for a reply");
      }
      count(client.stale_deadlines, "are deadlines of requests that were answered");
    }
  }

 private:
  /// Async requests that failed: what throws out of the call leaves its entry to the scan (behaviour §10.2).
  static std::size_t failed_requests(const RunRecord& record) {
    return static_cast<std::size_t>(std::count_if(record.sends.begin(), record.sends.end(), [](const SendRecord& r) {
      return r.kind == SendRecord::Kind::request && r.mode == CommunicationMode::ASYNC && r.error;
    }));
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_orphan_timer() { return std::make_unique<NoOrphanTimer>(); }

}  // namespace rmqsim
