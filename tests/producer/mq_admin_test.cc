// MQAdmin from a producer's side: queues, offsets, stored messages, new topics; each with the course that fails.
#include <gtest/gtest.h>

#include "producer/client/default_mq_producer.h"
#include "tests/producer/sim_cluster.h"

namespace rmqsim {
namespace mq_admin_test {

class Admin : public SimCluster {
 protected:
  Admin() : SimCluster({}, {"broker-a", "broker-b"}) {
    producer_ = make<DefaultMQProducer>();
    producer_->start();
  }
  ~Admin() override { producer_->shutdown(); }
  template <class F>
  static MQError error_of(F&& f) {
    try {
      f();
    } catch (const MQException& e) {
      return e.error();
    }
    return runtime_exception(ErrorType::RuntimeException, "nothing was thrown");
  }

  std::unique_ptr<DefaultMQProducer> producer_;
  const MessageQueue queue_{"T", "broker-a", 0};
};

TEST_F(Admin, FetchesTheQueuesOfATopicFromTheNameserverEveryTime) {
  EXPECT_EQ(producer_->fetchPublishMessageQueues("T").size(), 4u);
  producer_->fetchPublishMessageQueues("T");
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC T"), 2u);
  const MQError error = error_of([&] { producer_->fetchPublishMessageQueues("Nowhere"); });
  EXPECT_EQ(error.type, ErrorType::MQClientException);
  EXPECT_EQ(error.error_message, "Can not find Message Queue for this topic, Nowhere");
}

TEST_F(Admin, TellsWhereAQueueBeginsAndEnds) {
  EXPECT_EQ(producer_->maxOffset(queue_), 0);
  EXPECT_EQ(producer_->earliestMsgStoreTime(queue_), -1);
  const std::int64_t first = to_millis(runtime_.now());
  for (int i = 0; i < 3; ++i) {
    producer_->send(Message("T", "b"), queue_);
    runtime_.run_for(millis(1000));
  }
  EXPECT_EQ(producer_->maxOffset(queue_), 3);
  EXPECT_EQ(producer_->minOffset(queue_), 0);
  EXPECT_EQ(producer_->searchOffset(queue_, first), 0);
  EXPECT_EQ(producer_->searchOffset(queue_, first + 500), 1);
  EXPECT_EQ(producer_->searchOffset(queue_, first + 60'000), 3);
  EXPECT_GE(producer_->earliestMsgStoreTime(queue_), first);
}

TEST_F(Admin, SaysThatABrokerIsNotThere) {
  const MQError error = error_of([&] { producer_->maxOffset({"T", "broker-z", 0}); });
  EXPECT_EQ(error.error_message, "The broker[broker-z] not exist");
}

TEST_F(Admin, ViewsAMessageByTheBrokersId) {
  const SendResult sent = producer_->send(Message("T", "TagA", "Hello"));
  const MessageExt message = producer_->viewMessage("T", sent.getOffsetMsgId());
  EXPECT_EQ(message.getBody(), "Hello");
  EXPECT_EQ(message.getTags(), "TagA");
  EXPECT_EQ(message.getMsgId(), sent.getMsgId());
  EXPECT_EQ(message.getQueueOffset(), sent.getQueueOffset());
  // An id that no broker knows is then looked for as a message's own.
  std::string other = sent.getOffsetMsgId();
  other.back() = '7';
  EXPECT_EQ(error_of([&] { producer_->viewMessage("T", other); }).error_message,
            "query message by key finished, but no message.");
  EXPECT_EQ(error_of([&] { producer_->viewMessage("T", "rubbish"); }).response_code, ResponseCode::NO_MESSAGE);
}

TEST_F(Admin, ViewsAMessageByItsOwnId) {
  const SendResult sent = producer_->send(Message("T", "TagA", "Hello"));
  EXPECT_EQ(producer_->viewMessage("T", sent.getMsgId()).getBody(), "Hello");
  const MQError unknown = error_of([&] { producer_->viewMessage("T", std::string(32, '0')); });
  EXPECT_EQ(unknown.error_message, "query message by key finished, but no message.");
  EXPECT_EQ(unknown.response_code, ResponseCode::NO_MESSAGE);
}

TEST_F(Admin, FindsMessagesByKeyOnAllBrokers) {
  for (int i = 0; i < 4; ++i) {
    Message message("T", "TagA", i % 2 == 0 ? "order 1 other" : "order2", "Hello " + std::to_string(i));
    producer_->send(message);
  }
  const std::int64_t now = to_millis(runtime_.now());
  const QueryResult found = producer_->queryMessage("T", "order", 32, 0, now);
  ASSERT_EQ(found.getMessageList().size(), 2u);
  for (const MessageExt& message : found.getMessageList()) EXPECT_EQ(message.getKeys(), "order 1 other");
  EXPECT_EQ(producer_->queryMessage("T", "order2", 32, 0, now).getMessageList().size(), 2u);
  EXPECT_EQ(error_of([&] { producer_->queryMessage("T", "orde", 32, 0, now); }).response_code,
            ResponseCode::NO_MESSAGE);
  EXPECT_EQ(error_of([&] { producer_->queryMessage("T", "order", 32, 0, 1); }).response_code,
            ResponseCode::NO_MESSAGE);
  EXPECT_EQ(error_of([&] { producer_->queryMessage("Nowhere", "order", 32, 0, now); }).error_message,
            "The topic[Nowhere] not matched route info");
}

TEST_F(Admin, CreatesATopicOnEveryBrokerOfTheKeysRoute) {
  producer_->createTopic("T", "New", 3);
  runtime_.run_for(millis(100));
  EXPECT_EQ(producer_->fetchPublishMessageQueues("New").size(), 6u);
  EXPECT_EQ(error_of([&] { producer_->createTopic("T", "SELF_TEST_TOPIC", 3); }).error_message,
            "The topic[SELF_TEST_TOPIC] is conflict with system topic.");
  EXPECT_EQ(error_of([&] { producer_->createTopic("Nowhere", "New2", 3); }).error_message, "create new topic failed");
}

TEST(AdminWithoutStart, IsRefusedByItsState) {
  SimRuntime runtime;
  SimNetwork network(runtime);
  DefaultMQProducer producer(runtime, network.transport("client"), "g");
  EXPECT_THROW(producer.maxOffset({"T", "b", 0}), MQClientException);
  EXPECT_THROW(producer.fetchPublishMessageQueues("T"), MQClientException);
}

}  // namespace mq_admin_test
}  // namespace rmqsim
