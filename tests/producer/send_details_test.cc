// Details of sends that the recordings do not reach: request codes, what validation leaves out, causes inside causes,
// and topics that are resolved at start.
#include <gtest/gtest.h>

#include "tests/producer/simulated_producer.h"

namespace rmqsim {
namespace send_details_test {

const Profile& k533 = *find_profile("java-5.3.3");
const Profile& k498 = *find_profile("java-4.9.8");

class SendDetails : public SimulatedProducer {
 protected:
  explicit SendDetails(std::vector<FaultRule> faults = {}) : SimulatedProducer(std::move(faults)) {}
};

TEST_F(SendDetails, WithoutSmartMessagesAReplyKeepsACodeOfItsOwn) {
  auto producer = make();
  producer->setSendSmartMsg(false);
  producer->start();
  producer->send(Message("T", "plain"));
  Message reply("T", "reply");
  reply.put_property(MessageConst::PROPERTY_MESSAGE_TYPE, "reply");
  producer->sendOneway(reply);
  runtime_.run_for(millis(5));
  EXPECT_EQ(requests("SEND_MESSAGE"), 1u);
  EXPECT_EQ(requests("SEND_REPLY_MESSAGE"), 1u);
}

TEST_F(SendDetails, AHalfMessageIsKnownByItsPropertyInAnyCase) {
  auto producer = make();
  producer->start();
  Message half("T", "b");
  half.put_property(MessageConst::PROPERTY_TRANSACTION_PREPARED, "TRUE");
  EXPECT_EQ(producer->send(half).getSendStatus(), SendStatus::SEND_OK);
  producer->send(Message("T", "b"));
  // The broker puts half messages where nobody sees them yet.
  EXPECT_EQ(broker(0).store().stored_in_topic("T") + broker(1).store().stored_in_topic("T"), 1u);
}

TEST_F(SendDetails, AOnewaySendNeverComparesTheTopicsOfMessageAndQueue) {
  for (const Profile* profile : {&k533, &k498}) {
    auto producer = make(*profile, std::string("g") + (profile == &k533 ? "5" : "4"));
    producer->start();
    const MessageQueue other("U", "broker-b", 1);
    producer->send(Message("T", "for the route"));
    const std::uint64_t before = stored();
    Message message("T", "b");
    producer->sendOneway(message, other);
    runtime_.run_for(millis(5));
    EXPECT_EQ(stored(), before + 1);
    EXPECT_THROW(producer->send(Message("T", "b"), other), MQClientException);
  }
}

TEST_F(SendDetails, TopicsAreLookedUpBeforeAProducerOf533IsRunning) {
  auto producer = make();
  producer->setTopics({"T", "NoSuchTopic"});
  producer->start();
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC T"), 1u);
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC NoSuchTopic"), 1u);
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC TBW102"), 1u);
  producer->send(Message("T", "b"));
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC T"), 1u);
  auto older = make(k498, "g4");
  older->setTopics({"T"});
  older->start();
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC T"), 1u);
}

TEST_F(SendDetails, ANameserverThatFailsForATopicOfTheStartSpoilsTheProducerForGood) {
  auto producer = make();
  producer->setNamesrvAddr("10.9.9.9:9876");
  producer->setTopics({"T"});
  EXPECT_THROW(producer->start(), IllegalStateException);
  EXPECT_EQ(producer->impl()->state(), ServiceState::START_FAILED);
  EXPECT_THROW(producer->send(Message("T", "b")), MQClientException);
  EXPECT_THROW(producer->start(), MQClientException);
  producer->shutdown();
  runtime_.run_for(millis(31'000));  // the instance behind it goes on polling
}

TEST_F(SendDetails, HeadersTravelInBinaryWhenAskedTo) {
  for (const Profile* profile : {&k533, &k498}) {
    auto producer = make(*profile, std::string("g") + (profile == &k533 ? "5" : "4"));
    producer->settings().remoting.serialize_type = SerializeType::ROCKETMQ;
    producer->start();
    const std::uint64_t before = stored();
    EXPECT_EQ(producer->send(Message("T", "b")).getSendStatus(), SendStatus::SEND_OK);
    producer->sendOneway(Message("T", "b"));
    runtime_.run_for(millis(2000));
    EXPECT_EQ(stored(), before + 2);
    producer->shutdown();
  }
  EXPECT_GT(requests("UNREGISTER_CLIENT"), 0u);
}

TEST(ClientConfigCopies, LeaveOutWhatJavaLeavesOut) {
  ClientConfig config;
  config.setNamesrvAddr("http://MQ_INST_1_2.host:80");
  config.setInstanceName("one");
  config.setTraceMsgBatchNum(7);
  config.setAccessChannel(AccessChannel::CLOUD);
  config.setNamespace(std::nullopt);  // set, to nothing: the endpoint is not asked
  EXPECT_EQ(config.getNamespace(), std::nullopt);
  const ClientConfig copy = config.cloneClientConfig();
  EXPECT_EQ(copy.getInstanceName(), "one");
  EXPECT_EQ(copy.getTraceMsgBatchNum(), 10);
  EXPECT_EQ(copy.getAccessChannel(), AccessChannel::LOCAL);
  EXPECT_EQ(copy.getNamespace(), "MQ_INST_1_2");
}

TEST(ClientConfigCopies, NamesGoIntoTheNamespaceAndBack) {
  ClientConfig config;
  EXPECT_EQ(config.withNamespace("T"), "T");
  config.setNamespace("ns");
  EXPECT_EQ(config.withNamespace("%RETRY%g"), "%RETRY%ns%g");
  EXPECT_EQ(config.withoutNamespace("ns%T"), "T");
  EXPECT_EQ(config.queueWithNamespace(MessageQueue("T", "broker-a", 1)), MessageQueue("ns%T", "broker-a", 1));
  EXPECT_EQ(config.queuesWithNamespace({MessageQueue("T", "b", 0)}).front().getTopic(), "ns%T");
}

FaultRule reset_sends() {
  FaultRule rule;
  rule.id = "reset";
  rule.at = "*";
  rule.action = FaultAction{{"reset", FaultMoment::before}};
  return rule;
}

class ResettingBrokers : public SendDetails {
 protected:
  ResettingBrokers() : SendDetails({reset_sends()}) {}
};

TEST_F(ResettingBrokers, ASyncFailureOf533IsInsideAnotherOfItsKind) {
  for (const Profile* profile : {&k533, &k498}) {
    auto producer = make(*profile, std::string("g") + (profile == &k533 ? "5" : "4"));
    producer->start();
    try {
      producer->send(Message("T", "b"), MessageQueue("T", "broker-a", 0));
      FAIL();
    } catch (const RemotingSendRequestException& e) {
      EXPECT_EQ(e.getCause() != nullptr, profile == &k533);
      if (e.getCause()) {
        EXPECT_EQ(e.getCause()->type, ErrorType::RemotingSendRequestException);
        EXPECT_EQ(e.getCause()->cause, nullptr);
      }
    }
  }
}

}  // namespace send_details_test
}  // namespace rmqsim
