// Access control from end to end: signed requests, and what strangers are told by brokers of either release.
#include "producer/client/acl_client_rpc_hook.h"

#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace acl_test {

using test_support::Counting;

class Acl : public test_support::SimCluster {
 protected:
  void start_with_account(ServerVersion version = ServerVersion::v5_3_3) {
    start({}, {"T"}, [version](BrokerConfig& config) {
      config.version = version;
      config.accounts = {{"key", "secret", {}}};
    });
  }
  std::unique_ptr<DefaultMQProducer> signed_by(std::string key, std::string secret, std::string token = {}) {
    auto producer = make(default_profile(), std::make_shared<AclClientRPCHook>(SessionCredentials{
                                                std::move(key), std::move(secret), std::move(token)}));
    producer->setRetryTimesWhenSendFailed(0);
    producer->start();
    return producer;
  }
  static MQError error_of(DefaultMQProducer& producer) {
    try {
      producer.send(Message("T", "x"));
    } catch (const MQException& e) {
      return *e.getCause();
    }
    return {};
  }
};

TEST(AclSigner, SignsValuesInTheOrderOfTheirKeysAndTheBody) {
  RemotingCommand request;
  request.ext().set("b", "two");
  request.ext().set("a", "one");
  request.ext().set("Signature", "not this");
  request.body = "body";
  EXPECT_EQ(acl_content(request), "onetwobody");
}

// RFC 2202, test case 2.
TEST(AclSigner, IsHmacSha1InBase64) {
  EXPECT_EQ(acl_signature("what do ya want for nothing?", "Jefe"), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
  EXPECT_EQ(acl_signature("", "").size(), 28u);
}

TEST_F(Acl, LetsInWhoSignsWithTheRightSecret) {
  start_with_account();
  auto producer = signed_by("key", "secret", "token");
  EXPECT_EQ(producer->send(Message("T", "x")).getSendStatus(), SendStatus::SEND_OK);
  producer->send(Message("T", "x"), std::make_shared<Counting>());
  producer->sendOneway(Message("T", "x"));
  std::vector<Message> batch{Message("T", "1"), Message("T", "2")};
  producer->send(batch);
  producer->shutdown();
  EXPECT_EQ(stored("T").size(), 5u);
  for (const std::string& line : answers) {
    EXPECT_TRUE(line.ends_with("SUCCESS") || line.ends_with("ONEWAY")) << line;
  }
}

TEST_F(Acl, RefusesStrangersWithCode16AndATextIn533) {
  start_with_account();
  const MQError wrong = error_of(*signed_by("key", "other"));
  EXPECT_EQ(wrong.response_code, ResponseCode::NO_PERMISSION);
  EXPECT_EQ(wrong.error_message, "check signature failed.");
  EXPECT_EQ(error_of(*signed_by("nobody", "secret")).error_message, "User:nobody is not found.");
  auto unsigned_one = make();
  unsigned_one->setRetryTimesWhenSendFailed(0);
  unsigned_one->start();
  EXPECT_EQ(error_of(*unsigned_one).error_message, "username cannot be null.");
  EXPECT_TRUE(stored("T").empty());
}

TEST_F(Acl, RefusesStrangersWithCode1AndAnAclExceptionIn498) {
  start_with_account(ServerVersion::v4_9_8);
  const MQError wrong = error_of(*signed_by("key", "other"));
  EXPECT_EQ(wrong.response_code, ResponseCode::SYSTEM_ERROR);
  EXPECT_TRUE(wrong.error_message.starts_with(
      "org.apache.rocketmq.acl.common.AclException: Check signature failed for accessKey=key, "));
  EXPECT_TRUE(error_of(*signed_by("nobody", "secret")).error_message.find("No acl config for nobody") !=
              std::string::npos);
}

TEST_F(Acl, DoesNotLookAtSignaturesWithoutAccounts) {
  start();
  EXPECT_EQ(signed_by("anybody", "anything")->send(Message("T", "x")).getSendStatus(), SendStatus::SEND_OK);
}

TEST_F(Acl, RepeatsASignedRequestAfterGoAway) {
  FaultRule once = answer("broker-a", ResponseCode::GO_AWAY);
  once.nth = NthSet::first(1);
  start({once}, {"T"}, [](BrokerConfig& config) { config.accounts = {{"key", "secret", {}}}; });
  auto producer = signed_by("key", "secret");
  Message message("T", "x");
  EXPECT_EQ(producer->send(message, MessageQueue("T", "broker-a", 0)).getSendStatus(), SendStatus::SEND_OK);
  EXPECT_EQ(count("broker-a SEND_MESSAGE_V2 T"), 2u);
}

TEST_F(Acl, SignsAnAsyncRetryAnew) {
  FaultRule close;
  close.id = "close";
  close.at = "broker-a";
  close.on = {.kind = FaultTarget::Kind::send, .code = 0};
  close.action.close = FaultMoment::before;
  start({close}, {"T"}, [](BrokerConfig& config) { config.accounts = {{"key", "secret", {}}}; });
  auto hook = std::make_shared<AclClientRPCHook>(SessionCredentials{"key", "secret", {}});
  auto producer = make(default_profile(), hook);
  producer->settings().queue_index_start = 0;
  producer->start();
  auto callback = std::make_shared<Counting>();
  producer->send(Message("T", "x"), callback);
  runtime.run_for(millis(100));
  EXPECT_EQ(callback->successes, 1);
  EXPECT_EQ(count("broker-a SEND_MESSAGE_V2 T"), 1u);
  EXPECT_EQ(stored("T").size(), 1u);
}

}  // namespace acl_test
}  // namespace rmqsim
