#include "tools/drivers/milliseconds.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tools/drivers/side_by_side.h"

namespace rmqsim {
namespace {

/// One-way times that the real network may have had.
constexpr Duration kOneWays[] = {std::chrono::microseconds(50), std::chrono::microseconds(700), millis(2)};
/// What is longer on its way to its first broker has been somewhere else before.
constexpr Duration kLongestWay = millis(200);
/// Ways from a send's being called to its arrival at a broker that a client does not know yet: to a nameserver and
/// back, twice, to the broker and back, and there.
constexpr int kWays = 7;

enum class Begins { when_called, by_arrival };

/// When the client began the send, or so that it arrives when the client's did.
Duration begin_of(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen, std::uint64_t i,
                  Begins how) {
  const SendRecord& send = record.sends[i];
  TimePoint begin = send.start;
  if (how == Begins::by_arrival && !seen[i].empty()) {
    const TimePoint sent = seen[i].front().start - scenario.network.one_way;
    if (sent > begin && sent - begin < kLongestWay) begin = sent;
  }
  return std::max(Duration(begin - record.first_step), Duration::zero());
}

/// One way of the send that took longest to arrive, or to fail before: on a busy machine most of it is spent before
/// anything leaves.
Duration slowest_way(const RunRecord& record, const SeenAttempts& seen) {
  Duration longest{0};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const SendRecord& send = record.sends[i];
    if (!send.completed()) continue;
    const Duration way = seen[i].empty() ? send.elapsed() : Duration(seen[i].front().start - send.start);
    if (way < kLongestWay) longest = std::max(longest, way);
  }
  return longest / kWays;
}

/// What happens happens when it did, on a busy machine later and later, and in the thread that came first.
Scenario as_late(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen, Begins how) {
  Scenario late = scenario;
  for (Step& step : late.steps) {
    for (std::uint64_t i = step.first_send; i < step.first_send + step.send_count; ++i) {
      if (record.sends[i].completed()) {
        step.begins.push_back({begin_of(scenario, record, seen, i, how), record.sends[i].thread});
      } else {
        step.begins.emplace_back();
      }
    }
  }
  for (const EventRecord& event : record.events) {
    std::optional<Duration>& at = late.steps[event.step].at;
    at = std::max(at.value_or(Duration::zero()), Duration(event.at - record.first_step));
  }
  return late;
}

}  // namespace

OtherTimes at_other_times(const Scenario& scenario, const Profile& profile, const RunRecord& record,
                          const SeenAttempts& seen, const QueueExplanation& best,
                          const std::vector<std::uint64_t>& seeds) {
  std::vector<Scenario> others{as_late(scenario, record, seen, Begins::when_called),
                               as_late(scenario, record, seen, Begins::by_arrival)};
  for (const Duration one_way : kOneWays) others.emplace_back(scenario).network.one_way = one_way;
  const Duration slowest = slowest_way(record, seen);
  if (slowest > kOneWays[0]) others.emplace_back(scenario).network.one_way = slowest;
  // What a client does every so often it began with its producers.
  for (std::size_t k = 0, n = others.size(); k < n; ++k) others.emplace_back(others[k]).lead = record.lead;
  OtherTimes found;
  found.from = where_threads_decide(scenario, record, seen);
  for (const Scenario& other : others) {
    for (const std::uint64_t seed : seeds) {
      ModelStart start = best.start;
      start.seed = seed;
      std::string why_not;
      auto model = run_model(other, profile, start, why_not);
      if (!model) continue;
      if (seed == best.start.seed) {
        const auto difference = first_difference(scenario, model->result.record, model->seen, *best.model);
        if (difference && (!found.from || difference->send < *found.from)) found.from = difference->send;
      }
      if (first_difference(scenario, record, seen, *model)) continue;
      found.same = std::move(model);
      return found;
    }
  }
  return found;
}

}  // namespace rmqsim
