// Latency, order and chunks of the simulated network, to the microsecond.
#include <gmock/gmock.h>

#include <boost/system/system_error.hpp>

#include "tests/transport/sim_fixture.h"

namespace rmqsim::test_support {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using SimLatency = SimNetworkTest;
using SimChunks = SimNetworkTest;
using SimNodes = SimNetworkTest;
using SimDeterminism = SimNetworkTest;

TEST_F(SimLatency, ConnectingTakesARoundTripAndTheServerHearsHalfOneLater) {
  connect();
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 0.4);
  EXPECT_DOUBLE_EQ(accepted_at_ms_, 0.6);
}

TEST_F(SimLatency, BytesTakeTheLatencyOfTheirDirection) {
  connect();
  network_.set_one_way("a", "b", millis(5));
  network_.set_one_way("b", "a", millis(7));
  server_.on_bytes = [&] { server_.connection->write("pong"); };
  const double start = ms();
  world_.run([&] { client_.connection->write("ping"); });
  world_.run();
  EXPECT_DOUBLE_EQ(server_.at_ms.at(0) - start, 5);
  EXPECT_DOUBLE_EQ(client_.at_ms.at(0) - start, 12);
}

TEST_F(SimLatency, OrderSurvivesALatencyThatFalls) {
  connect();
  network_.set_one_way(millis(10));
  const double start = ms();
  world_.run([&] { client_.connection->write("slow,"); });
  network_.set_one_way(millis(1));
  world_.run([&] { client_.connection->write("fast"); });
  world_.run();
  EXPECT_EQ(server_.received, "slow,fast");
  EXPECT_NEAR(server_.at_ms.at(1) - start, 10, 1e-9);
}

TEST_F(SimLatency, WritesOutsideAnyTurnLeaveAtOnce) {
  connect();
  client_.connection->write("one,");
  client_.connection->write("two");
  world_.run();
  EXPECT_THAT(server_.pieces, ElementsAre(4, 3));
}

TEST_F(SimLatency, MoreThanTheWindowNeedsAcknowledgements) {
  connect();
  const double start = ms();
  world_.run([&] { client_.connection->write(std::string(3 * 256 * 1024, 'x')); });
  EXPECT_EQ(client_.connection->queued_bytes(), 2u * 256 * 1024);
  world_.run();
  EXPECT_EQ(server_.received.size(), 3u * 256 * 1024);
  EXPECT_NEAR(server_.at_ms.back() - start, 0.2 + 2 * 0.4, 1e-9);
  EXPECT_EQ(client_.connection->queued_bytes(), 0u);
}

TEST_F(SimLatency, AFinTravelsLikeData) {
  connect();
  const double start = ms();
  world_.run([&] {
    client_.connection->write("bye");
    client_.connection->close();
  });
  world_.run();
  EXPECT_EQ(server_.closed, TransportError::connection_closed);
  EXPECT_NEAR(server_.at_ms.back() - start, 0.2, 1e-9);
  EXPECT_EQ(network_.open_connections(), 0u);
}

TEST_F(SimLatency, AResetDiscardsWhatHasArrivedUnread) {
  connect();
  world_.run([&] { server_.connection->set_reading(false); });
  world_.run([&] { client_.connection->write("unread"); });
  world_.run();
  world_.run([&] { client_.connection->reset(); });
  world_.run();
  EXPECT_EQ(server_.received, "");
  EXPECT_EQ(server_.closed, TransportError::connection_reset);
}

TEST_F(SimChunks, OfALinkSplitWhatIsSentFromThenOn) {
  connect();
  network_.set_chunk("a", "b", 4);
  world_.run([&] { client_.connection->write("0123456789"); });
  world_.run();
  EXPECT_THAT(server_.pieces, ElementsAre(4, 4, 2));
  EXPECT_EQ(server_.received, "0123456789");
  network_.set_chunk("a", "b", 0);
  world_.run([&] { client_.connection->write("0123456789"); });
  world_.run();
  EXPECT_EQ(server_.pieces.back(), 10u);
}

TEST_F(SimChunks, OfAConnectionConcernOnlyItsSide) {
  connect();
  network_.set_chunk(*server_.connection, 1);
  server_.on_bytes = [&] { server_.connection->write("answer"); };
  world_.run([&] { client_.connection->write("question"); });
  world_.run();
  EXPECT_THAT(server_.pieces, ElementsAre(8));
  EXPECT_EQ(client_.pieces.size(), 6u);
  EXPECT_THAT(client_.pieces, Each(1u));
}

TEST_F(SimChunks, StopWhereTheReaderStops) {
  connect();
  network_.set_chunk("a", "b", 3);
  server_.on_bytes = [&] {
    if (server_.pieces.size() == 1) server_.connection->set_reading(false);
  };
  world_.run([&] { client_.connection->write("abcdefg"); });
  world_.run();
  EXPECT_EQ(server_.received, "abc");
  world_.run([&] { server_.connection->set_reading(true); });
  EXPECT_EQ(server_.received, "abc");  // not inside the call
  world_.run();
  EXPECT_EQ(server_.received, "abcdefg");
  EXPECT_THAT(server_.pieces, ElementsAre(3, 3, 1));
}

TEST_F(SimNodes, GetAddressesInOrderAndAnswerToTheirNames) {
  EXPECT_EQ(network_.ip("a"), "10.0.0.1");
  EXPECT_EQ(network_.ip("b"), "10.0.0.2");
  network_.add_node("c", "192.168.7.7");
  EXPECT_EQ(network_.transport("c").local_ip(), "192.168.7.7");
  begin_connect(millis(3000), "b:10911");
  world_.run();
  ASSERT_FALSE(outcome_) << outcome_.message();
  EXPECT_EQ(client_.connection->remote_address(), "10.0.0.2:10911");
  EXPECT_EQ(client_.connection->local_address(), "10.0.0.1:40000");
}

TEST_F(SimNodes, ThatClashOrAreUnknownAreErrors) {
  EXPECT_THROW(network_.add_node("a"), std::invalid_argument);
  EXPECT_THROW(network_.add_node(""), std::invalid_argument);
  EXPECT_THROW(network_.add_node("d", "10.0.0.2"), std::invalid_argument);
  EXPECT_THROW(network_.add_node("d", "10.0.0.256"), std::invalid_argument);
  EXPECT_THROW(network_.ip("nobody"), std::invalid_argument);
  EXPECT_THROW(network_.partition({"a"}, {"nobody"}), std::invalid_argument);
}

TEST_F(SimNodes, CannotListenOnAnothersAddress) {
  const auto attempt = [&] { transport_a_->listen("10.0.0.2:1", [](std::shared_ptr<Connection>) {}); };
  EXPECT_THROW(attempt(), boost::system::system_error);
}

TEST_F(SimNodes, AnAddressWithoutANodeNeverAnswers) {
  begin_connect(millis(100), "10.9.9.9:10911");
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 101);
}

std::vector<std::string> traced_run(std::uint64_t seed) {
  SimRuntime world({.seed = seed});
  TextTrace trace;
  world.set_trace(&trace);
  SimNetwork network(world);
  SimEnd client;
  SimEnd server;
  client.world = server.world = &world;
  Transport& a = network.add_node("a");
  auto acceptor =
      network.add_node("b").listen("0.0.0.0:1", [&](std::shared_ptr<Connection> c) { server.take(std::move(c)); });
  auto timer = world.make_timer();
  int sends = 0;
  std::function<void()> send = [&] {
    client.connection->write(std::string(1 + world.random("size").below(100), 'x'));
    if (++sends < 50) timer->expires_after(Duration(world.random("pause").below(5'000'000)), [&] { send(); });
  };
  server.on_bytes = [&] { server.connection->write("ok"); };
  a.async_connect("b:1", millis(3000), [&](error_code, std::shared_ptr<Connection> c) {
    client.take(std::move(c));
    send();
  });
  world.run();
  return trace.lines;
}

TEST_F(SimDeterminism, TheSameSeedGivesTheSameTrace) {
  const auto first = traced_run(1);
  EXPECT_GT(first.size(), 100u);
  EXPECT_EQ(first, traced_run(1));
}

TEST_F(SimDeterminism, AnotherSeedGivesAnotherTrace) { EXPECT_NE(traced_run(1), traced_run(2)); }

TEST_F(SimDeterminism, TheTraceNamesWhoSaidWhatToWhom) {
  TextTrace trace;
  world_.set_trace(&trace);
  connect();
  world_.run([&] { client_.connection->write("12345"); });
  world_.run();
  world_.run([&] { server_.connection->close(); });
  world_.run();
  EXPECT_THAT(trace.lines, ElementsAre("0 net connect from=10.0.0.1:40000 to=10.0.0.2:10911",
                                       "400000 net connected from=10.0.0.1:40000 to=10.0.0.2:10911",
                                       "600000 net data from=10.0.0.1:40000 to=10.0.0.2:10911 bytes=5",
                                       "800000 net fin from=10.0.0.2:10911 to=10.0.0.1:40000",
                                       "1000000 net fin from=10.0.0.1:40000 to=10.0.0.2:10911"));
}

}  // namespace
}  // namespace rmqsim::test_support
