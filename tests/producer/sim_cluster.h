// A nameserver and brokers in a simulated world, for tests of producers: topic "T" with two queues on each broker.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
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
  explicit SimCluster(std::vector<FaultRule> faults = {}, std::vector<std::string> names = {"broker-a"},
                      bool vip = false)
      : plan_(std::move(faults), {}) {
    FakeNamesrvServerOptions ns;
    ns.namesrv.name = "ns";
    network_.transport("ns");
    ns.remoting.listen = network_.ip("ns") + ":9876";
    namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns"), ns, &plan_, &seen_);
    namesrv_->start();
    for (const std::string& name : names) {
      FakeBrokerServerOptions options;
      options.broker.name = options.broker.broker_name = name;
      options.broker.transactions = {1000, 1000, 3, 0};
      options.broker.recall_message_enable = true;
      network_.transport(name);
      options.remoting.listen = network_.ip(name) + ":10911";
      options.nameservers = {namesrv_->address()};
      options.vip = vip;
      auto broker = std::make_unique<FakeBrokerServer>(runtime_, network_.transport(name), options, &plan_, &seen_);
      broker->put_topic("T", 2, 6);
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
    std::size_t count(const std::string& line) const {
      return static_cast<std::size_t>(std::count(log.begin(), log.end(), line));
    }
    std::vector<std::string> log;
  };

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  Seen seen_;
  FaultPlan plan_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::vector<std::unique_ptr<FakeBrokerServer>> brokers_;
};

}  // namespace rmqsim
