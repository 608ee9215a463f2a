// Sends that are held, over real sockets: the calling thread sleeps where the simulation would advance its time.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/held/back_pressure.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"

namespace rmqsim {
namespace held_sends_tcp_test {

/// A broker that takes its time, and counted callbacks.
class HeldSendsOverTcp : public testing::Test {
 protected:
  HeldSendsOverTcp() : plan_({slow()}, {}) {
    runtime_.run([this] {
      FakeNamesrvServerOptions ns;
      ns.remoting.listen = "127.0.0.1:0";
      namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, transport_, ns, nullptr, nullptr);
      namesrv_->start();
      FakeBrokerServerOptions options;
      options.broker.name = options.broker.broker_name = "broker-a";
      options.remoting.listen = "127.0.0.1:0";
      options.nameservers = {namesrv_->address()};
      broker_ = std::make_unique<FakeBrokerServer>(runtime_, transport_, options, &plan_, nullptr);
      broker_->put_topic("T", 2, 6);
      broker_->start();
    });
    Latch registered;
    auto timer = runtime_.make_timer();
    Function<void()> poll = [&] {
      if (broker_->registrar().registered() == 1) return registered.release();
      timer->expires_after(millis(1), [&] { poll(); });
    };
    runtime_.run([&] { poll(); });
    runtime_.run_until(registered);
    runtime_.run([&] { timer.reset(); });
    producer_ = std::make_unique<DefaultMQProducer>(runtime_, transport_, "g");
    producer_->setNamesrvAddr(namesrv_->address());
  }
  ~HeldSendsOverTcp() override {
    producer_.reset();
    runtime_.run([this] {
      broker_.reset();
      namesrv_.reset();
    });
  }
  static FaultRule slow() {
    FaultRule rule;
    rule.id = "slow";
    rule.at = "*";
    rule.on = FaultTarget{FaultTarget::Kind::send, 0};
    rule.action = FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::fixed, 60, 0}}};
    return rule;
  }

  TcpRuntime runtime_{{}};
  TcpTransport transport_{runtime_};
  FaultPlan plan_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::unique_ptr<FakeBrokerServer> broker_;
  std::unique_ptr<DefaultMQProducer> producer_;
};

TEST_F(HeldSendsOverTcp, ACallerWithoutPermitSleepsUntilACallbackGivesOneBack) {
  producer_->setEnableBackpressureForAsyncMode(true);
  producer_->setBackPressureForAsyncSendNum(10);
  producer_->setSendMsgTimeout(30000);
  producer_->start();
  constexpr int kSends = 12;
  Latch all;
  std::atomic<int> told{0};
  std::atomic<int> failed{0};
  const auto count = [&] {
    if (++told == kSends) all.release();
  };
  const auto callback = make_send_callback([&](const SendResult&) { count(); },
                                           [&](const MQException&) {
                                             ++failed;
                                             count();
                                           });
  runtime_.run([this] { broker_->pause(); });
  for (int i = 0; i < 10; ++i) producer_->send(Message("T", "b"), callback);
  EXPECT_EQ(told, 0);
  // Its own thread begins two more. They have come back only after the broker went on.
  std::atomic<bool> answers{false};
  std::atomic<int> too_early{0};
  Latch begun;
  const std::shared_ptr<Executor> caller = runtime_.make_executor({.name = "caller", .threads = 1});
  caller->execute([&] {
    for (int i = 10; i < kSends; ++i) {
      producer_->send(Message("T", "b"), callback);
      too_early += !answers;
    }
    begun.release();
  });
  Latch a_while;
  auto timer = runtime_.make_timer();
  runtime_.run([&] { timer->expires_after(millis(100), [&] { a_while.release(); }); });
  runtime_.run_until(a_while);
  answers = true;
  runtime_.run([this] { broker_->resume(); });
  runtime_.run_until(begun);
  runtime_.run_until(all);
  EXPECT_EQ(too_early, 0);
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(producer_->impl()->back_pressure().available_num(), 10);
}

TEST_F(HeldSendsOverTcp, ABlockingSendJoinsABatchAndGetsItsResult) {
  producer_->setAutoBatch(true);
  producer_->start();
  Message message("T", "b");
  const TimePoint begin = runtime_.now();
  const SendResult result = producer_->send(message);
  EXPECT_EQ(result.getMsgId(), message.uniq_key());
  EXPECT_GE(runtime_.now() - begin, millis(65));
}

TEST_F(HeldSendsOverTcp, AUsersExecutorPreparesSendsInItsOwnThread) {
  const std::shared_ptr<Executor> executor = runtime_.make_executor({.name = "user", .threads = 1});
  producer_->setAsyncSenderExecutor(executor);
  producer_->start();
  Latch done;
  std::string id;
  producer_->send(Message("T", "b"), make_send_callback(
                                         [&](const SendResult& result) {
                                           id = result.msg_id;
                                           done.release();
                                         },
                                         [&](const MQException&) { done.release(); }));
  runtime_.run_until(done);
  EXPECT_EQ(id.size(), 32u);
}

TEST_F(HeldSendsOverTcp, CallbacksThatBlockEveryThreadHoldSyncAnswersOf533Up) {
  for (const char* name : {"java-5.3.3", "java-4.9.8", "hardened"}) {
    std::promise<void> entered;
    std::promise<void> leave;
    DefaultMQProducer producer(runtime_, transport_, std::string("blocked-") + name[5], *find_profile(name));
    producer.setNamesrvAddr(namesrv_->address());
    producer.setClientCallbackExecutorThreads(1);
    producer.start();
    const MessageQueue queue("T", "broker-a", 0);
    producer.send(Message("T", "connects"), queue);
    producer.send(Message("T", "async"), make_send_callback(
                                             [&](const SendResult&) {
                                               entered.set_value();
                                               leave.get_future().wait();
                                             },
                                             [](const MQException&) {}));
    entered.get_future().wait();
    Message message("T", "sync");
    if (std::string_view(name) == "java-5.3.3") {
      EXPECT_THROW(producer.send(message, queue, 400), RemotingTimeoutException);
    } else {
      EXPECT_NO_THROW(producer.send(message, queue, 30000)) << name;
    }
    leave.set_value();
    EXPECT_EQ(producer.send(Message("T", "after"), queue).getSendStatus(), SendStatus::SEND_OK);
    producer.shutdown();
  }
}

}  // namespace held_sends_tcp_test
}  // namespace rmqsim
