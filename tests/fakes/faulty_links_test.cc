// A client and a server with rules on the link between them, over the simulated network: what arrives and when, which
// connections a rule counts, and what becomes of bytes on their way when either side or the rule goes.
#include "fake_broker/shell/faulty_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/transport/sim_fixture.h"

namespace rmqsim {
namespace faulty_links_test {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

using Kind = FaultTarget::Kind;

FaultRule rule_on(Kind on, FaultAction action, std::string id = "r") {
  FaultRule rule;
  rule.id = std::move(id);
  rule.at = "b";
  rule.on.kind = on;
  rule.action = std::move(action);
  return rule;
}

/// One way takes 0.2 ms. A later connection is the client's and the server's; the former ones live on.
class FaultyLinksTest : public test_support::SimNetworkTest {
 protected:
  void rules(std::vector<FaultRule> all) {
    plan_ = std::make_unique<FaultPlan>(std::move(all), FaultPlanOptions{});
    acceptor_.reset();
    links_ =
        std::make_unique<FaultyLinks>(world_, *transport_b_, plan_.get(), "b",
                                      [this](std::string_view rule, std::string_view) { acts_.emplace_back(rule); });
    links_->begin(world_.now());
    acceptor_ = links_->listen("0.0.0.0:10911", [this](std::shared_ptr<Connection> c) { server_.take(std::move(c)); });
    connect();
  }
  void client_writes(const std::string& bytes) {
    world_.Runtime::run([&] { client_.connection->write(bytes); });
  }
  void server_writes(const std::string& bytes) {
    world_.Runtime::run([&] { server_.connection->write(bytes); });
  }
  void connect_again() {
    former_.push_back(client_.connection);
    former_.push_back(server_.connection);
    for (test_support::SimEnd* end : {&client_, &server_}) end->received.clear();
    connect();
  }
  ~FaultyLinksTest() override {
    client_.connection.reset();
    server_.connection.reset();
    former_.clear();
    acceptor_.reset();
  }

  std::unique_ptr<FaultPlan> plan_;
  std::unique_ptr<FaultyLinks> links_;
  std::vector<std::string> acts_;
  std::vector<std::shared_ptr<Connection>> former_;
};

TEST_F(FaultyLinksTest, WithoutARuleOnALinkBytesGoThroughAsTheyCome) {
  rules({rule_on(Kind::send, FaultAction{{"late"}})});
  const double begin = ms();
  client_writes("request");
  world_.run();
  EXPECT_EQ(server_.received, "request");
  EXPECT_THAT(server_.at_ms, ElementsAre(DoubleNear(begin + 0.2, 1e-6)));
  server_writes("answer");
  world_.run();
  EXPECT_EQ(client_.received, "answer");
  EXPECT_THAT(acts_, IsEmpty());
}

TEST_F(FaultyLinksTest, ASlowLineIsSlowInItsDirectionOnly) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}})});
  const double begin = ms();
  client_writes(std::string(300, 'q'));
  server_writes(std::string(300, 'a'));
  world_.run();
  EXPECT_THAT(server_.at_ms, ElementsAre(DoubleNear(begin + 0.2, 1e-6)));
  EXPECT_THAT(client_.at_ms, ElementsAre(DoubleNear(begin + 300.2, 1e-6)));
  EXPECT_EQ(client_.received, std::string(300, 'a'));
  EXPECT_THAT(acts_, ElementsAre("r"));
}

TEST_F(FaultyLinksTest, ARuleOnTheLinkIsForBothDirections) {
  rules({rule_on(Kind::link, FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::fixed, 10, 0}}})});
  const double begin = ms();
  client_writes("q");
  server_writes("a");
  world_.run();
  EXPECT_THAT(server_.at_ms, ElementsAre(DoubleNear(begin + 10.2, 1e-6)));
  EXPECT_THAT(client_.at_ms, ElementsAre(DoubleNear(begin + 10.2, 1e-6)));
  EXPECT_EQ(plan_->matched(0), 1u);
  EXPECT_EQ(plan_->acted(0), 1u);
  EXPECT_THAT(acts_, ElementsAre("r")) << "once for the connection";
}

TEST_F(FaultyLinksTest, WhatPassedBeforeACloseArrivesAndNothingAfterIt) {
  rules({rule_on(Kind::to_client, FaultAction{{"closeAfterBytes", 10u}})});
  server_writes("01234");
  world_.run();
  EXPECT_FALSE(client_.closed);
  server_writes("56789abc");
  server_writes("def");
  world_.run();
  EXPECT_EQ(client_.received, "0123456789");
  EXPECT_EQ(client_.closed, TransportError::connection_closed);
  EXPECT_EQ(server_.closed, TransportError::connection_closed);
  EXPECT_FALSE(server_.connection->is_open());
  EXPECT_THAT(acts_, ElementsAre("r"));
}

TEST_F(FaultyLinksTest, AResetOnTheWayToTheServerIsSeenByBothSides) {
  rules({rule_on(Kind::to_server, FaultAction{{"resetAfterBytes", 4u}})});
  client_writes("012345");
  world_.run();
  EXPECT_EQ(server_.received, "0123");
  EXPECT_EQ(server_.closed, TransportError::connection_reset);
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
}

TEST_F(FaultyLinksTest, BytesOfALaterConnectionCountAnew) {
  rules({rule_on(Kind::to_client, FaultAction{{"closeAfterBytes", 4u}})});
  server_writes("012");
  world_.run();
  connect_again();
  server_writes("01");
  world_.run();
  EXPECT_EQ(client_.received, "01");
  EXPECT_FALSE(client_.closed);
  EXPECT_EQ(plan_->matched(0), 2u);
  EXPECT_EQ(plan_->acted(0), 0u) << "neither was closed";
}

TEST_F(FaultyLinksTest, NthCountsConnections) {
  FaultRule second = rule_on(Kind::to_client, FaultAction{{"closeAfterBytes", 2u}});
  second.nth = *NthSet::parse("2");
  rules({second});
  server_writes("0123");
  world_.run();
  EXPECT_EQ(client_.received, "0123");
  connect_again();
  server_writes("0123");
  world_.run();
  EXPECT_EQ(client_.received, "01");
  EXPECT_EQ(plan_->matched(0), 2u);
  EXPECT_EQ(plan_->acted(0), 1u);
}

TEST_F(FaultyLinksTest, TheFirstRuleThatLooksActsAndTheOthersCount) {
  FaultRule first = rule_on(Kind::link, FaultAction{{"bytesPerSecond", 1000u}}, "first");
  first.nth = *NthSet::parse("1");
  rules({first, rule_on(Kind::to_client, FaultAction{{"closeAfterBytes", 2u}}, "second")});
  server_writes("0123");
  world_.run();
  EXPECT_EQ(client_.received, "0123");
  EXPECT_THAT(acts_, ElementsAre("first"));
  EXPECT_EQ(plan_->matched(1), 1u);
  connect_again();
  server_writes("0123");
  world_.run();
  EXPECT_EQ(client_.received, "01");
  EXPECT_THAT(acts_, ElementsAre("first", "second"));
}

TEST_F(FaultyLinksTest, ARuleHasActedWhenEachOfItsKeysHas) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}, {"closeAfterBytes", 5u}})});
  server_writes("0123");
  world_.run();
  EXPECT_THAT(acts_, IsEmpty());
  server_writes("4");
  world_.run();
  EXPECT_THAT(acts_, ElementsAre("r"));
  EXPECT_EQ(plan_->acted(0), 1u);
}

TEST_F(FaultyLinksTest, WhatWaitsAtTheEndOfAWindowGoesOnAtOnce) {
  rules({});
  FaultRule slow = rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 10u}});
  slow.from = millis(100);
  slow.to = millis(400);
  world_.Runtime::run([&] {
    plan_->add(slow);
    links_->update();
  });
  server_writes(std::string(1000, 'a'));
  world_.run_until(kSimEpoch + millis(200));
  EXPECT_EQ(client_.received.size(), 1000u) << "before the window";
  server_writes(std::string(1000, 'b'));
  world_.run_for(millis(100));
  EXPECT_EQ(client_.received.size(), 1000u);
  world_.run();
  EXPECT_EQ(client_.received.size(), 2000u);
  EXPECT_THAT(client_.at_ms.back(), DoubleNear(400.2, 1e-6));
}

TEST_F(FaultyLinksTest, WhatWaitsGoesOnAsAnotherRuleSays) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 10u}})});
  server_writes(std::string(1000, 'a'));
  world_.run_for(millis(100));
  const double changed = ms();
  world_.Runtime::run([&] {
    plan_->replace(0, rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 10'000u}}));
    links_->update();
  });
  world_.run();
  EXPECT_THAT(client_.at_ms, ElementsAre(DoubleNear(changed + 100.2, 1e-6)));
  server_writes("b");
  world_.Runtime::run([&] {
    plan_->clear();
    links_->update();
  });
  world_.run();
  EXPECT_EQ(client_.received.back(), 'b');
}

TEST_F(FaultyLinksTest, ARuleThatChangesElsewhereLeavesWhatWaitsAlone) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}})});
  const double begin = ms();
  server_writes(std::string(1000, 'a'));
  world_.run_for(millis(500));
  world_.Runtime::run([&] {
    plan_->add(rule_on(Kind::to_server, FaultAction{{"bytesPerSecond", 1u}}, "other"));
    links_->update();
  });
  world_.run();
  EXPECT_THAT(client_.at_ms, ElementsAre(DoubleNear(begin + 1000.2, 1e-6)));
}

TEST_F(FaultyLinksTest, ARuleThatComesLaterHoldsWhatTheConnectionCarriesFromThenOn) {
  rules({});
  server_writes("0123");
  world_.run();
  world_.Runtime::run([&] {
    plan_->add(rule_on(Kind::to_client, FaultAction{{"closeAfterBytes", 3u}}));
    links_->update();
  });
  server_writes("4567");
  world_.run();
  EXPECT_EQ(client_.received, "0123456") << "bytes from before do not count";
}

TEST_F(FaultyLinksTest, AnOrderlyEndOfTheClientComesBehindItsBytes) {
  rules({rule_on(Kind::to_server, FaultAction{{"bytesPerSecond", 1000u}})});
  const double begin = ms();
  client_writes(std::string(100, 'q'));
  world_.Runtime::run([&] { client_.connection->close(); });
  world_.run();
  EXPECT_EQ(server_.received.size(), 100u);
  EXPECT_EQ(server_.closed, TransportError::connection_closed);
  EXPECT_THAT(server_.at_ms, ElementsAre(DoubleNear(begin + 100.2, 1e-6), DoubleNear(begin + 100.2, 1e-6)));
}

TEST_F(FaultyLinksTest, AResetOfTheClientTakesItsBytesAlong) {
  rules({rule_on(Kind::to_server, FaultAction{{"bytesPerSecond", 1000u}})});
  client_writes(std::string(100, 'q'));
  world_.run_for(millis(1));
  world_.Runtime::run([&] { client_.connection->reset(); });
  world_.run();
  EXPECT_EQ(server_.received, "");
  EXPECT_EQ(server_.closed, TransportError::connection_reset);
}

TEST_F(FaultyLinksTest, WhatTheServerWroteBeforeItClosedStillArrives) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}})});
  world_.Runtime::run([&] {
    server_.connection->write(std::string(100, 'a'));
    server_.connection->close();
    server_.connection.reset();
  });
  world_.run();
  EXPECT_EQ(client_.received.size(), 100u);
  EXPECT_EQ(client_.closed, TransportError::connection_closed);
}

TEST_F(FaultyLinksTest, AServerThatResetsTakesItsBytesAlong) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}})});
  world_.Runtime::run([&] {
    server_.connection->write(std::string(100, 'a'));
    server_.connection->reset();
  });
  world_.run();
  EXPECT_EQ(client_.received, "");
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
}

TEST_F(FaultyLinksTest, AServerThatDoesNotReadGetsItsBytesWhenItDoes) {
  rules({rule_on(Kind::to_server, FaultAction{{"bytesPerSecond", 1000u}})});
  world_.Runtime::run([&] { server_.connection->set_reading(false); });
  client_writes(std::string(100, 'q'));
  world_.run();
  EXPECT_EQ(server_.received, "");
  world_.Runtime::run([&] {
    server_.connection->set_reading(true);
    EXPECT_EQ(server_.received, "") << "never inside the call";
  });
  world_.run();
  EXPECT_EQ(server_.received.size(), 100u);
}

TEST_F(FaultyLinksTest, AClientWaitsWhileTooMuchIsOnItsWay) {
  rules({rule_on(Kind::to_server, FaultAction{{"bytesPerSecond", 100'000u}})});
  client_writes(std::string(2'000'000, 'q'));
  world_.run_for(millis(1000));
  EXPECT_GT(client_.connection->queued_bytes(), 1'000'000u);
  world_.run();
  EXPECT_EQ(server_.received.size(), 2'000'000u);
  EXPECT_EQ(client_.connection->queued_bytes(), 0u);
}

TEST_F(FaultyLinksTest, AServerWhoseQueueIsFullLosesTheConnection) {
  rules({rule_on(Kind::to_client, FaultAction{{"bytesPerSecond", 1000u}})});
  server_.connection->set_max_queued_bytes(10'000);
  server_writes(std::string(10'000, 'a'));
  EXPECT_EQ(server_.connection->queued_bytes(), 10'000u);
  server_writes("b");
  world_.run();
  EXPECT_EQ(server_.closed, TransportError::send_queue_full);
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
}

TEST_F(FaultyLinksTest, TheSameSeedLosesTheSame) {
  std::vector<std::vector<double>> times;
  for (int i = 0; i < 2; ++i) {
    SimRuntime world;
    SimNetwork network(world, {});
    Transport& client_side = network.add_node("a");
    FaultPlan plan({rule_on(Kind::to_server, FaultAction{{"lossPercent", 30.0}})}, FaultPlanOptions{7});
    FaultyLinks links(world, network.add_node("b"), &plan, "b", nullptr);
    test_support::SimEnd client, server;
    client.world = server.world = &world;
    const auto acceptor = links.listen("0.0.0.0:1", [&](std::shared_ptr<Connection> c) { server.take(std::move(c)); });
    client_side.async_connect("b:1", millis(1000), [&](error_code, std::shared_ptr<Connection> c) {
      client.take(std::move(c));
      client.connection->write(std::string(200'000, 'q'));
    });
    world.run();
    EXPECT_EQ(server.received.size(), 200'000u);
    times.push_back(server.at_ms);
    server.connection.reset();
  }
  EXPECT_GT(times[0].size(), 2u);
  EXPECT_EQ(times[0], times[1]);
}

TEST_F(FaultyLinksTest, ConnectionsMayOutliveTheServersSide) {
  rules({rule_on(Kind::link, FaultAction{{"bytesPerSecond", 1000u}})});
  client_writes(std::string(500, 'q'));
  server_writes(std::string(500, 'a'));
  world_.run_for(millis(1));
  acceptor_.reset();
  links_.reset();
  server_.connection.reset();
  world_.run();
  EXPECT_EQ(client_.closed, TransportError::connection_closed);
}

}  // namespace faulty_links_test
}  // namespace rmqsim
