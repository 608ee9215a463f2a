#include "scenarios/harness/engine/special_steps.h"

#include <algorithm>
#include <utility>

#include "producer/client/send/message_util.h"
#include "scenarios/harness/engine/step_message.h"

namespace rmqsim {
namespace {

LocalOutcome local_outcome(TransactionState state) {
  switch (state) {
    case TransactionState::commit: return {LocalTransactionState::COMMIT_MESSAGE, {}};
    case TransactionState::rollback: return {LocalTransactionState::ROLLBACK_MESSAGE, {}};
    case TransactionState::unknown: break;
    case TransactionState::throw_: return local_exception("the scenario says so");
  }
  return {};
}

}  // namespace

struct SpecialSteps::Run {
  std::size_t index;
  const Step* step;
  const TransactionStep* transaction;
  const RequestStep* request;
  const RecallStep* recall;
  std::uint64_t count;
  Duration interval;
  bool from_start;  ///< the interval counts from start to start
  std::uint64_t next = 0;
  std::uint64_t completed = 0;
};

struct SpecialSteps::AppThread {
  ThreadId id;
  std::unique_ptr<Message> message;
};

struct SpecialSteps::Responder {
  const ResponderSpec* spec;
  ScenarioProducer producer;
  ThreadId thread = 0;
  std::uint64_t requests = 0;
};

SpecialSteps::SpecialSteps(Workload& workload) : workload_(workload), run_(workload.run_) {}

SpecialSteps::~SpecialSteps() = default;

// ---- producers and responders

void SpecialSteps::prepare(const ProducerSpec& spec) {
  const Scenario& scenario = workload_.scenario_;
  const bool transactional = std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* transaction = std::get_if<TransactionStep>(&step.what);
    return transaction != nullptr &&
           look_up(scenario.find_producer(transaction->producer), transaction->producer).group == spec.group;
  });
  if (!transactional || check_executors_.contains(spec.name)) return;
  ExecutorOptions options;
  options.name = "TransactionCheckExecutor/" + spec.name;
  options.queue_capacity = 2000;
  options.serialised = true;
  RunScope::Pool& executor = check_executors_.emplace(spec.name, run_.make_executor(std::move(options))).first->second;
  workload_.producer(spec.name).set_check_handler(
      [this, &executor, name = spec.name](std::shared_ptr<TransactionCheck> check) {
        return executor.execute([this, name, check = std::move(check)] { answer_check(name, *check); });
      });
}

void SpecialSteps::start_responders() {
  for (const ResponderSpec& spec : workload_.scenario_.cluster.responders) {
    const ThreadId thread = run_.new_thread(spec.name);
    ClientConfig client;
    client.setNamesrvAddr(workload_.world_.cluster().name_server_addresses({}));
    ProducerSettings settings;
    settings.retry_response_codes = workload_.profile_.retry_response_codes;
    settings.remoting.node = spec.name;
    ScenarioWorld& world = workload_.world_;
    ScenarioProducer producer(
        run_, std::make_shared<DefaultMQProducerImpl>(world.runtime(), world.client(spec.name), workload_.profile_,
                                                      spec.name, std::move(client), std::move(settings)));
    producer.start([this, &spec](std::optional<MQError> error) {
      if (!error) return;
      workload_.record_.failures.push_back(
          {"start of responder \"" + spec.name + "\"", std::move(error->message), {}, {}});
    });
    responders_.push_back(std::unique_ptr<Responder>(new Responder{&spec, std::move(producer), thread}));
  }
  if (responders_.empty()) return;
  workload_.world_.cluster().on_message(
      run_.bind([this](std::string_view topic, std::string_view record) { consume(topic, record); }));
}

void SpecialSteps::consume(std::string_view topic, std::string_view record) {
  for (auto& responder : responders_) {
    const ResponderSpec& spec = *responder->spec;
    if (spec.topic != topic) continue;
    auto request = decode_message_ext(workload_.profile_, record);
    if (!request || request->property(MessageConst::PROPERTY_CORRELATION_ID).empty()) continue;
    const std::uint64_t i = responder->requests++;
    if (!spec.nth.every() && !spec.nth.contains(i + 1)) continue;
    // Through the queue, as a consumer would get it: never inside the request that stored it.
    run_.later(spec.delay, [this, responder = responder.get(), i,
                                 request = std::make_unique<MessageExt>(std::move(*request))] {
      reply(*responder, *request, i);
    });
  }
}

void SpecialSteps::reply(Responder& responder, const MessageExt& request, std::uint64_t i) {
  BodySpec body;
  body.text = responder.spec->reply;
  auto made = create_reply_message(workload_.profile_, &request, body.render(i));
  auto* message = std::get_if<Message>(&made);
  if (message == nullptr || responder.producer.state() != ServiceState::RUNNING) return;
  auto held = std::make_shared<Message>(std::move(*message));
  const ThreadScope scope = run_.as(responder.thread);
  SendCall call;
  responder.producer.send(*held, std::move(call), [this, held, &responder, i](SendOutcome& outcome) {
    if (TraceSink* trace = run_.trace()) {
      trace->record(run_.now(), responder.spec->name, "replied",
                    {{"request", i},
                     {"error", outcome.error ? std::string_view(outcome.error->message) : std::string_view()}});
    }
  });
}

std::vector<ScenarioProducer*> SpecialSteps::responders() {
  std::vector<ScenarioProducer*> out;
  for (const auto& responder : responders_) out.push_back(&responder->producer);
  return out;
}

void SpecialSteps::abandon() {
  if (!responders_.empty()) workload_.world_.cluster().on_message(nullptr);
  check_executors_.clear();
  for (auto& responder : responders_) responder->producer.abandon();
}

// ---- pacing

void SpecialSteps::begin(std::size_t index, const std::vector<ThreadId>& threads) {
  const Step& step = workload_.scenario_.steps[index];
  auto run = std::make_shared<Run>();
  run->index = index;
  run->step = &step;
  run->transaction = std::get_if<TransactionStep>(&step.what);
  run->request = std::get_if<RequestStep>(&step.what);
  run->recall = std::get_if<RecallStep>(&step.what);
  run->count = step.send_count;
  run->interval = run->transaction != nullptr ? run->transaction->interval
                  : run->request != nullptr   ? run->request->interval
                                              : run->recall->interval;
  run->from_start = run->request != nullptr && run->request->mode == SendMode::async;
  for (const ThreadId id : threads) {
    auto thread = std::make_shared<AppThread>();
    thread->id = id;
    next(run, thread);
  }
}

void SpecialSteps::next(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread) {
  if (run->next == run->count) return;
  const std::uint64_t i = run->next++;
  const ThreadScope scope = run_.as(thread->id);
  if (run->transaction != nullptr) {
    transaction(run, thread, i);
  } else if (run->request != nullptr) {
    request(run, thread, i);
  } else {
    recall(run, thread, i);
  }
  if (!run->from_start || run->next == run->count) return;
  run_.later(run->interval, [this, run, thread] { next(run, thread); });
}

void SpecialSteps::ended(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread) {
  if (++run->completed == run->count) workload_.finish_step(run->index);
  if (run->from_start || run->next == run->count) return;
  // Never inside the end of this one.
  run_.later(run->interval, [this, run, thread] { next(run, thread); });
}

// ---- transactions

void SpecialSteps::transaction(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread,
                               std::uint64_t i) {
  const TransactionStep& step = *run->transaction;
  const std::uint64_t number = run->step->first_send + i;
  ScenarioProducer& producer = workload_.producer(step.producer);
  SendRecord& record = workload_.record_.sends[number];
  record.kind = SendRecord::Kind::transaction;
  record.step = run->index;
  record.start = run_.now();
  record.timeout_millis = producer.settings().send_msg_timeout;
  record.max_attempts = 1 + producer.settings().retry_times_when_send_failed;
  record.patience = step.local_time;
  record.transaction.emplace();
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), step.producer, "transaction", {{"i", number}, {"topic", step.message.topic}});
  }
  thread->message = std::make_unique<Message>(make_message(step.message, i));
  in_flight_[number] = thread->message.get();
  auto local = [this, number, &step](Message& message, LocalDone done) {
    TransactionRecord& transaction = *workload_.record_.sends[number].transaction;
    transaction.uniq_key = message.uniq_key();
    transactions_[transaction.uniq_key] = number;
    auto finish = [this, number, &step, done = std::move(done)]() mutable {
      workload_.record_.sends[number].transaction->local = step.local;
      done(local_outcome(step.local));
    };
    if (step.local_time == Duration::zero()) return finish();
    run_.later(step.local_time, std::move(finish));
  };
  auto handler = [this, run, thread, number](TransactionOutcome& outcome) {
    SendRecord& record = workload_.record_.sends[number];
    if (++record.completions > 1) return;  // the checker complains
    in_flight_.erase(number);
    record.transaction->uniq_key = thread->message->uniq_key();
    transactions_[record.transaction->uniq_key] = number;
    record.transaction->rolled_back_unseen =
        outcome.result && !runs_local_transaction(outcome.result->status);
    if (outcome.result) record.result = std::move(*outcome.result);
    record.error = std::move(outcome.error);
    record.attempts = std::move(outcome.attempts);
    workload_.note_end(run->transaction->producer, number);
    ended(run, thread);
  };
  producer.send_in_transaction(*thread->message, std::move(local), std::move(handler), workload_.log_of(number));
}

SendRecord* SpecialSteps::find_transaction(std::string_view uniq_key, const TransactionStep*& step) {
  std::optional<std::uint64_t> number;
  if (const auto known = transactions_.find(std::string(uniq_key)); known != transactions_.end()) {
    number = known->second;
  }
  for (const auto& [sending, message] : in_flight_) {
    if (message->uniq_key() == uniq_key) number = sending;
  }
  if (!number) return nullptr;
  SendRecord& record = workload_.record_.sends[*number];
  step = &std::get<TransactionStep>(workload_.scenario_.steps[record.step].what);
  return &record;
}

void SpecialSteps::answer_check(const std::string& producer, const TransactionCheck& check) {
  const TransactionStep* step = nullptr;
  SendRecord* record = find_transaction(check.message.uniq_key(), step);
  TransactionState state = TransactionState::unknown;
  if (record != nullptr && !step->check.empty()) {
    state = step->check[std::min(record->transaction->answered, step->check.size() - 1)];
  }
  if (record != nullptr) {
    ++record->transaction->answered;
    record->transaction->answered_by.insert(producer);
  }
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), producer, "check",
                  {{"key", check.message.uniq_key()},
                   {"answer", kTransactionStates[static_cast<std::size_t>(state)]}});
  }
  workload_.producer(producer).answer_check(check, local_outcome(state));
}

// ---- recalls

void SpecialSteps::recall(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread,
                          std::uint64_t i) {
  const RecallStep& step = *run->recall;
  const std::uint64_t number = run->step->first_send + i;
  ScenarioProducer& producer = workload_.producer(step.producer);
  SendRecord& record = workload_.record_.sends[number];
  record.kind = SendRecord::Kind::recall;
  record.step = run->index;
  record.start = run_.now();
  record.timeout_millis = producer.settings().send_msg_timeout;
  record.recalls = step.sends.at(i);
  const SendRecord& recalled = workload_.record_.sends[*record.recalls];
  const std::string handle = recalled.result ? recalled.result->recall_handle.value_or("") : "";
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), step.producer, "recall", {{"i", number}, {"send", *record.recalls}});
  }
  producer.recall(step.topic ? *step.topic : topic_of(*record.recalls), handle,
                 [this, run, thread, number](std::variant<std::string, MQError> outcome) {
                   SendRecord& record = workload_.record_.sends[number];
                   if (++record.completions > 1) return;  // the checker complains
                   if (auto* error = std::get_if<MQError>(&outcome)) record.error = std::move(*error);
                   workload_.note_end(run->recall->producer, number);
                   ended(run, thread);
                 });
}

std::string SpecialSteps::topic_of(std::uint64_t number) const {
  for (const Step& step : workload_.scenario_.steps) {
    if (number < step.first_send || number >= step.first_send + step.send_count) continue;
    if (const auto* send = std::get_if<SendStep>(&step.what)) return send->message.topic;
    if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) return transaction->message.topic;
    if (const auto* request = std::get_if<RequestStep>(&step.what)) return request->message.topic;
    if (const auto* recall = std::get_if<RecallStep>(&step.what)) {
      return recall->topic ? *recall->topic : topic_of(recall->sends.at(number - step.first_send));
    }
  }
  return {};
}

// ---- requests

void SpecialSteps::request(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread,
                           std::uint64_t i) {
  const RequestStep& step = *run->request;
  const std::uint64_t number = run->step->first_send + i;
  ScenarioProducer& producer = workload_.producer(step.producer);
  SendRecord& record = workload_.record_.sends[number];
  record.kind = SendRecord::Kind::request;
  record.mode = step.mode;
  record.step = run->index;
  record.start = run_.now();
  record.timeout_millis = step.timeout_ms;
  record.max_attempts = 1 + producer.settings().retry_times_when_send_async_failed;
  if (TraceSink* trace = run_.trace()) {
    trace->record(run_.now(), step.producer, "ask", {{"i", number}, {"topic", step.message.topic}});
  }
  RequestCall call;
  call.with_callback = step.mode == SendMode::async;
  call.timeout_millis = step.timeout_ms;
  call.decisions = workload_.log_of(number);
  if (step.queue) {
    call.path = SendPath::queue;
    call.queue = MessageQueue(step.message.topic, step.queue->broker, step.queue->queue_id);
  } else if (step.selector) {
    call.path = SendPath::selector;
    call.selector = make_step_selector(*step.selector, i, run_.random("selector"));
  }
  Message message = make_message(step.message, i);
  producer.request(message, std::move(call), [this, run, thread, number](RequestOutcome& outcome) {
    called_back(run, thread, number, outcome);
  });
}

void SpecialSteps::called_back(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread,
                               std::uint64_t number, RequestOutcome& outcome) {
  SendRecord& record = workload_.record_.sends[number];
  if (record.mode == SendMode::async) {
    record.callbacks.emplace_back(kRequestCallbacks[outcome.kind == RequestOutcome::Kind::stored      ? 0
                                                    : outcome.kind == RequestOutcome::Kind::reply     ? 1
                                                    : outcome.kind == RequestOutcome::Kind::exception ? 2
                                                                                                      : 3]);
  }
  // A request with a callback is over when it has more to say than that it was stored; what comes after that is only
  // noted, since Java calls back more than once (behaviour §10.2).
  if (outcome.kind == RequestOutcome::Kind::stored || record.completions > 0) return;
  ++record.completions;
  if (outcome.reply) record.reply = outcome.reply->getBody();
  record.error = std::move(outcome.error);
  if (outcome.attempts != nullptr) record.attempts = *outcome.attempts;
  workload_.note_end(run->request->producer, number);
  ended(run, thread);
}

}  // namespace rmqsim
