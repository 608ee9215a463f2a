#include "tools/drivers/milliseconds.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rmqsim {
namespace {

/// One-way times that the real network may have had.
constexpr Duration kOneWays[] = {std::chrono::microseconds(50), std::chrono::microseconds(700), millis(2)};

/// The sends of one thread that waits for each; others begin when they are told.
bool drifts(const Step& step) {
  const auto* send = std::get_if<SendStep>(&step.what);
  return send != nullptr && send->mode == CommunicationMode::SYNC && step.concurrency == 1 && !step.background;
}

/// Each send begins when the client's did: on a busy machine later and later.
Scenario as_late(const Scenario& scenario, const RunRecord& record) {
  Scenario late = scenario;
  late.steps.clear();
  for (const Step& step : scenario.steps) {
    if (!drifts(step)) {
      late.steps.push_back(step);
      continue;
    }
    for (std::uint64_t k = 0; k < step.send_count; ++k) {
      Step one = step;
      one.first_send = step.first_send + k;
      one.send_count = 1;
      one.expect.clear();
      auto& send = std::get<SendStep>(one.what);
      send.count = 1;
      send.interval = Duration::zero();
      const SendRecord& seen = record.sends[one.first_send];
      if (seen.completed()) one.at = std::max(Duration(seen.start - record.first_step), Duration::zero());
      late.steps.push_back(std::move(one));
    }
  }
  return late;
}

}  // namespace

std::optional<std::uint64_t> where_milliseconds_decide(const Scenario& scenario, const Profile& profile,
                                                       const RunRecord& record, const QueueExplanation& best) {
  std::vector<Scenario> others{as_late(scenario, record)};
  for (const Duration one_way : kOneWays) others.emplace_back(scenario).network.one_way = one_way;
  std::optional<std::uint64_t> first;
  for (const Scenario& other : others) {
    std::string why_not;
    const auto model = run_model(other, profile, best.start, why_not);
    if (!model) continue;
    const auto difference = first_difference(scenario, model->result.record, model->seen, *best.model);
    if (difference && (!first || difference->send < *first)) first = difference->send;
  }
  return first;
}

}  // namespace rmqsim
