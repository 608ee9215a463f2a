// A nameserver and two brokers in a simulated world, with everything that reached them written down; what tests of the
// whole producer start from.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim::test_support {

class SimCluster : public ::testing::Test, public ServerObserver {
 protected:
  /// `topics` have two queues on each broker.
  void start(std::vector<FaultRule> faults = {}, std::vector<std::string> topics = {"T"},
             const std::function<void(BrokerConfig&)>& configure = {}) {
    plan = std::make_unique<FaultPlan>(std::move(faults), FaultPlanOptions{});
    network.transport("ns");
    FakeNamesrvServerOptions options;
    options.namesrv.name = "ns";
    options.remoting.listen = network.ip("ns") + ":9876";
    namesrv = std::make_unique<FakeNamesrvServer>(runtime, network.transport("ns"), options, plan.get(), this);
    namesrv->start();
    for (const char* name : {"broker-a", "broker-b"}) {
      FakeBrokerServerOptions broker;
      broker.broker.name = broker.broker.broker_name = name;
      broker.broker.auto_create_topic_enable = false;
      if (configure) configure(broker.broker);
      Transport& transport = network.transport(name);
      broker.remoting.listen = network.ip(name) + ":10911";
      broker.nameservers = {namesrv->address()};
      brokers.push_back(std::make_unique<FakeBrokerServer>(runtime, transport, broker, plan.get(), this));
      for (const std::string& topic : topics) brokers.back()->put_topic(topic, 2, 6);
      brokers.back()->start();
      brokers.back()->begin_faults(runtime.now());
    }
    runtime.run_for(millis(50));
    requests.clear();
  }

  std::unique_ptr<DefaultMQProducer> make(const Profile& profile = default_profile(),
                                          std::shared_ptr<RPCHook> rpc_hook = nullptr) {
    auto producer = std::make_unique<DefaultMQProducer>(runtime, network.transport("client"), "g", std::move(rpc_hook),
                                                        false, "", profile);
    producer->setNamesrvAddr(namesrv->address());
    return producer;
  }
  static FaultRule answer(const std::string& at, std::int32_t code) {
    FaultRule rule;
    rule.id = "f";
    rule.at = at;
    rule.on = {.kind = FaultTarget::Kind::send, .code = 0};
    rule.action = FaultAction{{"respond", FaultAnswer{code, std::nullopt}}};
    return rule;
  }
  /// All messages that brokers hold of a topic.
  std::vector<StoredRecord> stored(std::string_view topic) const {
    std::vector<StoredRecord> found;
    for (const auto& broker : brokers) {
      const MessageStore& store = broker->broker().store();
      for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
        if (const auto record = store.find(n); record && record->topic == topic) found.push_back(*record);
      }
    }
    return found;
  }
  std::size_t count(const std::string& line) const {
    return static_cast<std::size_t>(std::count(requests.begin(), requests.end(), line));
  }

  SimRuntime runtime;
  SimNetwork network{runtime};
  std::unique_ptr<FaultPlan> plan;
  std::unique_ptr<FakeNamesrvServer> namesrv;
  std::vector<std::unique_ptr<FakeBrokerServer>> brokers;
  std::vector<std::string> requests;  ///< "broker-a HEART_BEAT "
  std::vector<std::string> answers;   ///< "broker-a HEART_BEAT SUCCESS"

 private:
  void on_request(std::string_view server, const RequestSeen& request) override {
    requests.push_back(std::string(server) + " " + request_code_name(request.code) + " " + std::string(request.topic));
  }
  void on_answer(std::string_view server, const AnswerSeen& answer) override {
    answers.push_back(std::string(server) + " " + request_code_name(answer.code) + " " + std::string(answer.outcome));
  }
};

inline const Profile& java_498() { return *find_profile("java-4.9.8"); }

/// A callback that counts.
struct Counting : SendCallback {
  void onSuccess(const SendResult&) override { ++successes; }
  void onException(const MQException& e) override {
    ++failures;
    error = e.error();
  }
  int successes = 0;
  int failures = 0;
  MQError error;
};

}  // namespace rmqsim::test_support
