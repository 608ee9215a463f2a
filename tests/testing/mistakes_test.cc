// Mistakes of a test that are told where they are made.
#include <rmqsim/testing.h>

#include <cmath>

namespace mistakes_test {

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class Mistakes : public SimulatedCluster {};

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
