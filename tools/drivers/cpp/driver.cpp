// This project's producer as another program uses it, behind the protocol of tools/drivers/README.md: a source to begin
// with for a client in C++. It does the plain sends; what else the library can do shows `rmqsim driver run`.
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/exceptions.h"
#include "tools/drivers/protocol/base64.h"

namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

std::mutex out;
std::map<std::string, std::unique_ptr<rmqsim::DefaultMQProducer>> producers;

void say(const Json& answer) {
  const std::lock_guard lock(out);
  std::cout << answer.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n" << std::flush;
}

Json exception_of(const std::exception& e) {
  Json exception = {{"type", "RuntimeException"}, {"message", e.what()}};
  if (const auto* own = dynamic_cast<const rmqsim::MQException*>(&e)) {
    exception["type"] = rmqsim::error_type_name(own->error().type);
    exception["responseCode"] = own->error().response_code;
  }
  return exception;
}

void hello() {
  say({{"protocol", 1}, {"client", "rmqsim-library"}, {"version", "0.1"}, {"profile", "java-5.3.3"},
       {"modes", {"sync", "async", "oneway"}}, {"features", {"queue", "sendTimeout", "delayLevel", "called"}},
       {"settings", {"sendMsgTimeout", "retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed",
                     "retryAnotherBrokerWhenNotStoreOK", "sendLatencyFaultEnable"}}});
}

void make(const Json& request) {
  const std::string name = request.at("name");
  auto producer = std::make_unique<rmqsim::DefaultMQProducer>(request.at("group").get<std::string>());
  producer->setNamesrvAddr(request.at("namesrv"));
  for (const auto& [setting, value] : request.at("config").items()) {
    if (setting == "sendMsgTimeout") producer->setSendMsgTimeout(value);
    if (setting == "retryTimesWhenSendFailed") producer->setRetryTimesWhenSendFailed(value);
    if (setting == "retryTimesWhenSendAsyncFailed") producer->setRetryTimesWhenSendAsyncFailed(value);
    if (setting == "retryAnotherBrokerWhenNotStoreOK") producer->setRetryAnotherBrokerWhenNotStoreOK(value);
    if (setting == "sendLatencyFaultEnable") producer->setSendLatencyFaultEnable(value);
  }
  Json answer = {{"producer", name}};
  try {
    producer->start();
  } catch (const std::exception& e) {
    answer["exception"] = exception_of(e);
  }
  producers[name] = std::move(producer);
  say(answer);
}

/// A send from its request to its answer.
struct Turn {
  Json i;
  Clock::time_point begin = Clock::now();

  void ended(Json answer) const {
    answer["i"] = i;
    answer["elapsedMs"] = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    say(answer);
  }
  void ended(const rmqsim::SendResult& result) const {
    ended({{"outcome", rmqsim::send_status_name(result.getSendStatus())}, {"msgId", result.getMsgId()},
           {"broker", result.getMessageQueue().getBrokerName()}, {"queueId", result.getMessageQueue().getQueueId()}});
  }
  void failed(const std::exception& e) const { ended({{"outcome", "EXCEPTION"}, {"exception", exception_of(e)}}); }
};

struct Callback final : rmqsim::SendCallback {
  explicit Callback(Turn t) : turn(std::move(t)) {}
  void onSuccess(const rmqsim::SendResult& result) override { turn.ended(result); }
  void onException(const rmqsim::MQException& e) override { turn.failed(e); }
  Turn turn;
};

void send(const Json& request) {
  const auto known = producers.find(request.at("producer"));
  if (known == producers.end()) return say({{"error", "there is no such producer"}});
  rmqsim::DefaultMQProducer& producer = *known->second;
  const std::string topic = request.at("topic");
  rmqsim::Message message(topic, request.value("tags", ""),
                          rmqsim::bytes_of_base64(request.at("body").get<std::string>()).value_or(""));
  const auto keys = request.value("keys", std::vector<std::string>());
  if (!keys.empty()) message.setKeys(keys);
  for (const auto& [name, value] : request.at("properties").items()) message.putUserProperty(name, value.get<std::string>());
  if (request.contains("delayLevel")) message.setDelayTimeLevel(request["delayLevel"]);
  const std::int64_t timeout = request.value("timeoutMs", std::int64_t{-1});
  const bool aimed = request.contains("queue");
  rmqsim::MessageQueue queue;
  if (aimed) queue = {topic, request["queue"].at("broker"), request["queue"].at("queueId")};
  const Turn turn{request.at("i")};
  const std::string mode = request.at("mode");
  try {
    if (mode == "oneway") {
      aimed ? producer.sendOneway(message, queue) : producer.sendOneway(message);
      turn.ended({{"outcome", "SENT"}, {"msgId", message.getProperty("UNIQ_KEY")}});
    } else if (mode == "async") {
      const auto callback = std::make_shared<Callback>(turn);
      if (aimed) timeout < 0 ? producer.send(message, queue, callback) : producer.send(message, queue, callback, timeout);
      else timeout < 0 ? producer.send(message, callback) : producer.send(message, callback, timeout);
      say({{"i", turn.i}, {"called", true}});
    } else if (aimed) {
      turn.ended(timeout < 0 ? producer.send(message, queue) : producer.send(message, queue, timeout));
    } else {
      turn.ended(timeout < 0 ? producer.send(message) : producer.send(message, timeout));
    }
  } catch (const std::exception& e) {
    turn.failed(e);
  }
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);  // lines may be long
  std::cin.tie(nullptr);             // answers are written by other threads
  for (std::string line; std::getline(std::cin, line);) {
    const Json request = Json::parse(line, nullptr, false);
    const std::string op = request.is_object() ? request.value("op", "") : "";
    try {
      if (!request.is_object()) say({{"error", "that is no request"}});
      else if (op == "hello") hello();
      else if (op == "producer") make(request);
      else if (op == "send") send(request);
      else if (op == "shutdown") {
        producers.at(request.at("producer"))->shutdown();
        say({{"shutdown", request["producer"]}});
      } else if (op == "bye") {
        say({{"bye", true}});
        return 0;
      } else {
        say({{"unsupported", "op " + op}});
      }
    } catch (const std::exception& e) {
      say({{"error", e.what()}});
    }
  }
}
