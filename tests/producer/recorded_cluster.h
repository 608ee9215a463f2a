// Two simulated brokers for tests that say what the brokers keep: faults, topics and settings are each test's own.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "producer/client/api/default_mq_producer.h"
#include "tests/producer/sim_cluster.h"

namespace rmqsim::test_support {

class RecordedCluster : public SimCluster {
 protected:
  RecordedCluster() : SimCluster(Later{}) {}
  void start(std::vector<FaultRule> faults = {}, std::vector<std::string> topics = {"T"},
             const std::function<void(BrokerConfig&)>& configure = {}) {
    SimCluster::start(
        {std::move(faults), {"broker-a", "broker-b"}, std::move(topics), false, [configure](BrokerConfig& config) {
           config.auto_create_topic_enable = false;
           if (configure) configure(config);
         }});
  }

  std::unique_ptr<DefaultMQProducer> make(const Profile& profile = default_profile(),
                                          std::shared_ptr<RPCHook> rpc_hook = nullptr) {
    auto producer = std::make_unique<DefaultMQProducer>(runtime_, network_.transport("client"), "g",
                                                        std::move(rpc_hook), false, "", profile);
    producer->setNamesrvAddr(namesrv_->address());
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
    for (const auto& broker : brokers_) {
      const MessageStore& store = broker->broker().store();
      for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
        if (const auto record = store.find(n); record && record->topic == topic) found.push_back(*record);
      }
    }
    return found;
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
