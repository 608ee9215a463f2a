// A fixture for tests of the public producer: one nameserver, two brokers with topic T (two queues each) and a client,
// in one simulated world; and a callback that keeps what it is told.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/client/default_mq_producer.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {

class SimulatedProducer : public testing::Test, public ServerObserver {
 protected:
  explicit SimulatedProducer(std::vector<FaultRule> faults = {}) : plan_(std::move(faults), {}) {
    FakeNamesrvServerOptions ns;
    ns.namesrv.name = "ns";
    network_.transport("ns");
    ns.remoting.listen = network_.ip("ns") + ":9876";
    namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns"), ns, &plan_, this);
    namesrv_->start();
    for (const char* name : {"broker-a", "broker-b"}) {
      FakeBrokerServerOptions options;
      options.broker.name = options.broker.broker_name = name;
      network_.transport(name);
      options.remoting.listen = network_.ip(name) + ":10911";
      options.nameservers = {namesrv_->address()};
      auto broker = std::make_unique<FakeBrokerServer>(runtime_, network_.transport(name), options, &plan_, this);
      broker->put_topic("T", 2, 6);
      broker->start();
      brokers_.push_back(std::move(broker));
    }
    runtime_.run_for(millis(50));
    requests_.clear();
  }

  std::unique_ptr<DefaultMQProducer> make(const Profile& profile = default_profile(), const std::string& group = "g") {
    auto producer = std::make_unique<DefaultMQProducer>(runtime_, network_.transport("client"), group, profile);
    producer->setNamesrvAddr(namesrv_->address());
    return producer;
  }

  /// Texts of what the callbacks made by it were told, in order: `ok` or the exception's text.
  struct Told {
    std::vector<std::string> texts;
    std::vector<SendResult> results;
    std::shared_ptr<SendCallback> callback() {
      return make_send_callback(
          [this](const SendResult& result) {
            texts.push_back("ok");
            results.push_back(result);
          },
          [this](const MQException& e) { texts.push_back(e.what()); });
    }
    std::size_t ok() const { return static_cast<std::size_t>(std::count(texts.begin(), texts.end(), "ok")); }
  };

  std::uint64_t stored() const {
    return brokers_[0]->broker().store().stored() + brokers_[1]->broker().store().stored();
  }
  std::int64_t now_ms() const { return to_millis(runtime_.now()); }
  /// Requests with this code that reached a server.
  std::size_t requests(std::int32_t code) const {
    return static_cast<std::size_t>(std::count(requests_.begin(), requests_.end(), code));
  }
  void on_request(std::string_view, const RequestSeen& request) override { requests_.push_back(request.code); }

  static FaultRule rule(FaultAction action) {
    FaultRule rule;
    rule.id = "fault";
    rule.at = "*";
    rule.action = std::move(action);
    return rule;
  }
  static FaultRule silence() {
    FaultAction action;
    action.drop = FaultMoment::before;
    return rule(std::move(action));
  }

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  std::vector<std::int32_t> requests_;
  FaultPlan plan_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::vector<std::unique_ptr<FakeBrokerServer>> brokers_;
};

}  // namespace rmqsim
