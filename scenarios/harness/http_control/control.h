// Faults at run time, for whoever does not write C++: what HTTP asks about servers that run is answered here. Pure as
// far as the outside goes: a request comes in, an answer goes out; sockets are HttpServer's, argv is `rmqsim ctl`'s.
// The same resources for one server (the fakes' programs) and for a cluster (`rmqsim up`, `rmqsim run -- COMMAND`).
// All calls under the monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_broker/rules/fault_plan.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/transport/http_message.h"
#include "scenarios/harness/file/parse/fragments.h"
#include "scenarios/harness/http_control/gate_keeper.h"
#include "scenarios/harness/http_control/request_journal.h"
#include "scenarios/harness/http_control/rule_book.h"

namespace rmqsim {

struct ControlOptions {
  std::string version;                  ///< of the program
  const Scenario* scenario = nullptr;   ///< whose rules the plan has, if any; must outlive the control
};

/// One route of the table, also what /openapi.json is made of.
struct ControlRoute {
  std::string_view method;
  std::string_view path;  ///< "{name}" stands for one segment
  std::string_view summary;
  std::vector<std::string_view> query;  ///< parameters; their meaning is in the table of control.cc
  std::string_view body;                ///< schema of the request's body; empty: none
  unsigned status = 200;                ///< when all is well
};

class Control {
 public:
  static constexpr std::size_t kMaxRules = 1000;

  /// Everything referred to must outlive it. Servers are added before the first request.
  Control(Runtime& runtime, FaultPlan& plan, RequestJournal& journal, ControlOptions options);

  void add(FakeBrokerServer& broker);
  void add(FakeNamesrvServer& nameserver);
  /// What POST /v1/shutdown does.
  void on_shutdown(Task handler) { shutdown_ = std::move(handler); }

  /// The answer; nothing while what is waited for has not happened. `waited` is how long the request has been here.
  std::optional<HttpResponse> handle(const HttpRequest& request, Duration waited);

  static const std::vector<ControlRoute>& routes();
  GateKeeper& gates() { return gates_; }

 private:
  friend struct ControlCall;
  friend struct ControlResources;

  FragmentNames names() const;
  /// FaultPlan::kBeforeFirstStep as long as it has not begun.
  Duration since_first_step() const;
  friend void check_window(const Control& control, const FaultRule& rule);
  void rules_changed();
  void release(const std::vector<GateKeeper::Held>& held);

  Runtime& runtime_;
  RuleBook rules_;
  RequestJournal& journal_;
  ControlOptions options_;
  GateKeeper gates_;
  RuleBook gate_rules_;  ///< of gates_
  std::map<std::string, FakeBrokerServer*, std::less<>> brokers_;
  std::map<std::string, FakeNamesrvServer*, std::less<>> nameservers_;
  Task shutdown_;
};

}  // namespace rmqsim
