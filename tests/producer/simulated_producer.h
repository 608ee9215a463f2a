// For tests of the public producer against two simulated brokers: callbacks that keep what they are told, and questions
// about what the servers saw.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "producer/client/api/default_mq_producer.h"
#include "tests/producer/sim_cluster.h"

namespace rmqsim {

class SimulatedProducer : public SimCluster {
 protected:
  explicit SimulatedProducer(std::vector<FaultRule> faults = {})
      : SimCluster(std::move(faults), {"broker-a", "broker-b"}) {}

  std::unique_ptr<DefaultMQProducer> make(const Profile& profile = default_profile(), const std::string& group = "g") {
    return SimCluster::make<DefaultMQProducer>(profile, group);
  }

  /// What callbacks were told, in order: `ok` or the exception's text.
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

  std::uint64_t stored() const { return broker(0).store().stored() + broker(1).store().stored(); }
  std::int64_t now_ms() const { return to_millis(runtime_.now()); }
  /// Requests with this code that reached a server.
  std::size_t requests(const std::string& code_name) const {
    return static_cast<std::size_t>(std::count_if(seen_.log.begin(), seen_.log.end(), [&](const std::string& line) {
      return line.find(" " + code_name + " ") != std::string::npos;
    }));
  }

  static FaultRule rule(FaultAction action) {
    FaultRule rule;
    rule.id = "fault";
    rule.at = "*";
    rule.action = std::move(action);
    return rule;
  }
  static FaultRule silence() {
    return rule(FaultAction{{"drop", FaultMoment::before}});
  }
};

}  // namespace rmqsim
