#include "scenarios/harness/explore/draw/drawn_events.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "scenarios/harness/explore/draw/drawn_settings.h"

namespace rmqsim {
namespace {

/// In the order of ClusterEvent.
constexpr std::string_view kEventKeys[] = {"crash",     "restart",   "pause",         "resume",
                                           "partition", "heal",      "setRoute",      "removeFromRoute",
                                           "setPerm",   "setConfig", "startProducer", "shutdownProducer"};
static_assert(std::size(kEventKeys) == std::variant_size_v<ClusterEvent>);

/// What a trouble begins and ends with.
struct EventPair {
  ClusterEvent begin;
  std::optional<ClusterEvent> end;
};

bool hits_nameservers(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::crash:
    case TroubleKind::pause:
    case TroubleKind::partition:
    case TroubleKind::one_way_partition:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> possible_victims(const Scenario& scenario, Dice& dice, TroubleKind kind) {
  std::vector<std::string> victims;
  if (kind == TroubleKind::set_config || kind == TroubleKind::shut_down_producer) {
    for (const ProducerSpec& producer : scenario.producers) victims.push_back(producer.name);
    return victims;
  }
  if (hits_nameservers(kind) && dice.chance(0.25)) return scenario.cluster.nameservers;
  const bool slaves = hits_nameservers(kind);  // routes and permissions are of masters
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    if (slaves || !broker.slave_of) victims.push_back(broker.name);
  }
  return victims;
}

SetRouteEvent other_route(Dice& dice, TopicSpec topic, const std::string& victim) {
  for (auto& [broker, queues] : topic.queues) {
    if (broker == victim) queues = static_cast<std::int32_t>(dice.of({0, 1, queues + 1, queues + 3}));
  }
  if (dice.chance(0.3) && topic.queues.size() > 1)
    std::erase_if(topic.queues, [&](const auto& q) { return q.first == victim; });
  return {std::move(topic), {}};
}

PartitionEvent cut_off(const Scenario& scenario, Dice& dice, const std::string& victim, bool one_way) {
  PartitionEvent cut{{victim}, {}, one_way};
  if (dice.chance(0.4) && !scenario.producers.empty()) cut.and_ = {dice.of(scenario.producers).name};
  if (one_way && dice.chance(0.5) && !cut.and_.empty()) std::swap(cut.between, cut.and_);
  return cut;
}

EventPair draw_pair(const Scenario& scenario, Dice& dice, const Palette& palette, TroubleKind kind,
                    const std::string& victim) {
  const std::vector<TopicSpec>& topics = scenario.cluster.topics;
  // Without a topic there are no routes to change.
  if (topics.empty() &&
      (kind == TroubleKind::leave_route || kind == TroubleKind::set_route || kind == TroubleKind::set_perm)) {
    kind = TroubleKind::crash;
  }
  switch (kind) {
    case TroubleKind::pause:
      return {PauseEvent{{victim}}, ResumeEvent{{victim}}};
    case TroubleKind::partition:
    case TroubleKind::one_way_partition: {
      PartitionEvent cut = cut_off(scenario, dice, victim, kind == TroubleKind::one_way_partition);
      HealEvent heal{cut.between, cut.and_};
      return {std::move(cut), std::move(heal)};
    }
    case TroubleKind::leave_route: {
      const TopicSpec& topic = dice.of(topics);
      RemoveFromRouteEvent leave{victim, {}, {}};
      if (topics.size() > 1 || dice.chance(0.5)) leave.topic = topic.name;  // so that the end restores what left
      if (scenario.cluster.nameservers.size() > 1 && dice.chance(0.4))
        leave.nameservers = {dice.of(scenario.cluster.nameservers)};
      return {std::move(leave), SetRouteEvent{topic, {}}};
    }
    case TroubleKind::set_route: {
      const TopicSpec& topic = dice.of(topics);
      return {other_route(dice, topic, victim), SetRouteEvent{topic, {}}};
    }
    case TroubleKind::set_perm: {
      const TopicSpec& topic = dice.of(topics);
      const std::int32_t perm = dice.chance(0.8) ? TopicSpec::kRead : TopicSpec::kWrite;
      return {SetPermEvent{topic.name, perm, {victim}}, SetPermEvent{topic.name, topic.perm, {victim}}};
    }
    case TroubleKind::set_config:
      return {SetConfigEvent{victim, draw_running_setting(dice, palette.settings)}, std::nullopt};
    case TroubleKind::shut_down_producer:
      return {ShutdownProducerEvent{victim}, std::nullopt};  // for good, as in Java
    default:
      return {CrashEvent{{victim}}, RestartEvent{{victim}}};
  }
}

}  // namespace

std::vector<TimedEvent> draw_events(const Scenario& scenario, Dice& dice, const Palette& palette,
                                    const Moments& moments, TroubleKind kind, TroubleShape shape, Duration span,
                                    bool heals) {
  std::vector<TimedEvent> events;
  std::vector<std::string> victims = possible_victims(scenario, dice, kind);
  if (victims.empty()) return events;
  for (const Outage& outage : draw_outages(dice, shape, std::move(victims), moments, span)) {
    EventPair pair = draw_pair(scenario, dice, palette, kind, outage.victim);
    events.push_back({outage.from, std::move(pair.begin)});
    if (pair.end && outage.to && (heals || dice.chance(0.8))) events.push_back({*outage.to, std::move(*pair.end)});
  }
  return events;
}

Duration likely_length(const Step& step) {
  if (const auto* wait = std::get_if<WaitStep>(&step.what)) return wait->time;
  const auto of = [](const auto& sends) {
    return (sends.interval + millis(1)) * static_cast<std::int64_t>(sends.count);
  };
  if (const auto* send = std::get_if<SendStep>(&step.what)) return of(*send);
  if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) return of(*transaction);
  if (const auto* request = std::get_if<RequestStep>(&step.what)) return of(*request);
  return Duration{0};
}

void add_events(Scenario& scenario, Dice& dice, std::vector<TimedEvent> events) {
  if (events.empty()) return;
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  std::vector<Step> old = std::exchange(scenario.steps, {});
  scenario.steps.reserve(old.size() + events.size());
  Duration now{0}, last_at{0}, busy_until{0};  // a step that sends is likely busy until then
  std::size_t next = 0;
  const auto add = [&](std::optional<Duration> next_at) {
    Step step;
    step.may_be_idle = true;
    const Duration at = std::max(last_at, events[next].at);
    if (!next_at || at <= *next_at) step.at = last_at = at;
    if (events[next].at < busy_until && dice.chance(0.7)) scenario.steps.back().background = true;
    busy_until = Duration{0};
    ClusterEvent& event = events[next++].event;
    step.what = EventStep{std::string(kEventKeys[event.index()]), std::move(event)};
    scenario.steps.push_back(std::move(step));
  };
  for (std::size_t i = 0; i < old.size(); ++i) {
    const Duration begins = old[i].at ? std::max(now, *old[i].at) : now;
    const auto later =
        std::find_if(old.begin() + static_cast<std::ptrdiff_t>(i), old.end(), [](const Step& s) { return s.at; });
    while (next < events.size() && events[next].at < begins) add(later == old.end() ? std::nullopt : later->at);
    if (old[i].at) last_at = *old[i].at;
    const Duration length = likely_length(old[i]);
    busy_until = old[i].send_count > 0 && !old[i].background ? begins + length : Duration{0};
    now = old[i].background ? begins : begins + length;
    scenario.steps.push_back(std::move(old[i]));
  }
  while (next < events.size()) add(std::nullopt);
}

}  // namespace rmqsim
