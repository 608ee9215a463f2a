// Attempts share one budget: each gets what those before it left. Less than that only where a cap says so.
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"

namespace rmqsim {
namespace {

class AttemptWithinRemainder final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    // Sends of a step follow each other.
    const SendStep* asked = nullptr;
    bool counted = false;
    bool capped = false;
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr) continue;
      if (std::exchange(asked, step) != step) {
        counted = counts_from_the_call(run, *step);
        capped = may_be_capped(run, *step);
      }
      if (!counted) continue;
      for (std::size_t k = 0; k < r.attempts.size(); ++k) {
        const AttemptRecord& attempt = r.attempts[k];
        const std::int64_t left = left_at(r, attempt.start);
        const bool last = static_cast<int>(k) + 1 >= r.max_attempts;
        const bool whole = !capped || last;
        // Each look at the clock loses a part of a millisecond.
        const std::int64_t late = static_cast<std::int64_t>(k) + 1 + run.lateness / millis(1);
        const bool too_long = attempt.timeout_millis > left + late;
        const bool too_short = whole && r.mode != CommunicationMode::ONEWAY && attempt.timeout_millis < left - late;
        if (!too_long && !too_short) continue;
        breaches.send(i, r,
                      "its attempt at " + attempt.broker + " may take " + std::to_string(attempt.timeout_millis) +
                          " ms, and " + std::to_string(left) + " were left");
        break;
      }
    }
  }

 private:
  static bool counts_from_the_call(const JudgedRun& run, const SendStep& step) {
    // A selector that runs in the caller's thread leaves the whole budget to the send (quirk 52); a batch that is
    // gathered has one of its own.
    const bool selected_first = step.selector && !step.timeout_ms && run.profile.selector_runs_first;
    return !selected_first && !run.ever(step.producer, "autoBatch", true);
  }
  static bool may_be_capped(const JudgedRun& run, const SendStep& step) {
    return run.profile.caps_every_try || run.ever_set(step.producer, "sendMsgMaxTimeoutPerRequest");
  }
};

}  // namespace

std::unique_ptr<Invariant> make_attempt_within_remainder() { return std::make_unique<AttemptWithinRemainder>(); }

}  // namespace rmqsim
