#include "tools/drivers/stalls/replay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tools/drivers/stalls/time_decides.h"

namespace rmqsim {
namespace {

// With a sanitizer the run's own programs are what keeps everything waiting, in each play anew: nothing is told of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kTells = false;
#else
constexpr bool kTells = true;
#endif

/// What becomes of a plain send is known when it is answered; of others more comes later.
TimePoint known_at(const RunRecord& record, const std::vector<TimePoint>& heard_at, std::optional<std::uint64_t> send) {
  if (!send) return TimePoint::max();
  const SendRecord& of = record.sends[*send];
  const bool plain = of.kind == SendRecord::Kind::send && of.mode != CommunicationMode::ONEWAY && of.completed();
  return plain ? heard_at[*send] : TimePoint::max();
}

bool claims(const DrivenResult& result) { return result.run.profile == result.hello.profile; }

/// In the profile that the client claims, or in all of them.
bool may_be_the_machines(const std::vector<DrivenResult>& results) {
  bool any_as = false, any_stalled = false;
  for (const DrivenResult& one : results) {
    if (claims(one) && one.stalled > Duration::zero()) return true;
    any_as |= one.as;
    any_stalled |= one.stalled > Duration::zero();
  }
  return !any_as && any_stalled;
}

Duration longest(const std::vector<DrivenResult>& results) {
  Duration longest{0};
  for (const DrivenResult& one : results) longest = std::max(longest, one.stalled);
  return longest;
}

std::string whole_millis(Duration time) { return std::to_string(time / millis(1)) + " ms"; }

std::string allowed() { return ", and the judgement allows " + whole_millis(kStallAllowed); }

}  // namespace

Duration stall_before_what_is_wrong(const Scenario& scenario, const DrivenResult& result,
                                    const std::vector<TimePoint>& heard_at, const Stalls& stalls, bool compared) {
  if (result.as || !kTells) return Duration::zero();
  const auto& other = result.explanation.difference;
  if (compared && other) {
    const Duration before = stalls.longest(known_at(result.run.record, heard_at, other->send));
    if (!time_decides(scenario, result.run.record, other->send, before)) return Duration::zero();
  }
  TimePoint first = TimePoint::max();
  for (const Failure& failure : result.run.record.failures) {
    first = std::min(first, known_at(result.run.record, heard_at, failure.send));
  }
  if (compared && other) first = std::min(first, known_at(result.run.record, heard_at, other->send));
  const Duration longest = stalls.longest(first);
  return longest > kStallAllowed ? longest : Duration::zero();
}

std::string stalls_text(const std::vector<Duration>& stalls) {
  std::string text;
  for (std::size_t k = 0; k < stalls.size(); ++k) {
    text += (k == 0 ? "" : k + 1 == stalls.size() ? " and " : ", ") + whole_millis(stalls[k]);
  }
  return text;
}

std::vector<DrivenResult> play_until_told(const std::function<std::vector<DrivenResult>()>& play) {
  std::vector<DrivenResult> results = play();
  std::vector<Duration> stalls;
  while (may_be_the_machines(results) && stalls.size() + 1 < kMaxPlays) {
    stalls.push_back(longest(results));
    results = play();
  }
  for (DrivenResult& one : results) {
    one.stalls = stalls;
    if (one.stalled > Duration::zero()) {
      one.run.verdict = RunResult::Verdict::inconclusive;
      one.run.reason = "the machine stalled for " + whole_millis(one.stalled) + allowed();
    }
    if (stalls.empty()) continue;
    one.run.record.notes.push_back("played again: the machine stalled for " + stalls_text(stalls) + allowed());
  }
  return results;
}

}  // namespace rmqsim
