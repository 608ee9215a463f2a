// A failed transcript of SendOperation tells what was done in words, and so do values of the public API.
#include <gtest/gtest.h>

#include <sstream>

#include "producer/client/api/exceptions.h"
#include "producer/client/api/hooks.h"
#include "producer/client/api/transaction_listener.h"
#include "tests/producer/send_script.h"

namespace rmqsim {
namespace send_operation_print_test {

const Profile& k533 = *find_profile("java-5.3.3");

template <class What>
std::string printed(const What& what) {
  std::ostringstream out;
  out << what;
  return out.str();
}

TEST(PrintedActions, SayWhatTheSendAsksFor) {
  SendScript script(k533);
  EXPECT_EQ(printed(script.begin()), "find the publish info");
  EXPECT_EQ(printed(script.found()), "attempt broker-a/1 of T within 3000 ms");
  SendResult result;
  result.status = SendStatus::FLUSH_DISK_TIMEOUT;
  const std::pair<SendAction, std::string> others[] = {
      {send_action::CallSelector{}, "call the selector"},
      {send_action::Resend{"broker-b", 2900}, "resend to broker-b within 2900 ms"},
      {send_action::Wait{}, "wait"},
      {send_action::Return{&result}, "return FLUSH_DISK_TIMEOUT"},
      {send_action::Raise{script.broker_error(2)},
       "raise MQBrokerException 2 \"CODE: 2  DESC: injected BROKER: 10.0.0.1:1\""},
      {send_action::Sent{}, "sent"},
      {send_action::Amend{}, "amend: it never left"},
  };
  for (const auto& [action, words] : others) EXPECT_EQ(printed(action), words);
}

TEST(PrintedEvents, SayWhatHappenedToTheSend) {
  const auto timeout = [] { return remoting_timeout_exception("late"); };
  SendResult ok;
  const std::pair<SendEvent, std::string> events[] = {
      {send_event::Begin{}, "begin"},
      {send_event::PublishInfoFound{nullptr, true}, "found no route"},
      {send_event::PublishInfoFound{nullptr, false}, "found no route, there being no nameserver"},
      {send_event::LookupFailed{timeout()}, "lookup failed: RemotingTimeoutException \"late\""},
      {send_event::QueueSelected{SendScript::queue("b", 2)}, "selected broker-b/2 of T"},
      {send_event::QueueSelected{}, "selected null"},
      {send_event::SelectorThrew{timeout()}, "selector threw RemotingTimeoutException \"late\""},
      {send_event::HandedOver{}, "handed over"},
      {send_event::Answered{&ok}, "answered SEND_OK"},
      {send_event::Answered{&ok, TimePoint{} + millis(5)}, "answered SEND_OK, written at 5 ms"},
      {send_event::Failed{timeout()}, "failed: RemotingTimeoutException \"late\""},
      {send_event::Failed{timeout(), true, true},
       "failed after the hand-over, thrown: RemotingTimeoutException \"late\""},
  };
  for (const auto& [event, words] : events) EXPECT_EQ(printed(event), words);
}

TEST(PrintedActions, AreWhatAFailedTestShows) {
  const SendAction action = send_action::Resend{"broker-b", 2900};
  EXPECT_NE(testing::PrintToString(action).find("resend to broker-b within 2900 ms"), std::string::npos)
      << testing::PrintToString(action);
}

TEST(PrintedValues, TellsResultsAndStatusesByName) {
  SendResult result;
  result.status = SendStatus::FLUSH_DISK_TIMEOUT;
  result.message_queue = MessageQueue("Orders", "broker-a", 1);
  result.queue_offset = 7;
  result.msg_id = "7F01";
  EXPECT_EQ(testing::PrintToString(result), "FLUSH_DISK_TIMEOUT at broker-a/1 of Orders, offset 7, id 7F01");
  EXPECT_EQ(testing::PrintToString(SendStatus::SEND_OK), "SEND_OK");
  TransactionSendResult transaction;
  transaction.local_transaction_state = LocalTransactionState::COMMIT_MESSAGE;
  EXPECT_NE(testing::PrintToString(transaction).find("local COMMIT_MESSAGE"), std::string::npos);
}

TEST(PrintedValues, TellsExceptionsWithCodeTextAndCause) {
  const Profile& profile = default_profile();
  const MQError broker = broker_exception(profile, 2, "busy", "127.0.0.1:1");
  EXPECT_EQ(testing::PrintToString(MQBrokerException(broker)).substr(0, 21), "MQBrokerException 2 \"");
  const MQError client = client_exception(profile, "no", std::make_shared<const MQError>(broker));
  const std::string text = testing::PrintToString(MQClientException(client));
  EXPECT_EQ(text.substr(0, 47), "MQClientException \"no\", caused by MQBrokerExcep");
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(PrintedValues, TellsMessagesAttemptsAndContexts) {
  Message message("Orders", "TagA", "k", "hello");
  EXPECT_EQ(testing::PrintToString(message), "Orders, tags TagA, keys k, 5 bytes \"hello\"");
  EXPECT_EQ(testing::PrintToString(Message("Orders", std::string("\0\x01", 2))), "Orders, 2 bytes");
  EXPECT_EQ(testing::PrintToString(Message()), "no topic, no body");
  EXPECT_EQ(testing::PrintToString(AttemptRecord{"broker-a", 1, {}, millis(2), 3000, "TIMEOUT"}),
            "broker-a/1 TIMEOUT after 2 ms");
  SendMessageContext context;
  context.mq = MessageQueue("Orders", "broker-a", 1);
  context.message = &message;
  EXPECT_EQ(testing::PrintToString(context),
            "sync attempt at broker-a/1 of Orders of [Orders, tags TagA, keys k, 5 bytes \"hello\"]");
}

}  // namespace send_operation_print_test
}  // namespace rmqsim
