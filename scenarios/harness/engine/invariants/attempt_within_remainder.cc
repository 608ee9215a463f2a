// Attempts share one budget: each gets what those before it left. Less than that only where a cap says so; that cap
// they obey, but for the last one that a send has.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/changed_settings.h"
#include "scenarios/harness/engine/judging/connects.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class AttemptWithinRemainder final : public Invariant {
 public:
  void connecting(const WireEnd& end) override { connects_.began(end); }
  void connected(const WireEnd& end) override { connects_.ended(end); }
  void not_connected(const WireEnd& end) override { connects_.ended(end); }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    // Sends of a step follow each other.
    const SendStep* asked = nullptr;
    bool counted = false;
    bool capped = false;
    bool retries_known = false;
    std::optional<std::int64_t> cap;
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr) continue;
      if (std::exchange(asked, step) != step) {
        counted = counts_from_the_call(run, *step);
        capped = may_be_capped(run, *step);
        retries_known = !changes_retries(run.scenario, step->producer);
        cap = sure_cap(run, *step);
      }
      if (!counted) continue;
      for (std::size_t k = 0; k < r.attempts.size(); ++k) {
        const AttemptRecord& attempt = r.attempts[k];
        const std::int64_t left = left_at(r, attempt.start);
        const bool last = static_cast<int>(k) + 1 >= r.max_attempts;
        const bool whole = !capped || (last && retries_known);
        // Each look at the clock loses a part of a millisecond.
        const std::int64_t late = static_cast<std::int64_t>(k) + 1 + run.lateness / millis(1);
        const bool over_cap = cap && attempt.timeout_millis > *cap && has_more(run, *step, r, k, *cap);
        const bool too_long = attempt.timeout_millis > left + late || over_cap;
        const bool too_short = whole && r.mode != CommunicationMode::ONEWAY && attempt.timeout_millis < left - late;
        if (!too_long && !too_short) continue;
        breaches.send(i, r,
                      "its attempt at " + attempt.broker + " may take " + std::to_string(attempt.timeout_millis) +
                          " ms, and " + std::to_string(left) + " were left" +
                          (over_cap ? ", of which the cap leaves it " + std::to_string(*cap) : ""));
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
    return run.profile.caps_every_try || run.ever_set(step.producer, kCap);
  }

  /// The cap that a sync send's attempts obey; none: there is none, or it may be another one.
  static std::optional<std::int64_t> sure_cap(const JudgedRun& run, const SendStep& step) {
    const std::int64_t cap = run.number(step.producer, kCap, -1);
    const bool sync = step.mode == CommunicationMode::SYNC && !step.queue && !step.selector;
    constexpr std::int64_t kLeast = 4;  // of a shorter one two looks at the clock may leave nothing, and no record
    if (cap < kLeast || !sync || !run.profile.has_max_timeout_per_request) return {};
    if (changes_the_cluster(run.scenario)) return {};
    const bool changes = changes_settings(run.scenario, step.producer, {kCap});
    return changes ? std::nullopt : std::optional(cap);
  }
  /// Whether the k-th attempt surely is not the last try, however many before it ended in their connects unseen: one in
  /// each that was begun or awaited, if none takes as long as a try.
  bool has_more(const JudgedRun& run, const SendStep& step, const SendRecord& send, std::size_t k,
                std::int64_t cap) const {
    std::size_t tries = k + 1;
    bool as_long_as_a_try = false;
    connects_.each_client([&](const std::string& client, const std::vector<Connects::Connect>& connects) {
      if (!run.may_speak_for(client, step.producer)) return;
      for (const Connects::Connect& connect : connects) {
        if (connect.from > send.attempts[k].start || connect.to < send.start) continue;
        as_long_as_a_try |= connect.to - connect.from >= millis(cap);
        ++tries;
      }
    });
    return !as_long_as_a_try && static_cast<int>(tries) < send.max_attempts;
  }

  static constexpr std::string_view kCap = "sendMsgMaxTimeoutPerRequest";
  Connects connects_;
};

}  // namespace

std::unique_ptr<Invariant> make_attempt_within_remainder() { return std::make_unique<AttemptWithinRemainder>(); }

}  // namespace rmqsim
