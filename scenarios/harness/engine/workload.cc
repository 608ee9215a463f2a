#include "scenarios/harness/engine/workload.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

/// Longest wait for requests in flight after the last step: a heartbeat to a broker that never answers.
constexpr Duration kDrainPatience = millis(4000);

}  // namespace

/// Tells onlookers what one producer remembers of brokers.
class Workload::FaultItems final : public FaultItemObserver {
 public:
  FaultItems(Workload& workload, const std::string& producer) : workload_(workload), producer_(producer) {}
  void on_fault_item(std::string_view broker, const FaultItem& item) override {
    TraceSink* const sink = workload_.record_.onlooker;
    if (sink == nullptr) return;
    const TimePoint now = workload_.run_.now();
    const std::int64_t isolated = std::max<std::int64_t>(item.start_timestamp - to_millis(now), 0);
    write_event(*sink, now, producer_,
                event::FaultItemSet{std::string(broker), item.current_latency, isolated, item.reachable});
  }

 private:
  Workload& workload_;
  const std::string& producer_;
};

Workload::Workload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, RunRecord& record,
                   Assert on_assert, RunScope::Failed failed)
    : world_(world),
      run_(world.runtime(), std::move(failed)),
      scenario_(scenario),
      profile_(profile),
      record_(record),
      on_assert_(std::move(on_assert)),
      journal_(run_, world, record),
      pacer_(
          run_, scenario,
          [this](std::size_t index) {
            note_late(index);
            std::visit([&](const auto& step) { perform(step, index); }, scenario_.steps[index].what);
          },
          [this] { after_steps(); }),
      sends_({run_, scenario, profile, producers_, journal_, pacer_}),
      transactions_({run_, scenario, profile, producers_, journal_, pacer_}),
      requests_({run_, scenario, profile, producers_, journal_, pacer_}),
      recalls_({run_, scenario, profile, producers_, journal_, pacer_}),
      responders_(run_, world, scenario.cluster.responders, profile, record) {
  record_.sends.resize(scenario.send_count);
  for (std::size_t index = 0; index < scenario.steps.size(); ++index) tell_of(scenario.steps[index], index);
}

/// What a row says though its send never begins.
void Workload::tell_of(const Step& step, std::size_t index) {
  for (std::uint64_t number = step.first_send; number < step.first_send + step.send_count; ++number) {
    SendRecord& record = record_.sends[number];
    record.step = index;
    if (const auto* send = std::get_if<SendStep>(&step.what)) record.mode = send->mode;
    if (const auto* request = std::get_if<RequestStep>(&step.what)) {
      record.kind = SendRecord::Kind::request;
      record.mode = request->mode;
    }
    if (std::holds_alternative<TransactionStep>(step.what)) record.kind = SendRecord::Kind::transaction;
    if (std::holds_alternative<RecallStep>(step.what)) record.kind = SendRecord::Kind::recall;
  }
}

Workload::~Workload() {
  run_.end();
  for (auto& [name, producer] : producers_) {
    producer.strategy().tolerance().set_observer(nullptr);
    producer.abandon();
  }
  transactions_.abandon();
  responders_.abandon();
}

// ---- producers

ScenarioProducer Workload::make_producer(const ProducerSpec& spec) {
  return make_scenario_producer(
      run_, {world_.runtime(), world_.client(spec.name)}, profile_, spec,
      {world_.cluster().name_server_addresses(spec.nameservers), scenario_.network.close_delay}, record_.notes);
}

/// `where` in the file it says so; a start that fails unbidden is a failure of the scenario.
void Workload::start_producer(const ProducerSpec& spec, const std::optional<ExceptionExpectation>& wanted,
                              SourceLocation where, Task then) {
  transactions_.prepare(spec);
  producers_.at(spec.name).start(
      [this, &spec, &wanted, where, then = std::move(then)](std::optional<MQError> error) mutable {
        std::optional<StartError> ended;
        if (error) {
          ended = {std::string(error_type_name(error->type)), error->response_code,
                   world_.cluster().symbolic(std::move(error->message))};
        }
        if (auto failure = check_start(spec.name, wanted, ended, where)) {
          record_.failures.push_back(std::move(*failure));
        }
        then();
      });
}

/// One after the other, as an application would: a start takes time when it looks up routes.
void Workload::start_next(std::size_t producer, Task then) {
  if (producer == scenario_.producers.size()) return then();
  const ProducerSpec& spec = scenario_.producers[producer];
  if (!spec.auto_start) return start_next(producer + 1, std::move(then));
  static const std::optional<ExceptionExpectation> kStarts;
  start_producer(spec, kStarts, {},
                 [this, producer, then = std::move(then)]() mutable { start_next(producer + 1, std::move(then)); });
}

void Workload::begin(Task done) {
  done_ = std::move(done);
  for (const ProducerSpec& spec : scenario_.producers) {
    producers_.add(spec.name, make_producer(spec));
    if (record_.onlooker == nullptr) continue;
    fault_items_.push_back(std::make_unique<FaultItems>(*this, spec.name));
    producers_.at(spec.name).strategy().tolerance().set_observer(fault_items_.back().get());
  }
  start_next(0, [this] {
    if (scenario_.lead == Duration::zero()) return begin_steps();
    run_.later(scenario_.lead, [this] { begin_steps(); });
  });
}

void Workload::set_config(const SetConfigEvent& event) {
  producers_.at(event.producer).set_config(event.config, record_.notes);
}

void Workload::start(const StartProducerEvent& event, SourceLocation where, Task done) {
  start_producer(look_up(scenario_.find_producer(event.producer), event.producer), event.exception, where,
                 std::move(done));
}

void Workload::shutdown(const ShutdownProducerEvent& event, Task done) {
  producers_.at(event.producer).shutdown(std::move(done));
}

void Workload::shutdown(Task done) {
  const std::vector<ScenarioProducer*> all = all_producers();
  auto left = std::make_shared<std::size_t>(all.size());
  auto finish = std::make_shared<Task>(std::move(done));
  if (*left == 0) return (*finish)();
  for (ScenarioProducer* producer : all) {
    producer->shutdown([left, finish] {
      if (--*left == 0) (*finish)();
    });
  }
}

// ---- steps

void Workload::begin_steps() {
  responders_.start();
  record_.first_step = run_.now();
  if (record_.onlooker != nullptr) write_event(*record_.onlooker, run_.now(), "scenario", event::StepsBegin{});
  world_.cluster().begin_faults(record_.first_step);
  for (const Expectation& expectation : scenario_.expect) {
    const std::optional<Duration> moment = expectation.moment();
    if (moment && expectation.applies_to(profile_.name)) {
      run_.later(*moment, [this, &expectation] { on_assert_(expectation); });
    }
  }
  pacer_.begin();
}

/// The first that begins later than the file says: then the rest does not go as it was meant, either.
void Workload::note_late(std::size_t index) {
  const std::optional<Duration> at = scenario_.steps[index].at;
  const Duration since = run_.now() - record_.first_step;
  if (late_ || !at || since <= *at + world_.lateness()) return;
  late_ = true;
  record_.notes.push_back("steps[" + std::to_string(index) + "] was to begin at " + format_millis(*at) +
                          " ms and began at " + format_millis(since) +
                          " ms, after the steps before it; is one of them meant to be \"background\"?");
}

void Workload::perform(const WaitStep& step, std::size_t index) {
  run_.later(step.time, [this, index] { pacer_.finish(index); });
}

void Workload::perform(const AssertStep& step, std::size_t index) {
  for (const Expectation& expectation : step.expect) {
    if (expectation.applies_to(profile_.name)) on_assert_(expectation);
  }
  pacer_.finish(index);
}

void Workload::perform(const EventStep& step, std::size_t index) {
  journal_.trace("scenario", step.kind, {{"step", index}});
  record_.events.push_back({index, run_.now()});
  perform_event(step.event, scenario_.steps[index].where, world_, this, [this, index](bool changed) {
    if (!changed) record_.idle_events.push_back(index);
    pacer_.finish(index);
  });
}

ScenarioProducer* Workload::started_producer(std::string_view name) {
  ScenarioProducer* producer = producers_.find(name);
  return producer != nullptr && producer->state() != ServiceState::CREATE_JUST ? producer : nullptr;
}

std::vector<ScenarioProducer*> Workload::all_producers() {
  std::vector<ScenarioProducer*> all = responders_.producers();
  for (auto& [name, producer] : producers_) all.push_back(&producer);
  return all;
}

void Workload::after_steps() {
  if (drain_until_ == TimePoint{}) {
    drain_until_ = run_.now() + kDrainPatience;
    const bool oneway = std::any_of(record_.sends.begin(), record_.sends.end(), [](const SendRecord& send) {
      return send.mode == CommunicationMode::ONEWAY || send.kind == SendRecord::Kind::transaction;
    });
    settle_until_ = run_.now() + (oneway ? world_.cluster().settle() + world_.lateness() : Duration::zero());
  }
  clients_.clear();
  for (const ScenarioProducer* producer : all_producers()) clients_.push_back(producer->client_state());
  const bool drained = std::all_of(clients_.begin(), clients_.end(),
                                   [](const ClientState& client) { return client.waiting_requests == 0; });
  const bool quiet = drained && run_.now() >= settle_until_;
  if (quiet || run_.now() >= drain_until_) {
    journal_.give_up();
    journal_.close();
    return done_();
  }
  run_.later(millis(10), [this] { after_steps(); });
}

}  // namespace rmqsim
