// Hooks of a producer: who is called when, in which order, what they may change, and what becomes of what they throw.
#include "producer/client/api/hooks.h"

#include <gmock/gmock.h>

#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace hooks_test {

using ::testing::ElementsAre;
using test_support::Counting;
using test_support::java_498;
using Log = std::vector<std::string>;

std::string outcome(const SendMessageContext& context) {
  if (context.send_result != nullptr) return "result";
  return context.exception != nullptr ? std::string(error_type_name(context.exception->type)) : "nothing";
}

struct Recorder : SendMessageHook {
  explicit Recorder(Log& l, std::string n = "h") : log(l), name(std::move(n)) {}
  std::string hookName() const override { return name; }
  void sendMessageBefore(SendMessageContext& context) override {
    log.push_back(name + " before " + context.mq.getBrokerName());
    seen = context;
    body = context.message->getBody();
    if (on_before) on_before(context);
  }
  void sendMessageAfter(SendMessageContext& context) override { log.push_back(name + " after " + outcome(context)); }

  Log& log;
  std::string name;
  SendMessageContext seen;
  std::string body;
  std::function<void(SendMessageContext&)> on_before;
};

struct Veto : CheckForbiddenHook {
  explicit Veto(Log& l) : log(l) {}
  std::string hookName() const override { return "veto"; }
  void checkForbidden(CheckForbiddenContext& context) override {
    log.push_back("veto " + context.mq.getBrokerName());
    if (checked) throw MQClientException(client_exception(default_profile(), "not today"));
    throw std::runtime_error("broken hook");
  }
  Log& log;
  bool checked = true;
};

struct Rpc : RPCHook {
  explicit Rpc(Log& l) : log(l) {}
  void doBeforeRequest(const std::string& remote, RemotingCommand& request) override {
    log.push_back("before " + request_code_name(request.code));
    remotes.push_back(remote);
    request.ext().set("mark", "7");
    if (throws) throw std::runtime_error("no");
  }
  void doAfterResponse(const std::string&, const RemotingCommand& request, RemotingCommand& response) override {
    log.push_back("after " + request_code_name(request.code) + " " + response_code_name(response.code));
    if (throws_after) throw std::runtime_error("no more");
  }
  Log& log;
  std::vector<std::string> remotes;
  bool throws = false;
  bool throws_after = false;
};

class Hooks : public test_support::RecordedCluster {
 protected:
  Log log;
};

TEST_F(Hooks, AreCalledInOrderOfRegistrationBeforeAndAfterEachAttempt) {
  start({answer("broker-a", ResponseCode::SYSTEM_BUSY)});
  auto producer = make();
  producer->settings().queue_index_start = 0;
  producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log, "one"));
  producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log, "two"));
  producer->start();
  producer->send(Message("T", "x"));
  EXPECT_THAT(log, ElementsAre("one before broker-a", "two before broker-a", "one after MQBrokerException",
                               "two after MQBrokerException", "one before broker-b", "two before broker-b",
                               "one after result", "two after result"));
}

TEST_F(Hooks, SeeTheMessageAsItIsSentAndMayAddProperties) {
  start();
  auto producer = make();
  producer->setCompressMsgBodyOverHowmuch(100);
  auto hook = std::make_shared<Recorder>(log);
  hook->on_before = [](SendMessageContext& context) { context.message->put_property("added", "yes"); };
  producer->getDefaultMQProducerImpl().registerSendMessageHook(hook);
  producer->start();
  Message message("T", std::string(1000, 'x'));
  message.setDelayTimeLevel(2);
  producer->send(message);
  EXPECT_LT(hook->body.size(), 100u);
  EXPECT_EQ(message.getBody(), std::string(1000, 'x'));
  EXPECT_EQ(hook->seen.msg_type, MessageType::Delay_Msg);
  EXPECT_EQ(hook->seen.producer_group, "g");
  EXPECT_FALSE(hook->seen.born_host.empty());
  const auto records = stored("SCHEDULE_TOPIC_XXXX");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(find_property(records[0].properties, "added"), "yes");
  EXPECT_EQ(records[0].body, hook->body);
}

TEST_F(Hooks, OfASendThatThrowAreIgnored) {
  start();
  auto producer = make();
  auto hook = std::make_shared<Recorder>(log);
  hook->on_before = [](SendMessageContext&) { throw std::runtime_error("ignored"); };
  producer->getDefaultMQProducerImpl().registerSendMessageHook(hook);
  producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log, "next"));
  producer->start();
  EXPECT_EQ(producer->send(Message("T", "x")).getSendStatus(), SendStatus::SEND_OK);
  EXPECT_EQ(log.size(), 4u);
}

TEST_F(Hooks, OfAnAsyncSendAreCalledAfterTheHandOverAndAgainWithTheOutcome) {
  start({answer("broker-a", ResponseCode::NO_PERMISSION), answer("broker-b", ResponseCode::NO_PERMISSION)});
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    log.clear();
    auto producer = make(*profile);
    producer->settings().queue_index_start = 1;
    producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log));
    producer->start();
    auto callback = std::make_shared<Counting>();
    producer->send(Message("T", "x"), callback);
    runtime_.run_for(millis(100));
    EXPECT_EQ(callback->failures, 1);
    ASSERT_EQ(log.size(), 3u);
    EXPECT_THAT(Log(log.begin() + 1, log.end()), ElementsAre("h after nothing", "h after MQBrokerException"));
    producer->shutdown();
  }
}

TEST_F(Hooks, OfAOnewaySendAreToldOnceWithoutAResult) {
  start();
  auto producer = make();
  producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log));
  producer->start();
  producer->sendOneway(Message("T", "x"));
  runtime_.run_for(millis(50));
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1], "h after nothing");
}

TEST_F(Hooks, ThatForbidAreAskedForEveryAttemptAndNoOtherHookIs) {
  start();
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    log.clear();
    auto producer = make(*profile);
    producer->getDefaultMQProducerImpl().registerCheckForbiddenHook(std::make_shared<Veto>(log));
    producer->getDefaultMQProducerImpl().registerSendMessageHook(std::make_shared<Recorder>(log));
    producer->start();
    try {
      producer->send(Message("T", "x"));
      ADD_FAILURE() << "sent";
    } catch (const MQClientException& e) {
      EXPECT_EQ(e.getResponseCode(), ClientErrorCode::BROKER_NOT_EXIST_EXCEPTION);
      EXPECT_EQ(e.getCause()->error_message, "not today");
    }
    EXPECT_EQ(log.size(), 3u);
    EXPECT_TRUE(log[2].starts_with("veto "));
    producer->shutdown();
  }
  EXPECT_TRUE(stored("T").empty());
}

TEST_F(Hooks, ThatForbidByAnotherExceptionEndTheSendAtOnce) {
  start();
  auto producer = make();
  auto veto = std::make_shared<Veto>(log);
  veto->checked = false;
  producer->getDefaultMQProducerImpl().registerCheckForbiddenHook(veto);
  producer->start();
  EXPECT_THROW(producer->send(Message("T", "x")), RuntimeException);
  EXPECT_EQ(log.size(), 1u);
}

TEST_F(Hooks, OfTheRemotingLayerSeeEveryRequestOfTheClient) {
  start({answer("broker-a", ResponseCode::SYSTEM_BUSY)});
  auto hook = std::make_shared<Rpc>(log);
  auto producer = make(default_profile(), hook);
  producer->settings().queue_index_start = 0;
  producer->start();
  producer->send(Message("T", "x"));
  runtime_.run_for(millis(1100));
  producer->shutdown();
  const auto has = [&](const char* line) { return std::find(log.begin(), log.end(), line) != log.end(); };
  for (const char* line :
       {"before GET_ROUTEINFO_BY_TOPIC", "after GET_ROUTEINFO_BY_TOPIC SUCCESS", "before SEND_MESSAGE_V2",
        "after SEND_MESSAGE_V2 SYSTEM_BUSY", "after SEND_MESSAGE_V2 SUCCESS", "after HEART_BEAT SUCCESS",
        "after UNREGISTER_CLIENT SUCCESS"}) {
    EXPECT_TRUE(has(line)) << line;
  }
  EXPECT_EQ(hook->remotes.front(), namesrv_->address());
}

TEST_F(Hooks, OfTheRemotingLayerGetTheAddressThatWasAskedForIn498) {
  start();
  auto hook = std::make_shared<Rpc>(log);
  auto producer = make(java_498(), hook);
  producer->start();
  producer->send(Message("T", "x"));
  EXPECT_EQ(hook->remotes.front(), "");
}

TEST_F(Hooks, OfTheRemotingLayerThatThrowFailASyncSendWithoutARetry) {
  start();
  auto hook = std::make_shared<Rpc>(log);
  auto producer = make(default_profile(), hook);
  producer->start();
  producer->send(Message("T", "x"));
  hook->throws_after = true;
  EXPECT_THROW(producer->send(Message("T", "stored all the same")), RuntimeException);
  hook->throws = true;
  EXPECT_THROW(producer->send(Message("T", "x")), RuntimeException);
  EXPECT_EQ(stored("T").size(), 2u);
}

TEST_F(Hooks, OfTheRemotingLayerThatThrowLoseAnAsyncSendIn533AndFailItIn498) {
  start();
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    auto hook = std::make_shared<Rpc>(log);
    auto producer = make(*profile, hook);
    producer->start();
    producer->send(Message("T", "x"));
    hook->throws = true;
    log.clear();
    auto callback = std::make_shared<Counting>();
    producer->send(Message("T", "x"), callback);
    runtime_.run_for(millis(10));
    const auto sends = std::count(log.begin(), log.end(), "before SEND_MESSAGE_V2");
    EXPECT_EQ(callback->successes, 0);
    EXPECT_EQ(callback->failures, profile == &default_profile() ? 0 : 1);
    EXPECT_EQ(sends, profile == &default_profile() ? 1 : 3);  // 4.9.8 tries again what invokeAsync threw
    hook->throws = false;
    producer->shutdown();
  }
}

TEST_F(Hooks, OfTheRemotingLayerSeeAsyncAnswersIn533Only) {
  start();
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    auto producer = make(*profile, std::make_shared<Rpc>(log));
    producer->start();
    log.clear();
    producer->send(Message("T", "x"), std::make_shared<Counting>());
    runtime_.run_for(millis(100));
    const auto seen = std::count(log.begin(), log.end(), "after SEND_MESSAGE_V2 SUCCESS");
    EXPECT_EQ(seen, profile == &default_profile() ? 1 : 0);
    producer->shutdown();
  }
}

TEST_F(Hooks, OfATransactionsEndAreCalledInOrderAndMayThrow) {
  struct End : EndTransactionHook {
    explicit End(Log& l) : log(l) {}
    std::string hookName() const override { return "end"; }
    void endTransaction(EndTransactionContext& context) override {
      log.push_back(std::string(local_transaction_state_name(context.transaction_state)));
      throw std::runtime_error("ignored");
    }
    Log& log;
  };
  ProducerHooks hooks;
  hooks.end_transaction = {std::make_shared<End>(log), std::make_shared<End>(log)};
  EndTransactionContext context;
  context.transaction_state = LocalTransactionState::ROLLBACK_MESSAGE;
  hooks.execute_end_transaction(context);
  EXPECT_THAT(log, ElementsAre("ROLLBACK_MESSAGE", "ROLLBACK_MESSAGE"));
}

}  // namespace hooks_test
}  // namespace rmqsim
