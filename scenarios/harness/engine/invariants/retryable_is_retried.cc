// By the profile's own tables: a send does not give up while it has attempts and time left, and the failure is one that
// is tried again.
#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/changed_settings.h"

namespace rmqsim {
namespace {

class RetryableIsRetried final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr || !r.error || r.attempts.empty() || !has_attempts_left(r)) continue;
      if (step->mode == CommunicationMode::ASYNC && ends_in_connects(run, step->producer)) continue;
      if (changes_retries(run.scenario, step->producer) || changes_timeout(run, step->producer)) continue;
      const AttemptRecord& last = r.attempts.back();
      const TimePoint ended = last.start + last.elapsed;
      // Later than that it failed of something else: a lookup, a shutdown.
      const bool of_it = r.end <= ended + millis(1) + run.lateness;
      if (!of_it || left_at(r, ended) <= kMargin || run.shut_down(step->producer)) continue;
      if (retry_rule(run, *step, r, last) != RetryRule::must) continue;
      breaches.send(i, r, last.outcome + " was not tried again");
    }
  }

 private:
  /// Of the budget, ms that may be gone between two looks at the clock.
  static constexpr std::int64_t kMargin = 2;

  /// Whether a try may have no more time than a connect takes; then its end is as quick as any.
  static bool ends_in_connects(const JudgedRun& run, const std::string& producer) {
    const std::int64_t cap = run.number(producer, "sendMsgMaxTimeoutPerRequest", -1);
    return run.ever_set(producer, "sendMsgMaxTimeoutPerRequest") &&
           millis(cap) <= millis(2) + 4 * run.scenario.network.one_way;
  }

  /// Of its last try, which took no time, and which only an async send of another failure's text ends with.
  static bool found_no_address(const MQError& error) {
    return error.message.find("] not exist") != std::string::npos ||
           (error.cause != nullptr && found_no_address(*error.cause));
  }
  /// Attempts that found no address, or ended in their connect, reach no wire and no record (quirk 70). The text counts
  /// them, or time is between the others.
  static bool has_attempts_left(const SendRecord& r) {
    const std::string used_up = "Send [" + std::to_string(r.max_attempts) + "] times";
    const int tries = std::max(static_cast<int>(r.attempts.size()), r.attempts.back().number);
    if (tries >= r.max_attempts || r.error->message.find(used_up) != std::string::npos || found_no_address(*r.error)) {
      return false;
    }
    TimePoint before = r.start;
    return r.mode == CommunicationMode::SYNC ||
           std::none_of(r.attempts.begin(), r.attempts.end(), [&](const AttemptRecord& attempt) {
             return attempt.start > std::exchange(before, attempt.start + attempt.elapsed) + millis(1);
           });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_retryable_is_retried() { return std::make_unique<RetryableIsRetried>(); }

}  // namespace rmqsim
