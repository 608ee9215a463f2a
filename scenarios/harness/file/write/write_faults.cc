// faults: which requests a rule looks at, and what it does.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/delay_rows.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

/// What an action takes, by its kind.
struct ArgumentWriter {
  const FaultActionRow& row;

  nlohmann::ordered_json operator()(std::monostate) const { return true; }
  nlohmann::ordered_json operator()(const DelayDistribution& delay) const {
    const auto* named =
        std::find_if(std::begin(kDelays), std::end(kDelays), [&](const DelayRow& r) { return r.kind == delay.kind; });
    if (named == std::end(kDelays)) return number_json(delay.a);
    ObjectWriter writer(shapes::delay);
    writer.say(named->key, {number_json(delay.a), number_json(delay.b)});
    return writer.take();
  }
  nlohmann::ordered_json operator()(const FaultAnswer& answer) const {
    ObjectWriter writer(shapes::answer);
    writer.say("code", response_code_json(answer.code));
    writer.say("remark", answer.remark);
    return writer.take();
  }
  nlohmann::ordered_json operator()(FaultMoment moment) const {
    return row.moments[moment == FaultMoment::before ? 0 : 1];
  }
  nlohmann::ordered_json operator()(std::uint32_t bytes) const { return bytes; }
  nlohmann::ordered_json operator()(double percent) const { return number_json(percent); }
};

nlohmann::ordered_json action_json(const FaultAction& action) {
  ObjectWriter writer(shapes::action);
  for (const FaultActionRow& row : fault_actions()) {
    if (const FaultArgument* argument = action.find(row.key)) {
      writer.say(row.key, std::visit(ArgumentWriter{row}, *argument));
    }
  }
  return writer.take();
}

}  // namespace

nlohmann::ordered_json fault_json(const Scenario& scenario, std::size_t place) {
  const FaultRule& rule = scenario.faults[place];
  ObjectWriter writer(shapes::fault);
  if (rule.id != "fault[" + std::to_string(place) + "]") writer.say("id", rule.id);
  writer.say("at", rule.at);
  writer.say("on", request_word(rule.on));
  if (!rule.nth.every()) writer.say("nth", nth_json(rule.nth));
  if (rule.count != FaultCount::broker) writer.say("count", kFaultCountWords[static_cast<std::size_t>(rule.count)]);
  if (rule.from) writer.say("fromMs", time_json(*rule.from));
  if (rule.to) writer.say("toMs", time_json(*rule.to));
  if (rule.probability != 1.0) writer.say("probability", number_json(rule.probability));
  writer.say("topic", rule.topic);
  writer.say("queueId", rule.queue_id);
  const auto producer =
      std::find_if(scenario.producers.begin(), scenario.producers.end(),
                   [&](const ProducerSpec& one) { return one.on_wire(one.group) == rule.producer_group; });
  if (rule.producer_group && producer != scenario.producers.end()) writer.say("producer", producer->name);
  writer.say("do", action_json(rule.action));
  writer.put("mayBeIdle", rule.may_be_idle);
  return writer.take();
}

}  // namespace rmqsim
