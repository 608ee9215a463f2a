// Every fault of the simulated network: what the peers see, and when.
#include <gmock/gmock.h>

#include <boost/system/system_error.hpp>

#include "tests/transport/sim_fixture.h"

namespace rmqsim::test_support {
namespace {

using ::testing::HasSubstr;

using SimRefusal = SimNetworkTest;
using SimPartition = SimNetworkTest;
using SimCrash = SimNetworkTest;

TEST_F(SimRefusal, ComesAfterOneRoundTrip) {
  network_.set_refuse("b", true);
  begin_connect();
  world_.run();
  EXPECT_EQ(outcome_, TransportError::connection_refused);
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 0.4);
  network_.set_refuse("b", false);
  connect();
}

TEST_F(SimRefusal, AlsoWhereNobodyListens) {
  begin_connect(millis(3000), "10.0.0.2:9");
  world_.run();
  EXPECT_EQ(outcome_, TransportError::connection_refused);
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 0.4);
}

TEST_F(SimRefusal, AnAnswerBetweenTheTimeoutAndTheTimersSlackIsTooLate) {
  network_.set_one_way(std::chrono::microseconds(10'200));
  begin_connect(millis(20));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 21) << "the SYN-ACK came at 20.4 ms";
  EXPECT_EQ(server_.connection, nullptr);
  network_.set_refuse("b", true);
  begin_connect(millis(20));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  EXPECT_EQ(outcomes_, 2);
}

TEST_F(SimRefusal, ABlackHoleTimesOutWithTheTimersSlack) {
  network_.set_blackhole("b", true);
  begin_connect(millis(3000));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 3001);
  EXPECT_EQ(outcomes_, 1);
  EXPECT_EQ(network_.open_connections(), 0u);
}

TEST_F(SimRefusal, ARuleMayDecidePerAttempt) {
  int attempts = 0;
  network_.set_connect_rule("b", [&](std::string_view from) {
    EXPECT_EQ(from, "a");
    return ++attempts == 1 ? ConnectVerdict::refuse
           : attempts == 2 ? ConnectVerdict::blackhole
                           : ConnectVerdict::accept;
  });
  begin_connect(millis(10));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::connection_refused);
  begin_connect(millis(10));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  connect();
}

TEST_F(SimRefusal, AnAnswerAfterTheTimeoutIsNotHeard) {
  network_.set_one_way(millis(50));
  begin_connect(millis(20));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
  EXPECT_EQ(outcomes_, 1);
  EXPECT_EQ(server_.connection, nullptr);
}

TEST_F(SimRefusal, AListenerThatEndsMeanwhileResets) {
  begin_connect();
  world_.run_for(std::chrono::microseconds(450));  // connected, and the server has not heard yet
  ASSERT_NE(client_.connection, nullptr);
  acceptor_.reset();
  world_.run();
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
}

TEST_F(SimPartition, HoldsBytesBackAndDeliversThemInOrderAfterTheHeal) {
  connect();
  network_.partition({"a"}, {"b"});
  world_.run([&] { client_.connection->write("one,"); });
  world_.run([&] { client_.connection->write("two,"); });
  world_.run_for(std::chrono::minutes(1));
  EXPECT_EQ(server_.received, "");
  network_.heal({"a"}, {"b"});
  world_.run([&] { client_.connection->write("three"); });
  const double healed = ms();
  world_.run();
  EXPECT_EQ(server_.received, "one,two,three");
  EXPECT_NEAR(server_.at_ms.front() - healed, 0.2, 1e-9);
}

TEST_F(SimPartition, LetsThroughWhatIsAlreadyUnderWay) {
  connect();
  world_.run([&] { client_.connection->write("before"); });
  network_.partition({"a"}, {"b"});
  world_.run();
  EXPECT_EQ(server_.received, "before");
}

TEST_F(SimPartition, CanCutOneDirectionOnly) {
  connect();
  server_.on_bytes = [&] { server_.connection->write("answer"); };
  network_.hold("b", "a");
  world_.run([&] { client_.connection->write("question"); });
  world_.run();
  EXPECT_EQ(server_.received, "question");
  EXPECT_EQ(client_.received, "");
  network_.release("b", "a");
  world_.run();
  EXPECT_EQ(client_.received, "answer");
}

TEST_F(SimPartition, DelaysAConnectUntilTheHealOrItsTimeout) {
  network_.silence("b");
  begin_connect(millis(100));
  world_.run_for(millis(50));
  network_.unsilence("b");
  world_.run();
  EXPECT_FALSE(outcome_) << outcome_.message();
  EXPECT_DOUBLE_EQ(outcome_at_ms_, 50.4);

  network_.silence("b");
  begin_connect(millis(100));
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
}

TEST_F(SimPartition, CutsGroupsApartAndNothingElse) {
  Transport& c = network_.add_node("c");
  network_.partition({"a"}, {"c"});
  connect();
  error_code outcome;
  c.async_connect("b:10911", millis(10), [&](error_code error, std::shared_ptr<Connection>) { outcome = error; });
  world_.run();
  EXPECT_FALSE(outcome);
  auto acceptor = c.listen("0.0.0.0:10911", [](std::shared_ptr<Connection>) {});
  begin_connect(millis(10), "c:10911");
  world_.run();
  EXPECT_EQ(outcome_, TransportError::timed_out);
}

TEST_F(SimPartition, HoldsBackClosesAndResetsToo) {
  connect();
  network_.partition({"a"}, {"b"});
  world_.run([&] { client_.connection->write("lost with the reset"); });
  world_.run([&] { client_.connection->reset(); });
  world_.run();
  EXPECT_FALSE(server_.closed);
  network_.heal();
  world_.run();
  EXPECT_EQ(server_.closed, TransportError::connection_reset);
  EXPECT_EQ(server_.received, "");
}

TEST_F(SimCrash, IsSeenByPeersAsAResetAfterTheLatency) {
  connect();
  const double start = ms();
  network_.crash("b");
  EXPECT_FALSE(network_.is_up("b"));
  world_.run();
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
  EXPECT_NEAR(client_.at_ms.back() - start, 0.2, 1e-9);
  EXPECT_FALSE(server_.closed);  // the dead are told nothing
  EXPECT_FALSE(server_.connection->is_open());
}

TEST_F(SimCrash, ClosesTheListenersUntilTheRestart) {
  network_.crash("b");
  begin_connect();
  world_.run();
  EXPECT_EQ(outcome_, TransportError::connection_refused);
  EXPECT_THROW(listen(), boost::system::system_error);
  network_.restart("b");
  listen();
  connect();
}

TEST_F(SimCrash, ReachesAPeerBehindAPartitionWhenItHeals) {
  connect();
  network_.silence("b");
  network_.crash("b");
  world_.run();
  EXPECT_FALSE(client_.closed);
  network_.heal();
  world_.run();
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
}

TEST_F(SimCrash, OfTheConnectingSideEndsItsAttempts) {
  network_.set_blackhole("b", true);
  begin_connect();
  world_.run_for(millis(1));
  network_.crash("a");
  world_.run();
  EXPECT_EQ(outcome_, TransportError::connection_reset);
  EXPECT_EQ(outcomes_, 1);
  EXPECT_LT(outcome_at_ms_, 2);
  begin_connect();
  world_.run();
  EXPECT_EQ(outcome_, TransportError::other);
}

TEST_F(SimCrash, AMiddleboxMayResetBothSides) {
  connect();
  network_.reset_connections("a", "b");
  world_.run();
  EXPECT_EQ(client_.closed, TransportError::connection_reset);
  EXPECT_EQ(server_.closed, TransportError::connection_reset);
  EXPECT_EQ(network_.open_connections(), 0u);
}

TEST_F(SimCrash, EveryTransportErrorNamesCauseAndRemedy) {
  for (int value = 1; value <= static_cast<int>(TransportError::other); ++value) {
    const error_code error = static_cast<TransportError>(value);
    EXPECT_STREQ(error.category().name(), "rmqsim.transport");
    EXPECT_THAT(error.message(), ::testing::MatchesRegex(".+[:;,].+")) << value;
  }
  EXPECT_THAT(error_code(99, transport_category()).message(), HasSubstr("99"));
}

}  // namespace
}  // namespace rmqsim::test_support
