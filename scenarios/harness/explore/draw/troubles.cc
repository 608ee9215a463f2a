#include "scenarios/harness/explore/draw/troubles.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/explore/draw/drawn_rules.h"
#include "scenarios/harness/file/late_by.h"

namespace rmqsim {
namespace {

/// A recovery has no more polls, heartbeats and probes than this; each costs real time.
constexpr std::int64_t kMostTicks = 120;

Duration shortest_period(const Scenario& scenario) {
  Duration shortest = std::chrono::seconds(30);
  for (const ProducerSpec& producer : scenario.producers) {
    for (const char* name : {"pollNameServerInterval", "heartbeatBrokerInterval", "detectInterval"}) {
      const auto* ms = producer.config.get<std::int64_t>(name);
      if (ms != nullptr) shortest = std::min(shortest, millis(std::max<std::int64_t>(*ms, 1)));
    }
  }
  return shortest;
}

}  // namespace

Duration likely_span(const Scenario& scenario) {
  Duration now{0}, end{0};
  for (const Step& step : scenario.steps) {
    if (step.at) now = std::max(now, *step.at);
    end = std::max(end, now + likely_length(step));
    if (!step.background) now += likely_length(step);
  }
  return end + std::chrono::seconds(3);
}

void draw_trouble(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments, Duration span,
                  bool heals, std::vector<TimedEvent>& events) {
  TroubleKind kind = palette.trouble(dice);
  if (heals && kind == TroubleKind::shut_down_producer) kind = TroubleKind::crash;  // nobody starts again
  const TroubleShape shape = palette.shape(dice);
  if (kind == TroubleKind::rule) return draw_rules(scenario, dice, palette, moments, shape, span);
  for (TimedEvent& event : draw_events(scenario, dice, palette, moments, kind, shape, span, heals)) {
    events.push_back(std::move(event));
  }
}

void add_last_wait(Scenario& scenario, Dice& dice) {
  // Those who wait longest: an asynchronous request that is found two scans after its end, or an answer that is late.
  const Duration longest = late_by(scenario) + std::chrono::seconds(1);
  scenario.steps.emplace_back().what = WaitStep{dice.chance(0.8) ? longest : longest + std::chrono::seconds(30)};
}

void add_recovery(Scenario& scenario, Dice& dice, const Moments& moments, Duration span) {
  const Duration wait = moments.recovery() + late_by(scenario);
  if (scenario.producers.empty() || wait / shortest_period(scenario) > kMostTicks) return;
  const TopicSpec* topic = scenario.cluster.topics.empty() ? nullptr : &scenario.cluster.topics.front();
  if (topic == nullptr) return;
  for (const Step& step : scenario.steps) {
    if (step.at) span = std::max(span, *step.at);
  }
  for (FaultRule& rule : scenario.faults) {
    if (rule.from && *rule.from >= span) rule.from = span - millis(1);
    rule.to = rule.to ? std::min(*rule.to, span) : span;
  }
  Step& healed = scenario.steps.emplace_back();
  healed.what = EventStep{"heal", HealEvent{}};
  healed.at = span;
  healed.may_be_idle = true;
  scenario.steps.emplace_back().what = WaitStep{wait};
  for (const ProducerSpec& producer : scenario.producers) {
    SendStep send;
    send.producer = producer.name;
    send.message.topic = topic->name;
    if (dice.chance(0.4)) send.mode = CommunicationMode::ASYNC;
    send.count = static_cast<std::uint64_t>(dice.between(2, 8));
    scenario.steps.emplace_back().what = std::move(send);
  }
}

}  // namespace rmqsim
