// Every fault action as a client meets it, over the simulated network: what arrives, when, and what the broker stored.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "tests/fakes/raw_client.h"

namespace rmqsim {
namespace fault_actions_test {

struct Recorder final : ServerObserver {
  void on_request(std::string_view, const RequestSeen& r) override { rules.emplace_back(r.rule); }
  void on_answer(std::string_view, const AnswerSeen& a) override { outcomes.emplace_back(a.outcome); }
  std::vector<std::string> rules, outcomes;
};

FaultRule rule_for(FaultAction action, FaultTarget::Kind on, const std::string& nth) {
  FaultRule rule;
  rule.id = "r";
  rule.at = "broker-a";
  rule.on.kind = on;
  if (!nth.empty()) rule.nth = *NthSet::parse(nth);
  rule.action = std::move(action);
  return rule;
}

/// A broker with rules, mostly one, and a client, 1 ms apart.
struct FaultWorld {
  explicit FaultWorld(FaultAction action, FaultTarget::Kind on = FaultTarget::Kind::send, const std::string& nth = "1")
      : FaultWorld(std::vector{rule_for(std::move(action), on, nth)}) {}
  explicit FaultWorld(std::vector<FaultRule> rules) : network(runtime, {millis(1), 256 * 1024}) {
    plan = std::make_unique<FaultPlan>(std::move(rules), FaultPlanOptions{1, millis(5000)});
    network.add_node("client");
    FakeBrokerServerOptions options;
    options.remoting.listen = "10.0.0.2:10911";
    server = std::make_unique<FakeBrokerServer>(runtime, network.add_node("broker-a"), options, plan.get(), &seen);
    under(runtime, [&] {
      server->put_topic("TopicTest", 4, 6);
      server->start();
      server->begin_faults(runtime.now());
      client = std::make_unique<RawClient>(network.transport("client"), server->address());
    });
    runtime.run_for(millis(4));
  }
  ~FaultWorld() {
    under(runtime, [&] { server->stop(); });
  }
  void send(SendBuilder b = {}) {
    sent_at = runtime.now();
    client->send(b.build());
  }
  const MessageStore& store() const { return server->broker().store(); }

  SimRuntime runtime;
  SimNetwork network;
  Recorder seen;
  std::unique_ptr<FaultPlan> plan;
  std::unique_ptr<FakeBrokerServer> server;
  std::unique_ptr<RawClient> client;
  TimePoint sent_at;
};

DelayDistribution fixed(double ms) { return {DelayDistribution::Kind::fixed, ms, 0}; }

TEST(FaultActions, WithoutARuleTheAnswerComesAfterOneRoundTrip) {
  FaultWorld w({}, FaultTarget::Kind::heartbeat);
  w.send();
  w.runtime.run_for(millis(2));
  ASSERT_EQ(w.client->received.size(), 1u);
  EXPECT_EQ(w.client->received[0].code, 0);
  EXPECT_EQ(w.client->received[0].opaque, 7);
  EXPECT_EQ(w.store().stored(), 1u);
  EXPECT_EQ(w.store().acknowledged(), 1u);
  EXPECT_EQ(w.store().find_key("KEY0")->acknowledged, 1u);
}

TEST(FaultActions, ADelayHoldsTheAnswerWhileTheMessageIsStoredAtOnce) {
  FaultWorld w(FaultAction{{"delayMs", fixed(600)}});
  w.send();
  w.runtime.run_for(millis(2));
  EXPECT_EQ(w.store().stored(), 1u);
  EXPECT_EQ(w.store().acknowledged(), 0u);
  w.runtime.run_for(millis(599));
  EXPECT_TRUE(w.client->received.empty());
  w.runtime.run_for(millis(1));
  EXPECT_EQ(w.client->received.size(), 1u);
  EXPECT_EQ(w.store().acknowledged(), 1u);
}

TEST(FaultActions, RespondAnswersTheCodeAndStoresNothing) {
  FaultWorld w(FaultAction{{"respond", FaultAnswer{ResponseCode::SYSTEM_BUSY, "[TIMEOUT_CLEAN_QUEUE]broker busy"}},
                {"delayMs", fixed(10)}});
  w.send();
  w.runtime.run_for(millis(11));
  EXPECT_TRUE(w.client->received.empty());
  w.runtime.run_for(millis(1));
  ASSERT_EQ(w.client->received.size(), 1u);
  EXPECT_EQ(w.client->received[0].code, 2);
  EXPECT_EQ(w.client->received[0].remark, "[TIMEOUT_CLEAN_QUEUE]broker busy");
  EXPECT_FALSE(w.client->received[0].has_ext_fields);
  EXPECT_EQ(w.store().stored(), 0u);
  EXPECT_EQ(w.seen.rules, (std::vector<std::string>{"r"}));
  EXPECT_EQ(w.seen.outcomes, (std::vector<std::string>{"SYSTEM_BUSY"}));
}

TEST(FaultActions, AnInventedSuccessHasTheFieldsThatClientsReadAndStoresNothing) {
  FaultWorld w(FaultAction{{"respond", FaultAnswer{ResponseCode::SUCCESS, std::nullopt}}});
  w.send();
  w.runtime.run_for(millis(2));
  ASSERT_EQ(w.client->received.size(), 1u);
  for (const char* field : {"msgId", "queueId", "queueOffset"}) {
    EXPECT_TRUE(w.client->received[0].ext_fields.contains(field));
  }
  EXPECT_EQ(w.store().stored(), 0u);
  EXPECT_EQ(w.store().acknowledged(), 0u);
}

TEST(FaultActions, StoreThenRespondKeepsTheFieldsForTheStatusCodesOnly) {
  for (const std::int32_t code : {ResponseCode::FLUSH_DISK_TIMEOUT, ResponseCode::SYSTEM_ERROR}) {
    FaultWorld w(FaultAction{{"storeThenRespond", FaultAnswer{code, std::nullopt}}});
    w.send();
    w.runtime.run_for(millis(2));
    ASSERT_EQ(w.client->received.size(), 1u);
    EXPECT_EQ(w.client->received[0].code, code);
    EXPECT_EQ(w.client->received[0].ext_fields.contains("msgId"), code == ResponseCode::FLUSH_DISK_TIMEOUT);
    EXPECT_EQ(w.store().stored(), 1u);
    EXPECT_EQ(w.store().acknowledged(), code == ResponseCode::FLUSH_DISK_TIMEOUT ? 1u : 0u);
  }
}

TEST(FaultActions, StoreThenRespondDoesNotCoverARefusal) {
  FaultWorld w(FaultAction{{"storeThenRespond", FaultAnswer{ResponseCode::FLUSH_DISK_TIMEOUT, std::nullopt}}});
  SendBuilder b;
  b.queue_id = 99;
  w.send(b);
  w.runtime.run_for(millis(2));
  ASSERT_EQ(w.client->received.size(), 1u);
  EXPECT_EQ(w.client->received[0].code, 29);
}

TEST(FaultActions, DropLosesTheRequestOrOnlyTheResponse) {
  for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
    FaultWorld w(FaultAction{{"drop", moment}});
    w.send();
    w.runtime.run_for(millis(500));
    EXPECT_TRUE(w.client->received.empty());
    EXPECT_FALSE(w.client->closed);
    EXPECT_EQ(w.store().stored(), moment == FaultMoment::after ? 1u : 0u);
    EXPECT_EQ(w.store().acknowledged(), 0u);
    EXPECT_EQ(w.seen.outcomes, (std::vector<std::string>{"DROPPED"}));
  }
}

TEST(FaultActions, CloseAndResetEndTheConnectionBeforeOrAfterStoring) {
  for (const FaultMoment moment : {FaultMoment::before, FaultMoment::after}) {
    for (const bool reset : {false, true}) {
      for (const bool oneway : {false, true}) {
        FaultWorld w(FaultAction{{reset ? "reset" : "close", moment}, {"delayMs", fixed(20)}});
        SendBuilder b;
        b.oneway = oneway;
        w.send(b);
        w.runtime.run_for(millis(21));
        EXPECT_FALSE(w.client->closed);
        w.runtime.run_for(millis(1));
        EXPECT_TRUE(w.client->closed);
        EXPECT_EQ(w.client->close_reason,
                  error_code(reset ? TransportError::connection_reset : TransportError::connection_closed));
        EXPECT_TRUE(w.client->received.empty());
        EXPECT_EQ(w.store().stored(), moment == FaultMoment::after ? 1u : 0u);
      }
    }
  }
}

TEST(FaultActions, AOnewayRequestIsNeverAnswered) {
  const FaultAction::Named actions[] = {{"respond", FaultAnswer{1, "x"}},
                                        {"storeThenRespond", FaultAnswer{10, {}}},
                                        {"garbage", 8u},
                                        {"duplicate"},
                                        {"chunk", 1u},
                                        {"late"},
                                        {"delayMs", fixed(5)}};
  for (const FaultAction::Named& action : actions) {
    FaultWorld w(FaultAction{action});
    SendBuilder b;
    b.oneway = true;
    w.send(b);
    w.runtime.run_for(std::chrono::seconds(20));
    EXPECT_TRUE(w.client->bytes.empty());
    EXPECT_FALSE(w.client->closed);
    // A journal names the rule that did something, and no other.
    EXPECT_EQ(w.seen.rules, std::vector<std::string>{action.key == "respond" ? "r" : ""}) << action.key;
    EXPECT_EQ(w.seen.outcomes, std::vector<std::string>{"ONEWAY"}) << action.key;
  }
}

TEST(FaultActions, TruncateSendsTheBeginningAndCloses) {
  FaultWorld w(FaultAction{{"truncate", 9u}});
  w.send();
  w.runtime.run_for(millis(3));
  EXPECT_EQ(w.client->bytes.size(), 9u);
  EXPECT_TRUE(w.client->received.empty());
  EXPECT_TRUE(w.client->closed);
  EXPECT_EQ(w.store().acknowledged(), 0u);
}

TEST(FaultActions, TruncateBehindTheEndOfAnAnswerOnlyCloses) {
  FaultWorld w(FaultAction{{"truncate", 100'000u}});
  w.send();
  w.runtime.run_for(millis(3));
  ASSERT_EQ(w.client->received.size(), 1u);
  EXPECT_TRUE(w.client->closed);
  EXPECT_EQ(w.store().acknowledged(), 1u) << "the client has the whole answer";
  EXPECT_EQ(w.seen.outcomes, std::vector<std::string>{"SUCCESS"});
  EXPECT_EQ(w.plan->acted(0), 1u);
}

TEST(FaultActions, GarbageIsAsLongAsAskedAndTheSameForTheSameSeed) {
  const FaultAction garbage{{"garbage", 64u}};
  FaultWorld one(garbage), two(garbage);
  for (FaultWorld* w : {&one, &two}) {
    w->send();
    w->runtime.run_for(millis(3));
  }
  EXPECT_EQ(one.client->bytes.size(), 64u);
  EXPECT_EQ(one.client->bytes, two.client->bytes);
  EXPECT_TRUE(one.client->received.empty());
}

TEST(FaultActions, ChunkDribblesTheAnswerOneMillisecondApart) {
  FaultWorld w(FaultAction{{"chunk", 50u}});
  w.send();
  w.runtime.run_for(millis(3));
  EXPECT_EQ(w.client->pieces, (std::vector<std::size_t>{50, 50}));
  EXPECT_EQ(w.store().acknowledged(), 0u);
  w.runtime.run_for(millis(100));
  ASSERT_EQ(w.client->received.size(), 1u);
  EXPECT_EQ(w.client->received[0].code, 0);
  EXPECT_EQ(w.store().acknowledged(), 1u);
}

/// A broker that answers the first send in pieces of 20 bytes, 1 ms apart, and the next one by `then`.
FaultWorld dribbling(FaultAction then) {
  return FaultWorld({rule_for(FaultAction{{"chunk", 20u}}, FaultTarget::Kind::send, "1"),
                     rule_for(std::move(then), FaultTarget::Kind::send, "2")});
}

/// A send of opaque 7, and one of opaque 8 right behind it.
void send_two(FaultWorld& w) {
  SendBuilder next;
  next.opaque = 8;
  w.send();
  w.send(next);
}

// A frame that has begun is sent to its end before another begins, whoever writes that.
TEST(FaultActions, NoAnswerStandsBetweenThePiecesOfAnother) {
  for (const char* nth : {"1", ""}) {  // the second comes as one, or in pieces of its own
    FaultWorld w(FaultAction{{"chunk", 50u}}, FaultTarget::Kind::send, nth);
    send_two(w);
    w.runtime.run_for(millis(100));
    EXPECT_FALSE(w.client->undecodable);
    ASSERT_EQ(w.client->received.size(), 2u) << "nth " << nth;
    EXPECT_EQ(w.client->received[0].opaque, 7);
    EXPECT_EQ(w.client->received[1].opaque, 8);
    EXPECT_EQ(w.store().acknowledged(), 2u);
    for (const std::size_t piece : w.client->pieces) EXPECT_TRUE(piece <= 50 || *nth != 0) << piece;
  }
}

TEST(FaultActions, WhatABrokerAsksWaitsForTheLastPieceOfAnAnswer) {
  FaultWorld w(FaultAction{{"chunk", 20u}});
  w.send();
  w.runtime.run_for(millis(3));
  under(w.runtime, [&] {
    RemotingServer& remoting = w.server->server().remoting();
    RemotingCommand check = RemotingCommand::request(RequestCode::CHECK_TRANSACTION_STATE, MQVersion::V5_3_3);
    remoting.invoke_oneway(*remoting.find(1), check);
  });
  w.runtime.run_for(millis(100));
  ASSERT_EQ(w.client->received.size(), 2u);
  EXPECT_EQ(w.client->received[0].opaque, 7);
  EXPECT_EQ(w.client->received[1].code, RequestCode::CHECK_TRANSACTION_STATE);
}

TEST(FaultActions, AnAnswerInPiecesIsWholeBeforeAnotherIsGarbageOrCutOrTheConnectionCloses) {
  for (const FaultAction::Named& then : {FaultAction::Named{"garbage", 8u}, FaultAction::Named{"truncate", 9u},
                                         FaultAction::Named{"close", FaultMoment::after}}) {
    FaultWorld w = dribbling(FaultAction{then});
    send_two(w);
    w.runtime.run_for(millis(100));
    ASSERT_EQ(w.client->received.size(), 1u) << then.key;
    EXPECT_EQ(w.client->received[0].opaque, 7);
    EXPECT_EQ(w.client->closed, then.key != std::string_view("garbage"));
    EXPECT_EQ(w.store().acknowledged(), 1u);
  }
}

TEST(FaultActions, AResetCutsAnAnswerInPieces) {
  FaultWorld w = dribbling(FaultAction{{"reset", FaultMoment::after}});
  send_two(w);
  w.runtime.run_for(millis(100));
  EXPECT_TRUE(w.client->received.empty());
  EXPECT_EQ(w.client->close_reason, error_code(TransportError::connection_reset));
  EXPECT_EQ(w.store().acknowledged(), 0u);
  EXPECT_EQ(w.seen.outcomes, (std::vector<std::string>{"RESET", "LOST"}));
}

TEST(FaultActions, AServerThatStopsLeavesNoPieceBehind) {
  FaultWorld w = dribbling(FaultAction{{"chunk", 20u}});
  send_two(w);
  w.runtime.run_for(millis(3));
  under(w.runtime, [&] { w.server->stop(); });
  w.runtime.run_for(millis(100));
  EXPECT_TRUE(w.client->closed);
  EXPECT_EQ(w.server->server().remoting().connections(), 0u);
}

TEST(FaultActions, WrongOpaqueAndDuplicateAnswersCombine) {
  FaultWorld w(FaultAction{{"wrongOpaque"}, {"duplicate"}});
  w.send();
  w.runtime.run_for(millis(3));
  ASSERT_EQ(w.client->received.size(), 2u);
  EXPECT_NE(w.client->received[0].opaque, 7);
  EXPECT_EQ(w.store().acknowledged(), 0u);
}

TEST(FaultActions, LateComesAfterTheClientMustHaveGivenUp) {
  FaultWorld w(FaultAction{{"late"}});
  w.send();
  w.runtime.run_for(millis(5001));
  EXPECT_TRUE(w.client->received.empty());
  w.runtime.run_for(millis(1));
  EXPECT_EQ(w.client->received.size(), 1u);
}

TEST(FaultActions, AnAnswerToAConnectionThatIsGoneIsLostAndNotAcknowledged) {
  FaultWorld w(FaultAction{{"delayMs", fixed(50)}});
  w.send();
  w.runtime.run_for(millis(10));
  w.client.reset();
  w.runtime.run_for(millis(100));
  EXPECT_EQ(w.seen.outcomes, (std::vector<std::string>{"LOST"}));
  EXPECT_EQ(w.store().stored(), 1u);
  EXPECT_EQ(w.store().acknowledged(), 0u);
}

TEST(FaultActions, ConnectRulesCloseResetSwallowAndRefuse) {
  const auto connect = FaultTarget::Kind::connect;
  const FaultAction close{{"close", FaultMoment::before}}, reset{{"reset", FaultMoment::before}};
  const FaultAction hole{{"blackhole"}}, refuse{{"refuse"}};
  FaultWorld closing(close, connect), resetting(reset, connect), swallowing(hole, connect), counted(refuse, connect);
  EXPECT_EQ(closing.client->close_reason, error_code(TransportError::connection_closed));
  EXPECT_EQ(resetting.client->close_reason, error_code(TransportError::connection_reset));
  EXPECT_EQ(counted.client->close_reason, error_code(TransportError::connection_reset));
  swallowing.send();
  swallowing.runtime.run_for(std::chrono::seconds(10));
  EXPECT_TRUE(swallowing.client->connected);
  EXPECT_FALSE(swallowing.client->closed);
  EXPECT_TRUE(swallowing.client->bytes.empty());
  EXPECT_EQ(swallowing.server->server().received(), 0u);
}

TEST(FaultActions, ARefusalOfEveryConnectionIsADeadPort) {
  FaultWorld w(FaultAction{{"refuse"}}, FaultTarget::Kind::connect, "");
  EXPECT_EQ(w.client->connect_error, error_code(TransportError::connection_refused));
}

TEST(FaultActions, AWorldThatAsksBeforehandCanRefuseACountedConnection) {
  SimRuntime runtime;
  SimNetwork network(runtime, {});
  FaultRule rule;
  rule.id = "r";
  rule.at = "broker-a";
  rule.on.kind = FaultTarget::Kind::connect;
  rule.nth = NthSet::first(1);
  rule.action = FaultAction{{"refuse"}};
  FaultPlan plan({rule}, {});
  FakeBrokerServerOptions options;
  options.remoting.listen = "10.0.0.1:10911";
  FakeBrokerServer server(runtime, network.add_node("broker-a"), options, &plan);
  network.add_node("client");
  network.set_connect_rule("broker-a", [&](std::string_view) {
    return server.server().refuses_connection() ? ConnectVerdict::refuse : ConnectVerdict::accept;
  });
  under(runtime, [&] { server.start(); });
  RawClient first(network.transport("client"), server.address());
  runtime.run_for(millis(5));
  RawClient second(network.transport("client"), server.address());
  runtime.run_for(millis(5));
  EXPECT_EQ(first.connect_error, error_code(TransportError::connection_refused));
  EXPECT_TRUE(second.connected);
  under(runtime, [&] { server.stop(); });
}

}  // namespace fault_actions_test
}  // namespace rmqsim
