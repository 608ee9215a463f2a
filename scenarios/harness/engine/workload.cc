#include "scenarios/harness/engine/workload.h"

#include <algorithm>
#include <utility>

#include "producer/client/api/acl_client_rpc_hook.h"
#include "producer/remoting/codec/java_hash.h"
#include "scenarios/harness/engine/special_steps.h"
#include "scenarios/harness/engine/step_message.h"

namespace rmqsim {
namespace {

/// Longest wait for requests in flight after the last step: a heartbeat to a broker that never answers.
constexpr Duration kDrainPatience = millis(4000);

/// As SendResult::msg_id has them.
std::string keys_of(const Message& message) {
  return message.is_batch() ? message.batch_uniq_keys() : std::string(message.uniq_key());
}

}  // namespace

struct Workload::StepRun {
  std::size_t index;
  const Step* step;
  const SendStep* send;
  std::uint64_t next = 0;       // number within the step of the next send to begin
  std::uint64_t completed = 0;
};

struct Workload::AppThread {
  ThreadId id;
  std::unique_ptr<Message> message;  // of the sync send under way
};

Workload::Workload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, RunRecord& record,
                   Assert on_assert, RunScope::Failed failed)
    : world_(world), run_(world.runtime(), std::move(failed)), scenario_(scenario), profile_(profile), record_(record),
      on_assert_(std::move(on_assert)) {
  record_.sends.resize(scenario.send_count);
  special_ = std::make_unique<SpecialSteps>(*this);
}

Workload::~Workload() {
  run_.end();
  for (auto& [name, producer] : producers_) producer.abandon();
  special_->abandon();
}

// ---- steps

ScenarioProducer Workload::make_producer(const ProducerSpec& spec) {
  ClientConfig client;
  ProducerSettings settings;
  settings.retry_response_codes = profile_.retry_response_codes;
  settings.record_attempts = true;
  settings.remoting.node = spec.name;
  settings.remoting.close_delay = scenario_.network.close_delay;
  client.setNamesrvAddr(world_.cluster().name_server_addresses(spec.nameservers));
  if (spec.queue_index) {
    settings.queue_index_start = spec.queue_index->start;
    settings.queue_index_resets = spec.queue_index->resets;
    settings.async_sender_threads = 1;
    client.setClientCallbackExecutorThreads(1);
  }
  if (spec.credentials) settings.rpc_hook = std::make_shared<AclClientRPCHook>(*spec.credentials);
  apply_config(spec.config, profile_, client, settings, record_.notes);
  ScenarioProducer producer(
      run_, std::make_shared<DefaultMQProducerImpl>(world_.runtime(), world_.client(spec.name), profile_, spec.group,
                                                    std::move(client), std::move(settings)));
  apply_config(spec.config, producer.strategy());
  return producer;
}

/// `where` in the file it says so; a start that fails is a failure of the scenario.
void Workload::start_producer(const ProducerSpec& spec, SourceLocation where, Task then) {
  special_->prepare(spec);
  producers_.at(spec.name).start(
      [this, &spec, where, then = std::move(then)](std::optional<MQError> error) mutable {
        if (error) {
          record_.failures.push_back({"start of producer \"" + spec.name + "\"",
                                      world_.cluster().symbolic(std::move(error->message)), {}, where});
        }
        then();
      });
}

/// One after the other, as an application would: a start takes time when it looks up routes.
void Workload::start_next(std::size_t producer, Task then) {
  if (producer == scenario_.producers.size()) return then();
  const ProducerSpec& spec = scenario_.producers[producer];
  if (!spec.auto_start) return start_next(producer + 1, std::move(then));
  start_producer(spec, {}, [this, producer, then = std::move(then)]() mutable {
    start_next(producer + 1, std::move(then));
  });
}

void Workload::begin(Task done) {
  done_ = std::move(done);
  for (const ProducerSpec& spec : scenario_.producers) producers_.add(spec.name, make_producer(spec));
  start_next(0, [this] { begin_steps(); });
}

void Workload::begin_steps() {
  special_->start_responders();
  record_.first_step = run_.now();
  world_.cluster().begin_faults(record_.first_step);
  for (const Expectation& expectation : scenario_.expect) {
    const std::optional<Duration> moment = expectation.moment();
    if (moment && expectation.applies_to(profile_.name)) {
      run_.later(*moment, [this, &expectation] { on_assert_(expectation); });
    }
  }
  run_step(0);
}

void Workload::run_step(std::size_t index) {
  if (index == scenario_.steps.size()) {
    all_begun_ = true;
    if (unfinished_steps_ == 0) after_steps();
    return;
  }
  const Step& step = scenario_.steps[index];
  ++unfinished_steps_;
  const Duration since = run_.now() - record_.first_step;
  if (step.at && *step.at > since) {
    run_.later(*step.at - since, [this, index] { perform(index); });
  } else {
    perform(index);
  }
}

void Workload::perform(std::size_t index) {
  const Step& step = scenario_.steps[index];
  if (std::holds_alternative<SendStep>(step.what)) {
    begin_sends(index);
  } else if (std::holds_alternative<TransactionStep>(step.what) || std::holds_alternative<RequestStep>(step.what) ||
             std::holds_alternative<RecallStep>(step.what)) {
    special_->begin(index, app_threads(step.concurrency));
  } else if (const auto* wait = std::get_if<WaitStep>(&step.what)) {
    run_.later(wait->time, [this, index] { finish_step(index); });
  } else if (const auto* assertion = std::get_if<AssertStep>(&step.what)) {
    for (const Expectation& expectation : assertion->expect) {
      if (expectation.applies_to(profile_.name)) on_assert_(expectation);
    }
    finish_step(index);
  } else if (const auto* event = std::get_if<EventStep>(&step.what)) {
    perform_event(*event, index);
  }
  if (step.background) run_step(index + 1);
}

void Workload::finish_step(std::size_t index) {
  --unfinished_steps_;
  if (!scenario_.steps[index].background) {
    // Through the queue, so that a thousand steps that take no time do not nest.
    run_.post([this, index] { run_step(index + 1); });
  } else if (all_begun_ && unfinished_steps_ == 0) {
    after_steps();
  }
}

ScenarioProducer* Workload::started_producer(std::string_view name) {
  ScenarioProducer* producer = producers_.find(name);
  return producer != nullptr && producer->state() != ServiceState::CREATE_JUST ? producer : nullptr;
}

std::vector<ScenarioProducer*> Workload::all_producers() {
  std::vector<ScenarioProducer*> all = special_->responders();
  for (auto& [name, producer] : producers_) all.push_back(&producer);
  return all;
}

void Workload::after_steps() {
  if (drain_until_ == TimePoint{}) {
    drain_until_ = run_.now() + kDrainPatience;
    const bool oneway = std::any_of(record_.sends.begin(), record_.sends.end(), [](const SendRecord& send) {
      return send.mode == SendMode::oneway || send.kind == SendRecord::Kind::transaction;
    });
    settle_until_ = run_.now() + (oneway ? world_.cluster().settle() + world_.lateness() : Duration::zero());
  }
  clients_.clear();
  for (const ScenarioProducer* producer : all_producers()) clients_.push_back(producer->client_state());
  const bool drained = std::all_of(clients_.begin(), clients_.end(),
                                   [](const ClientState& client) { return client.waiting_requests == 0; });
  const bool quiet = drained && run_.now() >= settle_until_;
  if (quiet || run_.now() >= drain_until_) return done_();
  run_.later(millis(10), [this] { after_steps(); });
}

void Workload::perform_event(const EventStep& step, std::size_t index) {
  Cluster& cluster = world_.cluster();
  const auto each = [](const std::vector<std::string>& names, auto&& action) {
    for (const std::string& name : names) action(name);
  };
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), "scenario", step.kind, {{"step", index}});
  }
  bool finished = true;
  std::visit(
      [&](const auto& event) {
        using Event = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<Event, CrashEvent>) {
          each(event.servers, [&](const std::string& name) { cluster.crash(name); });
        } else if constexpr (std::is_same_v<Event, RestartEvent>) {
          each(event.servers, [&](const std::string& name) { cluster.restart(name); });
        } else if constexpr (std::is_same_v<Event, PauseEvent>) {
          each(event.servers, [&](const std::string& name) { cluster.pause(name); });
        } else if constexpr (std::is_same_v<Event, ResumeEvent>) {
          each(event.servers, [&](const std::string& name) { cluster.resume(name); });
        } else if constexpr (std::is_same_v<Event, PartitionEvent>) {
          world_.partition(event);
        } else if constexpr (std::is_same_v<Event, HealEvent>) {
          world_.heal(event);
        } else if constexpr (std::is_same_v<Event, SetConfigEvent>) {
          producers_.at(event.producer).set_config(event.config, record_.notes);
        } else if constexpr (std::is_same_v<Event, StartProducerEvent>) {
          finished = false;
          start_producer(look_up(scenario_.find_producer(event.producer), event.producer),
                         scenario_.steps[index].where, [this, index] { finish_step(index); });
        } else if constexpr (std::is_same_v<Event, ShutdownProducerEvent>) {
          finished = false;
          producers_.at(event.producer).shutdown([this, index] { finish_step(index); });
        } else if (!cluster.perform(event)) {
          record_.idle_events.push_back(index);
        }
      },
      step.event);
  if (finished) finish_step(index);
}

// ---- sends

void Workload::begin_sends(std::size_t index) {
  const Step& step = scenario_.steps[index];
  auto run = std::make_shared<StepRun>();
  run->index = index;
  run->step = &step;
  run->send = &std::get<SendStep>(step.what);
  for (const ThreadId id : app_threads(step.concurrency)) {
    auto thread = std::make_shared<AppThread>();
    thread->id = id;
    next_send(run, thread);
  }
}

std::vector<ThreadId> Workload::app_threads(std::uint32_t n) {
  while (app_threads_.size() < n) {
    app_threads_.push_back(run_.new_thread("app-" + std::to_string(app_threads_.size())));
  }
  return {app_threads_.begin(), app_threads_.begin() + n};
}

void Workload::next_send(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread) {
  if (run->next == run->send->count) return;
  send_one(run, thread, run->next++);
}

SendCall Workload::make_call(const SendStep& step, const ProducerSettings& settings, std::uint64_t i) {
  SendCall call;
  call.mode = step.mode == SendMode::sync    ? CommunicationMode::SYNC
              : step.mode == SendMode::async ? CommunicationMode::ASYNC
                                             : CommunicationMode::ONEWAY;
  call.timeout_millis = step.timeout_ms.value_or(settings.send_msg_timeout);
  call.may_batch = !step.timeout_ms && step.batch == 0 && step.mode != SendMode::oneway;
  if (step.queue) {
    call.path = SendPath::queue;
    call.queue = MessageQueue(step.message.topic, step.queue->broker, step.queue->queue_id);
  } else if (step.selector) {
    call.path = SendPath::selector;
    call.selector = make_step_selector(*step.selector, i, run_.random("selector"));
  }
  return call;
}

void Workload::send_one(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread,
                        std::uint64_t i) {
  const SendStep& step = *run->send;
  const std::uint64_t number = run->step->first_send + i;
  ScenarioProducer& producer = producers_.at(step.producer);
  SendCall call = make_call(step, producer.settings(), i);
  SendRecord& record = record_.sends[number];
  record.mode = step.mode;
  record.step = run->index;
  record.start = run_.now();
  record.timeout_millis = call.timeout_millis;
  call.decisions = log_of(number);
  const ProducerSettings& settings = producer.settings();
  if (call.mode == CommunicationMode::ASYNC) record.max_attempts = 1 + settings.retry_times_when_send_async_failed;
  if (call.mode == CommunicationMode::SYNC && call.path == SendPath::default_path) {
    record.max_attempts = 1 + settings.retry_times_when_send_failed;
  }
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), step.producer, "send", {{"i", number}, {"topic", step.message.topic}});
  }
  const ThreadScope scope = run_.as(thread->id);
  auto message = std::make_unique<Message>();
  if (step.batch > 0) {
    std::vector<Message> members;
    for (std::uint32_t k = 0; k < step.batch; ++k) members.push_back(make_message(step.message, i * step.batch + k));
    auto batched = producer.batch(members);
    if (auto* error = std::get_if<MQError>(&batched)) {
      SendOutcome outcome;
      outcome.error = std::move(*error);
      run_.post([this, run, thread, number, outcome = std::make_unique<SendOutcome>(std::move(outcome))] {
        completed(run, number, *outcome);
        if (run->send->mode == SendMode::async) return after_send(run, thread, number);
        next_send(run, thread);
      });
      return;
    }
    *message = std::move(std::get<Message>(batched));
  } else {
    *message = make_message(step.message, i);
  }
  if (call.path == SendPath::selector && !step.timeout_ms && profile_.selector_runs_first &&
      call.mode != CommunicationMode::ONEWAY) {
    Message& selected_for = *message;
    MessageQueueSelector& selector = *call.selector;
    auto issue_then = [this, run, thread, number, message = std::move(message),
                       call = std::make_unique<SendCall>(std::move(call))](
                          std::variant<MessageQueue, MQError> outcome) mutable {
      if (auto* error = std::get_if<MQError>(&outcome)) {
        SendOutcome failed{.error = std::move(*error)};
        completed(run, number, failed);
        return after_send(run, thread, number);
      }
      call->path = SendPath::queue;
      call->queue = std::move(std::get<MessageQueue>(outcome));
      issue(run, thread, number, std::move(message), std::move(*call));
    };
    return producer.invoke_message_queue_selector(selected_for, selector, record.timeout_millis,
                                                  std::move(issue_then));
  }
  issue(run, thread, number, std::move(message), std::move(call));
}

void Workload::issue(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread,
                     std::uint64_t number, std::unique_ptr<Message> message, SendCall&& call) {
  ScenarioProducer& producer = producers_.at(run->send->producer);
  if (call.mode == CommunicationMode::ASYNC) {
    // The call returns at once, or when back-pressure lets it.
    return producer.begin_async(
        std::move(*message), std::move(call), [this, run, number](SendOutcome& o) { completed(run, number, o); },
        [this, run, thread, number](std::optional<MQError> error) {
          if (error) {
            SendOutcome outcome;
            outcome.error = std::move(error);
            completed(run, number, outcome);
          }
          after_send(run, thread, number);
        });
  }
  thread->message = std::move(message);
  producer.send(*thread->message, std::move(call), [this, run, thread, number](SendOutcome& outcome) {
    completed(run, number, outcome);
    if (!outcome.amended) after_send(run, thread, number);
  });
}

// The interval counts from the end of a sync send and from the start of any other, whose call may have had to wait for
// a route or a permit. Through the queue or a timer: the next send must not begin inside the end of this one.
void Workload::after_send(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread,
                          std::uint64_t number) {
  if (run->next == run->send->count) return;
  auto next = [this, run, thread] { next_send(run, thread); };
  const SendMode mode = run->send->mode;
  const Duration since_start = run_.now() - record_.sends[number].start;
  const Duration pause = run->send->interval - (mode == SendMode::sync ? Duration{0} : since_start);
  if (pause > Duration::zero() || mode == SendMode::async) {
    run_.later(std::max(pause, Duration::zero()), std::move(next));
  } else {
    run_.post(std::move(next));
  }
}

void Workload::completed(const std::shared_ptr<StepRun>& run, std::uint64_t number, SendOutcome& outcome) {
  SendRecord& record = record_.sends[number];
  if (outcome.amended) {
    record.attempts = *outcome.attempts;
    return;
  }
  if (++record.completions > 1) return;  // the checker complains
  if (outcome.message != nullptr) record.msg_id = keys_of(*outcome.message);
  if (outcome.result != nullptr) record.result = std::move(*outcome.result);
  record.error = std::move(outcome.error);
  if (outcome.attempts != nullptr) record.attempts = *outcome.attempts;
  note_end(run->send->producer, number);
  if (++run->completed == run->send->count) finish_step(run->index);
}

void Workload::note_end(const std::string& producer, std::uint64_t number) {
  SendRecord& record = record_.sends[number];
  record.end = run_.now();
  if (record.error) record.error->message = world_.cluster().symbolic(std::move(record.error->message));
  TraceSink* trace = run_.trace();
  if (trace == nullptr) return;
  for (const AttemptRecord& attempt : record.attempts) {
    trace->record(attempt.start, producer, "attempt",
                  {{"i", number}, {"broker", attempt.broker}, {"queueId", attempt.queue_id},
                   {"elapsedUs", attempt.elapsed.count() / 1000}, {"timeoutMs", attempt.timeout_millis},
                   {"outcome", attempt.outcome}});
  }
  trace->record(run_.now(), producer, "result",
                {{"i", number}, {"outcome", record.outcome()},
                 {"error", record.error ? std::string_view(record.error->message) : std::string_view()}});
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

}  // namespace rmqsim
