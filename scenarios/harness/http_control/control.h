// Faults at run time, for whoever does not write C++: what HTTP asks about servers that run is answered here. Pure as
// far as the outside goes: a request comes in, an answer goes out; sockets are HttpServer's, argv is `rmqsim ctl`'s.
// The same resources for one server (the fakes' programs) and for a cluster (`rmqsim up`, `rmqsim run -- COMMAND`).
// All calls under the monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_broker/rules/fault_plan.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/transport/http_message.h"
#include "scenarios/harness/file/parse/fragments.h"
#include "scenarios/harness/file/step.h"
#include "scenarios/harness/http_control/controlled_server.h"
#include "scenarios/harness/http_control/deeds.h"
#include "scenarios/harness/http_control/event_reader.h"
#include "scenarios/harness/http_control/gate_keeper.h"
#include "scenarios/harness/http_control/rule_book.h"
#include "scenarios/harness/journal/connection_book.h"
#include "scenarios/harness/journal/event_log.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

struct ControlCall;

struct ControlOptions {
  std::string version;                  ///< of the program
  const Scenario* scenario = nullptr;   ///< whose rules the plan has, if any; must outlive the control
  /// Rules may name brokers that are not known yet: whoever comes first, they or the rule.
  bool open_names = false;
  /// Why a rule cannot be performed here; empty: every rule can.
  std::function<std::optional<std::string>(const FaultRule&)> refuse_rule;
};

/// One route of the table, also what /openapi.json is made of.
struct ControlRoute {
  std::string_view method;
  std::string_view path;  ///< "{name}" stands for one segment
  std::string_view summary;
  std::vector<std::string_view> query;  ///< parameters; their meaning is in the table of control.cc
  std::string_view body;                ///< schema of the request's body; empty: none
  unsigned status = 200;                ///< when all is well
  std::string_view answer = {};         ///< schema of the answer's body
  std::string_view ctl = {};            ///< the same as arguments of `rmqsim ctl`; empty: it cannot
};

class Control final : private JournalListener {
 public:
  static constexpr std::size_t kMaxRules = 1000;
  /// Of /v1/events. An HttpServer has room for twice as many connections.
  static constexpr std::size_t kMaxReaders = 32;

  /// Everything referred to must outlive it. Servers are added before the first request.
  Control(Runtime& runtime, FaultPlan& plan, RequestJournal& journal, ControlOptions options);
  ~Control() override;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void add(FakeBrokerServer& broker);
  void add(FakeNamesrvServer& nameserver);
  void add(ControlledServer& server);
  /// What POST /v1/shutdown does.
  void on_shutdown(Task handler) { shutdown_ = std::move(handler); }

  /// The answer; nothing while what is waited for has not happened. `waited` is how long the request has been here.
  std::optional<HttpResponse> handle(const HttpRequest& request, Duration waited);

  static const std::vector<ControlRoute>& routes();
  GateKeeper& gates() { return gates_; }

  /// What a scenario's event, or a request to this interface, has just done to servers or routes.
  void happened(const EventStep& step);
  /// As a scenario file: the cluster, the messages that came, rules and events at their times. Throws ControlError.
  std::string saved_scenario(const std::string& name) const;

 private:
  friend struct ControlCall;
  friend struct ControlResources;
  friend class SavedScenario;

  std::uint64_t on_arrived(std::uint64_t number, const RequestSource& source) override;
  std::uint64_t on_answered(std::uint64_t number, const RequestSource& source) override;
  void on_forgotten(std::uint64_t number, std::uint64_t last_event) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;
  void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer) override;
  /// `details` is a JSON object.
  void note(std::string_view kind, std::string server, std::string rule, std::string details);
  void note_rule(const char* what, std::size_t position);
  void note_gate(const char* what, const std::string& id, std::size_t released);
  /// Tells of brokers that nameservers have got to know, or have forgotten.
  void compare_registrations();
  /// Since the first step; zero before it.
  Duration now_or_zero() const;

  /// What a rule or gate may name; `body` is the text that it comes as.
  FragmentNames names(std::string_view body = {}) const;
  /// Throws ControlError when no request can be seen there. Behind a proxy a server may come that has no name yet.
  void check_server(const std::string& name) const;
  /// FaultPlan::kBeforeFirstStep as long as it has not begun.
  Duration since_first_step() const;
  friend void check_window(const Control& control, const FaultRule& rule);
  friend void check_performable(const Control& control, const FaultRule& rule);
  friend void shift_window(const ControlCall& call, RuleFragment& one);
  void rules_changed();
  void release(const std::vector<GateKeeper::Held>& held);

  Runtime& runtime_;
  RuleBook rules_;
  RequestJournal& journal_;
  ControlOptions options_;
  GateKeeper gates_;
  RuleBook gate_rules_;  ///< of gates_
  TimePoint started_;
  EventLog events_;
  ConnectionBook connections_;
  Deeds deeds_;
  std::shared_ptr<char> readers_ = std::make_shared<char>();  ///< each reader of events has one more
  std::vector<std::unique_ptr<ControlledServer>> fakes_;
  std::map<std::string, ControlledServer*, std::less<>> servers_;  ///< all
  /// Nameserver, address, broker's name and id.
  std::map<std::pair<std::string, std::string>, std::pair<std::string, std::int64_t>> registered_;
  std::map<std::string, FakeBrokerServer*, std::less<>> brokers_;
  std::map<std::string, FakeNamesrvServer*, std::less<>> nameservers_;
  Task shutdown_;
};

/// What an HttpServer asks: each call takes the monitor. Both must outlive it.
HttpHandler under_monitor(Runtime& runtime, Control& control);

}  // namespace rmqsim
