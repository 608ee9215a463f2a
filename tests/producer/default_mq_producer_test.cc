// The public producer in a simulated world against the fakes: lifecycle, sends of every kind, heartbeats, routes.
#include "producer/client/api/default_mq_producer.h"

#include <gtest/gtest.h>

#include "tests/producer/simulated_producer.h"

namespace rmqsim {
namespace default_mq_producer_test {

class ProducerInSimulation : public SimulatedProducer {
 protected:
  using SimulatedProducer::SimulatedProducer;
};

TEST_F(ProducerInSimulation, SendsAndGetsTheBrokersIdAndItsOwn) {
  auto producer = make();
  producer->start();
  Message message("T", "TagA", "Hello RocketMQ");
  const SendResult result = producer->send(message);
  EXPECT_EQ(result.getSendStatus(), SendStatus::SEND_OK);
  EXPECT_EQ(result.getMsgId(), message.uniq_key());
  EXPECT_EQ(result.getMsgId().size(), 32u);
  EXPECT_EQ(result.getOffsetMsgId().size(), 32u);
  EXPECT_EQ(result.getMessageQueue().getTopic(), "T");
  producer->shutdown();
  EXPECT_EQ(stored(), 1u);
}

TEST_F(ProducerInSimulation, SendsNothingBeforeStartAndAfterShutdown) {
  auto producer = make();
  const auto text = [&] {
    try {
      producer->send(Message("T", "b"));
    } catch (const MQClientException& e) {
      return e.getErrorMessage();
    }
    return std::string("sent");
  };
  EXPECT_TRUE(text().starts_with("The producer service state not OK, CREATE_JUST\nSee https://"));
  producer->start();
  EXPECT_EQ(text(), "sent");
  EXPECT_THROW(producer->start(), MQClientException);
  producer->shutdown();
  EXPECT_TRUE(text().starts_with("The producer service state not OK, SHUTDOWN_ALREADY"));
}

TEST_F(ProducerInSimulation, TellsTheCallbackOfAnAsyncSendThatNobodyHasStartedIt) {
  struct Heard : SendCallback {
    void onSuccess(const SendResult&) override { texts.push_back("sent"); }
    void onException(const MQException& e) override { texts.push_back(e.getMessage()); }
    std::vector<std::string> texts;
  };
  auto producer = make();
  const auto heard = std::make_shared<Heard>();
  EXPECT_NO_THROW(producer->send(Message("T", "b"), heard)) << "its threads are there from the beginning";
  EXPECT_NO_THROW(producer->send(Message("T", "b"), heard, 1000));
  runtime_.run_for(millis(1));
  ASSERT_EQ(heard->texts.size(), 2u);
  EXPECT_TRUE(heard->texts[0].starts_with("The producer service state not OK, CREATE_JUST\nSee https://"));
  EXPECT_EQ(heard->texts[0], heard->texts[1]);
  producer->start();
  producer->send(Message("T", "b"), heard);
  runtime_.run_for(millis(50));
  EXPECT_EQ(heard->texts.back(), "sent");
  producer->shutdown();
  EXPECT_THROW(producer->send(Message("T", "b"), heard, 1000), MQClientException) << "and gone after the shutdown";
}

TEST_F(ProducerInSimulation, LooksAtABatchBeforeItLooksAtItsState) {
  auto producer = make();
  const auto text = [&](std::vector<Message> messages) {
    try {
      producer->send(messages);
    } catch (const MQClientException& e) {
      return e.getErrorMessage();
    }
    return std::string("sent");
  };
  EXPECT_TRUE(text({Message("T", "a"), Message("U", "b")}).starts_with("Failed to initiate the MessageBatch"));
  EXPECT_TRUE(text({Message("T", "a"), Message("T", "b")}).starts_with("The producer service state not OK, CREATE_JUST"));
}

TEST_F(ProducerInSimulation, AFailedGroupCheckSpoilsTheProducerForGood) {
  auto producer = make(default_profile(), "no good");
  EXPECT_THROW(producer->start(), MQClientException);
  try {
    producer->start();
    FAIL();
  } catch (const MQClientException& e) {
    EXPECT_TRUE(e.getErrorMessage().starts_with("The producer service state not OK, maybe started once, START_FAILED"));
  }
}

TEST_F(ProducerInSimulation, TwoProducersOfOneClientIdShareTheInstanceButNotTheGroup) {
  auto one = make(default_profile(), "one");
  auto two = make(default_profile(), "two");
  auto same = make(default_profile(), "one");
  for (auto* producer : {one.get(), two.get(), same.get()}) producer->setInstanceName("shared");
  one->start();
  two->start();
  EXPECT_EQ(one->impl()->instance(), two->impl()->instance());
  EXPECT_THROW(same->start(), MQClientException);
  one->shutdown();
  two->send(Message("T", "still here"));
  two->shutdown();
}

TEST_F(ProducerInSimulation, A533ProducerAsksNothingAtStartAndA498OnePollsTbw102) {
  auto p533 = make();
  p533->start();
  runtime_.run_for(millis(100));
  EXPECT_TRUE(seen_.log.empty());
  auto p498 = make(*find_profile("java-4.9.8"), "old");
  p498->start();
  runtime_.run_for(millis(100));
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC TBW102"), 1u);
}

TEST_F(ProducerInSimulation, A533ConnectionIsFollowedByAHeartbeatAndThenOneEveryThirtySeconds) {
  auto producer = make();
  producer->start();
  producer->send(Message("T", "b"));
  runtime_.run_for(millis(10));
  EXPECT_EQ(seen_.count("broker-a HEART_BEAT ") + seen_.count("broker-b HEART_BEAT "), 1u);
  runtime_.run_for(std::chrono::seconds(62));
  // The first tick, a second after the start, reaches both: one of them over a new connection, whose own heartbeat
  // finds the lock taken. Two more ticks follow.
  EXPECT_EQ(seen_.count("broker-a HEART_BEAT ") + seen_.count("broker-b HEART_BEAT "), 1u + 3u * 2u);
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC T"), 1u + 3u);  // polled 10 ms after the start, then every 30 s
}

TEST_F(ProducerInSimulation, ShutdownUnregistersTheGroupAndThenTheInnerOne) {
  auto producer = make();
  producer->start();
  producer->send(Message("T", "b"));
  producer->shutdown();
  EXPECT_EQ(seen_.count("broker-a UNREGISTER_CLIENT "), 2u);
  EXPECT_EQ(seen_.count("broker-b UNREGISTER_CLIENT "), 2u);
}

TEST_F(ProducerInSimulation, AnUnknownTopicIsServedByTheDefaultRouteWithItsQueues) {
  auto producer = make();
  producer->start();
  producer->send(Message("New", "b"));
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC New"), 1u);
  EXPECT_EQ(seen_.count("ns GET_ROUTEINFO_BY_TOPIC TBW102"), 1u);
  EXPECT_EQ(stored(), 1u);
}

TEST_F(ProducerInSimulation, SendsToAQueueAndBySelector) {
  auto producer = make();
  producer->start();
  Message to_queue("T", "b");
  EXPECT_EQ(producer->send(to_queue, MessageQueue("T", "broker-b", 1)).getMessageQueue(),
            MessageQueue("T", "broker-b", 1));
  const auto last = make_selector([](const std::vector<MessageQueue>& queues, const Message&, const std::any& arg) {
    return std::optional(queues[static_cast<std::size_t>(std::any_cast<int>(arg))]);
  });
  Message selected("T", "b");
  EXPECT_EQ(producer->send(selected, last, 3).getMessageQueue(), MessageQueue("T", "broker-b", 1));
  Message elsewhere("T", "b");
  EXPECT_THROW(producer->send(elsewhere, MessageQueue("U", "broker-b", 1)), MQClientException);
  EXPECT_THROW(producer->send(elsewhere, MessageQueue("T", "broker-x", 0)), MQClientException);
  const auto none =
      make_selector([](const auto&, const Message&, const std::any&) { return std::optional<MessageQueue>(); });
  EXPECT_THROW(producer->send(elsewhere, none, 0), MQClientException);
}

TEST_F(ProducerInSimulation, ABatchGetsTheIdsOfItsMembers) {
  auto producer = make();
  producer->start();
  std::vector<Message> messages{Message("T", "one"), Message("T", "two"), Message("T", "three")};
  const SendResult result = producer->send(messages);
  EXPECT_EQ(std::count(result.msg_id.begin(), result.msg_id.end(), ','), 2);
  EXPECT_EQ(stored(), 3u);
}

TEST_F(ProducerInSimulation, AnAsyncSendTellsItsCallback) {
  auto producer = make();
  producer->start();
  Latch latch;
  std::string id;
  producer->send(Message("T", "b"), make_send_callback(
                                        [&](const SendResult& result) {
                                          id = result.msg_id;
                                          latch.release();
                                        },
                                        [&](const MQException& e) {
                                          id = e.what();
                                          latch.release();
                                        }));
  runtime_.run_until(latch);
  EXPECT_EQ(id.size(), 32u) << id;
}

TEST_F(ProducerInSimulation, AnAsyncBatchGoesToTheQueueThatWasGiven) {
  auto producer = make();
  producer->start();
  const MessageQueue queue = producer->fetchPublishMessageQueues("T").back();
  std::vector<Message> messages{Message("T", "one"), Message("T", "two")};
  for (const bool own_timeout : {false, true}) {
    Latch latch;
    MessageQueue used;
    auto callback = make_send_callback(
        [&](const SendResult& result) {
          used = result.getMessageQueue();
          latch.release();
        },
        [&](const MQException& e) {
          ADD_FAILURE() << e.what();
          latch.release();
        });
    if (own_timeout) {
      producer->send(messages, queue, callback, 1000);
    } else {
      producer->send(messages, queue, callback);
    }
    runtime_.run_until(latch);
    EXPECT_EQ(used, queue);
  }
  EXPECT_EQ(stored(), 4u);
}

TEST_F(ProducerInSimulation, BlockingInsideACallbackIsRefusedBecauseVirtualTimeCouldNotGoOn) {
  auto producer = make();
  producer->start();
  Latch latch;
  bool refused = false;
  producer->send(Message("T", "b"), make_send_callback(
                                        [&](const SendResult&) {
                                          try {
                                            producer->send(Message("T", "nested"));
                                          } catch (const std::logic_error&) {
                                            refused = true;
                                          }
                                          latch.release();
                                        },
                                        [&](const MQException&) { latch.release(); }));
  runtime_.run_until(latch);
  EXPECT_TRUE(refused);
}

TEST_F(ProducerInSimulation, AOnewaySendReturnsBeforeTheMessageArrives) {
  auto producer = make();
  producer->start();
  producer->send(Message("T", "connects"));
  producer->sendOneway(Message("T", "b"));
  producer->sendOneway(Message("T", "b"));
  runtime_.run_for(millis(10));
  EXPECT_EQ(stored(), 3u);
}

TEST_F(ProducerInSimulation, ALargeBodyTravelsCompressedAndSmall) {
  auto producer = make();
  producer->start();
  producer->send(Message("T", std::string(4095, 'x')));
  producer->send(Message("T", std::string(4096, 'x')));
  std::vector<std::int32_t> flags;
  for (const auto& broker : brokers_) {
    const MessageStore& store = broker->broker().store();
    for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) flags.push_back(store.find(n)->sys_flag);
  }
  std::sort(flags.begin(), flags.end());
  EXPECT_EQ(flags, (std::vector<std::int32_t>{0, 0x301}));
}

TEST_F(ProducerInSimulation, WithoutANameserverASendIsAnIllegalState) {
  for (const auto& [profile, text] : {std::pair{"java-5.3.3", "connect to null failed"},
                                      std::pair{"java-4.9.8", "connect to [10.9.9.9:9876] failed"}}) {
    auto producer = make(*find_profile(profile), std::string("g") + profile[5]);
    producer->setNamesrvAddr("10.9.9.9:9876");
    producer->start();
    try {
      producer->send(Message("T", "b"));
      FAIL();
    } catch (const IllegalStateException& e) {
      EXPECT_EQ(e.getMessage(),
                std::string("org.apache.rocketmq.remoting.exception.RemotingConnectException: ") + text);
      EXPECT_EQ(e.getCause()->type, ErrorType::RemotingConnectException);
    }
  }
}

FaultRule silent(const char* broker) {
  FaultRule rule;
  rule.id = "silent";
  rule.at = broker;
  rule.action = FaultAction{{"drop", FaultMoment::before}};
  return rule;
}

class SilentBrokerA : public ProducerInSimulation {
 protected:
  SilentBrokerA() : ProducerInSimulation({silent("broker-a")}) {}
};

TEST_F(SilentBrokerA, ASyncTimeoutClosesTheConnectionAndFailsWhatElseIsOnIt) {
  // T22: the async request waits on the connection that the sync timeout closes; it is retried elsewhere at once.
  auto producer = make();
  producer->start();
  const MessageQueue a("T", "broker-a", 0);
  Latch latch;
  std::string broker;
  Message warm("T", "b");
  producer->send(warm, MessageQueue("T", "broker-b", 0));
  producer->settings().queue_index_start.reset();
  for (int i = 0; i < 4; ++i) {
    producer->send(Message("T", "async"),
                   make_send_callback([&](const SendResult& r) { broker += r.message_queue.getBrokerName() + " "; },
                                      [&](const MQException& e) { broker += e.what(); }),
                   10'000);
  }
  runtime_.run_for(millis(5));
  Message message("T", "sync");
  try {
    producer->send(message, a, 500);
    FAIL();
  } catch (const RemotingTimeoutException& e) {
    EXPECT_EQ(e.getMessage(), "wait response on the channel </" + brokers_[0]->address() + "> timeout, 500(ms)");
  }
  runtime_.run_for(millis(5));
  EXPECT_EQ(broker, "broker-b broker-b broker-b broker-b ");
}

}  // namespace default_mq_producer_test
}  // namespace rmqsim
