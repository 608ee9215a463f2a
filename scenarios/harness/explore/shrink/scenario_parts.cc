#include "scenarios/harness/explore/shrink/scenario_parts.h"

#include <set>
#include <utility>

#include "scenarios/harness/explore/shrink/lost_names.h"
#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

template <class List>
void erase_gone(List& list, const std::vector<bool>& gone) {
  std::size_t i = 0;
  std::erase_if(list, [&](const auto&) { return gone[i++]; });
}

/// Of a list of names, or of parts that have one.
template <class List>
void lose(Scenario& scenario, const List& list, const std::vector<bool>& gone) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!gone[i]) continue;
    if constexpr (requires { list[i].name; }) {
      names.insert(list[i].name);
    } else {
      names.insert(list[i]);
    }
  }
  lose_names(scenario, names);
}

std::string numbered(std::string_view what, std::size_t i, const std::string& more) {
  return std::string(what) + "[" + std::to_string(i) + "]" + (more.empty() ? "" : " (" + more + ")");
}

/// The settings of all producers, one after the other.
struct Setting {
  std::size_t producer;
  std::string key;
};

std::vector<Setting> settings_of(const Scenario& scenario) {
  std::vector<Setting> all;
  for (std::size_t p = 0; p < scenario.producers.size(); ++p) {
    for (const auto& [key, value] : scenario.producers[p].config.values) all.push_back({p, key});
  }
  return all;
}

void remove_settings(Scenario& scenario, const std::vector<bool>& gone) {
  const std::vector<Setting> all = settings_of(scenario);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!gone[i]) continue;
    ProducerConfig& config = scenario.producers[all[i].producer].config;
    config.values.erase(all[i].key);
    config.where.erase(all[i].key);
  }
}

std::string step_name(const Scenario& scenario, std::size_t i) {
  const auto* event = std::get_if<EventStep>(&scenario.steps[i].what);
  return numbered("steps", i, event != nullptr ? event->kind : "");
}

using Gone = const std::vector<bool>&;

constexpr PartKind kPartKinds[] = {
    {"steps", false, true, [](const Scenario& s) { return s.steps.size(); },
     [](Scenario& s, Gone gone) {
       erase_gone(s.steps, gone);
       make_whole(s);
     },
     step_name},
    {"faults", false, true, [](const Scenario& s) { return s.faults.size(); },
     [](Scenario& s, Gone gone) {
       erase_gone(s.faults, gone);
       erase_gone(s.fault_locations, gone);
       make_whole(s);
     },
     [](const Scenario& s, std::size_t i) {
       const FaultRule& rule = s.faults[i];
       return numbered("faults", i, request_word(rule.on) + " at " + rule.at + ": " + actions_of(rule));
     }},
    {"producers", false, false, [](const Scenario& s) { return s.producers.size(); },
     [](Scenario& s, Gone gone) { lose(s, std::vector(s.producers), gone); },
     [](const Scenario& s, std::size_t i) { return numbered("producers", i, s.producers[i].name); }},
    {"brokers", true, true, [](const Scenario& s) { return s.cluster.brokers.size(); },
     [](Scenario& s, Gone gone) { lose(s, std::vector(s.cluster.brokers), gone); },
     [](const Scenario& s, std::size_t i) { return numbered("brokers", i, s.cluster.brokers[i].name); }},
    {"nameservers", true, true, [](const Scenario& s) { return s.cluster.nameservers.size(); },
     [](Scenario& s, Gone gone) { lose(s, std::vector(s.cluster.nameservers), gone); },
     [](const Scenario& s, std::size_t i) { return numbered("nameservers", i, s.cluster.nameservers[i]); }},
    {"topics", false, false, [](const Scenario& s) { return s.cluster.topics.size(); },
     [](Scenario& s, Gone gone) { erase_gone(s.cluster.topics, gone); },
     [](const Scenario& s, std::size_t i) { return numbered("topics", i, s.cluster.topics[i].name); }},
    {"responders", false, true, [](const Scenario& s) { return s.cluster.responders.size(); },
     [](Scenario& s, Gone gone) { erase_gone(s.cluster.responders, gone); },
     [](const Scenario& s, std::size_t i) { return numbered("responders", i, s.cluster.responders[i].topic); }},
    {"accounts", false, true, [](const Scenario& s) { return s.cluster.accounts.size(); },
     [](Scenario& s, Gone gone) { erase_gone(s.cluster.accounts, gone); },
     [](const Scenario&, std::size_t i) { return numbered("accounts", i, ""); }},
    {"config", false, true, [](const Scenario& s) { return settings_of(s).size(); }, remove_settings,
     [](const Scenario& s, std::size_t i) {
       const Setting setting = settings_of(s)[i];
       return setting.key + " of " + s.producers[setting.producer].name;
     }},
};

}  // namespace

std::span<const PartKind> part_kinds() { return kPartKinds; }

std::string actions_of(const FaultRule& rule) {
  std::string text;
  for (const FaultActionRow& row : fault_actions()) {
    if (rule.action.find(row.key) != nullptr) text += (text.empty() ? "" : ", ") + std::string(row.key);
  }
  return text;
}

}  // namespace rmqsim
