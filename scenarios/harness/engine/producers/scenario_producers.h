// The producers of a scenario as their application holds them: there from the beginning, as beans are, whether started
// or not, so that everything may be done with them at any time and Java's answer comes of it. Their handlers are bound
// to the run. All under the monitor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "producer/client/admin/recall.h"
#include "producer/client/held/back_pressure.h"
#include "producer/client/request/request_task.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/client/transaction/transaction_send.h"
#include "producer/transport/default_world.h"
#include "scenarios/harness/engine/judging/client_state.h"
#include "scenarios/harness/engine/producers/producer_config.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/file/look_up.h"

namespace rmqsim {

class ScenarioProducer {
 public:
  ScenarioProducer(RunScope& run, std::shared_ptr<DefaultMQProducerImpl> producer)
      : run_(run), producer_(std::move(producer)) {}

  const ProducerSettings& settings() const { return producer_->settings(); }
  MQFaultStrategy& strategy() { return producer_->strategy(); }
  ServiceState state() const { return producer_->state(); }
  ClientState client_state() const;
  /// Permits of back-pressure that are not there.
  std::int64_t permits_out() const {
    return producer_->back_pressure().num() - producer_->back_pressure().available_num();
  }
  /// Entries of its client's response table.
  std::size_t requests_waiting() const {
    const MQClientInstance* instance = producer_->instance();
    return instance == nullptr ? 0 : instance->requests_in_flight();
  }
  void set_config(const ProducerConfig& config, std::vector<std::string>& notes) {
    apply_config(config, *producer_, notes);
  }
  /// Without telling anybody.
  void abandon() {
    producer_->set_check_handler(nullptr);
    producer_->abandon();
  }

  // As the functions of DefaultMQProducerImpl, and those around it, of these names.
  template <class Handler>
  void start(Handler started) {
    producer_->start(run_.bind(std::move(started)));
  }
  template <class Handler>
  void shutdown(Handler done) {
    producer_->shutdown(run_.bind(std::move(done)));
  }
  std::variant<Message, MQError> batch(std::vector<Message>& messages) { return producer_->batch(messages); }
  template <class Handler>
  void send(Message& message, SendCall&& call, Handler handler) {
    producer_->send(message, std::move(call), run_.bind(std::move(handler)));
  }
  template <class Handler, class Returned>
  void begin_async(Message message, SendCall&& call, Handler handler, Returned returned) {
    producer_->begin_async(std::move(message), std::move(call), run_.bind(std::move(handler)),
                           run_.bind(std::move(returned)));
  }
  template <class Handler>
  void invoke_message_queue_selector(Message& message, MessageQueueSelector& selector, std::int64_t timeout_millis,
                                     Handler handler) {
    producer_->invoke_message_queue_selector(message, selector, {}, timeout_millis, run_.bind(std::move(handler)));
  }
  template <class Local, class Handler>
  void send_in_transaction(Message& message, Local local, Handler handler, DecisionLog* decisions) {
    send_message_in_transaction(producer_, message, run_.bind(std::move(local)), run_.bind(std::move(handler)),
                                decisions);
  }
  template <class Handler, class Returned>
  void request(Message& message, RequestCall call, Handler handler, Returned returned) {
    std::make_shared<RequestTask>(producer_, std::move(call), run_.bind(std::move(handler)))
        ->begin(message, run_.bind(std::move(returned)));
  }
  template <class Handler>
  void recall(std::string topic, std::string handle, Handler handler) {
    recall_message(producer_, std::move(topic), std::move(handle), run_.bind(std::move(handler)));
  }
  template <class Handler>
  void set_check_handler(Handler handler) {
    producer_->set_check_handler(run_.bind(std::move(handler)));
  }
  void answer_check(const TransactionCheck& check, const LocalOutcome& outcome) {
    answer_transaction_check(producer_, check, outcome);
  }

 private:
  RunScope& run_;
  std::shared_ptr<DefaultMQProducerImpl> producer_;
};

inline ClientState ScenarioProducer::client_state() const {
  const BackPressure& permits = producer_->back_pressure();
  ClientState state{.group = producer_->group(),
                    .permit_waits = permits.waiting(),
                    .reply_waits = producer_->waiting_for_replies(),
                    .permits = permits.available_num(),
                    .all_permits = permits.num(),
                    .bytes = permits.available_size(),
                    .all_bytes = permits.size()};
  state.waiting_requests = requests_waiting();
  if (const MQClientInstance* instance = producer_->instance()) {
    state.stale_deadlines = instance->stale_deadlines();
  }
  return state;
}

/// As the file says; not yet started. Adds a note for each setting that has no effect in the profile.
ScenarioProducer make_scenario_producer(RunScope& run, World world, const Profile& profile, const ProducerSpec& spec,
                                        const ProducerPlace& place, std::vector<std::string>& notes);

/// By name.
class ScenarioProducers {
 public:
  void add(const std::string& name, ScenarioProducer producer) { producers_.emplace(name, std::move(producer)); }
  /// Throws std::logic_error for a name that the scenario does not have.
  ScenarioProducer& at(std::string_view name) { return look_up(producers_, name); }
  /// nullptr for a name that nothing was made for.
  ScenarioProducer* find(std::string_view name) {
    const auto it = producers_.find(name);
    return it == producers_.end() ? nullptr : &it->second;
  }

  auto begin() { return producers_.begin(); }
  auto end() { return producers_.end(); }
  std::size_t size() const { return producers_.size(); }

 private:
  std::map<std::string, ScenarioProducer, std::less<>> producers_;
};

}  // namespace rmqsim
