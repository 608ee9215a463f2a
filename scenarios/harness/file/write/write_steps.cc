// steps: what is sent and when, and the events between.
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

template <class Enum, std::size_t N>
std::string_view word(const std::string_view (&words)[N], Enum value) {
  return words[static_cast<std::size_t>(value)];
}

void put_body(const BodySpec& body, ObjectWriter& writer) {
  const BodySpec standard;
  if (!body.text && body.size == standard.size && body.fill == standard.fill) return;
  ObjectWriter inner(shapes::body);
  inner.say("text", body.text);
  if (!body.text) {
    inner.say("size", body.size);
    inner.put("fill", std::string(1, body.fill));
  }
  writer.say("body", inner.take());
}

void put_message(const MessageSpec& message, ObjectWriter& writer) {
  writer.say("topic", message.topic);
  if (!message.tags.empty()) writer.say("tags", message.tags);
  if (!message.keys.empty()) writer.say("keys", names_json(message.keys));
  nlohmann::ordered_json properties = nlohmann::ordered_json::object();
  for (const auto& [name, value] : message.properties) properties[name] = value;
  writer.put_filled("properties", properties);
  if (message.delay_level != 0) writer.put("delayLevel", message.delay_level);
  if (message.delay) writer.say("delayMs", time_json(*message.delay));
}

/// Who sends, unless there is no other.
void put_producer(const Scenario& scenario, const std::string& producer, ObjectWriter& writer) {
  if (scenario.producers.size() != 1) writer.say("producer", producer);
}

void put_target(const std::optional<QueueTarget>& target, const std::optional<SelectorSpec>& chosen,
                ObjectWriter& writer) {
  if (target) {
    ObjectWriter queue(shapes::queue);
    queue.say("broker", target->broker);
    queue.say("queueId", target->queue_id);
    writer.say("queue", queue.take());
  }
  if (!chosen) return;
  ObjectWriter selector(shapes::selector);
  selector.say("kind", word(kSelectorKinds, chosen->kind));
  if (chosen->arg) {
    std::visit([&](const auto& arg) { selector.say("arg", nlohmann::ordered_json(arg)); }, *chosen->arg);
  }
  writer.say("selector", selector.take());
}

class StepWriter {
 public:
  StepWriter(const Scenario& scenario, const Step& step) : scenario_(scenario), step_(step), writer_(shapes::step) {}

  nlohmann::ordered_json write() {
    if (!step_.name.empty()) writer_.say("name", step_.name);
    writer_.put("background", step_.background);
    if (step_.at) writer_.say("atMs", time_json(*step_.at));
    writer_.put("concurrency", step_.concurrency);
    std::visit([this](const auto& what) { put(what); }, step_.what);
    writer_.put("mayBeIdle", step_.may_be_idle);
    const auto expect = expectations_json(scenario_, step_.expect, &step_);
    if (!expect.empty()) writer_.say("expect", expect.size() == 1 ? expect.front() : expect);
    return writer_.take();
  }

 private:
  void put(const SendStep& send) {
    ObjectWriter inner(shapes::send);
    put_producer(scenario_, send.producer, inner);
    inner.put("mode", communication_mode_name(send.mode));
    put_message(send.message, inner);
    put_times(send, inner);
    inner.say("timeoutMs", send.timeout_ms);
    put_target(send.queue, send.selector, inner);
    if (send.batch > 0) inner.say("batch", send.batch);
    put_body(send.message.body, inner);
    writer_.say("send", inner.take());
  }
  void put(const TransactionStep& transaction) {
    ObjectWriter inner(shapes::transaction);
    put_producer(scenario_, transaction.producer, inner);
    put_message(transaction.message, inner);
    put_times(transaction, inner);
    const ProducerSpec* const producer = scenario_.find_producer(transaction.producer);
    const auto local = word(kTransactionStates, transaction.local);
    const auto local_time = time_json(transaction.local_time);
    if (producer != nullptr && producer->listener) {  // whose words would count where these are left out
      inner.say("local", local);
      inner.say("localMs", local_time);
    } else {
      inner.put("local", local);
      inner.put("localMs", local_time);
    }
    inner.put_filled("check", states_json(transaction.check));
    put_body(transaction.message.body, inner);
    writer_.say("transaction", inner.take());
  }
  void put(const RequestStep& request) {
    ObjectWriter inner(shapes::request);
    put_producer(scenario_, request.producer, inner);
    inner.put("mode", communication_mode_name(request.mode));
    put_message(request.message, inner);
    put_times(request, inner);
    inner.put("timeoutMs", request.timeout_ms);
    put_target(request.queue, request.selector, inner);
    put_body(request.message.body, inner);
    writer_.say("request", inner.take());
  }
  void put(const RecallStep& recall) {
    ObjectWriter inner(shapes::recall);
    put_producer(scenario_, recall.producer, inner);
    inner.say("sends", sends_json(recall.sends, scenario_, step_.first_send));
    inner.say("topic", recall.topic);
    inner.put("intervalMs", time_json(recall.interval));
    writer_.say("recall", inner.take());
  }
  void put(const WaitStep& wait) { writer_.say("waitMs", time_json(wait.time)); }
  void put(const AssertStep& assertion) {
    writer_.say("assert", expectations_json(scenario_, assertion.expect, nullptr));
  }
  void put(const EventStep& event) { writer_.say("do", event_json(scenario_, event)); }

  template <class What>
  static void put_times(const What& what, ObjectWriter& inner) {
    inner.put("count", what.count);
    inner.put("intervalMs", time_json(what.interval));
  }

  const Scenario& scenario_;
  const Step& step_;
  ObjectWriter writer_;
};

void put_ends(const std::vector<std::string>& between, const std::vector<std::string>& others, ObjectWriter& writer) {
  writer.say("between", names_json(between));
  if (!others.empty()) writer.say("and", names_json(others));
}

void put_nameservers(const std::vector<std::string>& nameservers, ObjectWriter& writer) {
  if (!nameservers.empty()) writer.say("at", names_json(nameservers));
}

class EventWriter {
 public:
  explicit EventWriter(const Scenario& scenario) : scenario_(scenario) {}

  template <class OnServers>
  requires requires(const OnServers& event) { event.servers; }
  nlohmann::ordered_json operator()(const OnServers& event) const { return names_json(event.servers); }
  nlohmann::ordered_json operator()(const PartitionEvent& event) const {
    ObjectWriter writer(shapes::partition);
    put_ends(event.between, event.and_, writer);
    writer.put("oneWay", event.one_way);
    return writer.take();
  }
  nlohmann::ordered_json operator()(const HealEvent& event) const {
    if (event.between.empty() && event.and_.empty()) return "all";
    ObjectWriter writer(shapes::heal);
    put_ends(event.between, event.and_, writer);
    return writer.take();
  }
  nlohmann::ordered_json operator()(const SetRouteEvent& event) const {
    ObjectWriter writer(shapes::setRoute);
    writer.say("topic", event.topic.name);
    put_queues_and_perm(scenario_.cluster, event.topic, writer);
    put_nameservers(event.nameservers, writer);
    return writer.take();
  }
  nlohmann::ordered_json operator()(const RemoveFromRouteEvent& event) const {
    ObjectWriter writer(shapes::removeFromRoute);
    writer.say("broker", event.broker);
    writer.say("topic", event.topic);
    put_nameservers(event.nameservers, writer);
    return writer.take();
  }
  nlohmann::ordered_json operator()(const SetPermEvent& event) const {
    ObjectWriter writer(shapes::setPerm);
    writer.say("topic", event.topic);
    writer.say("perm", perm_word(event.perm));
    if (!event.brokers.empty()) writer.say("brokers", names_json(event.brokers));
    return writer.take();
  }
  nlohmann::ordered_json operator()(const SetConfigEvent& event) const {
    ObjectWriter writer(shapes::setConfig);
    writer.say("producer", event.producer);
    writer.say("config", config_json(event.config));
    return writer.take();
  }
  nlohmann::ordered_json operator()(const StartProducerEvent& event) const {
    if (!event.exception) return event.producer;
    ObjectWriter writer(shapes::startProducer);
    writer.say("producer", event.producer);
    writer.say("exception", exception_json(*event.exception));
    return writer.take();
  }
  nlohmann::ordered_json operator()(const ShutdownProducerEvent& event) const { return event.producer; }

 private:
  const Scenario& scenario_;
};

}  // namespace

nlohmann::ordered_json states_json(const std::vector<TransactionState>& states) {
  nlohmann::ordered_json words = nlohmann::ordered_json::array();
  for (const TransactionState state : states) words.push_back(word(kTransactionStates, state));
  return words;
}

nlohmann::ordered_json step_json(const Scenario& scenario, const Step& step) {
  return StepWriter(scenario, step).write();
}

nlohmann::ordered_json event_json(const Scenario& scenario, const EventStep& step) {
  // The kinds of ClusterEvent are in the order of the keys.
  const std::string_view key = shapes::event.rows[step.event.index()].name;
  ObjectWriter writer(shapes::event);
  writer.say(key, std::visit(EventWriter(scenario), step.event));
  return writer.take();
}

}  // namespace rmqsim
