// A nameserver and brokers in a simulated world, with everything that reached them written down: what tests of whole
// producers start from.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {

class SimCluster : public testing::Test {
 protected:
  struct Setup {
    std::vector<FaultRule> faults;
    std::vector<std::string> brokers = {"broker-a"};
    std::vector<std::string> topics = {"T"};  ///< with two queues on each broker
    bool vip = false;
    std::function<void(BrokerConfig&)> configure;
  };

  /// Has begun. Brokers ask about transactions every second, and recall.
  explicit SimCluster(std::vector<FaultRule> faults = {}, std::vector<std::string> names = {"broker-a"},
                      bool vip = false) {
    start({std::move(faults), std::move(names), {"T"}, vip, [](BrokerConfig& config) {
             config.transactions = {1000, 1000, 3, 0};
             config.recall_message_enable = true;
           }});
  }

  /// Begins with start().
  struct Later {};
  explicit SimCluster(Later) {}
  void start(Setup setup) {
    plan_ = std::make_unique<FaultPlan>(std::move(setup.faults), FaultPlanOptions{});
    FakeNamesrvServerOptions ns;
    ns.namesrv.name = "ns";
    network_.transport("ns");
    ns.remoting.listen = network_.ip("ns") + ":9876";
    namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns"), ns, plan_.get(), &seen_);
    namesrv_->start();
    for (const std::string& name : setup.brokers) {
      FakeBrokerServerOptions options;
      options.broker.name = options.broker.broker_name = name;
      if (setup.configure) setup.configure(options.broker);
      network_.transport(name);
      options.remoting.listen = network_.ip(name) + ":10911";
      options.nameservers = {namesrv_->address()};
      options.vip = setup.vip;
      auto broker =
          std::make_unique<FakeBrokerServer>(runtime_, network_.transport(name), options, plan_.get(), &seen_);
      for (const std::string& topic : setup.topics) broker->put_topic(topic, 2, 6);
      broker->start();
      brokers_.push_back(std::move(broker));
    }
    runtime_.run_for(millis(50));
    seen_.log.clear();
  }

  template <class Producer>
  std::unique_ptr<Producer> make(const Profile& profile = default_profile(), const std::string& group = "g",
                                 const std::string& node = "client") {
    auto producer = std::make_unique<Producer>(runtime_, network_.transport(node), group, profile);
    producer->setNamesrvAddr(namesrv_->address());
    return producer;
  }
  const FakeBroker& broker(std::size_t i = 0) const { return brokers_[i]->broker(); }

  struct Seen : ServerObserver {
    void on_request(std::string_view server, const RequestSeen& request) override {
      log.push_back(std::string(server) + " " + request_code_name(request.code) + " " + std::string(request.topic));
    }
    void on_answer(std::string_view server, const AnswerSeen& answer) override {
      answers.push_back(std::string(server) + " " + request_code_name(answer.code) + " " + std::string(answer.outcome));
    }
    std::size_t count(const std::string& line) const {
      return static_cast<std::size_t>(std::count(log.begin(), log.end(), line));
    }
    std::vector<std::string> log;      ///< "broker-a SEND_MESSAGE_V2 T"
    std::vector<std::string> answers;  ///< "broker-a HEART_BEAT SUCCESS"
  };

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  Seen seen_;
  std::unique_ptr<FaultPlan> plan_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::vector<std::unique_ptr<FakeBrokerServer>> brokers_;
};

}  // namespace rmqsim
