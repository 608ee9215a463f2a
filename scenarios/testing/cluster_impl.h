// What is behind a TestCluster: a HostedCluster, producers of the public API in its world, and a log of what they send.
// Rules, gates and servers go through the control room, as they would over HTTP, and events through the parser of
// scenario files, so that mistakes have one set of words. Internal to this room.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/steps/responders.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "scenarios/testing/account.h"
#include "scenarios/testing/after_tasks.h"
#include "scenarios/testing/rmqsim/cluster.h"
#include "scenarios/testing/send_log.h"

namespace rmqsim::test {

struct TestCluster::Impl {
  Impl(TestWorld in, const ScenarioBuilder& from);
  ~Impl();

  Runtime& runtime() { return hosted.runtime(); }
  TimePoint first_step() { return hosted.record().first_step; }
  double ms_at(TimePoint at) { return to_fractional_millis(at - first_step()); }
  void pass(Duration time);
  /// Of milliseconds from now on. Throws std::invalid_argument: no time, or more than virtual time has.
  Duration span_from_now(double ms);

  // ---- the control room
  nlohmann::json call(std::string method, std::string target, std::string body = {});
  template <class Event>
  void server_event(const char* kind, std::string_view name) {
    change_server(kind, name);
    happened({kind, Event{{std::string(name)}}});
  }
  void change_server(const char* kind, std::string_view name);
  void happened(rmqsim::EventStep event) { events.emplace_back(std::move(event), runtime().now()); }
  /// Throws std::logic_error, beginning with `where`, when it cannot be done or changes nothing.
  void perform(TestCluster& of, const rmqsim::EventStep& what, bool may_be_idle, const std::string& where);

  // ---- producers
  /// Of the setup, or from now on.
  const ProducerSpec& spec_of(std::string_view asked);
  TransactionMQProducer& find_or_make(const ProducerSpec& spec);
  bool callbacks_idle() const;

  std::shared_ptr<const Account> account();
  void fill(Account& account);

  ScenarioBuilder setup;
  const TestWorld world;
  Scenario scenario;
  const Profile& profile;
  const std::string usual_producer;  ///< who is meant without a name
  HostedCluster hosted;
  std::shared_ptr<SendLog> log;
  AfterTasks after;
  RunScope scope;
  Responders responders;
  std::vector<std::pair<rmqsim::EventStep, TimePoint>> events;
  std::map<std::string, std::unique_ptr<TransactionMQProducer>, std::less<>> producers;

 private:
  bool change(TestCluster& of, const rmqsim::EventStep& what);
  bool start(TestCluster& of, const StartProducerEvent& event);
  bool shutdown(TestCluster& of, const ShutdownProducerEvent& event);
  void configure(TestCluster& of, const SetConfigEvent& event);
};

/// Whether it was started, or started in vain.
inline bool begun(const DefaultMQProducer& producer) {
  return producer.impl() != nullptr && producer.impl()->state() != ServiceState::CREATE_JUST;
}

/// One segment of a path.
std::string escaped(std::string_view name);

}  // namespace rmqsim::test
