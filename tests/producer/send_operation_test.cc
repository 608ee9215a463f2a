// Transcripts of SendOperation: what it is told, what it asks for, how it ends. One per rule of the retry tables.
#include "producer/client/send/send_operation.h"

#include <gtest/gtest.h>

#include "tests/producer/send_script.h"

namespace rmqsim {
namespace send_operation_test {

using send_action::Attempt;
using send_action::FindPublishInfo;
using send_action::Resend;
using send_action::Sent;
using send_action::Wait;

const Profile& k533 = *find_profile("java-5.3.3");
const Profile& k498 = *find_profile("java-4.9.8");

TEST(SendOperation, ASyncSendFindsItsTopicThenTriesTheNextQueue) {
  SendScript script(k533);
  EXPECT_EQ(script.begin(), SendAction(FindPublishInfo{}));
  EXPECT_EQ(script.found(), SendAction(Attempt{script.queue("a", 1), 3000}));
  const SendAction end = script.at(2).answered(SendStatus::SEND_OK);
  EXPECT_TRUE(std::holds_alternative<send_action::Return>(end));
}

TEST(SendOperation, ARetryableCodeGoesToAnotherBrokerWithWhatIsLeftOfTheBudget) {
  SendScript script(k533);
  script.begin();
  script.found();
  EXPECT_EQ(script.at(100).failed(script.broker_error(2)), SendAction(Attempt{script.queue("b", 0), 2900}));
}

TEST(SendOperation, SystemBusyIsFinalIn498) {
  SendScript script(k498);
  script.begin();
  script.found();
  const SendAction end = script.failed(script.broker_error(2));
  EXPECT_EQ(script.raised(end).type, ErrorType::MQBrokerException);
  EXPECT_EQ(script.raised(end).response_code, 2);
}

TEST(SendOperation, ACodeOutsideTheRetrySetIsRaisedAsItIs) {
  SendScript script(k533);
  script.begin();
  script.found();
  EXPECT_EQ(script.raised(script.failed(script.broker_error(13))).response_code, 13);
}

TEST(SendOperation, OnlyTheLastBrokerIsAvoided) {
  SendScript script(k533, {.retries = 3});
  script.begin();
  script.found();                                                                            // a1
  EXPECT_EQ(script.failed(script.broker_error(1)), SendAction(Attempt{script.queue("b", 0), 3000}));
  EXPECT_EQ(script.failed(script.broker_error(1)), SendAction(Attempt{script.queue("c", 0), 3000}));
  EXPECT_EQ(script.failed(script.broker_error(1)), SendAction(Attempt{script.queue("a", 0), 3000}));
}

TEST(SendOperation, ExhaustedTriesAreComposedIntoOneException) {
  SendScript script(k533);
  script.begin();
  script.found();
  script.at(5).failed(script.broker_error(1));
  script.at(7).failed(remoting_connect_exception("b:1"));
  const MQError error = script.raised(script.at(9).failed(script.broker_error(14)));
  EXPECT_EQ(error.type, ErrorType::MQClientException);
  EXPECT_EQ(error.response_code, 14);
  EXPECT_EQ(error.message,
            "Send [3] times, still failed, cost [9]ms, Topic: T, BrokersSent: [broker-a, broker-b, broker-c]\nSee "
            "https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.");
  EXPECT_EQ(error.cause->type, ErrorType::MQBrokerException);
}

struct CodeOfLast {
  MQError last;
  std::int32_t code;
};
class FinalCode : public testing::TestWithParam<CodeOfLast> {};
TEST_P(FinalCode, FollowsTheLastException) {
  SendScript script(k533, {.retries = 0});
  script.begin();
  script.found();
  EXPECT_EQ(script.raised(script.failed(GetParam().last)).response_code, GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(
    SendOperation, FinalCode,
    testing::Values(CodeOfLast{remoting_connect_exception("x"), 10001},
                    CodeOfLast{remoting_timeout_exception("x", 1), 10002},
                    CodeOfLast{client_exception(k533, "The broker[x] not exist"), 10003},
                    CodeOfLast{remoting_send_request_exception("x", WireOutcome::send_failed), -1},
                    CodeOfLast{remoting_too_much_request_exception("x"), -1}));

TEST(SendOperation, ASilentBrokerUsesTheWholeBudgetAndLeavesNoRetry) {
  SendScript script(k533);
  script.begin();
  script.found();
  const MQError error = script.raised(script.at(3001).failed(remoting_timeout_exception("a", 3000)));
  EXPECT_EQ(error.type, ErrorType::RemotingTooMuchRequestException);
  EXPECT_EQ(error.message, "sendDefaultImpl call timeout");
}

TEST(SendOperation, ABudgetSpentExactlyGoesOnWithNothingLeft) {
  SendScript script(k533);
  script.begin();
  script.found();
  EXPECT_EQ(script.at(3000).failed(remoting_timeout_exception("a", 3000)),
            SendAction(Attempt{script.queue("b", 0), 0}));
}

TEST(SendOperation, ThePerRequestCapSparesTheLastAttempt) {
  SendScript script(k533, {.max_timeout_per_request = 500});
  script.begin();
  EXPECT_EQ(script.found(), SendAction(Attempt{script.queue("a", 1), 500}));
  EXPECT_EQ(script.at(500).failed(remoting_timeout_exception("a", 500)),
            SendAction(Attempt{script.queue("b", 0), 500}));
  EXPECT_EQ(script.at(1000).failed(remoting_timeout_exception("b", 500)),
            SendAction(Attempt{script.queue("c", 0), 2000}));
}

TEST(SendOperation, ThePerRequestCapIsUnknownTo498) {
  SendScript script(k498, {.max_timeout_per_request = 500});
  script.begin();
  EXPECT_EQ(script.found(), SendAction(Attempt{script.queue("a", 1), 3000}));
}

TEST(SendOperation, AStatusOtherThanOkIsReturnedUnlessAskedToRetry) {
  SendScript plain(k533);
  plain.begin();
  plain.found();
  EXPECT_TRUE(std::holds_alternative<send_action::Return>(plain.answered(SendStatus::FLUSH_DISK_TIMEOUT)));

  SendScript retrying(k533, {.retry_another_broker_when_not_store_ok = true});
  retrying.begin();
  retrying.found();
  EXPECT_EQ(retrying.answered(SendStatus::FLUSH_DISK_TIMEOUT), SendAction(Attempt{retrying.queue("b", 0), 3000}));
}

TEST(SendOperation, AnEarlierStatusHidesEveryLaterFailure) {
  for (const MQError& later : {broker_exception(k533, 13, "no", "b"), remoting_connect_exception("b")}) {
    SendScript script(k533, {.retries = 1, .retry_another_broker_when_not_store_ok = true});
    script.begin();
    script.found();
    script.answered(SendStatus::FLUSH_SLAVE_TIMEOUT);
    const SendAction end = script.failed(later);
    ASSERT_TRUE(std::holds_alternative<send_action::Return>(end));
    EXPECT_EQ(std::get<send_action::Return>(end).result->status, SendStatus::FLUSH_SLAVE_TIMEOUT);
  }
}

TEST(SendOperation, ARuntimeExceptionPassesRetryAndFaultTable) {
  SendScript script(k533);
  script.strategy().setSendLatencyFaultEnable(true);
  script.begin();
  script.found();
  EXPECT_EQ(script.raised(script.failed(runtime_exception(ErrorType::NullPointerException, "null"))).type,
            ErrorType::NullPointerException);
  EXPECT_TRUE(script.strategy().tolerance().items().empty());
}

TEST(SendOperation, NoRouteIs10005AndAnEmptyNameserverList10004) {
  SendScript script(k533);
  script.begin();
  EXPECT_EQ(script.raised(script.not_found(true)).response_code, 10005);
  SendScript lost(k533);
  lost.begin();
  EXPECT_EQ(lost.raised(lost.not_found(false)).response_code, 10004);
}

TEST(SendOperation, AQueueSendIsNotRetriedAndLeavesTheFaultTableAlone) {
  SendScript script(k533, {}, CommunicationMode::SYNC, SendPath::queue);
  script.strategy().setSendLatencyFaultEnable(true);
  EXPECT_EQ(script.begin(), SendAction(Attempt{script.queue("b", 2), 3000}));
  EXPECT_EQ(script.raised(script.failed(script.broker_error(1))).type, ErrorType::MQBrokerException);
  EXPECT_TRUE(script.strategy().tolerance().items().empty());
}

TEST(SendOperation, ASelectorSharesItsBudgetWithTheSend) {
  SendScript script(k533, {}, CommunicationMode::SYNC, SendPath::selector);
  script.begin();
  EXPECT_EQ(script.found(), SendAction(send_action::CallSelector{}));
  EXPECT_EQ(script.at(1000).selected(script.queue("c", 3)), SendAction(Attempt{script.queue("c", 3), 2000}));

  SendScript slow(k533, {}, CommunicationMode::SYNC, SendPath::selector);
  slow.begin();
  slow.found();
  EXPECT_EQ(slow.raised(slow.at(3001).selected(slow.queue("c", 3))).message, "sendSelectImpl call timeout");
}

TEST(SendOperation, AsyncDoesNotRetryABrokerCode) {
  SendScript script(k533, {}, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  EXPECT_EQ(script.handed_over(), SendAction(Wait{}));
  EXPECT_EQ(script.raised(script.failed_later(script.broker_error(2))).type, ErrorType::MQBrokerException);
}

TEST(SendOperation, AsyncRetriesAClosedConnectionOnAnotherBrokerWithTheRequestAsItWas) {
  SendScript script(k533, {}, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  script.handed_over();
  EXPECT_EQ(script.at(10).failed_later(remoting_send_request_exception("a", WireOutcome::connection_closed)),
            SendAction(Resend{"broker-b", 2990}));
}

TEST(SendOperation, AsyncTimeoutsAreNotRetriedIn533BecauseNothingIsLeft) {
  SendScript script(k533, {}, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  script.handed_over();
  const MQError error = script.raised(script.at(4200).failed_later(remoting_timeout_exception("a", 3000)));
  EXPECT_EQ(error.error_message, "wait response timeout, cost=4200");
  EXPECT_EQ(error.cause->type, ErrorType::RemotingTimeoutException);
}

TEST(SendOperation, AsyncTimeoutsAreRetriedIn498WithANegativeBudget) {
  SendScript script(k498, {}, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  script.handed_over();
  EXPECT_EQ(script.at(4200).failed_later(remoting_timeout_exception("a", 3000)),
            SendAction(Resend{"broker-b", -1200}));
  const MQError thrown = remoting_too_much_request_exception("invokeAsync call the addr[b:1] timeout");
  EXPECT_EQ(script.failed_later(thrown, true), SendAction(Resend{"broker-c", -1200}));
  EXPECT_EQ(script.raised(script.failed_later(thrown, true)).type, ErrorType::RemotingTooMuchRequestException);
}

TEST(SendOperation, AsyncToAQueueStaysOnItsBroker) {
  SendScript script(k533, {}, CommunicationMode::ASYNC, SendPath::queue);
  script.begin();
  script.handed_over();
  EXPECT_EQ(script.failed_later(remoting_send_request_exception("b", WireOutcome::connection_closed)),
            SendAction(Resend{"broker-b", 3000}));
}

TEST(SendOperation, DispatchingAnAsyncRequestCountsAsASuccess) {
  // 4.9.8: it even ends an isolation (behaviour §8.5).
  SendScript script(k498, {}, CommunicationMode::ASYNC);
  script.strategy().setSendLatencyFaultEnable(true);
  script.begin();
  script.found();
  script.handed_over();
  EXPECT_TRUE(script.strategy().tolerance().is_available("broker-a", to_millis(kSimEpoch)));
  EXPECT_EQ(script.strategy().tolerance().items().size(), 1u);
}

TEST(SendOperation, AnAsyncFailureOf498HasNoCauseAndNamesTheWaitLeftAfterConnecting) {
  SendSettings once;
  once.retries = 0;
  SendScript script(k498, once, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  script.at(40).handed_over();
  const MQError late = script.raised(script.at(4100).failed_of(40, remoting_timeout_exception("a", 2960)));
  EXPECT_EQ(late.error_message, "wait response timeout 2960ms");
  EXPECT_EQ(late.cause, nullptr);
  SendScript closed(k498, once, CommunicationMode::ASYNC);
  closed.begin();
  closed.found();
  closed.handed_over();
  const MQError error =
      closed.raised(closed.failed_of(0, remoting_send_request_exception("a", WireOutcome::connection_closed)));
  EXPECT_EQ(error.error_message, "send request failed");
  EXPECT_EQ(error.cause, nullptr);
}

TEST(SendOperation, TheLatencyOfAnAsyncAnswerLeavesTheConnectOutIn498Only) {
  for (const Profile* profile : {&k498, &k533}) {
    SendScript script(*profile, {}, CommunicationMode::ASYNC);
    script.strategy().setSendLatencyFaultEnable(true);
    script.begin();
    script.found();
    script.at(profile == &k498 ? 400 : 0).handed_over();
    script.at(700).answered_to(400);
    const FaultItem* item = script.strategy().tolerance().find("broker-a");
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(item->current_latency, profile == &k498 ? 300 : 700);
    EXPECT_EQ(item->available(to_millis(kSimEpoch) + 700), profile == &k498);
  }
}

TEST(SendOperation, HandingOverIn498IsTimedFromTheFirstTryThoughARetryWentOut) {
  SendScript script(k498, {}, CommunicationMode::ASYNC);
  script.strategy().setSendLatencyFaultEnable(true);
  script.begin();
  script.found();
  EXPECT_EQ(script.at(3000).failed_later(remoting_connect_exception("a:1"), true), SendAction(Resend{"broker-b", 0}));
  script.handed_over();  // the thread has waited three seconds for the first connect
  const FaultItem* item = script.strategy().tolerance().find("broker-a");
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(item->current_latency, 3000);
  EXPECT_EQ(item->start_timestamp, to_millis(kSimEpoch) + 3000 + 180'000);
}

TEST(SendOperation, AnAsyncRetryInAStaticTopicGoesToTheBrokerThatHasTheNextQueue) {
  QueueIndexSource source{0, {}, nullptr, false};
  TopicRouteData route;
  route.topic_queue_mapping_by_broker =
      R"({"a": {"bname": "a", "totalQueues": 3, "currIdMap": {"0": 0, "1": 1}},
          "b": {"bname": "b", "totalQueues": 3, "currIdMap": {"2": 0}}})";
  TopicPublishInfo info = TopicPublishInfo::from_route("T", route, &source);
  MQFaultStrategy strategy(k533, &source);
  strategy.setSendLatencyFaultEnable(true);
  SendSpec spec;
  spec.mode = CommunicationMode::ASYNC;
  spec.settings.retry_response_codes = &k533.retry_response_codes;
  spec.broker_of = [&info](const MessageQueue& queue) {
    return info.end_points().at({queue.getBrokerName(), queue.getQueueId()});
  };
  SendOperation operation(k533, strategy, std::move(spec));
  operation.resume(send_event::Begin{}, kSimEpoch, 1);
  EXPECT_EQ(operation.resume(send_event::PublishInfoFound{&info, true}, kSimEpoch, 1),
            SendAction(Attempt{MessageQueue("T", "__syslo__global__", 1), 3000}));
  operation.resume(send_event::HandedOver{}, kSimEpoch, 1);
  const MQError closed = remoting_send_request_exception("a", WireOutcome::connection_closed);
  EXPECT_EQ(operation.resume(send_event::Failed{closed, true}, kSimEpoch, 1), SendAction(Resend{"b", 3000}));
  // Handing over was counted for the queue's mock broker, the failure for the real one, as in Java.
  EXPECT_NE(strategy.tolerance().find("__syslo__global__"), nullptr);
  EXPECT_NE(strategy.tolerance().find("a"), nullptr);
}

TEST(SendOperation, AOnewaySendEndsWhenItIsHandedOver) {
  SendScript script(k533, {}, CommunicationMode::ONEWAY);
  script.begin();
  script.found();
  EXPECT_EQ(script.handed_over(), SendAction(Sent{}));
}

TEST(SendOperation, AOnewayConnectFailureIsComposedIn498) {
  SendScript script(k498, {}, CommunicationMode::ONEWAY);
  script.begin();
  script.found();
  const MQError error = script.raised(script.failed(remoting_connect_exception("a:1")));
  EXPECT_EQ(error.response_code, 10001);
}

// ---- hardened: what no Java client does

const Profile& kHardened = *find_profile("hardened");

TEST(SendOperation, HardenedGivesEachTryItsShareOfTheBudget) {
  SendScript script(kHardened);
  script.begin();
  EXPECT_EQ(script.found(), SendAction(Attempt{script.queue("a", 1), 1000}));
  const MQError timeout = remoting_timeout_exception("a", 1000);
  EXPECT_EQ(script.at(1001).failed(timeout), SendAction(Attempt{script.queue("b", 0), 999}));
  EXPECT_EQ(script.at(2001).failed(timeout), SendAction(Attempt{script.queue("c", 0), 999}));  // the last: all of it
}

TEST(SendOperation, HardenedPrefersAConfiguredCapToItsShare) {
  SendScript script(kHardened, {.max_timeout_per_request = 300});
  script.begin();
  EXPECT_EQ(script.found(), SendAction(Attempt{script.queue("a", 1), 300}));
}

TEST(SendOperation, HardenedTriesARetryableCodeOfAnAsyncSendElsewhereOnAQueueOfThatBroker) {
  SendScript script(kHardened, {}, CommunicationMode::ASYNC);
  script.begin();
  script.found();
  EXPECT_EQ(script.handed_over(), SendAction(Wait{}));
  EXPECT_EQ(script.at(30).failed_later(script.broker_error(2)), SendAction(Attempt{script.queue("b", 0), 1485}));
}

TEST(SendOperation, HardenedRaisesAFaultOfTheMessageWithoutIsolatingTheBroker) {
  SendScript script(kHardened);
  script.strategy().setSendLatencyFaultEnable(true);
  script.begin();
  script.found();
  EXPECT_EQ(script.raised(script.failed(script.broker_error(13))).response_code, 13);
  EXPECT_TRUE(script.strategy().tolerance().is_available("broker-a", to_millis(kSimEpoch)));
  EXPECT_TRUE(script.strategy().tolerance().is_reachable("broker-a"));
}

TEST(SendOperation, HardenedWaitsForTheAnswerBeforeItForgivesABroker) {
  for (const Profile* profile : {&k533, &kHardened}) {
    SendScript script(*profile, {}, CommunicationMode::ASYNC);
    script.strategy().setSendLatencyFaultEnable(true);
    script.strategy().update_fault_item("broker-a", 10, true, false, to_millis(kSimEpoch) - 60000);
    script.strategy().tolerance().probed("broker-a", false);
    script.begin();
    script.found();
    script.handed_over();
    EXPECT_EQ(script.strategy().tolerance().is_reachable("broker-a"), profile == &k533 &&
              script.operation().attempts().back().broker == "broker-a");
  }
}

// A failure of every kind at every attempt: whatever comes, the operation ends within its attempts, and exactly once.
TEST(SendOperation, EndsWhateverFailsAtWhicheverAttempt) {
  const std::vector<MQError> failures{broker_exception(k533, 1, "x", "a"), broker_exception(k533, 13, "x", "a"),
                                      remoting_connect_exception("a"), remoting_timeout_exception("a", 10),
                                      remoting_send_request_exception("a", WireOutcome::connection_closed),
                                      remoting_too_much_request_exception("x"), client_exception(k533, "x"),
                                      runtime_exception(ErrorType::NullPointerException, "null")};
  for (const Profile* profile : {&k533, &k498, &kHardened}) {
    for (const MQError& failure : failures) {
      for (int good_after = 0; good_after <= 3; ++good_after) {
        SendScript script(*profile);
        script.begin();
        SendAction action = script.found();
        int attempts = 0;
        while (std::holds_alternative<Attempt>(action)) {
          ASSERT_LE(++attempts, 3);
          action = attempts > good_after ? script.answered(SendStatus::SEND_OK) : script.failed(failure);
        }
        EXPECT_TRUE(std::holds_alternative<send_action::Return>(action) ||
                    std::holds_alternative<send_action::Raise>(action));
      }
    }
  }
}

}  // namespace send_operation_test
}  // namespace rmqsim
