#include "tools/drivers/rmqsim/driven_messages.h"

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "producer/client/request/request_task.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tools/drivers/protocol/base64.h"

namespace rmqsim::reference {
namespace {

using Json = nlohmann::json;

/// A scenario that has nothing but the producer, so that its settings are read as files' are.
Scenario around(const Json& producer, const Json& steps) {
  Json topics = Json::array();
  const Json& config = producer.at("config");
  const auto add = [&](const Json& name) {
    if (name.is_string()) topics.push_back({{"name", name}});
  };
  if (config.contains("traceTopic")) add(config["traceTopic"]);
  if (config.contains("topics")) {
    for (const Json& topic : config["topics"]) add(topic);
  }
  const Json whole = {{"version", 1},
                      {"name", "driven"},
                      {"why", "A producer behind a driver."},
                      {"cluster", {{"brokers", {"none"}}, {"topics", topics}, {"autoCreateTopic", true}}},
                      {"producers", {producer}},
                      {"steps", steps}};
  LoadOptions options;
  options.judge_idle = false;
  ParseResult parsed = parse_scenario(json_text(whole), "", options);
  if (!parsed.ok()) throw std::runtime_error(parsed.errors.front().message);
  return std::move(*parsed.scenario);
}

class NumberedSelector final : public MessageQueueSelector {
 public:
  NumberedSelector(std::string kind, std::int64_t number) : kind_(std::move(kind)), number_(number) {}
  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message&,
                                     const std::any&) override {
    const auto n = static_cast<std::int64_t>(queues.size());
    const std::int64_t at = kind_ == "hash" ? std::abs(number_ % n) : ((number_ % n) + n) % n;
    return queues[static_cast<std::size_t>(at)];
  }

 private:
  const std::string kind_;  ///< of "random" any queue will do
  const std::int64_t number_;
};

}  // namespace

ProducerSpec producer_spec(const Json& request) {
  Json producer = {{"name", request.at("name")}, {"group", request.at("group")}, {"config", request.at("config")}};
  for (const char* const key : {"queueIndex", "credentials"}) {
    if (request.contains(key)) producer[key] = request[key];
  }
  return around(producer, Json::array()).producers.front();
}

ProducerConfig changed_config(const Json& request) {
  const Json producer = {{"name", "p"}, {"config", Json::object()}};
  const Json step = {{"do", {{"setConfig", {{"producer", "p"}, {"config", request.at("config")}}}}}};
  if (request.at("config").empty()) return {};
  const Scenario scenario = around(producer, Json::array({step}));
  return std::get<SetConfigEvent>(std::get<EventStep>(scenario.steps.front().what).event).config;
}

Message message_of(const Json& request, const std::string& topic) {
  const auto body = bytes_of_base64(request.at("body").get<std::string>());
  if (!body) throw std::runtime_error("\"body\" is no base64");
  Message message(topic, request.value("tags", ""), *body);
  const auto keys = request.value("keys", std::vector<std::string>());
  if (!keys.empty()) message.setKeys(keys);
  if (request.contains("properties")) {
    for (const auto& [name, value] : request["properties"].items()) {
      message.put_property(name, value.get<std::string>());
    }
  }
  if (request.contains("delayLevel")) message.setDelayTimeLevel(request["delayLevel"].get<std::int32_t>());
  if (request.contains("delayMs")) message.setDelayTimeMs(request["delayMs"].get<std::int64_t>());
  return message;
}

template <class Call>
void aim(Call& call, const Json& request) {
  if (request.contains("queue")) {
    call.path = SendPath::queue;
    call.queue = MessageQueue(request.at("topic").get<std::string>(), request["queue"].at("broker").get<std::string>(),
                              request["queue"].at("queueId").get<std::int32_t>());
  } else if (request.contains("selector")) {
    const Json& selector = request["selector"];
    call.path = SendPath::selector;
    call.selector = std::make_shared<NumberedSelector>(selector.at("kind").get<std::string>(),
                                                       selector.value("arg", std::int64_t{0}));
  }
}
template void aim(SendCall&, const Json&);
template void aim(RequestCall&, const Json&);

}  // namespace rmqsim::reference
