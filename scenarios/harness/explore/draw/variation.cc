#include "scenarios/harness/explore/draw/variation.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "scenarios/harness/explore/draw/cast.h"
#include "scenarios/harness/explore/draw/drawn_rules.h"
#include "scenarios/harness/explore/draw/drawn_settings.h"
#include "scenarios/harness/explore/draw/troubles.h"
#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

struct Varied {
  Scenario& scenario;
  Dice& dice;
  const Moments& moments;
  Palette palette = Palette::everything();
};
/// False: it is not possible here, and nothing has changed.
using OneChange = bool (*)(Varied& v);

template <class Wanted>
std::vector<std::size_t> steps_where(const Scenario& scenario, const Wanted& wanted) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    if (wanted(scenario.steps[i])) found.push_back(i);
  }
  return found;
}

Step* any_event(Varied& v) {
  const auto events = steps_where(v.scenario, [](const Step& s) { return std::holds_alternative<EventStep>(s.what); });
  return events.empty() ? nullptr : &v.scenario.steps[v.dice.of(events)];
}

Step* any_send(Varied& v) {
  const auto sends = steps_where(v.scenario, [](const Step& s) { return std::holds_alternative<SendStep>(s.what); });
  return sends.empty() ? nullptr : &v.scenario.steps[v.dice.of(sends)];
}

template <class T>
T* any_in(Varied& v, std::vector<T>& all) {
  return all.empty() ? nullptr : &all[v.dice.below(all.size())];
}

FaultRule* any_rule(Varied& v) { return any_in(v, v.scenario.faults); }

ProducerSpec* any_producer(Varied& v) { return any_in(v, v.scenario.producers); }

bool add_fault(Varied& v) {
  if (v.scenario.faults.size() > 40 || v.scenario.steps.size() > 60) return false;
  std::vector<TimedEvent> events;
  draw_trouble(v.scenario, v.dice, v.palette, v.moments, likely_span(v.scenario), v.dice.chance(0.7), events);
  add_events(v.scenario, v.dice, std::move(events));
  return true;
}

bool remove_rule(Varied& v) {
  const FaultRule* rule = any_rule(v);
  if (rule == nullptr) return false;
  v.scenario.faults.erase(v.scenario.faults.begin() + (rule - v.scenario.faults.data()));
  return true;
}

bool remove_event(Varied& v) {
  const Step* step = any_event(v);
  if (step == nullptr) return false;
  v.scenario.steps.erase(v.scenario.steps.begin() + (step - v.scenario.steps.data()));
  return true;
}

bool move_rule(Varied& v) {
  FaultRule* rule = any_rule(v);
  if (rule == nullptr) return false;
  const auto& nameservers = v.scenario.cluster.nameservers;
  if (std::find(nameservers.begin(), nameservers.end(), rule->at) != nameservers.end()) {
    rule->at = v.dice.of(nameservers);
  } else {
    rule->at = v.dice.of(v.scenario.cluster.brokers).name;
  }
  return true;
}

bool other_turns(Varied& v) {
  FaultRule* rule = any_rule(v);
  if (rule == nullptr) return false;
  if (v.dice.chance(0.3)) {
    rule->from = v.moments.begin(v.dice, likely_span(v.scenario));
    rule->to = *rule->from + std::max(millis(1), v.moments.length(v.dice));
  } else {
    rule->nth = draw_turns(v.dice, static_cast<TroubleShape>(v.palette.shapes.pick(v.dice)));
  }
  return true;
}

bool other_action(Varied& v) {
  FaultRule* rule = any_rule(v);
  if (rule == nullptr) return false;
  Choice actions = v.palette.actions;
  if (rule->action.find("delayMs") != nullptr && v.dice.chance(0.6)) {  // the same, with another time
    for (std::size_t i = 0; i < fault_actions().size(); ++i) {
      if (fault_actions()[i].key != "delayMs") actions.take(i);
    }
    if (!possible_on(*find_fault_action("delayMs"), rule->on)) actions = v.palette.actions;
  }
  rule->action = draw_action(v.dice, rule->on, actions, v.moments);
  return true;
}

bool shift_event(Varied& v) {
  Step* step = any_event(v);
  if (step == nullptr || !step->at) return false;
  const Duration at = v.dice.chance(0.5) ? *step->at + millis(v.dice.of({-1, 1, -10, 10, -1000, 1000}))
                                         : v.moments.begin(v.dice, likely_span(v.scenario));
  Duration low{0}, high = std::chrono::hours(1);  // the order of the steps stays
  for (const Step& other : v.scenario.steps) {
    if (!other.at || &other == step) continue;
    (&other < step ? low : high) = &other < step ? std::max(low, *other.at) : std::min(high, *other.at);
  }
  step->at = std::clamp(at, low, std::max(low, high));
  return true;
}

bool other_step(Varied& v) {
  const auto sends = steps_where(v.scenario, [](const Step& s) { return s.send_count > 0 && s.expect.empty(); });
  if (sends.empty() || v.scenario.producers.empty()) return false;
  const std::size_t i = v.dice.of(sends);
  Step& old = v.scenario.steps[i];
  if (std::holds_alternative<RecallStep>(old.what)) return false;
  auto mode = static_cast<DrawnMode>(v.palette.modes.pick(v.dice));
  if (mode == DrawnMode::recall || mode == DrawnMode::request) mode = DrawnMode::async;
  Step step = draw_sending_step(v.dice, v.scenario, mode, v.moments, old.send_count);
  old.what = std::move(step.what);
  return true;
}

bool other_count(Varied& v) {
  Step* step = any_send(v);
  if (step == nullptr) return false;
  auto& send = std::get<SendStep>(step->what);
  const auto others = static_cast<std::int64_t>(v.scenario.send_count - step->send_count);
  const auto most = std::max<std::int64_t>(static_cast<std::int64_t>(kMostDrawnSends) - others, 1);
  const std::int64_t count = static_cast<std::int64_t>(send.count) + v.dice.of({-5, -2, -1, 1, 2, 5});
  send.count = static_cast<std::uint64_t>(std::clamp<std::int64_t>(count, 1, most));
  return true;
}

bool other_pace(Varied& v) {
  Step* step = any_send(v);
  if (step == nullptr) return false;
  auto& send = std::get<SendStep>(step->what);
  switch (v.dice.below(3)) {
    case 0:
      send.interval = std::min(v.moments.length(v.dice), Duration(std::chrono::seconds(6)));
      break;
    case 1:
      step->background = !step->background;
      break;
    default:
      if (send.mode == CommunicationMode::ONEWAY) return false;
      send.timeout_ms = v.moments.timeout(v.dice);
  }
  return true;
}

bool add_setting(Varied& v) {
  ProducerSpec* producer = any_producer(v);
  if (producer == nullptr) return false;
  drawn_settings()[v.palette.settings.pick(v.dice)].draw(v.dice, producer->config);
  provide_for_settings(v.scenario);
  return true;
}

bool remove_setting(Varied& v) {
  ProducerSpec* producer = any_producer(v);
  if (producer == nullptr || producer->config.values.empty()) return false;
  auto& values = producer->config.values;
  const auto gone = std::next(values.begin(), static_cast<std::ptrdiff_t>(v.dice.below(values.size())));
  const std::string name = gone->first;
  values.erase(gone);
  // Two tables that go together.
  if (name == "latencyMax") values.erase("notAvailableDuration");
  if (name == "notAvailableDuration") values.erase("latencyMax");
  return true;
}

bool other_queues(Varied& v) {
  ProducerSpec* producer = any_producer(v);
  if (producer == nullptr) return false;
  producer->queue_index = QueueIndexSpec{static_cast<std::int32_t>(v.dice.between(-1, 6)), {}, {}};
  return true;
}

bool other_seed(Varied& v) {
  v.scenario.seed = v.dice.number();
  return true;
}

constexpr OneChange kChanges[] = {add_fault,    remove_rule,    remove_event, move_rule,   other_turns,
                                  other_action, shift_event,    other_step,   other_count, other_pace,
                                  add_setting,  remove_setting, other_queues, other_seed};

}  // namespace

void vary(Scenario& scenario, Dice& dice, const Moments& moments) {
  Varied varied{scenario, dice, moments};
  while (!kChanges[dice.below(std::size(kChanges))](varied)) {
  }
  make_whole(scenario);
}

}  // namespace rmqsim
