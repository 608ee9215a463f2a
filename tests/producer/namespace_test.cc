// Namespaces of both kinds: what is wrapped, what the user sees, and what travels.
#include "producer/remoting/namespace_util.h"

#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace namespace_test {

using test_support::Counting;
using test_support::java_498;

TEST(NamespaceUtil, WrapsTopicsAndGroupsOnce) {
  EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", "T"), "ns%T");
  EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", "ns%T"), "ns%T");
  EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", "%RETRY%G"), "%RETRY%ns%G");
  EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", "%DLQ%ns%G"), "%DLQ%ns%G");
  EXPECT_EQ(NamespaceUtil::wrapNamespace("", "T"), "T");
  EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", ""), "");
  for (const char* system : {"TBW102", "RMQ_SYS_TRACE_TOPIC", "rmq_sys_x", "CID_RMQ_SYS_x"}) {
    EXPECT_EQ(NamespaceUtil::wrapNamespace("ns", system), system);
  }
}

TEST(NamespaceUtil, UnwrapsItsOwnNamespaceOnly) {
  EXPECT_EQ(NamespaceUtil::withoutNamespace("ns%T", "ns"), "T");
  EXPECT_EQ(NamespaceUtil::withoutNamespace("%RETRY%ns%G", "ns"), "%RETRY%G");
  EXPECT_EQ(NamespaceUtil::withoutNamespace("other%T", "ns"), "other%T");
  EXPECT_EQ(NamespaceUtil::withoutNamespace("other%T"), "T");
  EXPECT_EQ(NamespaceUtil::withoutNamespace("T"), "T");
}

TEST(NamespaceUtil, ReadsTheNamespaceOfAnEndpoint) {
  EXPECT_EQ(NamespaceUtil::namespace_of_endpoint("http://MQ_INST_123_abc.mq.example:80"), "MQ_INST_123_abc");
  EXPECT_EQ(NamespaceUtil::namespace_of_endpoint("MQ_INST_1_2.x"), "MQ_INST_1_2");
  for (const char* other : {"127.0.0.1:9876", "http://host", "MQ_INST_1.x", "MQ_INST_1_2", "xMQ_INST_1_2.x", ""}) {
    EXPECT_EQ(NamespaceUtil::namespace_of_endpoint(other), std::nullopt) << other;
  }
}

TEST(ClientConfig, TakesTheNamespaceFromTheEndpointUnlessItIsSet) {
  ClientConfig config;
  EXPECT_EQ(config.getNamespace(), std::nullopt);
  config.setNamesrvAddr("http://MQ_INST_1_2.x:80");
  EXPECT_EQ(config.getNamespace(), "MQ_INST_1_2");
  config.setNamespace("mine");
  EXPECT_EQ(config.getNamespace(), "mine");
}

class Namespaces : public test_support::RecordedCluster {
 protected:
  std::unique_ptr<DefaultMQProducer> in_namespace(const Profile& profile = default_profile()) {
    auto producer = make(profile);
    producer->setNamespace("ns");
    producer->start();
    return producer;
  }
};

TEST_F(Namespaces, AreInWhatIsSentAndNotInWhatTheUserSees) {
  start({}, {"ns%T"});
  auto producer = in_namespace();
  Message message("T", "x");
  const SendResult result = producer->send(message);
  EXPECT_EQ(message.getTopic(), "T");
  EXPECT_EQ(result.getMessageQueue().getTopic(), "T");
  const auto records = stored("ns%T");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(find_property(records[0].properties, "INSTANCE_ID"), "ns");
  Message to_queue("T", "x");
  EXPECT_EQ(producer->send(to_queue, MessageQueue("T", "broker-b", 1)).getMessageQueue(),
            MessageQueue("T", "broker-b", 1));
  producer->shutdown();
  EXPECT_EQ(brokers_[0]->broker().state().producers.groups().size(), 0u);
}

TEST_F(Namespaces, StayInTheMessageWhenASendFailsBeforeItReachesABroker) {
  start({}, {"ns%T"});
  auto producer = in_namespace();
  Message message("U", "x");
  try {
    producer->send(message);
    ADD_FAILURE();
  } catch (const MQClientException& e) {
    EXPECT_TRUE(e.getErrorMessage().starts_with("No route info of this topic: ns%U")) << e.what();
  }
  EXPECT_EQ(message.getTopic(), "ns%U");
}

TEST_F(Namespaces, StayInTheMessageOfARequestAsInThatOfASend) {
  start({}, {"ns%T"});
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    auto producer = in_namespace(*profile);
    Message stored_message("T", "x");
    Message without_route("U", "x");
    const auto text_of = [&](Message& message) -> std::string {
      try {
        producer->request(message, 100);
      } catch (const MQException& e) {
        return e.what();
      }
      return "a reply";
    };
    EXPECT_EQ(text_of(stored_message),
              "CODE: 10006  DESC: send request message to <T> OK, but wait reply message timeout, 100 ms.");
    EXPECT_EQ(stored_message.getTopic(), "T");
    EXPECT_NE(text_of(without_route).find("No route info of this topic: ns%U"), std::string::npos);
    EXPECT_EQ(without_route.getTopic(), "ns%U");
    producer->shutdown();
  }
  EXPECT_EQ(stored("ns%T").size(), 2u);
}

TEST_F(Namespaces, AreNotInTheTextOfAnAttemptThatReachedABroker) {
  start({answer("broker-a", 1), answer("broker-b", 1)}, {"ns%T"});
  auto producer = in_namespace();
  try {
    producer->send(Message("T", "x"));
    ADD_FAILURE();
  } catch (const MQClientException& e) {
    EXPECT_NE(std::string(e.what()).find("Topic: T, BrokersSent"), std::string::npos) << e.what();
  }
}

TEST_F(Namespaces, AreHiddenFromSelectors) {
  start({}, {"ns%T"});
  auto producer = in_namespace();
  std::string seen;
  const auto first = make_selector([&](const std::vector<MessageQueue>& queues, const Message& m, const std::any&) {
    seen = queues[0].getTopic() + " " + m.getTopic();
    return std::optional(queues[0]);
  });
  Message message("T", "x");
  producer->send(message, first, 0);
  EXPECT_EQ(seen, "T T");
  const auto none =
      make_selector([](const auto&, const Message&, const std::any&) { return std::optional<MessageQueue>(); });
  try {
    producer->send(message, none, 0);
    ADD_FAILURE();
  } catch (const MQClientException& e) {
    EXPECT_EQ(e.getErrorMessage(), "select message queue threw exception.");
  }
}

TEST_F(Namespaces, MakeAPlainMessageOfAnAsyncBatch) {
  start({}, {"ns%T"});
  auto producer = in_namespace();
  std::vector<Message> batch{Message("T", "1"), Message("T", "2")};
  const SendResult result = producer->send(batch);
  EXPECT_NE(result.getMsgId().find(','), std::string::npos);
  std::string id;
  producer->send(batch, make_send_callback([&](const SendResult& r) { id = r.getMsgId(); }, [](const auto&) {}));
  runtime_.run_for(millis(100));
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(seen_.count("broker-a SEND_BATCH_MESSAGE ns%T") + seen_.count("broker-b SEND_BATCH_MESSAGE ns%T"), 1u);
  EXPECT_EQ(seen_.count("broker-a SEND_MESSAGE_V2 ns%T") + seen_.count("broker-b SEND_MESSAGE_V2 ns%T"), 1u);
  EXPECT_EQ(stored("ns%T").size(), 4u);
  EXPECT_THROW(producer->send(batch, MessageQueue("T", "broker-a", 0)), MQClientException);
}

TEST_F(Namespaces, OfTheSecondKindGoBesideEveryRequestIn5) {
  struct Seen : RPCHook {
    void doBeforeRequest(const std::string&, RemotingCommand& request) override {
      marks += std::string(request.ext_fields.get("nsd")) + ":" + std::string(request.ext_fields.get("ns")) + " ";
    }
    std::string marks;
  };
  start();
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    auto hook = std::make_shared<Seen>();
    auto producer = make(*profile, hook);
    producer->setNamespaceV2("two");
    producer->start();
    Message message("T", "x");
    EXPECT_EQ(producer->send(message).getMessageQueue().getTopic(), "T");
    if (profile == &default_profile()) {
      EXPECT_TRUE(hook->marks.starts_with("true:two true:two ")) << hook->marks;
    } else {
      EXPECT_TRUE(hook->marks.starts_with(": : ")) << hook->marks;
    }
    producer->shutdown();
  }
}

}  // namespace namespace_test
}  // namespace rmqsim
