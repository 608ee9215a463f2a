// The lines as JSON objects: {"do": NAME, ...} one way, {"registered": ..., "requests": [[code, topic, n], ...], ...},
// {"stored": TOPIC, "record": BASE64} and {"toldUntil": NANOS} the other.
#include "fake_broker/shell/report_channel.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

using nlohmann::json;
using Action = ControlCommand::Action;

constexpr std::array<std::pair<Action, const char*>, 6> kActions{{{Action::report, "report"},
                                                                  {Action::begin_faults, "beginFaults"},
                                                                  {Action::crash, "crash"},
                                                                  {Action::set_route, "setRoute"},
                                                                  {Action::remove_from_route, "removeFromRoute"},
                                                                  {Action::set_perm, "setPerm"}}};

std::string dump(const json& value) { return json_text(value); }

/// Calls `read` with the object on the line; whatever is wrong with it, a missing member included, is nullopt.
template <class T, class Read>
std::optional<T> parse(std::string_view line, const Read& read) {
  const json value = json_or_discarded<json>(line);
  if (!value.is_object()) return std::nullopt;
  try {
    return read(value);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

json counts_json(const TransactionCounts& counts) {
  return {counts.checks, counts.asked, counts.committed, counts.rolled_back, counts.discarded, counts.pending};
}

TransactionCounts counts_of(const json& value) {
  return {value.at(0), value.at(1), value.at(2), value.at(3), value.at(4), value.at(5)};
}

}  // namespace

bool is_watched(const std::vector<std::string>& names, std::string_view topic) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return name.ends_with('*') ? topic.starts_with(name.substr(0, name.size() - 1)) : topic == name;
  });
}

std::string to_line(const ControlCommand& command) {
  json line;
  for (const auto& [action, name] : kActions) {
    if (action == command.action) line["do"] = name;
  }
  if (!command.topic.empty()) line["topic"] = command.topic;
  if (!command.broker.empty()) line["broker"] = command.broker;
  if (!command.queues.empty()) line["queues"] = command.queues;
  if (command.perm != 0) line["perm"] = command.perm;
  if (command.action == Action::begin_faults) line["firstStepNanos"] = command.first_step.time_since_epoch().count();
  return dump(line);
}

std::optional<ControlCommand> parse_control_command(std::string_view line) {
  return parse<ControlCommand>(line, [](const json& value) -> std::optional<ControlCommand> {
    ControlCommand command;
    const std::string what = value.at("do");
    const auto* found = std::find_if(kActions.begin(), kActions.end(), [&](const auto& a) { return a.second == what; });
    if (found == kActions.end()) return std::nullopt;
    command.action = found->first;
    command.topic = value.value("topic", "");
    command.broker = value.value("broker", "");
    if (value.contains("queues")) value.at("queues").get_to(command.queues);
    command.perm = value.value("perm", 0);
    if (command.action == Action::begin_faults) {
      command.first_step = TimePoint(Duration(value.at("firstStepNanos").get<std::int64_t>()));
    }
    return command;
  });
}

std::string to_line(const ServerReport& report) {
  json line;
  if (!report.error.empty()) line["error"] = report.error;
  line["registered"] = report.registered;
  line["storedRequests"] = report.stored_requests;
  line["forgotten"] = report.forgotten;
  line["requests"] = json::array();
  for (const auto& [what, count] : report.requests) line["requests"].push_back({what.first, what.second, count});
  line["copies"] = json::object();
  for (const auto& [key, count] : report.copies) line["copies"][key] = count;
  line["transactions"] = json::object();
  for (const auto& [key, counts] : report.transactions) line["transactions"][key] = counts_json(counts);
  line["transactionTotals"] = counts_json(report.transaction_totals);
  line["delayed"] = {report.delivered, report.recalled};
  line["rules"] = json::array();
  for (const RuleReport& rule : report.rules) {
    line["rules"].push_back({rule.matched, rule.acted, rule.first.count(), rule.last.count()});
  }
  line["changed"] = report.changed;
  return dump(line);
}

std::string to_line(const StoredNotice& notice) {
  return dump({{"stored", notice.topic}, {"record", base64_url_encode(notice.record)}});
}

std::string to_line(const ToldUntil& told) { return dump({{"toldUntil", told.at.time_since_epoch().count()}}); }

std::optional<ServerReport> parse_server_report(std::string_view line) {
  return parse<ServerReport>(line, [](const json& value) -> std::optional<ServerReport> {
    ServerReport report;
    report.error = value.value("error", "");
    report.registered = value.at("registered");
    report.stored_requests = value.at("storedRequests");
    report.forgotten = value.at("forgotten");
    for (const json& one : value.at("requests")) {
      report.requests[{one.at(0).get<std::int32_t>(), one.at(1).get<std::string>()}] = one.at(2);
    }
    for (const auto& [key, count] : value.at("copies").items()) report.copies[key] = count;
    for (const auto& [key, counts] : value.at("transactions").items()) report.transactions[key] = counts_of(counts);
    report.transaction_totals = counts_of(value.at("transactionTotals"));
    report.delivered = value.at("delayed").at(0);
    report.recalled = value.at("delayed").at(1);
    for (const json& rule : value.at("rules")) {
      report.rules.push_back({rule.at(0), rule.at(1), Duration(rule.at(2).get<std::int64_t>()),
                              Duration(rule.at(3).get<std::int64_t>())});
    }
    report.changed = value.at("changed");
    return report;
  });
}

std::optional<StoredNotice> parse_stored_notice(std::string_view line) {
  return parse<StoredNotice>(line, [](const json& value) -> std::optional<StoredNotice> {
    auto record = base64_url_decode(value.at("record").get<std::string>());
    if (!record) return std::nullopt;
    return StoredNotice{value.at("stored"), std::move(*record)};
  });
}

std::optional<ToldUntil> parse_told_until(std::string_view line) {
  return parse<ToldUntil>(line, [](const json& value) -> std::optional<ToldUntil> {
    return ToldUntil{TimePoint(Duration(value.at("toldUntil").get<std::int64_t>()))};
  });
}

}  // namespace rmqsim
