// Requests and replies (RIP-16) and recall with the public producer in a simulated world. A responder is a producer
// that looks into the broker's store, as a consumer would.
#include <optional>

#include "producer/client/api/default_mq_producer.h"
#include "producer/client/request/request_future_holder.h"
#include "producer/client/send/message_util.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "tests/producer/sim_cluster.h"

namespace rmqsim {
namespace request_test {

const Profile& v5() { return *find_profile("java-5.3.3"); }
const Profile& v4() { return *find_profile("java-4.9.8"); }

/// Calls of a RequestCallback, in order.
struct Calls {
  std::shared_ptr<RequestCallback> callback() {
    return make_request_callback(
        [this](const MessageExt* reply) { log.push_back(reply == nullptr ? "null" : reply->getBody()); },
        [this](const MQException& e) { log.push_back(e.what()); });
  }
  std::vector<std::string> log;
};

class Requests : public SimCluster {
 protected:
  using SimCluster::SimCluster;

  /// Replies to the newest request in the store after `delay`.
  void respond_after(Duration delay, const std::string& body) {
    if (!responder_) {
      responder_ = make<DefaultMQProducer>(default_profile(), "responders", "responder");
      responder_->start();
    }
    timer_->expires_after(delay, [this, body] {
      const auto record = broker().store().find(broker().store().next_number() - 1);
      std::string bytes;
      to_stored_message(*record, broker().state().store_host).encode_to(bytes);
      const auto request = decode_message_ext(default_profile(), bytes);
      auto reply = create_reply_message(default_profile(), &*request, body);
      responder_->send(std::get<Message>(reply),
                       make_send_callback([this](const SendResult& r) { replied_.push_back(r.getMsgId()); },
                                          [this](const MQException& e) { replied_.push_back(e.what()); }));
    });
  }
  std::size_t pushes() const {
    return seen_.count("broker-a PUSH_REPLY_MESSAGE_TO_CLIENT DefaultCluster_REPLY_TOPIC");
  }

  std::unique_ptr<Timer> timer_ = runtime_.make_timer();
  std::unique_ptr<DefaultMQProducer> responder_;
  std::vector<std::string> replied_;
};

template <class F>
std::string thrown(F&& f) {
  try {
    f();
  } catch (const MQException& e) {
    return std::string(error_type_name(e.error().type)) + ": " + e.what();
  }
  return "nothing";
}

TEST_F(Requests, AreAnsweredIn498) {
  auto producer = make<DefaultMQProducer>(v4());
  producer->start();
  respond_after(millis(50), "pong");
  Message request("T", "ping");
  const MessageExt reply = producer->request(request, 1000);
  EXPECT_EQ(reply.getBody(), "pong");
  EXPECT_EQ(reply.getProperty("CORRELATION_ID"), request.getProperty("CORRELATION_ID"));
  EXPECT_EQ(reply.getTopic(), "DefaultCluster_REPLY_TOPIC");
  EXPECT_FALSE(reply.getProperty("ARRIVE_TIME").empty());
  EXPECT_EQ(request.getProperty("TTL"), "1000");
  EXPECT_EQ(request.getProperty("REPLY_TO_CLIENT"), producer->impl()->instance()->client_id());
  EXPECT_EQ(request.getProperty("CORRELATION_ID").size(), 36u);
  runtime_.run_for(millis(100));
  EXPECT_EQ(replied_.size(), 1u);
}

TEST_F(Requests, OfASyncCallerEndWithTheSendIn533) {
  auto producer = make<DefaultMQProducer>(v5());
  producer->start();
  respond_after(millis(50), "pong");
  Message request("T", "ping");
  const TimePoint begin = runtime_.now();
  EXPECT_EQ(thrown([&] { producer->request(request, 1000); }),
            "RequestTimeoutException: CODE: 10006  DESC: send request message to <T> OK, but wait reply message "
            "timeout, 1000 ms.");
  EXPECT_LT(runtime_.now() - begin, millis(20));
  runtime_.run_for(millis(200));
  EXPECT_EQ(pushes(), 1u);  // to nobody
  EXPECT_EQ(replied_.size(), 1u);
}

TEST_F(Requests, WithoutAReplyEndAtTheTimeoutIn498) {
  auto producer = make<DefaultMQProducer>(v4());
  producer->start();
  Message request("T", "ping");
  const TimePoint begin = runtime_.now();
  EXPECT_TRUE(thrown([&] { producer->request(request, 500); }).starts_with("RequestTimeoutException: CODE: 10006"));
  EXPECT_GE(runtime_.now() - begin, millis(500));
  EXPECT_LT(runtime_.now() - begin, millis(510));
}

TEST_F(Requests, WithACallbackHearTwice) {
  for (const Profile* profile : {&v5(), &v4()}) {
    auto producer = make<DefaultMQProducer>(*profile, profile == &v5() ? "g5" : "g4");
    producer->start();
    Calls calls;
    respond_after(millis(50), "pong");
    producer->request(Message("T", "ping"), calls.callback(), 1000);
    runtime_.run_for(millis(20));
    EXPECT_EQ(calls.log, std::vector<std::string>{"null"});
    runtime_.run_for(millis(100));
    EXPECT_EQ(calls.log, (std::vector<std::string>{"null", "pong"}));
    producer->shutdown();
  }
}

TEST_F(Requests, ToAQueueOrASelectorHearOnce) {
  auto producer = make<DefaultMQProducer>();
  producer->start();
  Calls calls;
  respond_after(millis(50), "one");
  producer->request(Message("T", "ping"), MessageQueue("T", "broker-a", 1), calls.callback(), 1000);
  runtime_.run_for(millis(200));
  respond_after(millis(50), "two");
  producer->request(Message("T", "ping"),
                    make_selector([](const std::vector<MessageQueue>& queues, const Message&, const std::any&) {
                      return queues.front();
                    }),
                    {}, calls.callback(), 1000);
  runtime_.run_for(millis(200));
  EXPECT_EQ(calls.log, (std::vector<std::string>{"one", "two"}));
}

TEST_F(Requests, AreGivenUpByAScanOnceASecond) {
  auto producer = make<DefaultMQProducer>();
  producer->start();
  const TimePoint start = runtime_.now();
  Calls calls;
  producer->request(Message("T", "ping"), calls.callback(), 100);
  runtime_.run_for(start + millis(2999) - runtime_.now());
  EXPECT_EQ(calls.log.size(), 1u);
  runtime_.run_for(millis(2));
  EXPECT_EQ(calls.log, (std::vector<std::string>{"null", "CODE: 10006  DESC: request timeout, no reply message."}));
  producer->request(Message("T", "ping"), calls.callback(), 100);
  runtime_.run_for(start + millis(4001) - runtime_.now());
  EXPECT_EQ(calls.log.size(), 4u);
}

TEST_F(Requests, ThatCannotBeSentThrowAndCallBackLater) {
  auto producer = make<DefaultMQProducer>();
  Message request("T", "ping");
  EXPECT_EQ(thrown([&] { producer->request(request, 100); }), "NullPointerException: null");
  producer->start();
  Calls calls;
  EXPECT_TRUE(thrown([&] { producer->request(Message("", "ping"), calls.callback(), 100); })
                  .starts_with("MQClientException: The specified topic is blank"));
  EXPECT_TRUE(calls.log.empty());
  runtime_.run_for(millis(5000));
  EXPECT_EQ(calls.log, std::vector<std::string>{"CODE: 10006  DESC: request timeout, no reply message."});
}

TEST_F(Requests, LeaveNothingBehindWhenTheirProducerGoes) {
  Calls calls;
  {
    auto producer = make<DefaultMQProducer>();
    producer->start();
    producer->request(Message("T", "ping"), calls.callback(), 100);
  }
  auto other = make<DefaultMQProducer>(v5(), "other");
  other->start();
  runtime_.run_for(millis(10'000));
  EXPECT_EQ(calls.log.size(), 0u);
}

struct BusyBroker : Requests {
  BusyBroker() : Requests(rules()) {}
  static std::vector<FaultRule> rules() {
    FaultRule rule;
    rule.id = "busy";
    rule.at = "broker-a";
    rule.on = {FaultTarget::Kind::send, 0};
    rule.action = FaultAction{{"respond", FaultAnswer{ResponseCode::SYSTEM_BUSY, "busy"}}};
    return {rule};
  }
};

TEST_F(BusyBroker, FailsARequestAtOnceInBothForms) {
  auto producer = make<DefaultMQProducer>();
  producer->start();
  Message request("T", "ping");
  try {
    producer->request(request, 1000);
    FAIL();
  } catch (const MQClientException& e) {
    EXPECT_EQ(e.getErrorMessage(), "send request message to <T> fail");
    EXPECT_EQ(e.getCause()->type, ErrorType::MQBrokerException);
  }
  Calls calls;
  producer->request(Message("T", "ping"), calls.callback(), 1000);
  runtime_.run_for(millis(5000));
  ASSERT_EQ(calls.log.size(), 1u);
  EXPECT_TRUE(calls.log[0].starts_with("CODE: 2  DESC: busy"));
}

TEST_F(Requests, ARequesterThatIsGoneIsReportedToTheReplier) {
  auto producer = make<DefaultMQProducer>(v4());
  producer->start();
  Message request("T", "ping");
  thrown([&] { producer->request(request, 10); });
  respond_after(millis(100), "pong");
  responder_->setRetryTimesWhenSendAsyncFailed(0);
  producer->shutdown();
  runtime_.run_for(millis(1000));
  ASSERT_EQ(replied_.size(), 1u);
  EXPECT_NE(replied_[0].find("push reply message fail, channel of <"), std::string::npos);
  EXPECT_EQ(pushes(), 0u);
}

TEST(ReplyMessage, NeedsARequestThatSaysWhereItCameFrom) {
  const auto none = create_reply_message(v5(), nullptr, "b");
  EXPECT_EQ(std::get<MQError>(none).response_code, 10007);
  EXPECT_EQ(std::get<MQError>(none).error_message, "create reply message fail, requestMessage cannot be null.");
  MessageExt request;
  const auto bare = create_reply_message(v5(), &request, "b");
  EXPECT_EQ(std::get<MQError>(bare).error_message,
            "create reply message fail, requestMessage error, property[CLUSTER] is null.");
  request.put_property("CLUSTER", "C");
  request.put_property("TTL", "3000");
  const auto reply = create_reply_message(v5(), &request, "b");
  EXPECT_EQ(std::get<Message>(reply).getTopic(), "C_REPLY_TOPIC");
  EXPECT_EQ(std::get<Message>(reply).getProperty("MSG_TYPE"), "reply");
  EXPECT_EQ(std::get<Message>(reply).getProperty("TTL"), "3000");
}

// ---- recall (behaviour §10.3)

TEST(RecallHandleText, IsWhatARealBrokerMade) {
  const char* text =
      "djEgR29sZFRvcGljIGJyb2tlci1hIDE3OTUzNTgyNTgwMDEgN0YwMDAwMDEwMDAwMThCNEFBQzIwMDAwMDAwMDAwMDE=";
  const RecallHandle handle{"GoldTopic", "broker-a", 1795358258001, "7F000001000018B4AAC2000000000001"};
  EXPECT_EQ(RecallHandle::decode(text), handle);
  EXPECT_EQ(handle.encode(), text);
  for (const char* bad : {"", "xxxx", "!", "djE", "djIgYSBiIDEgYw=="}) EXPECT_FALSE(RecallHandle::decode(bad)) << bad;
}

TEST_F(Requests, ATimerMessageCanBeRecalled) {
  auto producer = make<DefaultMQProducer>();
  producer->start();
  Message message("T", "later");
  message.setDelayTimeMs(60'000);
  const SendResult sent = producer->send(message);
  ASSERT_TRUE(sent.getRecallHandle());
  EXPECT_EQ(producer->recallMessage("T", *sent.getRecallHandle()), message.uniq_key());
  EXPECT_EQ(seen_.count("broker-a RECALL_MESSAGE T"), 1u);
}

TEST_F(Requests, RecallRefusesWhatJavaRefuses) {
  auto producer = make<DefaultMQProducer>();
  const auto recall = [&](const std::string& topic, const std::string& handle) {
    const std::string text = thrown([&] { producer->recallMessage(topic, handle); });
    return text.substr(0, text.find('\n'));
  };
  const std::string past = RecallHandle{"T", "broker-a", 1, "K"}.encode();
  EXPECT_EQ(recall("T", past), "MQClientException: The producer service state not OK, CREATE_JUST");
  producer->start();
  EXPECT_EQ(recall("", past), "MQClientException: The specified topic is blank");
  EXPECT_EQ(recall("%RETRY%g", past), "MQClientException: topic is not supported");
  EXPECT_EQ(recall("T", "junk"), "MQClientException: recall handle is invalid");
  EXPECT_TRUE(recall("T", past).starts_with("MQBrokerException: CODE: 604  DESC: recall failed, timestamp invalid"));
  auto old = make<DefaultMQProducer>(v4(), "old");
  old->start();
  EXPECT_EQ(thrown([&] { old->recallMessage("T", past); }),
            "UnsupportedOperationException: recallMessage is not in java-4.9.8");
}

TEST(RequestFutureHolder, IsTheWorldsOwnAlsoWhenTheNextWorldHasItsAddress) {
  std::optional<SimRuntime> world;
  world.emplace();
  const auto former = RequestFutureHolder::of(*world);  // somebody has not let go of it
  EXPECT_EQ(RequestFutureHolder::of(*world), former);
  world.emplace();
  EXPECT_NE(RequestFutureHolder::of(*world), former);
}

}  // namespace request_test
}  // namespace rmqsim
