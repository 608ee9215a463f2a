// What becomes of nullptr where a callback, a selector or a hook is wanted: what becomes of null in Java.
#include "producer/client/api/absent.h"

#include <gmock/gmock.h>

#include "producer/client/api/hooks.h"
#include "producer/client/api/message_queue_selectors.h"
#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace absent_test {

using ::testing::ElementsAre;
using test_support::Counting;
using test_support::java_498;

const std::shared_ptr<SendCallback> kNoCallback;
const std::shared_ptr<MessageQueueSelector> kNoSelector;
const std::shared_ptr<RequestCallback> kNoRequestCallback;

std::shared_ptr<MessageQueueSelector> first() {
  return make_selector([](const auto& queues, const auto&, const auto&) { return queues.front(); });
}

/// "MQClientException: text; caused by NullPointerException", without what leads to Java's pages, or "nothing".
template <class F>
std::string thrown(F&& f) {
  try {
    f();
  } catch (const MQException& e) {
    const auto& cause = e.getCause();
    return std::string(error_type_name(e.error().type)) + ": " + e.getMessage().substr(0, e.getMessage().find('\n')) +
           (cause ? "; caused by " + std::string(error_type_name(cause->type)) : "");
  }
  return "nothing";
}

class Absent : public test_support::RecordedCluster, public testing::WithParamInterface<const char*> {
 protected:
  const Profile& profile() const { return *find_profile(GetParam()); }
  bool v5() const { return profile().name == "java-5.3.3"; }
  std::unique_ptr<DefaultMQProducer> started() {
    auto producer = make(profile());
    producer->start();
    return producer;
  }
  std::int64_t now_ms() const { return to_millis(runtime_.now()); }
};
INSTANTIATE_TEST_SUITE_P(EveryProfile, Absent, testing::Values("java-5.3.3", "java-4.9.8"),
                         [](auto& info) { return info.index == 0 ? "v5" : "v4"; });

TEST_P(Absent, ACallbackLeavesTheMessageStored) {
  start();
  const auto producer = started();
  const MessageQueue queue("T", "broker-b", 1);
  std::vector<Message> batch{Message("T", "6"), Message("T", "7")};
  producer->send(Message("T", "0"), kNoCallback);
  producer->send(Message("T", "1"), kNoCallback, 1000);
  producer->send(Message("T", "2"), queue, kNoCallback);
  producer->send(Message("T", "3"), queue, kNoCallback, 1000);
  producer->send(Message("T", "4"), first(), {}, kNoCallback);
  producer->send(Message("T", "5"), first(), {}, kNoCallback, 1000);
  producer->send(batch, kNoCallback);
  runtime_.run_for(millis(100));
  EXPECT_EQ(stored("T").size(), 8u);
  producer->setAutoBatch(true);
  producer->send(Message("T", "8"), kNoCallback);
  runtime_.run_for(millis(100));
  EXPECT_EQ(stored("T").size(), 9u);
}

TEST_P(Absent, ACallbackMakesASendWithoutATimeoutBlockIn533) {
  start();
  const auto producer = started();
  const MessageQueue queue("T", "broker-b", 1);
  producer->send(Message("T", "0"), kNoCallback);
  EXPECT_EQ(stored("T").size(), v5() ? 1u : 0u);
  producer->send(Message("T", "1"), queue, kNoCallback);
  producer->send(Message("T", "2"), first(), {}, kNoCallback);
  EXPECT_EQ(stored("T").size(), v5() ? 3u : 0u);
  producer->send(Message("T", "3"), kNoCallback, 1000);
  EXPECT_EQ(stored("T").size(), v5() ? 3u : 0u);
}

TEST_P(Absent, ACallbackHearsOfNoFailure) {
  start({answer("broker-a", ResponseCode::NO_PERMISSION), answer("broker-b", ResponseCode::NO_PERMISSION)});
  const auto producer = started();
  const MessageQueue queue("T", "broker-b", 1);
  const std::string of_telling = v5() ? "NullPointerException: null" : "nothing";
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), kNoCallback); }), of_telling);
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), kNoCallback, 1000); }), "nothing");
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), queue, kNoCallback); }), "nothing") << "Java ignores it";
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), queue, kNoCallback, 1000); }), "nothing");
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), first(), {}, kNoCallback); }), of_telling);
  EXPECT_EQ(thrown([&] { producer->send(Message("T", "x"), first(), {}, kNoCallback, 1000); }), "nothing");
  EXPECT_EQ(thrown([&] { producer->send(Message("", "x"), kNoCallback); }), of_telling);
  EXPECT_EQ(thrown([&] { producer->send(Message("", "x"), kNoCallback, 1000); }), "nothing");
  runtime_.run_for(millis(5000));
  EXPECT_EQ(stored("T").size(), 0u);
}

/// What hooks are told after an attempt.
struct After final : SendMessageHook {
  std::string hookName() const override { return "after"; }
  void sendMessageBefore(SendMessageContext&) override {}
  void sendMessageAfter(SendMessageContext& context) override {
    log.emplace_back(context.send_result != nullptr  ? "result"
                     : context.exception != nullptr ? error_type_name(context.exception->type)
                                                     : "nothing");
  }
  std::vector<std::string> log;
};

TEST_P(Absent, ACallbackMakesAnyAnswerAGoodOneIn498) {
  start({answer("broker-a", ResponseCode::NO_PERMISSION)});
  const auto producer = make(profile());
  producer->setSendLatencyFaultEnable(true);
  const auto after = std::make_shared<After>();
  producer->getDefaultMQProducerImpl().registerSendMessageHook(after);
  producer->start();
  const MessageQueue queue("T", "broker-a", 1);
  producer->send(Message("T", "x"), queue, kNoCallback, 1000);
  runtime_.run_for(millis(100));
  EXPECT_EQ(producer->impl()->strategy().tolerance().is_available("broker-a", now_ms()), !v5());
  if (v5()) {
    EXPECT_THAT(after->log, ElementsAre("nothing", "MQBrokerException"));
  } else {
    EXPECT_THAT(after->log, ElementsAre("nothing"));
  }
  producer->send(Message("T", "x"), queue, std::make_shared<Counting>(), 1000);
  runtime_.run_for(millis(100));
  EXPECT_FALSE(producer->impl()->strategy().tolerance().is_available("broker-a", now_ms())) << "with a callback";
}

TEST_P(Absent, ASelectorIsOneThatThrew) {
  start();
  const auto producer = started();
  const std::string threw =
      "MQClientException: select message queue threw exception.; caused by NullPointerException";
  EXPECT_EQ(thrown([&] {
              Message m("T", "x");
              producer->send(m, kNoSelector, {});
            }),
            threw);
  EXPECT_EQ(thrown([&] {
              Message m("T", "x");
              producer->send(m, kNoSelector, {}, 1000);
            }),
            threw);
  EXPECT_EQ(thrown([&] {
              Message m("T", "x");
              producer->sendOneway(m, kNoSelector, {});
            }),
            threw);
  EXPECT_EQ(thrown([&] {
              Message m("T", "x");
              producer->request(m, kNoSelector, {}, 1000);
            }),
            threw);
  EXPECT_EQ(thrown([&] { producer->request(Message("T", "x"), kNoSelector, {}, kNoRequestCallback, 1000); }), threw);
  const auto callback = std::make_shared<Counting>();
  producer->send(Message("T", "x"), kNoSelector, {}, callback);
  producer->send(Message("T", "x"), kNoSelector, {}, callback, 1000);
  runtime_.run_for(millis(100));
  EXPECT_EQ(callback->failures, 2);
  EXPECT_EQ(callback->error.error_message, "select message queue threw exception.");
  EXPECT_EQ(stored("T").size(), 0u);
}

TEST_P(Absent, ARequestsCallbackIsNotCalled) {
  start();
  const auto producer = started();
  const MessageQueue queue("T", "broker-b", 1);
  producer->request(Message("T", "0"), kNoRequestCallback, 500);
  producer->request(Message("T", "1"), queue, kNoRequestCallback, 500);
  producer->request(Message("T", "2"), first(), {}, kNoRequestCallback, 500);
  runtime_.run_for(millis(10'000));
  EXPECT_EQ(stored("T").size(), 3u);
  EXPECT_EQ(producer->impl()->waiting_for_replies(), 0u);
}

TEST_P(Absent, AHookIsRefused) {
  start();
  const auto producer = started();
  DefaultMQProducerImpl& impl = producer->getDefaultMQProducerImpl();
  EXPECT_EQ(thrown([&] { impl.registerSendMessageHook(nullptr); }), "NullPointerException: null");
  EXPECT_EQ(thrown([&] { impl.registerCheckForbiddenHook(nullptr); }), "NullPointerException: null");
  EXPECT_EQ(thrown([&] { impl.registerEndTransactionHook(nullptr); }), "NullPointerException: null");
  EXPECT_EQ(producer->send(Message("T", "x")).getSendStatus(), SendStatus::SEND_OK);
}

TEST_P(Absent, ATextToSelectByFailsTheSend) {
  start();
  const auto producer = started();
  Message message("T", "x");
  const char* const none = nullptr;
  EXPECT_THAT(thrown([&] { producer->send(message, std::make_shared<SelectMessageQueueByHash>(), none); }),
              testing::StartsWith("MQClientException: select message queue threw exception."));
}

}  // namespace absent_test
}  // namespace rmqsim
