// A run that nobody made: its record and what went over the wire, as a test of an invariant wants them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "producer/profile/profile.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/judging/invariant_table.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {

class MadeRun {
 public:
  /// Two brokers that both have the topic T, one producer, one step with five sends; `send` and `config` say more.
  /// `other`: a second producer, q of the group h, is configured so; "-": there is none.
  explicit MadeRun(std::string_view invariant, const std::string& send = "", const std::string& config = "",
                   const std::string& steps = "", const std::string& more = "", const std::string& other = "-")
      : invariant_(make_invariant(invariant)), name_(invariant) {
    ParseResult parsed = parse_scenario(R"({"version": 1, "name": "x", "why": "x",
      "cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}], "autoCreateTopic": true},
      "producers": [{"name": "p", "group": "g", "config": {)" +
                                            config + "}}" +
                                            (other == "-" ? "" : R"(, {"name": "q", "group": "h", "config": {)" +
                                                                     other + "}}") +
                                            R"(],
      "steps": [{"send": {"producer": "p", "topic": "T", "count": 5)" +
                                            send + "}}" + steps + "]" + more + "}",
                                        "-", {.judge_idle = false});
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    scenario = std::move(*parsed.scenario);
    record.sends.resize(1);
    SendRecord& only = sent();
    only.completions = 1;
    only.msg_id = "K0";
    only.timeout_millis = 3000;
    only.max_attempts = 3;
    only.mode = std::get<SendStep>(scenario.steps[0].what).mode;
  }

  SendRecord& sent() { return record.sends[0]; }
  /// Appends an attempt, from `from` to `to` ms after the start of the send.
  void attempt(const std::string& broker, const std::string& outcome, int from, int to, std::int64_t timeout = 3000) {
    sent().attempts.push_back({broker, 0, TimePoint{} + millis(from), millis(to - from), timeout, outcome});
    sent().end = TimePoint{} + millis(to);
  }
  void succeed() {
    sent().result.emplace();
    sent().result->msg_id = sent().msg_id;
  }
  void fail(std::int32_t code) { sent().error = MQError{.type = ErrorType::MQBrokerException, .response_code = code}; }

  // On the wire, at a time in ms.
  void try_connect(int at, const std::string& server = "a") {
    each([&](WireEvents& told) { told.connecting(end(0, at, server)); });
  }
  void connect(std::uint64_t connection, int at = 0, const std::string& server = "a") {
    each([&](WireEvents& told) { told.connected(end(connection, at, server)); });
  }
  void close(std::uint64_t connection, int at, error_code reason = {}, const std::string& server = "a") {
    each([&](WireEvents& told) { told.closed(end(connection, at, server), reason); });
  }
  void greet(std::uint64_t connection, std::int32_t opaque, int at, const std::string& server = "a") {
    RemotingCommand command = RemotingCommand::request(RequestCode::HEART_BEAT, 0);
    command.opaque = opaque;
    each([&](WireEvents& told) { told.request(end(connection, at, server), command); });
  }
  /// Asks for the route of T and hears, 1 ms later, that these brokers have two queues each.
  void hear_route(int at, const std::vector<std::string>& brokers, std::int32_t perm = 6,
                  const std::string& topic = "T") {
    RemotingCommand command = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, 0);
    command.opaque = 100'000 + at;
    command.ext().set("topic", topic);
    each([&](WireEvents& told) { told.request(end(99, at, "ns-1"), command); });
    TopicRouteData route;
    for (const std::string& broker : brokers) {
      route.queue_datas.push_back({broker, 2, 2, perm, 0});
      route.broker_datas.push_back({"c", broker, {{kMasterId, broker + ":10911"}}, {}, {}});
    }
    answer(99, command.opaque, at + 1, 0, "ns-1", route.encode(JsonDialect::standard));
  }
  void request(std::uint64_t connection, std::int32_t opaque, int at, const std::string& body = "x",
               bool oneway = false, const std::string& key = "K0", const std::string& server = "a") {
    RemotingCommand command = RemotingCommand::request(RequestCode::SEND_MESSAGE_V2, 0);
    command.opaque = opaque;
    command.ext().set("i", std::string("UNIQ_KEY\x01") + key + "\x02");
    command.body = body;
    if (oneway) command.mark_oneway();
    each([&](WireEvents& told) { told.request(end(connection, at, server), command); });
  }
  void answer(std::uint64_t connection, std::int32_t opaque, int at, std::int32_t code = 0,
              const std::string& server = "a", const std::string& body = "") {
    RemotingCommand command;
    command.opaque = opaque;
    command.code = code;
    command.flag = RemotingCommand::kResponseFlag;
    command.body = body;
    each([&](WireEvents& told) { told.answer(end(connection, at, server), command); });
  }

  void end_transaction(bool from_check) {
    RemotingCommand command = RemotingCommand::request(RequestCode::END_TRANSACTION, 0);
    command.ext().set("msgId", "K0");
    command.ext().set("fromTransactionCheck", from_check ? "true" : "false");
    invariant_->request(end(1, 0, "a"), command);
  }

  /// What the invariant says of it; empty: it holds.
  std::string judged(const char* profile = "java-5.3.3") {
    fit();
    JudgedRun run{
        scenario, *find_profile(profile), record, Duration{0}, clients, [this](std::string_view) { return kept; },
        repeated, &routes_};
    for (const InvariantInfo& info : kInvariants) {
      if (info.name != name_) continue;
      Breaches breaches(info);
      invariant_->judge(run, breaches);
      if (breaches.empty()) return "";
      const Failure failure = breaches.failure(record.sends.size());
      return failure.evidence.empty() ? failure.message : failure.message + "\n" + failure.evidence.front();
    }
    return "no such invariant";
  }

  Scenario scenario;
  RunRecord record;
  std::vector<ClientState> clients;
  bool kept = true;
  std::map<std::string, std::uint64_t, std::less<>> repeated;

 private:
  /// A run's record has an entry for each send of its scenario.
  void fit() {
    Step& first = scenario.steps[0];
    if (scenario.send_count == first.send_count) scenario.send_count = first.send_count = record.sends.size();
    if (record.sends.size() < scenario.send_count) record.sends.resize(scenario.send_count);
  }
  template <class Tell>
  void each(const Tell& tell) {
    tell(routes_);
    tell(*invariant_);
  }
  static WireEnd end(std::uint64_t connection, int at, const std::string& server) {
    return {"p", server, connection, TimePoint{} + millis(at)};
  }

  HeardRoutes routes_;
  std::unique_ptr<Invariant> invariant_;
  std::string name_;
};

}  // namespace rmqsim
