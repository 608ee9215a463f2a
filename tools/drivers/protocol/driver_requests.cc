// What rmqsim says to a driver.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "fake_broker/processors/send_name.h"
#include "producer/remoting/codec/java_hash.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "tools/drivers/protocol/base64.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {
namespace {

using RequestJson = nlohmann::ordered_json;

std::string line_of(const RequestJson& json) {
  return json_text(json);
}

RequestJson known_settings(const ProducerConfig& config, const DriverHello& hello) {
  RequestJson all = config_json(config);
  RequestJson known = RequestJson::object();
  for (const auto& [name, value] : all.items()) {
    if (hello.settings.contains(name)) known[name] = value;
  }
  return known;
}

/// Of one message: the `i`th of its step.
void put_message(RequestJson& json, const MessageSpec& message, std::uint64_t i, const std::string& mark) {
  json["tags"] = with_number(message.tags, i);
  json["keys"] = RequestJson::array();
  for (const std::string& key : message.keys) json["keys"].push_back(with_number(key, i));
  json["properties"] = RequestJson::object();
  for (const auto& [name, value] : message.properties) json["properties"][name] = with_number(value, i);
  if (!mark.empty()) json["properties"][std::string(kSendNameProperty)] = mark;
  if (message.delay_level > 0) json["delayLevel"] = message.delay_level;
  if (message.delay) {
    json["delayMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(*message.delay).count();
  }
  json["body"] = base64_text(message.body.render(i));
}

std::int64_t selector_number(const SelectorSpec& selector, std::uint64_t i) {
  if (!selector.arg) return static_cast<std::int64_t>(i);
  if (const auto* number = std::get_if<std::int64_t>(&*selector.arg)) return *number;
  return java_hash(with_number(std::get<std::string>(*selector.arg), i));
}

/// Java's hashCode of an argument: an Integer is its own, a Long folds its halves.
std::int64_t folded(std::int64_t value) {
  if (value >= INT32_MIN && value <= INT32_MAX) return value;
  return static_cast<std::int32_t>(value ^ static_cast<std::int64_t>(static_cast<std::uint64_t>(value) >> 32));
}

template <class AimedStep>
void put_aim(RequestJson& json, const AimedStep& step, std::uint64_t i) {
  if (step.queue) json["queue"] = {{"broker", step.queue->broker}, {"queueId", step.queue->queue_id}};
  if (!step.selector) return;
  const SelectorSpec& selector = *step.selector;
  RequestJson& one = json["selector"];
  one["kind"] = kSelectorKinds[static_cast<std::size_t>(selector.kind)];
  if (selector.kind == SelectorSpec::Kind::index) one["arg"] = selector_number(selector, i);
  if (selector.kind == SelectorSpec::Kind::hash) one["arg"] = folded(selector_number(selector, i));
}

template <class SendingStep>
RequestJson head(const char* op, const SendingStep& step, const DriverTurn& turn) {
  return {{"op", op}, {"i", turn.number}, {"producer", step.producer}, {"topic", step.message.topic}};
}

std::string mark_of(const DriverTurn& turn, const DriverHello& hello, std::optional<std::uint32_t> member = {}) {
  return hello.key_in_property ? send_mark(turn.number, member) : "";
}

}  // namespace

std::string send_mark(std::uint64_t number, std::optional<std::uint32_t> member) {
  const std::string mark = "send-" + std::to_string(number);
  return member ? mark + "." + std::to_string(*member) : mark;
}

std::string hello_line() { return line_of({{"op", "hello"}, {"protocol", kDriverProtocol}}); }

std::string producer_line(const Scenario& scenario, const ProducerSpec& spec, const std::string& namesrv,
                          const DriverHello& hello) {
  const RequestJson whole = producer_json(scenario.cluster, spec);
  RequestJson json = {{"op", "producer"}, {"name", spec.name}, {"group", spec.group}, {"namesrv", namesrv}};
  json["config"] = known_settings(spec.config, hello);
  for (const char* const key : {"queueIndex", "credentials"}) {
    if (whole.contains(key) && hello.has(key)) json[key] = whole[key];
  }
  if (!spec.auto_start) json["start"] = false;
  const bool transactional = std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* transaction = std::get_if<TransactionStep>(&step.what);
    const ProducerSpec* who = transaction == nullptr ? nullptr : scenario.find_producer(transaction->producer);
    return who != nullptr && who->group == spec.group;
  });
  if (transactional) json["transactions"] = true;
  return line_of(json);
}

std::string start_line(std::string_view producer) { return line_of({{"op", "start"}, {"producer", producer}}); }

std::string config_line(std::string_view producer, const ProducerConfig& config, const DriverHello& hello) {
  return line_of({{"op", "config"}, {"producer", producer}, {"config", known_settings(config, hello)}});
}

std::string shutdown_line(std::string_view producer) { return line_of({{"op", "shutdown"}, {"producer", producer}}); }

std::string bye_line() { return line_of({{"op", "bye"}}); }

std::string send_line(const SendStep& step, const DriverTurn& turn, const DriverHello& hello) {
  RequestJson json = head("send", step, turn);
  json["mode"] = kSendModes[step.mode == CommunicationMode::SYNC ? 0 : step.mode == CommunicationMode::ASYNC ? 1 : 2];
  if (turn.thread > 0) json["thread"] = turn.thread;
  if (step.timeout_ms) json["timeoutMs"] = *step.timeout_ms;
  put_aim(json, step, turn.in_step);
  if (step.batch == 0) {
    put_message(json, step.message, turn.in_step, mark_of(turn, hello));
    return line_of(json);
  }
  json["batch"] = RequestJson::array();
  for (std::uint32_t k = 0; k < step.batch; ++k) {
    RequestJson one = RequestJson::object();
    put_message(one, step.message, turn.in_step * step.batch + k, mark_of(turn, hello, k));
    json["batch"].push_back(std::move(one));
  }
  return line_of(json);
}

std::string transaction_line(const TransactionStep& step, const DriverTurn& turn, const DriverHello& hello) {
  RequestJson json = head("transaction", step, turn);
  if (turn.thread > 0) json["thread"] = turn.thread;
  put_message(json, step.message, turn.in_step, mark_of(turn, hello));
  const auto word = [](TransactionState state) { return kTransactionStates[static_cast<std::size_t>(state)]; };
  json["local"] = word(step.local);
  json["localMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(step.local_time).count();
  json["check"] = RequestJson::array();
  for (const TransactionState state : step.check) json["check"].push_back(word(state));
  return line_of(json);
}

std::string ask_line(const RequestStep& step, const DriverTurn& turn, const DriverHello& hello) {
  RequestJson json = head("request", step, turn);
  json["mode"] = kRequestModes[step.mode == CommunicationMode::SYNC ? 0 : 1];
  if (turn.thread > 0) json["thread"] = turn.thread;
  json["timeoutMs"] = step.timeout_ms;
  put_aim(json, step, turn.in_step);
  put_message(json, step.message, turn.in_step, mark_of(turn, hello));
  return line_of(json);
}

std::string recall_line(const std::string& producer, const std::string& topic, const std::string& handle,
                        const DriverTurn& turn) {
  return line_of({{"op", "recall"}, {"i", turn.number}, {"producer", producer}, {"topic", topic}, {"handle", handle}});
}

}  // namespace rmqsim
