// Access control from end to end: signed requests, and what strangers are told by brokers of either release.
#include "producer/client/api/acl_client_rpc_hook.h"

#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace acl_test {

using test_support::Counting;

class Acl : public test_support::RecordedCluster {
 protected:
  void start_with_account(const ServerProfile* version = find_server_profile("5.3.3")) {
    start({}, {"T"}, [version](BrokerConfig& config) {
      config.profile = version;
      config.accounts = {Account{{"key", "secret", {}}, {}}};
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
  for (const std::string& line : seen_.answers) {
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
  start_with_account(find_server_profile("4.9.8"));
  const MQError wrong = error_of(*signed_by("key", "other"));
  EXPECT_EQ(wrong.response_code, ResponseCode::SYSTEM_ERROR);
  EXPECT_TRUE(wrong.error_message.starts_with(
      "org.apache.rocketmq.acl.common.AclException: Check signature failed for accessKey=key, "));
  EXPECT_TRUE(error_of(*signed_by("nobody", "secret")).error_message.find("No acl config for nobody") !=
              std::string::npos);
}

/// What a send to T of an account with these permissions ends with; empty: well.
class Permissions : public Acl {
 protected:
  std::string told(const AccountPermissions& may, const char* version = "5.3.3") {
    start({}, {"T", "U"}, [&](BrokerConfig& config) {
      config.profile = find_server_profile(version);
      config.accounts = {Account{{"key", "secret", {}}, may}};
    });
    auto producer = signed_by("key", "secret");
    const MQError error = error_of(*producer);
    producer->shutdown();
    return error.error_message;
  }
};
using Perms = std::vector<std::pair<std::string, TopicPerm>>;

AccountPermissions may(std::optional<TopicPerm> otherwise, Perms topics, bool admin = false) {
  return {admin, otherwise, std::move(topics)};
}

TEST_F(Permissions, LetAnAdminDoEverythingIn533) { EXPECT_EQ(told(may({}, {{"T", TopicPerm::deny}}, true)), ""); }
TEST_F(Permissions, GoByTheNamedTopicBeforeTheDefault) {
  EXPECT_EQ(told(may(TopicPerm::deny, {{"T", TopicPerm::pub}})), "");
}
TEST_F(Permissions, RefuseInTheWordsOf533) {
  const std::string text = told(may({}, {{"U", TopicPerm::pub}}));
  EXPECT_TRUE(text.starts_with("User:key has no permission to access Topic:T from ")) << text;
  EXPECT_TRUE(text.ends_with(", no matched policies.")) << text;
}
TEST_F(Permissions, DenyBeforeAnything) {
  const std::string text = told(may(TopicPerm::pub_sub, {{"T", TopicPerm::deny}}));
  EXPECT_TRUE(text.ends_with(", the decision is deny.")) << text;
}
TEST_F(Permissions, LeaveAnActionThatAnEntryDoesNotNameToTheDefaultIn533) {
  EXPECT_EQ(told(may(TopicPerm::pub, {{"T", TopicPerm::sub}})), "");
}
TEST_F(Permissions, RefuseAnActionThatAnEntryDoesNotNameIn498) {
  const std::string text = told(may(TopicPerm::pub, {{"T", TopicPerm::sub}}), "4.9.8");
  EXPECT_TRUE(text.starts_with("org.apache.rocketmq.acl.common.AclException: No default permission for topic:T, "))
      << text;
}
TEST_F(Permissions, LetAnAdminOf498DoWhatIsNamed) {
  EXPECT_EQ(told(may({}, {{"T", TopicPerm::pub}}, true), "4.9.8"), "");
}
TEST_F(Permissions, RefuseAnAdminOf498WhatIsNotNamedWhenAnythingIs) {
  EXPECT_NE(told(may({}, {{"U", TopicPerm::pub}}, true), "4.9.8"), "");
}
TEST_F(Permissions, AreNoneWhereAnAccountSaysNothingOfThem) { EXPECT_NE(told(may({}, {})), ""); }

TEST_F(Acl, DoesNotLookAtSignaturesWithoutAccounts) {
  start();
  EXPECT_EQ(signed_by("anybody", "anything")->send(Message("T", "x")).getSendStatus(), SendStatus::SEND_OK);
}

TEST_F(Acl, RepeatsASignedRequestAfterGoAway) {
  FaultRule once = answer("broker-a", ResponseCode::GO_AWAY);
  once.nth = NthSet::first(1);
  start({once}, {"T"}, [](BrokerConfig& config) { config.accounts = {Account{{"key", "secret", {}}, {}}}; });
  auto producer = signed_by("key", "secret");
  Message message("T", "x");
  EXPECT_EQ(producer->send(message, MessageQueue("T", "broker-a", 0)).getSendStatus(), SendStatus::SEND_OK);
  EXPECT_EQ(seen_.count("broker-a SEND_MESSAGE_V2 T"), 2u);
}

/// Whoever is there in place of a broker: it only listens.
struct Ear : ConnectionListener {
  void on_receive(std::string_view bytes) override { received.append(bytes); }
  void on_close(error_code) override {}
  /// The names of the ext fields of the send that came, in order.
  std::string fields_of_send() const {
    const auto number = [](std::string_view s) {
      std::size_t n = 0;
      for (const char c : s) n = n << 8 | static_cast<unsigned char>(c);
      return n;
    };
    std::string_view rest = received;
    while (rest.size() > 8) {
      const std::size_t length = 4 + number(rest.substr(0, 4));
      std::string_view header = rest.substr(8, number(rest.substr(5, 3)));
      rest.remove_prefix(std::min(rest.size(), length));
      if (number(header.substr(0, 2)) != static_cast<std::size_t>(RequestCode::SEND_MESSAGE_V2)) continue;
      header.remove_prefix(17 + number(header.substr(13, 4)) + 4);
      std::string names;
      while (!header.empty()) {
        const std::size_t key = number(header.substr(0, 2));
        names += std::string(header.substr(2, key)) + " ";
        header.remove_prefix(2 + key + 4 + number(header.substr(2 + key, 4)));
      }
      return names;
    }
    return {};
  }
  std::string received;
};

TEST_F(Acl, SignedBinarySendsHaveTheirFieldsTwiceAndNothingElseHas) {
  struct Adding : RPCHook {
    void doBeforeRequest(const std::string&, RemotingCommand& request) override {
      request.ext().set("x", "1");
      if (request.code == RequestCode::SEND_MESSAGE_V2) request.ext().set("c", "another");
    }
  };
  start_with_account();
  const auto signing = std::make_shared<AclClientRPCHook>(SessionCredentials{"key", "secret", {}});
  const std::string once = "a b c d e f g h i j k m n ";
  for (const Profile* profile : {&default_profile(), &test_support::java_498()}) {
    for (const bool with_signature : {true, false}) {
      SCOPED_TRACE(std::string(profile->name) + (with_signature ? " signed" : ""));
      auto hook = with_signature ? std::static_pointer_cast<RPCHook>(signing) : std::make_shared<Adding>();
      auto producer = make(*profile, hook);
      producer->settings().remoting.serialize_type = SerializeType::ROCKETMQ;
      producer->start();
      const MessageQueue queue("T", "broker-a", 0);
      Message first("T", "x"), second("T", "x");
      if (with_signature) {
        const std::size_t before = stored("T").size();
        producer->send(first, queue);
        EXPECT_EQ(stored("T").size(), before + 1) << "a broker reads each field once and finds the signature right";
      } else {
        EXPECT_THROW(producer->send(first, queue), MQException) << "not signed";
      }
      brokers_.front()->crash();
      Ear ear;
      std::vector<std::shared_ptr<Connection>> connections;
      auto acceptor = network_.transport("broker-a")
                          .listen(network_.ip("broker-a") + ":10911", [&](std::shared_ptr<Connection> connection) {
                            connection->start(ear);
                            connections.push_back(std::move(connection));
                          });
      runtime_.run_for(millis(10));
      producer->sendOneway(second, queue);
      runtime_.run_for(millis(10));
      EXPECT_EQ(ear.fields_of_send(), with_signature ? once + once + "AccessKey Signature " : once + "c x ");
      for (const auto& connection : connections) connection->close();
      acceptor.reset();
      producer->shutdown();
      brokers_.front()->restart();
      runtime_.run_for(millis(50));
    }
  }
}

TEST_F(Acl, SignsAnAsyncRetryAnew) {
  FaultRule close;
  close.id = "close";
  close.at = "broker-a";
  close.on = {.kind = FaultTarget::Kind::send, .code = 0};
  close.action = FaultAction{{"close", FaultMoment::before}};
  start({close}, {"T"}, [](BrokerConfig& config) { config.accounts = {Account{{"key", "secret", {}}, {}}}; });
  auto hook = std::make_shared<AclClientRPCHook>(SessionCredentials{"key", "secret", {}});
  auto producer = make(default_profile(), hook);
  producer->settings().queue_index_start = 0;
  producer->start();
  auto callback = std::make_shared<Counting>();
  producer->send(Message("T", "x"), callback);
  runtime_.run_for(millis(100));
  EXPECT_EQ(callback->successes, 1);
  EXPECT_EQ(seen_.count("broker-a SEND_MESSAGE_V2 T"), 1u);
  EXPECT_EQ(stored("T").size(), 1u);
}

}  // namespace acl_test
}  // namespace rmqsim
