#include "scenarios/harness/file/write/scenario_text.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/schema/json_layout.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

/// The sections and what they hold get a line each.
constexpr std::size_t kSectionDepth = 2;

nlohmann::ordered_json worlds_json(const WorldsSpec& worlds) {
  ObjectWriter writer(shapes::worlds);
  writer.say("only", worlds.only);
  writer.say("reason", worlds.reason);
  return writer.take();
}

nlohmann::ordered_json invariants_json(const std::vector<InvariantOff>& off) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const InvariantOff& one : off) {
    ObjectWriter entry(shapes::invariantOff);
    entry.say("name", one.name);
    entry.put_filled("in", names_json(one.profiles));
    entry.say("reason", one.reason);
    entries.push_back(entry.take());
  }
  ObjectWriter writer(shapes::invariants);
  writer.put("off", entries);
  return writer.take();
}

template <class List, class Write>
nlohmann::ordered_json section_json(const List& list, const Write& write) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < list.size(); ++i) entries.push_back(write(i));
  return entries;
}

}  // namespace

nlohmann::ordered_json expectations_json(const Scenario& scenario, const std::vector<Expectation>& expectations,
                                         const Step* step) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const Expectation& expectation : expectations) {
    entries.push_back(std::visit(
        [&](const auto& e) {
          const bool at_step = step != nullptr && e.row.at_step != nullptr;
          ObjectWriter object(at_step ? *e.row.at_step : e.row.shape);
          ExpectationWriter to{object, scenario, at_step};
          e.row.write(e, to);
          object.put_filled("in", names_json(expectation.profiles));
          return object.take();
        },
        expectation.what));
  }
  return entries;
}

std::string scenario_text(const Scenario& scenario) {
  ObjectWriter writer(shapes::scenario);
  writer.say("version", 1);
  writer.say("name", scenario.name);
  writer.say("why", scenario.why);
  writer.put("references", scenario.references);
  writer.put_filled("concerns", scenario.concerns);
  writer.say("profile", names_json(scenario.profiles));
  writer.put("seed", scenario.seed);
  if (scenario.worlds) writer.say("worlds", worlds_json(*scenario.worlds));
  writer.say("cluster", cluster_json(scenario.cluster));
  writer.put("network", network_json(scenario.network));
  writer.put("producers", section_json(scenario.producers, [&](std::size_t i) {
               return producer_json(scenario.cluster, scenario.producers[i]);
             }));
  writer.put("steps",
             section_json(scenario.steps, [&](std::size_t i) { return step_json(scenario, scenario.steps[i]); }));
  writer.put("faults", section_json(scenario.faults, [&](std::size_t i) { return fault_json(scenario, i); }));
  writer.put("expect", expectations_json(scenario, scenario.expect, nullptr));
  writer.put("invariants", invariants_json(scenario.invariants_off));
  return json_layout(writer.take(), kSectionDepth);
}

}  // namespace rmqsim
