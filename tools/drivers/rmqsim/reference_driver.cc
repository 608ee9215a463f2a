#include "tools/drivers/rmqsim/reference_driver.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "producer/remoting/codec/json_text.h"
#include "producer/transport/default_world.h"
#include "scenarios/harness/engine/producers/scenario_producers.h"
#include "scenarios/harness/file/producer_settings.h"
#include "tools/drivers/protocol/base64.h"
#include "tools/drivers/protocol/driver_messages.h"
#include "tools/drivers/rmqsim/driven_messages.h"

namespace rmqsim {
namespace reference {
namespace {

using Json = nlohmann::json;

Json exception_json(const MQError& error) {
  const bool has_code = error.type == ErrorType::MQClientException || error.type == ErrorType::MQBrokerException ||
                        error.type == ErrorType::RequestTimeoutException;
  Json json = {{"type", error_type_name(error.type)}, {"message", error.message}};
  json["responseCode"] = has_code ? Json(error.response_code) : Json(nullptr);
  return json;
}

TransactionState state_of(const Json& word) {
  for (std::size_t k = 0; k < std::size(kTransactionStates); ++k) {
    if (word == kTransactionStates[k]) return static_cast<TransactionState>(k);
  }
  throw std::runtime_error("unknown answer of a listener");
}

LocalOutcome local_outcome(TransactionState state) {
  switch (state) {
    case TransactionState::commit:
      return {LocalTransactionState::COMMIT_MESSAGE, {}};
    case TransactionState::rollback:
      return {LocalTransactionState::ROLLBACK_MESSAGE, {}};
    case TransactionState::unknown:
      break;
    case TransactionState::throw_:
      return local_exception("the scenario says so");
  }
  return {};
}

std::string keys_of(const Message& message) {
  return message.is_batch() ? message.batch_uniq_keys() : std::string(message.uniq_key());
}

/// What is known of a send from its request to its answer, and of a transaction longer.
struct Turn {
  std::uint64_t i = 0;
  TimePoint start{};
  std::unique_ptr<Message> message;
  bool answered = false;
  std::vector<TransactionState> check;
  std::size_t checked = 0;
  std::string key;
  Json local;
};
using TurnPtr = std::shared_ptr<Turn>;

class Driver {
 public:
  Driver(const Profile& profile, std::ostream& out)
      : profile_(profile), out_(out), world_(make_default_world()),
        run_(runtime(), [this](const std::string& what) { say({{"error", what}}); }) {}
  ~Driver() {
    runtime().run([this] {
      run_.end();
      for (auto& [name, producer] : producers_) producer.abandon();
    });
  }

  /// False: that was all.
  bool take(const std::string& line) {
    const Json request = json_or_discarded<Json>(line);
    try {
      if (!request.is_object()) throw std::runtime_error("that is no request");
      if (request.at("op") == "bye") {
        say({{"bye", true}});
        return false;
      }
      runtime().run([&] { perform(request); });
    } catch (const std::exception& error) {
      say({{"error", error.what()}});
    }
    return true;
  }

 private:
  Runtime& runtime() { return world_->world().runtime; }

  void say(const Json& json) {
    const std::lock_guard lock(mutex_);
    out_ << json_text(json) << "\n" << std::flush;
  }

  void perform(const Json& request) {
    const std::string op = request.at("op");
    if (op == "hello") return hello();
    if (op == "producer") return make(request);
    if (op == "start") return start(request.at("producer"));
    if (op == "config") return change(request);
    if (op == "shutdown") return shut_down(request.at("producer"));
    const auto thread = run_.as(thread_of(request.value("thread", 0u)));
    if (op == "send") return send(request);
    if (op == "transaction") return transaction(request);
    if (op == "request") return ask(request);
    if (op == "recall") return recall(request);
    say({{"unsupported", "op " + op}});
  }

  ThreadId thread_of(std::uint32_t number) {
    const auto known = threads_.find(number);
    if (known != threads_.end()) return known->second;
    return threads_.emplace(number, run_.new_thread("app-" + std::to_string(number))).first->second;
  }

  // ---- producers

  void hello() {
    Json json = {{"protocol", kDriverProtocol}, {"client", "rmqsim"}, {"version", RMQSIM_VERSION},
                 {"profile", profile_.name},    {"modes", kSendModes}, {"features", kDriverFeatures}};
    json["settings"] = Json::array();
    for (const KeyRow& row : setting_rows()) json["settings"].push_back(row.name);
    say(json);
  }

  void make(const Json& request) {
    const ProducerSpec spec = producer_spec(request);
    std::vector<std::string> notes;
    producers_.add(spec.name, make_scenario_producer(run_, world_->world(), profile_, spec,
                                                     {request.at("namesrv").get<std::string>(), {}}, notes));
    if (request.value("transactions", false)) listen(spec.name);
    if (!request.value("start", true)) return say({{"producer", spec.name}});
    begin("producer", spec.name);
  }
  void start(const std::string& name) { begin("start", name); }
  void begin(const std::string& answer, const std::string& name) {
    producers_.at(name).start([this, answer, name](std::optional<MQError> error) {
      Json json = {{answer, name}};
      if (error) json["exception"] = exception_json(*error);
      say(json);
    });
  }
  void change(const Json& request) {
    const std::string name = request.at("producer");
    std::vector<std::string> notes;
    producers_.at(name).set_config(changed_config(request), notes);
    say({{"config", name}});
  }
  void shut_down(const std::string& name) {
    producers_.at(name).shutdown([this, name] { say({{"shutdown", name}}); });
  }

  // ---- sends

  TurnPtr turn_of(const Json& request) {
    auto turn = std::make_shared<Turn>();
    turn->i = request.at("i");
    turn->start = run_.now();
    return turn;
  }

  void answer(Turn& turn, Json json, const std::optional<MQError>& error) {
    const bool again = std::exchange(turn.answered, true);
    if (again) return say({{"i", turn.i}, {"callback", error ? "EXCEPTION" : "RESULT"}});
    json["i"] = turn.i;
    json["elapsedMs"] = to_fractional_millis(run_.now() - turn.start);
    if (error) {
      json["outcome"] = "EXCEPTION";
      json["exception"] = exception_json(*error);
    }
    say(json);
  }

  static Json result_json(const SendResult* result, const Message* message) {
    Json json;
    if (message != nullptr) json["msgId"] = keys_of(*message);
    if (result == nullptr) {
      json["outcome"] = "SENT";
      return json;
    }
    json["outcome"] = send_status_name(result->status);
    json["broker"] = result->message_queue.getBrokerName();
    json["queueId"] = result->message_queue.getQueueId();
    json["msgId"] = result->msg_id;
    if (result->recall_handle) json["recallHandle"] = *result->recall_handle;
    return json;
  }

  void send(const Json& request) {
    ScenarioProducer& producer = producers_.at(request.at("producer").get<std::string>());
    const std::string topic = request.at("topic");
    const TurnPtr turn = turn_of(request);
    SendCall call;
    const std::string mode = request.at("mode");
    call.mode = mode == "async"    ? CommunicationMode::ASYNC
                : mode == "oneway" ? CommunicationMode::ONEWAY
                                   : CommunicationMode::SYNC;
    const bool timed = request.contains("timeoutMs");
    call.timeout_millis = timed ? request["timeoutMs"].get<std::int64_t>() : producer.settings().send_msg_timeout;
    call.may_batch = !timed && !request.contains("batch") && mode != "oneway";
    aim(call, request);
    if (request.contains("batch")) {
      std::vector<Message> members;
      for (const Json& member : request["batch"]) members.push_back(message_of(member, topic));
      auto made = producer.batch(members);
      if (const auto* error = std::get_if<MQError>(&made)) return answer(*turn, {}, *error);
      turn->message = std::make_unique<Message>(std::move(std::get<Message>(made)));
    } else {
      turn->message = std::make_unique<Message>(message_of(request, topic));
    }
    const bool selects_first = call.path == SendPath::selector && !timed && profile_.selector_runs_first &&
                               call.mode != CommunicationMode::ONEWAY;
    if (!selects_first) return issue(producer, turn, std::move(call));
    MessageQueueSelector& selector = *call.selector;
    const std::int64_t timeout = call.timeout_millis;
    producer.invoke_message_queue_selector(
        *turn->message, selector, timeout,
        [this, &producer, turn,
         call = std::make_unique<SendCall>(std::move(call))](std::variant<MessageQueue, MQError> outcome) mutable {
          if (auto* error = std::get_if<MQError>(&outcome)) return failed(*turn, *call, *error);
          call->path = SendPath::queue;
          call->queue = std::move(std::get<MessageQueue>(outcome));
          issue(producer, turn, std::move(*call));
        });
  }

  void failed(Turn& turn, const SendCall& call, const MQError& error) {
    answer(turn, {}, error);
    if (call.mode == CommunicationMode::ASYNC) say({{"i", turn.i}, {"called", true}});
  }

  void issue(ScenarioProducer& producer, const TurnPtr& turn, SendCall&& call) {
    const auto done = [this, turn](SendOutcome& outcome) {
      if (outcome.amended) return;
      answer(*turn, result_json(outcome.result, outcome.message), outcome.error);
    };
    if (call.mode != CommunicationMode::ASYNC) return producer.send(*turn->message, std::move(call), done);
    producer.begin_async(std::move(*turn->message), std::move(call), done, [this, turn](std::optional<MQError> error) {
      if (error) answer(*turn, {}, error);
      say({{"i", turn->i}, {"called", true}});
    });
  }

  // ---- transactions

  void listen(const std::string& name) {
    ExecutorOptions options;
    options.name = "TransactionCheckExecutor/" + name;
    options.queue_capacity = 2000;
    options.serialised = true;
    auto executor = std::make_shared<RunScope::Pool>(run_.make_executor(std::move(options)));
    producers_.at(name).set_check_handler([this, name, executor](std::shared_ptr<TransactionCheck> check) {
      return executor->execute([this, name, check = std::move(check)] { check_of(name, *check); });
    });
  }

  void check_of(const std::string& name, const TransactionCheck& check) {
    TransactionState state = TransactionState::unknown;
    for (const TurnPtr& turn : transactions_) {
      const std::string_view key = turn->key.empty() ? turn->message->uniq_key() : std::string_view(turn->key);
      if (key != check.message.uniq_key()) continue;
      if (!turn->check.empty()) state = turn->check[std::min(turn->checked, turn->check.size() - 1)];
      ++turn->checked;
    }
    producers_.at(name).answer_check(check, local_outcome(state));
  }

  void transaction(const Json& request) {
    ScenarioProducer& producer = producers_.at(request.at("producer").get<std::string>());
    const TurnPtr turn = turn_of(request);
    const TransactionState local = state_of(request.at("local"));
    const Duration takes = millis(request.value("localMs", std::int64_t{0}));
    for (const Json& word : request.value("check", Json::array())) turn->check.push_back(state_of(word));
    turn->message = std::make_unique<Message>(message_of(request, request.at("topic")));
    transactions_.push_back(turn);
    producer.send_in_transaction(
        *turn->message,
        [this, turn, local, takes](Message&, LocalDone done) {
          auto finish = [turn, local, done = std::move(done)]() mutable {
            turn->local = kTransactionStates[static_cast<std::size_t>(local)];
            done(local_outcome(local));
          };
          if (takes == Duration::zero()) return finish();
          run_.later(takes, std::move(finish));
        },
        [this, turn](TransactionOutcome& outcome) {
          turn->key = turn->message->uniq_key();
          Json json = result_json(outcome.result ? &*outcome.result : nullptr, turn->message.get());
          json["msgId"] = turn->key;
          if (!turn->local.is_null()) json["local"] = turn->local;
          answer(*turn, std::move(json), outcome.error);
        },
        nullptr);
  }

  // ---- requests and recalls

  void ask(const Json& request) {
    ScenarioProducer& producer = producers_.at(request.at("producer").get<std::string>());
    const TurnPtr turn = turn_of(request);
    RequestCall call;
    call.with_callback = request.at("mode") == "async";
    call.timeout_millis = request.at("timeoutMs");
    aim(call, request);
    const bool calls_back = call.with_callback;
    turn->message = std::make_unique<Message>(message_of(request, request.at("topic")));
    const auto called_back = [this, turn, calls_back](RequestOutcome& outcome) {
      if (outcome.amended) return;
      if (calls_back) {
        constexpr std::string_view kWords[] = {"REPLY", "STORED", "EXCEPTION", "THROWN"};  // in the order of its Kind
        say({{"i", turn->i}, {"callback", kWords[static_cast<std::size_t>(outcome.kind)]}});
      }
      if (outcome.kind == RequestOutcome::Kind::stored || turn->answered) return;
      Json json = {{"outcome", "REPLY"}};
      if (const auto key = turn->message->uniq_key(); !key.empty()) json["msgId"] = key;
      if (outcome.reply) json["reply"] = base64_text(outcome.reply->getBody());
      answer(*turn, std::move(json), outcome.error);
    };
    producer.request(*turn->message, std::move(call), called_back, [this, turn, calls_back] {
      if (calls_back) say({{"i", turn->i}, {"called", true}});
    });
  }

  void recall(const Json& request) {
    const TurnPtr turn = turn_of(request);
    producers_.at(request.at("producer").get<std::string>())
        .recall(request.at("topic"), request.at("handle"), [this, turn](std::variant<std::string, MQError> outcome) {
          std::optional<MQError> error;
          if (auto* failure = std::get_if<MQError>(&outcome)) error = std::move(*failure);
          answer(*turn, {{"outcome", "RECALLED"}}, error);
        });
  }

  const Profile& profile_;
  std::ostream& out_;
  std::mutex mutex_;
  std::unique_ptr<OwnedWorld> world_;
  RunScope run_;
  ScenarioProducers producers_;
  std::map<std::uint32_t, ThreadId> threads_;
  std::vector<TurnPtr> transactions_;
};

}  // namespace
}  // namespace reference

int run_reference_driver(const Profile& profile, std::istream& in, std::ostream& out) {
  reference::Driver driver(profile, out);
  std::string line;
  while (std::getline(in, line)) {
    if (!driver.take(line)) return 0;
  }
  return 0;
}

}  // namespace rmqsim
