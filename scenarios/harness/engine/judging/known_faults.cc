#include "scenarios/harness/engine/judging/known_faults.h"

#include <algorithm>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/changed_settings.h"

namespace rmqsim {
namespace {

/// Two looks at the clock, in whole milliseconds, may differ by as much.
constexpr std::int64_t kClock = 2;

bool failed_on_the_way(const std::string& outcome) {
  return std::find(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes), outcome) != std::end(kAttemptOutcomes);
}

TimePoint end_of(const AttemptRecord& attempt) { return attempt.start + attempt.elapsed; }

}  // namespace

KnownFaults::KnownFaults(const JudgedRun& run, const std::string& producer)
    : run_(run), producer_(run.scenario.find_producer(producer)) {
  if (producer_ == nullptr || !run.profile.select_by_filters || !run.profile.isolation_never_shortened) return;
  const bool* isolates = producer_->config.get<bool>("sendLatencyFaultEnable");
  sure_ = isolates != nullptr && *isolates && run.scenario.network.one_way > Duration::zero() &&
          !run.ever(producer, "startDetectorEnable", true) && !run.ever(producer, "autoBatch", true) &&
          !changes_settings(run.scenario, producer);
  if (!sure_) return;
  for (const SendRecord& send : run.record.sends) {
    if (run.producer_of(send) == producer) hear(send);
  }
  sort();
}

void Stretches::sort() {
  std::sort(all_.begin(), all_.end(), [](const Stretch& a, const Stretch& b) { return a.to < b.to; });
  TimePoint earliest = TimePoint::max();
  for (auto stretch = all_.rbegin(); stretch != all_.rend(); ++stretch) {
    earliest = std::min(earliest, stretch->from);
    stretch->earliest = earliest;
  }
}

bool Stretches::any(TimePoint at, TimePoint since) const {
  const auto first = std::lower_bound(all_.begin(), all_.end(), since,
                                      [](const Stretch& stretch, TimePoint time) { return stretch.to < time; });
  return first != all_.end() && first->earliest < at;
}

bool Stretches::any_after(TimePoint at, TimePoint since) const {
  const auto first = std::upper_bound(all_.begin(), all_.end(), since,
                                      [](TimePoint time, const Stretch& stretch) { return time < stretch.to; });
  return first != all_.end() && first->earliest < at;
}

std::size_t Stretches::ending_at(TimePoint to) const {
  const auto first = std::lower_bound(all_.begin(), all_.end(), to,
                                      [](const Stretch& stretch, TimePoint time) { return stretch.to < time; });
  const auto last = std::upper_bound(first, all_.end(), to,
                                     [](TimePoint time, const Stretch& stretch) { return time < stretch.to; });
  return static_cast<std::size_t>(last - first);
}

void KnownFaults::note(const Heard& heard) {
  Known& known = brokers_[heard.broker];
  const Duration slack = millis(kClock) + run_.lateness;
  if (heard.to + slack <= heard.to + heard.isolated - slack) {
    known.isolated.emplace_back(heard.to + slack, heard.to + heard.isolated - slack);
  }
  if (heard.refused) known.refused.push_back(heard.to);
  known.heard.add(heard.from, heard.to);
  if (!heard.reachable) known.unreachable = std::min(known.unreachable, heard.from);
}

void KnownFaults::doubt(const Doubt& doubt) {
  doubts_.add(doubt.from, doubt.to);
  if (!doubt.in_loop) first_lone_doubt_ = std::min(first_lone_doubt_, doubt.from);
}

void KnownFaults::sort() {
  doubts_.sort();
  for (auto& [name, known] : brokers_) {
    known.heard.sort();
    std::sort(known.refused.begin(), known.refused.end());
    std::sort(known.isolated.begin(), known.isolated.end());
    std::size_t kept = 0;
    for (const auto& [from, to] : known.isolated) {
      if (kept > 0 && from <= known.isolated[kept - 1].second) {
        known.isolated[kept - 1].second = std::max(known.isolated[kept - 1].second, to);
      } else {
        known.isolated[kept++] = {from, to};
      }
    }
    known.isolated.resize(kept);
  }
}

void KnownFaults::hear(const SendRecord& send) {
  const SendStep* step = run_.send_step(send);
  const bool in_loop = step != nullptr && send.mode == CommunicationMode::SYNC && !step->queue && !step->selector;
  if (!send.completed()) return doubt({send.start, TimePoint::max(), in_loop});
  TimePoint before = send.start;
  for (std::size_t k = 0; k < send.attempts.size(); ++k) {
    const AttemptRecord& attempt = send.attempts[k];
    if (!follows(send, k)) doubt({before, attempt.start, in_loop});
    note(heard_of(attempt, in_loop));
    before = end_of(attempt);
  }
  const bool spent = send.error && left_at(send, before) <= kClock;
  if (spent || send.end - before >= run_.scenario.network.one_way) doubt({before, send.end, in_loop});
}

KnownFaults::Heard KnownFaults::heard_of(const AttemptRecord& attempt, bool in_loop) const {
  Heard heard{attempt.broker, attempt.start, end_of(attempt)};
  const bool failed = failed_on_the_way(attempt.outcome);
  const bool good = attempt.outcome == "SUCCESS" || attempt.outcome == "SENT";
  heard.reachable = good || (in_loop && failed);
  if (!in_loop) return heard;
  heard.refused = refuses(attempt.outcome);
  if (heard.refused || failed) heard.isolated = least_isolation(run_.profile.isolation_latency);
  if (good) heard.isolated = least_isolation(attempt.elapsed / millis(1) - 1);
  return heard;
}

bool KnownFaults::follows(const SendRecord& send, std::size_t k) const {
  const AttemptRecord& attempt = send.attempts[k];
  const TimePoint before = k == 0 ? send.start : end_of(send.attempts[k - 1]);
  // A connect, whatever becomes of it, takes longer; a try with nothing left takes no time at all.
  return !comes_after_an_unseen_try(send, k) && attempt.start - before < run_.scenario.network.one_way &&
         left_at(send, attempt.start) > kClock;
}

bool KnownFaults::refuses(const std::string& outcome) const {
  if (failed_on_the_way(outcome)) return false;
  // Stored in doubt, or asked to go elsewhere, it is no refusal.
  for (const std::string_view other :
       {"FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "GO_AWAY"}) {
    if (outcome == other) return false;
  }
  const auto code = response_code_by_name(outcome);
  if (!code || *code == ResponseCode::SUCCESS) return false;
  const bool blames_message = *code == ResponseCode::MESSAGE_ILLEGAL || *code == ResponseCode::INVALID_PARAMETER;
  return run_.profile.message_faults_isolate || !blames_message;
}

/// What the table's row for that latency, and those of longer ones, give at least.
Duration KnownFaults::least_isolation(std::int64_t latency) const {
  const auto table = [&](std::string_view name, const auto& otherwise) {
    const auto* set = producer_->config.get<std::vector<std::int64_t>>(name);
    return set != nullptr ? *set : std::vector<std::int64_t>(otherwise.begin(), otherwise.end());
  };
  const auto latencies = table("latencyMax", run_.profile.latency_max);
  const auto durations = table("notAvailableDuration", run_.profile.not_available_duration);
  if (!std::is_sorted(latencies.begin(), latencies.end()) || durations.size() < latencies.size()) return Duration{0};
  const auto row = std::upper_bound(latencies.begin(), latencies.end(), latency) - latencies.begin();
  if (row == 0) return Duration{0};
  return millis(*std::min_element(durations.begin() + row - 1, durations.end()));
}

bool KnownFaults::surely_isolated(std::string_view broker, TimePoint at) const {
  const auto known = brokers_.find(broker);
  if (known == brokers_.end()) return false;
  const auto& stretches = known->second.isolated;
  const auto after = std::upper_bound(stretches.begin(), stretches.end(), at,
                                      [](TimePoint time, const auto& stretch) { return time < stretch.first; });
  return after != stretches.begin() && at <= std::prev(after)->second;
}

bool KnownFaults::surely_unreachable(std::string_view broker, TimePoint at) const {
  const auto found = brokers_.find(broker);
  if (found == brokers_.end()) return false;
  const Known& known = found->second;
  const auto after = std::lower_bound(known.refused.begin(), known.refused.end(), at);
  if (after == known.refused.begin()) return false;
  const TimePoint refusal = *std::prev(after);
  return known.heard.ending_at(refusal) == 1 && !known.heard.any_after(at, refusal) && !doubts_.any(at, refusal);
}

bool KnownFaults::surely_reachable(std::string_view broker, TimePoint at) const {
  const auto known = brokers_.find(broker);
  return sure_ && (known == brokers_.end() || known->second.unreachable >= at) && first_lone_doubt_ >= at;
}

}  // namespace rmqsim
