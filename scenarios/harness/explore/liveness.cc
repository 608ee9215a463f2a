#include "scenarios/harness/explore/liveness.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/judging/damage.h"
#include "scenarios/harness/engine/judging/recovery.h"
#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

/// When all that the scenario plans has probably begun: nobody can tell how long its sends take.
Duration planned_end(const Scenario& scenario) {
  Duration end{0};
  for (const Step& step : scenario.steps) {
    if (step.at) end = std::max(end, *step.at);
    if (const auto* wait = std::get_if<WaitStep>(&step.what)) end += wait->time;
    if (const auto* send = std::get_if<SendStep>(&step.what)) {
      end += send->interval * static_cast<std::int64_t>(send->count / std::max(step.concurrency, 1u));
    }
  }
  for (const FaultRule& rule : scenario.faults) {
    end = std::max({end, rule.from.value_or(Duration::zero()) + millis(1), rule.to.value_or(Duration::zero())});
  }
  return std::chrono::ceil<std::chrono::seconds>(end + millis(5000));
}

const TopicSpec* open_topic(const ClusterSpec& cluster) {
  const auto open = std::find_if(cluster.topics.begin(), cluster.topics.end(), [](const TopicSpec& topic) {
    const auto has_queues = [](const auto& queues) { return queues.second > 0; };
    return topic.perm == (TopicSpec::kRead | TopicSpec::kWrite) &&
           std::any_of(topic.queues.begin(), topic.queues.end(), has_queues);
  });
  return open == cluster.topics.end() ? nullptr : &*open;
}

template <class What>
void add(Scenario& scenario, What what) {
  Step step;
  step.what = std::move(what);
  scenario.steps.push_back(std::move(step));
}

void add_event(Scenario& scenario, const char* kind, ClusterEvent event) {
  add(scenario, EventStep{kind, std::move(event)});
  scenario.steps.back().may_be_idle = true;
}

std::vector<std::string> names(const std::set<std::string>& set) { return {set.begin(), set.end()}; }

void mend(Scenario& scenario, const Damage& damage) {
  if (!damage.partitions.empty()) add_event(scenario, "heal", HealEvent{});
  if (!damage.paused.empty()) add_event(scenario, "resume", ResumeEvent{names(damage.paused)});
  if (!damage.down.empty()) add_event(scenario, "restart", RestartEvent{names(damage.down)});
  for (const std::string& name : damage.perms) {
    if (const TopicSpec* topic = scenario.cluster.find_topic(name)) {
      add_event(scenario, "setPerm", SetPermEvent{name, topic->perm, {}});
    }
  }
  for (const std::string& name : damage.routes) {
    if (const TopicSpec* topic = scenario.cluster.find_topic(name)) {
      add_event(scenario, "setRoute", SetRouteEvent{*topic, {}});
    }
  }
}

Duration slowest_recovery(const Scenario& scenario) {
  Duration slowest{0};
  for (const std::string& name : scenario.profiles) {
    if (const Profile* profile = find_profile(name)) slowest = std::max(slowest, recovery_time(scenario, *profile));
  }
  Duration held{0};
  for (const FaultRule& rule : scenario.faults) {
    held = std::max(held, longest_hold(scenario, rule).value_or(Duration::zero()));
  }
  return slowest + held + millis(10);
}

}  // namespace

void append_liveness_phase(Scenario& scenario, std::uint64_t sends) {
  const TopicSpec* topic = open_topic(scenario.cluster);
  if (topic == nullptr || sends == 0) return;
  const Duration begin = planned_end(scenario);
  for (FaultRule& rule : scenario.faults) {
    if (!rule.to) rule.to = begin;
  }
  Damage damage(scenario.cluster);
  for (const Step& step : scenario.steps) {
    if (const auto* event = std::get_if<EventStep>(&step.what)) damage.take(event->event);
  }
  const std::size_t first = scenario.steps.size();
  mend(scenario, damage);
  add(scenario, WaitStep{slowest_recovery(scenario)});
  scenario.steps[first].at = begin;
  for (const ProducerSpec& producer : scenario.producers) {
    const bool runs = (producer.auto_start || damage.started.contains(producer.name)) &&
                      !damage.stopped.contains(producer.name);
    if (!runs) continue;
    SendStep send;
    send.producer = producer.name;
    send.message.topic = topic->name;
    send.count = sends;
    send.timeout_ms = 3000;
    add(scenario, std::move(send));
  }
  make_whole(scenario);
}

}  // namespace rmqsim
