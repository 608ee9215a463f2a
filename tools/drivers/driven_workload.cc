#include "tools/drivers/driven_workload.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "scenarios/harness/engine/steps/cluster_events.h"

namespace rmqsim {

DrivenWorkload::DrivenWorkload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile,
                               const DriverHello& hello, RunRecord& record, SayToDriver say, Assert on_assert,
                               RunScope::Failed failed)
    : world_(world),
      run_(world.runtime(), std::move(failed)),
      scenario_(scenario),
      record_(record),
      say_(std::move(say)),
      on_assert_(std::move(on_assert)),
      pacer_(run_, scenario, [this](std::size_t index) { perform(index); }, [this] { done_(); }),
      producers_(run_, world, scenario, hello, record, say_),
      sends_(run_, world, scenario, hello, record, producers_, pacer_, say_),
      responders_(run_, world, scenario.cluster.responders, profile, record) {}

DrivenWorkload::~DrivenWorkload() {
  run_.end();
  responders_.abandon();
}

void DrivenWorkload::begin(Task begun, Task done) {
  begun_ = std::move(begun);
  done_ = std::move(done);
  producers_.make_all([this, asked = run_.now()] {
    record_.lead = run_.now() - asked;
    begin_steps();
  });
}

void DrivenWorkload::shutdown(Task done) {
  for (ScenarioProducer* producer : responders_.producers()) producer->shutdown([] {});
  producers_.shut_down_all(std::move(done));
}

void DrivenWorkload::begin_steps() {
  responders_.start();
  begun_();
  for (const Expectation& expectation : scenario_.expect) {
    if (const std::optional<Duration> moment = expectation.moment()) {
      run_.later(*moment, [this, &expectation] { on_assert_(expectation); });
    }
  }
  pacer_.begin();
}

void DrivenWorkload::perform(std::size_t index) {
  const auto play = [this, index](const auto& step) {
    if constexpr (requires { sends_.perform(step, index); }) {
      sends_.perform(step, index);
    } else {
      perform(step, index);
    }
  };
  std::visit(play, scenario_.steps[index].what);
}

void DrivenWorkload::perform(const WaitStep& step, std::size_t index) {
  run_.later(step.time, [this, index] { pacer_.finish(index); });
}

void DrivenWorkload::perform(const AssertStep& step, std::size_t index) {
  for (const Expectation& expectation : step.expect) on_assert_(expectation);
  pacer_.finish(index);
}

void DrivenWorkload::perform(const EventStep& step, std::size_t index) {
  record_.events.push_back({index, run_.now()});
  const auto finish = [this, index, event = record_.events.size() - 1](bool changed) {
    record_.events[event].done = run_.now();
    if (!changed) record_.idle_events.push_back(index);
    pacer_.finish(index);
  };
  if (const auto* event = std::get_if<SetConfigEvent>(&step.event)) {
    return producers_.change(*event, [finish] { finish(true); });
  }
  perform_event(step.event, scenario_.steps[index].where, world_, &producers_, finish);
}

std::optional<std::string> DrivenWorkload::heard(DriverAnswer answer) {
  switch (answer.kind) {
    case DriverAnswer::Kind::producer:
      return producers_.heard(answer, "producer");
    case DriverAnswer::Kind::start:
      return producers_.heard(answer, "start");
    case DriverAnswer::Kind::config:
      return producers_.heard(answer, "config");
    case DriverAnswer::Kind::shutdown:
      return producers_.heard(answer, "shutdown");
    case DriverAnswer::Kind::called:
    case DriverAnswer::Kind::sent:
      return sends_.heard(answer);
    case DriverAnswer::Kind::callback:
      return sends_.heard_of_callback(answer);
    case DriverAnswer::Kind::hello:
      return "it says hello twice";
    case DriverAnswer::Kind::bye:
      return "it says bye before it was told to";
    case DriverAnswer::Kind::error:
      return "it says that it failed: " + answer.text;
    case DriverAnswer::Kind::unsupported:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> DrivenWorkload::overdue() const {
  const auto late = producers_.overdue();
  return late ? late : sends_.overdue();
}

Duration DrivenWorkload::waited() const { return std::max(producers_.waited(), sends_.waited()); }

std::string DrivenWorkload::waiting_for() const {
  const std::string owed = producers_.waiting_for();
  return owed.empty() ? sends_.waiting_for() : owed;
}

}  // namespace rmqsim
