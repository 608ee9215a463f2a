// Mistakes of a test: each is told at its place, or comes out of the next call where no caller hears of it.
#include "scenarios/testing/rmqsim/mocks.h"
#include <rmqsim/testing.h>

#include <cmath>
#include <functional>

namespace mistakes_test {

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(TestCluster, SaysWhereInTheTestSomethingWrongWasSaid) {
  const auto at_line = [](int line) { return HasSubstr("mistakes_test.cc:" + std::to_string(line) + ": "); };
  const int first = __LINE__ + 1;
  const auto of_no_world = [] { TestCluster cluster(TestWorld::process); };
  EXPECT_THAT(of_no_world, ThrowsMessage<InvalidScenario>(at_line(first)));
  TestCluster cluster;
  const int second = __LINE__ + 1;
  const auto misspelt = [&] { cluster.perform(setConfig("p", {{"sendMsgTimeou", 5}})); };
  EXPECT_THAT(misspelt, ThrowsMessage<InvalidScenario>(AllOf(at_line(second), HasSubstr(": /setConfig/config: "),
                                                             HasSubstr("did you mean \"sendMsgTimeout\"?"))));
}

TEST(TestCluster, SaysWhereItsFunctionsWereCalledInVain) {
  TestCluster cluster;
  cluster.fault(at("*").on("send").respond("SYSTEM_BUSY").id("busy"));
  const auto expect_place = [](int line, const std::function<void()>& call, const char* what) {
    const std::string place = "mistakes_test.cc:" + std::to_string(line) + ": ";
    EXPECT_THAT(call, ThrowsMessage<std::logic_error>(AllOf(::testing::StartsWith(place), HasSubstr(what))));
  };
  expect_place(__LINE__, [&] { cluster.fault(at("broker-a").on("sned").respond(2)); }, ": /on: ");
  expect_place(__LINE__, [&] { cluster.fault(at("*").on("send").delayMs(INFINITY)); }, "\"inf\"");
  expect_place(__LINE__, [&] { cluster.fault(at("*").on("send").respond(2).id("busy")); }, "change that rule, or remove it");
  expect_place(__LINE__, [&] { cluster.hold(at("broker-q").on("send")); }, "broker-q");
  expect_place(__LINE__, [&] { cluster.remove_fault("bsy"); }, "bsy");
  expect_place(__LINE__, [&] { cluster.release("gate"); }, "gate");
  expect_place(__LINE__, [&] { cluster.crash("brokr-a"); }, "did you mean \"broker-a\"?");
  expect_place(__LINE__, [&] { cluster.resume("broker-a"); }, "is running");
  expect_place(__LINE__, [&] { cluster.advance(-1); }, "a time is");
  expect_place(__LINE__, [&] { cluster.settle(-1); }, "a time is");
  expect_place(__LINE__, [&] { cluster.after(1, nullptr); }, "is no function");
  expect_place(__LINE__, [&] { cluster.producer("no name"); }, "producer \"no name\": ");
}

class MistakesInCallbacks : public ::testing::TestWithParam<TestWorld> {
 protected:
  /// What comes out of settle() when a callback does so.
  std::string out_of(const std::function<void()>& deed) {
    auto callback = std::make_shared<MockSendCallback>();
    EXPECT_CALL(*callback, onSuccess).WillOnce([&](const SendResult&) { deed(); });
    cluster.producer().send({"TopicTest", "x"}, callback);
    try {
      cluster.settle();
    } catch (const std::logic_error& e) {
      return e.what();
    }
    return "";
  }

  TestCluster cluster{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Worlds, MistakesInCallbacks, ::testing::Values(TestWorld::sim, TestWorld::tcp));

TEST_P(MistakesInCallbacks, ComeOutOfTheNextCall) {
  EXPECT_THAT(out_of([&] { cluster.crash("brokre-a"); }), HasSubstr("did you mean \"broker-a\"?"));
  EXPECT_THAT(out_of([&] { EXPECT_THAT(cluster, NoSend(HasOutcome("SEND_KO"))); }), HasSubstr("did you mean \"SEND_OK\"?"));
  EXPECT_EQ(out_of([] { throw std::runtime_error("an exception as Java ignores it"); }), "");
  EXPECT_NO_THROW(cluster.record());
}

TEST_P(MistakesInCallbacks, OfARequestOrAListenerComeOutAsWell) {
  const auto mistake = [&]() -> std::optional<LocalTransactionState> {
    cluster.crash("brokre-a");
    return {};
  };
  auto listener = std::make_shared<MockTransactionListener>();
  EXPECT_CALL(*listener, executeLocalTransaction).WillOnce([&](const Message&, const std::any&) { return mistake(); });
  cluster.transaction_producer().setTransactionListener(listener);
  cluster.transaction_producer().sendMessageInTransaction(Message("TopicTest", "paid"), {});
  EXPECT_THROW(cluster.record(), std::invalid_argument);
  auto callback = std::make_shared<MockRequestCallback>();
  EXPECT_CALL(*callback, onSuccess).WillOnce([&](const MessageExt*) { mistake(); });
  EXPECT_CALL(*callback, onException).Times(::testing::AtMost(1));
  cluster.producer().request(Message("TopicTest", "x"), callback, 300);
  EXPECT_THROW(cluster.advance(500), std::invalid_argument);
}

class Mistakes : public SimulatedCluster {};

TEST_F(Mistakes, AWaitInsideOfACallbackIsAMistake) {
  const std::function<void()> waits[] = {[&] { cluster.advance(10); }, [&] { cluster.settle(); },
                                         [&] { cluster.producer().send({"TopicTest", "y"}); }};
  for (const auto& wait : waits) {
    auto callback = std::make_shared<MockSendCallback>();
    EXPECT_CALL(*callback, onSuccess).WillOnce([&](const SendResult&) { wait(); });
    cluster.producer().send({"TopicTest", "x"}, callback);
    EXPECT_THROW(cluster.settle(), std::logic_error);
  }
}

TEST_F(Mistakes, WordsAndNamesOfMatchersAreOnesThatThereAre) {
  cluster.fault(at("*").on("send").respond("SYSTEM_BUSY").id("busy"));
  EXPECT_THROW(cluster.producer().send({"TopicTest", "x"}), MQException);
  const Send send = cluster.record().sends()[0];
  const auto nobody = [](const char* what) { return ThrowsMessage<std::invalid_argument>(HasSubstr(what)); };
  EXPECT_THAT([] { AttemptsEnded("SYSTEM_BUZY"); }, nobody("did you mean \"SYSTEM_BUSY\"?"));
  EXPECT_THAT([&] { AttemptedOn("brokr-a").Matches(send); }, nobody("did you mean \"broker-a\"?"));
  EXPECT_THAT([&] { SentTo("brokr-a", 1).Matches(send); }, nobody("did you mean \"broker-a\"?"));
  EXPECT_THAT([&] { Acted("busi").MatchAndExplain(cluster, nullptr); }, nobody("did you mean \"busy\"?"));
  EXPECT_THAT(cluster, NoSend(AttemptsEnded("TIMEOUT", "17")));
}

TEST_F(Mistakes, NamesThatNobodyHasAreAnErrorWhateverAsksForThem) {
  cluster.producer("other");
  cluster.producer().send({"TopicTest", "x"});
  const Record record = cluster.record();
  const auto nobody = [](const char* what) { return ThrowsMessage<std::invalid_argument>(HasSubstr(what)); };
  EXPECT_THAT([&] { record.requests("broker-a", "send", "TopicTset"); }, nobody("did you mean \"TopicTest\"?"));
  EXPECT_THAT([&] { record.sends().to("TopicTset"); }, nobody("did you mean \"TopicTest\"?"));
  EXPECT_THAT([&] { record.sends().by("othr"); }, nobody("did you mean \"other\"?"));
  EXPECT_EQ(record.sends().by("other").to("TopicTest").size(), 0u);
  EXPECT_EQ(record.requests("broker-a", "send", "TopicTest") + record.requests("broker-b", "send", "TopicTest"), 1u);
}

TEST_F(Mistakes, ATimeThatNothingTakesIsAnError) {
  EXPECT_THAT([] { TookBetween(20, 10); }, ThrowsMessage<std::invalid_argument>(HasSubstr("nothing takes 20.0 ms or more")));
  EXPECT_THAT([] { TookBetween(std::nan(""), std::nan("")); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("a time is 0 ms to 365 days")));
}

TEST_F(Mistakes, LeaveARecordThatWasMovedFromARecord) {
  cluster.producer().send({"TopicTest", "x"});
  Record record = cluster.record();
  const Record other = std::move(record);
  EXPECT_EQ(record.brokers(), other.brokers());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_THAT(record, AllOf(LostNone(), EverySend(HasOutcome(SEND_OK))));
  EXPECT_THROW(Record(nullptr), std::invalid_argument);
}

}  // namespace mistakes_test
