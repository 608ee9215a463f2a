// Auto-batch: what is gathered, when it is sent, and what each message of a batch is told; with the flaws of 5.3.3 and
// without them in `hardened`.
#include "producer/client/held/produce_accumulator.h"

#include "producer/client/held/back_pressure.h"
#include "producer/remoting/codes.h"
#include "tests/producer/simulated_producer.h"

namespace rmqsim {
namespace produce_accumulator_test {

class AutoBatch : public SimulatedProducer {
 protected:
  using SimulatedProducer::SimulatedProducer;

  std::unique_ptr<DefaultMQProducer> batching(const Profile& profile = default_profile(),
                                              const std::string& group = "g", const std::string& instance = "i") {
    auto producer = make(profile, group);
    producer->setInstanceName(instance);
    producer->setAutoBatch(true);
    producer->start();
    return producer;
  }
  std::size_t batches() const { return requests("SEND_BATCH_MESSAGE"); }
  std::size_t singles() const { return requests("SEND_MESSAGE_V2"); }

  /// A sync send as an application thread of its own would make it; `text` is what it is told.
  void send_on_thread(DefaultMQProducer& producer, Message& message, std::string& text) {
    const ThreadId thread = runtime_.new_thread("app");
    runtime_.run([&] {
      ThreadScope scope(runtime_, thread);
      SendCall call;
      call.may_batch = true;
      producer.impl()->send(message, std::move(call), [&text](SendOutcome& outcome) {
        text = outcome.error ? std::string(error_type_name(outcome.error->type)) : "ok " + outcome.result->msg_id;
      });
    });
  }
};

TEST_F(AutoBatch, TenSmallMessagesBecomeOneBatchAndEachGetsItsOwnResult) {
  auto producer = batching();
  Told told;
  for (int i = 0; i < 10; ++i) producer->send(Message("T", "small"), told.callback());
  runtime_.run_for(millis(30));
  ASSERT_EQ(told.ok(), 10u);
  EXPECT_EQ(batches(), 1u);
  EXPECT_EQ(stored(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(told.results[i].msg_id.size(), 32u);
    EXPECT_EQ(told.results[i].offset_msg_id.size(), 32u);
    EXPECT_EQ(told.results[i].queue_offset, told.results[0].queue_offset + static_cast<std::int64_t>(i));
    EXPECT_EQ(told.results[i].message_queue, told.results[0].message_queue);
  }
  EXPECT_NE(told.results[0].msg_id, told.results[1].msg_id);
  EXPECT_EQ(producer->impl()->accumulator()->held(), 0);
}

TEST_F(AutoBatch, ABlockingSendWaitsUntilItsBatchIsSentAndAnswered) {
  auto producer = batching();
  Message message("T", "alone");
  const std::int64_t before = now_ms();
  const SendResult result = producer->send(message);
  EXPECT_EQ(result.getMsgId(), message.uniq_key());
  EXPECT_GE(now_ms() - before, 10);
  EXPECT_LE(now_ms() - before, 10 + 5 + 5);
  EXPECT_EQ(batches(), 1u);
}

TEST_F(AutoBatch, ABatchIsSentWhenItsBytesExceedTheLimitAndNotBefore) {
  auto producer = batching();
  producer->batchMaxBytes(100);
  producer->batchMaxDelayMs(30'000);
  EXPECT_EQ(producer->getBatchMaxBytes(), 100);
  EXPECT_EQ(producer->getTotalBatchMaxBytes(), 100) << "a known flaw of the getter";
  EXPECT_EQ(producer->getBatchMaxDelayMs(), 30'000);
  Told told;
  producer->send(Message("T", std::string(50, 'x')), told.callback());
  producer->send(Message("T", std::string(50, 'x')), told.callback());
  runtime_.run_for(millis(1000));
  EXPECT_EQ(batches(), 0u);
  producer->send(Message("T", "x"), told.callback());
  runtime_.run_for(millis(20));
  EXPECT_EQ(batches(), 1u);
  EXPECT_EQ(told.ok(), 3u);
}

TEST_F(AutoBatch, OnlyMessagesOfOneTopicQueueTagAndWaitFlagShareABatch) {
  auto producer = batching();
  Told told;
  const MessageQueue queue("T", "broker-b", 1);
  Message impatient("T", "b");
  impatient.setWaitStoreMsgOK(false);
  producer->send(Message("T", "b"), told.callback());
  producer->send(Message("T", "TagA", "b"), told.callback());
  producer->send(impatient, told.callback());
  producer->send(Message("T", "b"), queue, told.callback());
  producer->send(Message("T", "b"), queue, told.callback());
  producer->send(Message("T", "b"),
                 make_selector([&](const auto&, const Message&, const std::any&) { return std::optional(queue); }), 0,
                 told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(told.ok(), 6u);
  EXPECT_EQ(batches(), 4u) << "both ways to the queue lead into one batch";
}

TEST_F(AutoBatch, SendsByThemselvesWhatHasATimeoutADelayATimerOrAProducerGroup) {
  auto producer = batching();
  Told told;
  Message delayed("T", "b");
  delayed.setDelayTimeLevel(1);
  Message timed("T", "b");
  timed.setDelayTimeMs(1);
  Message half("T", "b");
  half.put_property(MessageConst::PROPERTY_PRODUCER_GROUP, "g");
  for (const Message& message : {delayed, timed, half}) producer->send(message, told.callback());
  producer->send(Message("T", "b"), told.callback(), 3000);
  Message patient("T", "b");
  producer->send(patient, 3000);
  std::vector<Message> two{Message("T", "b"), Message("T", "b")};
  producer->send(two);
  runtime_.run_for(millis(50));
  EXPECT_EQ(told.texts.size(), 4u);
  EXPECT_EQ(singles(), 5u);
  EXPECT_EQ(batches(), 1u) << "the user's own";
}

TEST_F(AutoBatch, RefusedMessagesAreToldAtOnceAndNeverJoin) {
  auto producer = batching();
  Told told;
  producer->send(Message("T", ""), told.callback());
  Message without_body;
  without_body.setTopic("T");
  producer->send(without_body, told.callback());
  Message bad("T", "b");
  bad.put_property(MessageConst::PROPERTY_TIMER_DELAY_MS, "soon");
  producer->send(bad, told.callback());
  runtime_.run_for(millis(50));
  ASSERT_EQ(told.texts.size(), 3u);
  EXPECT_TRUE(told.texts[0].starts_with("CODE: 13  DESC: the message body length is zero")) << told.texts[0];
  EXPECT_TRUE(told.texts[1].starts_with("CODE: 13  DESC: the message body is null")) << told.texts[1];
  EXPECT_EQ(told.texts[2], "For input string: \"soon\"");
  EXPECT_EQ(batches(), 0u);
  EXPECT_THROW(producer->send(Message("T", "")), MQClientException);
}

TEST_F(AutoBatch, HasNoEffectIn498AndBeforeStart) {
  auto producer = make(*find_profile("java-4.9.8"));
  producer->setAutoBatch(true);
  EXPECT_FALSE(producer->getAutoBatch());
  EXPECT_EQ(producer->getBatchMaxDelayMs(), 0);
  producer->start();
  EXPECT_FALSE(producer->getAutoBatch());
  producer->send(Message("T", "b"));
  EXPECT_EQ(batches(), 0u);
  EXPECT_EQ(stored(), 1u);
}

TEST_F(AutoBatch, SettersRefuseWithTheTextsOfJava) {
  auto producer = make();
  const auto text = [](auto&& set) {
    try {
      set();
    } catch (const std::invalid_argument& e) {
      return std::string(e.what());
    }
    return std::string("taken");
  };
  EXPECT_EQ(text([&] { producer->batchMaxDelayMs(0); }), "batchMaxDelayMs expect between 1ms and 30s, but get 0!");
  EXPECT_EQ(text([&] { producer->batchMaxDelayMs(30'001); }),
            "batchMaxDelayMs expect between 1ms and 30s, but get 30001!");
  EXPECT_EQ(text([&] { producer->batchMaxBytes((2 << 20) + 1); }),
            "batchMaxBytes expect between 1B and 2MB, but get 2097153!");
  EXPECT_EQ(text([&] { producer->totalBatchMaxBytes(0); }), "totalBatchMaxBytes must bigger then 0, but get 0!");
  EXPECT_EQ(text([&] { producer->batchMaxDelayMs(30'000); }), "taken");
}

TEST_F(AutoBatch, OneAccumulatorServesAClientIdForAsLongAsTheWorld) {
  auto one = batching(default_profile(), "one");
  auto two = batching(default_profile(), "two");
  auto other = batching(default_profile(), "three", "j");
  EXPECT_EQ(one->impl()->accumulator(), two->impl()->accumulator());
  EXPECT_NE(one->impl()->accumulator(), other->impl()->accumulator());
  one->batchMaxDelayMs(70);
  Told told;
  one->send(Message("T", "b"), told.callback());
  two->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(120));
  EXPECT_EQ(told.ok(), 2u);
  EXPECT_EQ(batches(), 1u) << "messages of both";
  one->shutdown();
  two->shutdown();
  one.reset();
  two.reset();
  EXPECT_EQ(batching(default_profile(), "later")->getBatchMaxDelayMs(), 70);
}

TEST_F(AutoBatch, ACallbackThatThrowsMakesAllOfItsBatchFail) {
  auto producer = batching();
  Told told;
  producer->send(Message("T", "b"), told.callback());
  producer->send(Message("T", "b"),
                 make_send_callback([](const SendResult&) { throw std::runtime_error("the user's"); },
                                    [&](const MQException& e) { told.texts.push_back(e.what()); }));
  producer->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(told.texts, (std::vector<std::string>{"ok", "the user's", "the user's", "the user's"}));
}

TEST_F(AutoBatch, SyncMembersOfOneBatchGetTheResultsOfTheirOwnMessages) {
  auto producer = batching();
  std::string first;
  std::string second;
  Message a("T", "TagA", "k1 k2", "b");
  Message b("T", "TagA", "k2 k3", "b");
  send_on_thread(*producer, a, first);
  send_on_thread(*producer, b, second);
  EXPECT_EQ(first, "");
  runtime_.run_for(millis(50));
  EXPECT_EQ(first, "ok " + std::string(a.uniq_key()));
  EXPECT_EQ(second, "ok " + std::string(b.uniq_key()));
  EXPECT_EQ(batches(), 1u);
}

TEST_F(AutoBatch, ABatchHasTheKeysOfItsSyncMembersInTheOrderOfAHashSet) {
  struct Keys : SendMessageHook {
    std::string hookName() const override { return "keys"; }
    void sendMessageBefore(SendMessageContext& context) override { seen = context.message->getKeys(); }
    void sendMessageAfter(SendMessageContext&) override {}
    std::string seen;
  };
  auto producer = batching();
  auto hook = std::make_shared<Keys>();
  producer->impl()->registerSendMessageHook(hook);
  std::string told;
  std::vector<Message> messages(3, Message("T", "b"));
  messages[0].setKeys("zz a");
  messages[1].setKeys("b");
  messages[2].setKeys("a");
  for (Message& message : messages) send_on_thread(*producer, message, told);
  runtime_.run_for(millis(50));
  EXPECT_EQ(hook->seen, "zz a b") << "buckets 0, 1 and 2";
}

TEST_F(AutoBatch, BytesOfRefusedMessagesCountForEverAndEndAutoBatching) {
  auto producer = batching();
  producer->totalBatchMaxBytes(100);
  Told told;
  Message delayed("T", std::string(100, 'x'));
  delayed.setDelayTimeLevel(1);
  producer->send(delayed, told.callback());
  producer->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(batches(), 0u);
  EXPECT_EQ(singles(), 2u);
  EXPECT_EQ(producer->impl()->accumulator()->held(), 100);

  auto hardened = batching(*find_profile("hardened"), "h", "hardened");
  hardened->totalBatchMaxBytes(100);
  hardened->send(delayed, told.callback());
  hardened->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  EXPECT_EQ(batches(), 1u);
  EXPECT_EQ(hardened->impl()->accumulator()->held(), 0);
}

TEST_F(AutoBatch, ShutdownLosesWhatIsGatheredAndInHardenedSendsIt) {
  auto producer = batching();
  producer->batchMaxDelayMs(30'000);
  Told told;
  producer->send(Message("T", "b"), told.callback());
  producer->shutdown();
  runtime_.run_for(std::chrono::seconds(100));
  EXPECT_EQ(told.texts.size(), 0u);
  auto hardened = batching(*find_profile("hardened"), "h", "hardened");
  hardened->batchMaxDelayMs(30'000);
  hardened->send(Message("T", "b"), told.callback());
  hardened->shutdown();
  runtime_.run_for(millis(5));
  EXPECT_EQ(told.texts, (std::vector<std::string>{"ok"}));
}

TEST_F(AutoBatch, TheShutdownOfOneProducerStopsTheGuardsOfAllOfTheClientId) {
  for (const char* name : {"java-5.3.3", "hardened"}) {
    const Profile& profile = *find_profile(name);
    auto one = batching(profile, "one", name);
    auto two = batching(profile, "two", name);
    one->shutdown();
    Told told;
    two->send(Message("T", "b"), told.callback());
    runtime_.run_for(millis(100));
    EXPECT_EQ(told.ok(), profile.auto_batch_lost_at_shutdown ? 0u : 1u);
    auto three = batching(profile, "three", name);
    runtime_.run_for(millis(100));
    EXPECT_EQ(told.ok(), 1u) << "a start makes the guards run again";
  }
}

TEST_F(AutoBatch, AProducerThatGoesFailsWhatItHolds) {
  auto producer = batching();
  producer->batchMaxDelayMs(30'000);
  std::string text;
  Message message("T", "b");
  send_on_thread(*producer, message, text);
  producer.reset();
  EXPECT_EQ(text, "MQClientException");
}

TEST_F(AutoBatch, BackPressureCountsABatchOnceAndHoldsTheGuardUp) {
  auto producer = batching();
  producer->setEnableBackpressureForAsyncMode(true);
  Told told;
  for (int i = 0; i < 10; ++i) producer->send(Message("T", "b"), told.callback());
  const BackPressure& limits = producer->impl()->back_pressure();
  EXPECT_EQ(limits.available_num(), 10000);
  std::int64_t least = 10000;
  for (int i = 0; i < 300; ++i) {
    runtime_.run_for(std::chrono::microseconds(100));
    least = std::min(least, limits.available_num());
  }
  EXPECT_EQ(least, 9999);
  EXPECT_EQ(limits.available_num(), 10000);
  EXPECT_EQ(told.ok(), 10u);
}

class AutoBatchAtABrokenBroker : public AutoBatch {
 protected:
  static FaultRule refusal() {
    return rule(FaultAction{{"respond", FaultAnswer{ResponseCode::MESSAGE_ILLEGAL, "no"}}});
  }
  AutoBatchAtABrokenBroker() : AutoBatch({refusal()}) {}
};

TEST_F(AutoBatchAtABrokenBroker, EveryAsyncMemberIsToldOfTheBrokersError) {
  auto producer = batching();
  Told told;
  for (int i = 0; i < 3; ++i) producer->send(Message("T", "b"), told.callback());
  runtime_.run_for(millis(50));
  ASSERT_EQ(told.texts.size(), 3u);
  for (const std::string& text : told.texts) EXPECT_TRUE(text.starts_with("CODE: 13  DESC: no")) << text;
}

TEST_F(AutoBatchAtABrokenBroker, OfTheSyncMembersOnlyTheSenderLearnsWhyAndInHardenedAllDo) {
  for (const char* name : {"java-5.3.3", "hardened"}) {
    const Profile& profile = *find_profile(name);
    auto producer = batching(profile, "g", name);
    std::vector<Message> messages(3, Message("T", "b"));
    std::vector<std::string> texts(3);
    for (std::size_t i = 0; i < 3; ++i) send_on_thread(*producer, messages[i], texts[i]);
    runtime_.run_for(millis(50));
    const auto told = std::count(texts.begin(), texts.end(), "MQBrokerException");
    const auto lost = std::count(texts.begin(), texts.end(), "NullPointerException");
    EXPECT_EQ(told, profile.auto_batch_error_for_one ? 1 : 3);
    EXPECT_EQ(lost, profile.auto_batch_error_for_one ? 2 : 0);
  }
}

}  // namespace produce_accumulator_test
}  // namespace rmqsim
