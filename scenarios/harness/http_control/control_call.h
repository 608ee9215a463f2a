// What the resources of the control room share: one request taken apart, its answer put together, and the errors on the
// way. Internal to this room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "scenarios/harness/http_control/control.h"

namespace rmqsim {

/// Ends a request with {"error", "status"}.
class ControlError : public std::runtime_error {
 public:
  ControlError(unsigned status, const std::string& message) : std::runtime_error(message), status_(status) {}
  unsigned status() const { return status_; }

 private:
  unsigned status_;
};

struct ControlCall {
  Control& control;
  std::string_view body;
  Duration waited{0};
  std::vector<std::string> path;             ///< what stands for "{…}", in order
  std::map<std::string, std::string> query;  ///< known parameters only, each once
  std::string last_event_id = {};
  HttpResponse* whole = nullptr;             ///< for what is no JSON: the answer's header, and what follows its body

  /// nullptr when the parameter was not given.
  const std::string* find(const std::string& key) const;
  std::uint64_t number(const std::string& key, std::uint64_t otherwise, std::uint64_t min, std::uint64_t max) const;
  JournalFilter filter() const;
  /// Of the rule that the path names; `what` it is, in the words of 404.
  std::size_t position(const RuleBook& rules, const char* what) const;
  /// 404 where there is no broker (nameserver) of our own, whose messages, topics, routes or permissions could be told.
  void need_brokers() const;
  void need_nameservers() const;
  FakeBrokerServer& broker(const std::string& name) const;
  FakeNamesrvServer& nameserver(const std::string& name) const;
  /// The server of that name and kind, whatever it is.
  ControlledServer& server(const std::string& name, bool nameserver) const;

 private:
  [[noreturn]] void nothing_here(const char* what) const;
};

using Json = nlohmann::ordered_json;

/// The value, or 400 with what is wrong.
template <class T>
T take(Fragment<T> fragment) {
  if (!fragment.value) throw ControlError(400, fragment.error_text());
  return std::move(*fragment.value);
}

/// The handlers; each returns the body of its answer, or nothing for "not yet".
struct ControlResources {
  using Handler = std::optional<Json> (*)(ControlCall& call);

  // faults.cc
  static std::optional<Json> list_faults(ControlCall&);
  static std::optional<Json> add_faults(ControlCall&);
  static std::optional<Json> clear_faults(ControlCall&);
  static std::optional<Json> reset_faults(ControlCall&);
  static std::optional<Json> get_fault(ControlCall&);
  static std::optional<Json> change_fault(ControlCall&);
  static std::optional<Json> remove_fault(ControlCall&);
  static std::optional<Json> reset_fault(ControlCall&);
  static std::optional<Json> near_misses(ControlCall&);
  // servers.cc
  static std::optional<Json> list_brokers(ControlCall&);
  static std::optional<Json> get_broker(ControlCall&);
  static std::optional<Json> crash_broker(ControlCall&);
  static std::optional<Json> restart_broker(ControlCall&);
  static std::optional<Json> pause_broker(ControlCall&);
  static std::optional<Json> resume_broker(ControlCall&);
  static std::optional<Json> set_broker_perm(ControlCall&);
  static std::optional<Json> list_nameservers(ControlCall&);
  static std::optional<Json> get_nameserver(ControlCall&);
  static std::optional<Json> crash_nameserver(ControlCall&);
  static std::optional<Json> restart_nameserver(ControlCall&);
  static std::optional<Json> pause_nameserver(ControlCall&);
  static std::optional<Json> resume_nameserver(ControlCall&);
  // topics.cc
  static std::optional<Json> list_topics(ControlCall&);
  static std::optional<Json> put_topic(ControlCall&);
  static std::optional<Json> list_routes(ControlCall&);
  static std::optional<Json> get_route(ControlCall&);
  static std::optional<Json> put_route(ControlCall&);
  static std::optional<Json> remove_from_route(ControlCall&);
  // requests.cc
  static std::optional<Json> list_requests(ControlCall&);
  static std::optional<Json> clear_requests(ControlCall&);
  static std::optional<Json> count_requests(ControlCall&);
  static std::optional<Json> wait_requests(ControlCall&);
  static std::optional<Json> list_messages(ControlCall&);
  static std::optional<Json> count_messages(ControlCall&);
  // gates.cc
  static std::optional<Json> list_gates(ControlCall&);
  static std::optional<Json> add_gate(ControlCall&);
  static std::optional<Json> get_gate(ControlCall&);
  static std::optional<Json> remove_gate(ControlCall&);
  static std::optional<Json> release_gate(ControlCall&);
  static std::optional<Json> release_gates(ControlCall&);
  // about.cc
  static std::optional<Json> health(ControlCall&);
  static std::optional<Json> version(ControlCall&);
  static std::optional<Json> openapi(ControlCall&);
  static std::optional<Json> shutdown(ControlCall&);
  static std::optional<Json> metrics(ControlCall&);
  // page/page.cc
  static std::optional<Json> page(ControlCall&);
  static std::optional<Json> page_file(ControlCall&);
  // live.cc
  static std::optional<Json> events(ControlCall&);
  static std::optional<Json> list_clients(ControlCall&);
  static std::optional<Json> scenario(ControlCall&);

  static void reset(Control& control, std::size_t i);
  static Json rule_json(const Control& control, std::size_t i);
  static Json entry_json(const JournalEntry& entry);
  static Json server_json(const Control& control, const std::string& name);
};

struct ControlEntry {
  ControlRoute route;
  ControlResources::Handler handler;
};

/// A fixed path ("/v1/faults/reset") stands before the one with a name, and hides it.
const std::vector<ControlEntry>& control_table();

/// Schemas of answers, by the names that routes give ; what they refer to is one of them, too.
Json answer_schemas();

/// 409 when the window of a rule or gate that is to be set has ended already, or 400 when it could never act.
void check_window(const Control& control, const FaultRule& rule);

/// 400 when the rule cannot be performed here.
void check_performable(const Control& control, const FaultRule& rule);
/// `?times=now`: `fromMs` and `toMs` count from this moment. They are written anew, as all others count.
void shift_window(const ControlCall& call, RuleFragment& one);

/// To the microsecond.
double rounded_millis(Duration d);

/// Of a TimePoint, ISO 8601 in UTC with milliseconds.
std::string iso_time(TimePoint at);

}  // namespace rmqsim
