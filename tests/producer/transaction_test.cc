// What a transactional send decides: the half message, the header of END_TRANSACTION in both directions, the result.
#include "producer/client/transaction/transaction.h"

#include <gtest/gtest.h>

#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/codec/compression.h"

namespace rmqsim {
namespace transaction_test {

const Profile& v5() { return *find_profile("java-5.3.3"); }
const Profile& v4() { return *find_profile("java-4.9.8"); }

SendResult stored_half() {
  SendResult result;
  result.msg_id = "FD0000000000000000000000000000025C345FFD2B276F43390E0000";
  result.offset_msg_id = create_message_id(HostAddress::v4(127, 0, 0, 1, 10911), 7244);
  result.message_queue = MessageQueue("GoldTx", "broker-a", 3);
  result.queue_offset = 17;
  result.transaction_id = result.msg_id;
  return result;
}

TEST(HalfMessage, LosesItsDelayLevelAndKeepsItsTimer) {
  Message message("T", "b");
  message.setDelayTimeLevel(3);
  message.setDelayTimeMs(5000);
  EXPECT_FALSE(prepare_half_message(v5(), message, "g", 1024));
  EXPECT_FALSE(message.has_property("DELAY"));
  EXPECT_EQ(message.getProperty("TIMER_DELAY_MS"), "5000");
  EXPECT_EQ(message.getProperty("TRAN_MSG"), "true");
  EXPECT_EQ(message.getProperty("PGROUP"), "g");
}

TEST(HalfMessage, WithADelayLevelThatIsNoNumberIsANumberFormatException) {
  Message message("T", "b");
  message.put_property("DELAY", "soon");
  const auto error = prepare_half_message(v5(), message, "g", 1024);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->type, ErrorType::NumberFormatException);
  EXPECT_EQ(error->message, "For input string: \"soon\"");
}

TEST(HalfMessage, ThatIsNoMessageIsRefusedBeforeItIsMarked) {
  Message message("", "b");
  const auto error = prepare_half_message(v5(), message, "g", 1024);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_message, "The specified topic is blank");
  EXPECT_FALSE(message.has_property("TRAN_MSG"));
}

TEST(HalfMessage, WithADoubtfulStatusRunsNoLocalTransaction) {
  EXPECT_TRUE(runs_local_transaction(SendStatus::SEND_OK));
  for (const SendStatus status :
       {SendStatus::FLUSH_DISK_TIMEOUT, SendStatus::FLUSH_SLAVE_TIMEOUT, SendStatus::SLAVE_NOT_AVAILABLE}) {
    EXPECT_FALSE(runs_local_transaction(status));
  }
}

TEST(HalfMessage, LearnsItsTransactionIdFromTheAnswer) {
  Message message("T", "b");
  message.put_property("UNIQ_KEY", "KEY");
  SendResult result = stored_half();
  EXPECT_FALSE(note_transaction_id(message, result));
  EXPECT_EQ(message.getProperty("__transactionId__"), *result.transaction_id);
  EXPECT_EQ(message.getTransactionId(), "KEY");
  result.transaction_id = " ";
  const auto thrown = note_transaction_id(message, result);
  ASSERT_TRUE(thrown);
  EXPECT_EQ(thrown->state, LocalTransactionState::UNKNOW);
  EXPECT_TRUE(thrown->exception->starts_with("java.lang.IllegalArgumentException: "));
}

// The fields of golden exchange END_TRANSACTION_commit_direct.
TEST(EndTransaction, CarriesTheFieldsThatJavaSends) {
  const auto header =
      end_transaction_header(v5(), "g_tx", Message("GoldTx", "b"), stored_half(), LocalTransactionState::COMMIT_MESSAGE);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->topic, "GoldTx");
  EXPECT_EQ(header->producer_group, "g_tx");
  EXPECT_EQ(header->tran_state_table_offset, 17);
  EXPECT_EQ(header->commit_log_offset, 7244);
  EXPECT_EQ(header->commit_or_rollback, 8);
  EXPECT_EQ(header->from_transaction_check, false);
  EXPECT_EQ(header->msg_id, stored_half().msg_id);
  EXPECT_EQ(header->transaction_id, stored_half().transaction_id);
  EXPECT_EQ(header->broker_name, "broker-a");
}

TEST(EndTransaction, HasNoTopicIn498) {
  const auto header = end_transaction_header(v4(), "g", Message("T", "b"), stored_half(), LocalTransactionState::UNKNOW);
  ASSERT_TRUE(header);
  EXPECT_FALSE(header->topic);
  EXPECT_EQ(header->commit_or_rollback, 0);
}

TEST(EndTransaction, TakesTheOffsetFromTheMessageIdWhenTheBrokerGaveNone) {
  SendResult result = stored_half();
  result.msg_id = result.offset_msg_id;
  result.offset_msg_id.clear();
  EXPECT_EQ(end_transaction_header(v5(), "g", Message("T", "b"), result, LocalTransactionState::ROLLBACK_MESSAGE)
                ->commit_log_offset,
            7244);
  result.msg_id = "not hex";
  EXPECT_FALSE(end_transaction_header(v5(), "g", Message("T", "b"), result, LocalTransactionState::ROLLBACK_MESSAGE));
}

TEST(EndTransaction, AnswersACheckWithTheOffsetsOfTheCheck) {
  MessageExt message;
  message.put_property("UNIQ_KEY", "KEY");
  CheckTransactionStateRequestHeader check;
  check.topic = "RMQ_SYS_TRANS_HALF_TOPIC";
  check.tran_state_table_offset = 2;
  check.commit_log_offset = 7496;
  check.transaction_id = "KEY";
  check.broker_name = "broker-b";
  const auto header =
      end_checked_transaction_header(v5(), "g", message, check, LocalTransactionState::ROLLBACK_MESSAGE);
  EXPECT_EQ(header.topic, "RMQ_SYS_TRANS_HALF_TOPIC");
  EXPECT_EQ(header.tran_state_table_offset, 2);
  EXPECT_EQ(header.commit_log_offset, 7496);
  EXPECT_EQ(header.commit_or_rollback, 12);
  EXPECT_EQ(header.from_transaction_check, true);
  EXPECT_EQ(header.msg_id, "KEY");
  EXPECT_EQ(header.broker_name, "broker-b");
}

TEST(EndTransaction, TellsWhatTheListenerThrew) {
  EXPECT_FALSE(end_transaction_remark({}, false));
  EXPECT_EQ(end_transaction_remark(local_exception("local tx failed"), false),
            "executeLocalTransactionBranch exception: java.lang.RuntimeException: local tx failed");
  EXPECT_EQ(end_transaction_remark(local_exception("no idea"), true),
            "checkLocalTransactionState Exception: java.lang.RuntimeException: no idea");
}

TEST(TransactionResult, LeavesOutWhatJavaLeavesOut) {
  const auto result = transaction_result(stored_half(), LocalTransactionState::COMMIT_MESSAGE);
  EXPECT_EQ(result.getMsgId(), stored_half().msg_id);
  EXPECT_EQ(result.getQueueOffset(), 17);
  EXPECT_EQ(result.getTransactionId(), stored_half().transaction_id);
  EXPECT_EQ(result.getOffsetMsgId(), "");
  EXPECT_EQ(result.getRegionId(), "");
  EXPECT_EQ(result.getLocalTransactionState(), LocalTransactionState::COMMIT_MESSAGE);
}

TEST(MessageExtDecoding, InflatesByTypeIn533AndAsZlibIn498) {
  std::string body = compress(CompressionType::LZ4, std::string(5000, 'x'));
  const std::int32_t flag = MessageSysFlag::COMPRESSED_FLAG | compression_flag(CompressionType::LZ4);
  std::string copy = body;
  EXPECT_TRUE(decompress_body(v5(), flag, copy));
  EXPECT_EQ(copy, std::string(5000, 'x'));
  copy = body;
  EXPECT_FALSE(decompress_body(v4(), flag, copy));
  EXPECT_EQ(copy, body);
  EXPECT_FALSE(decode_message_ext(v5(), "too short"));
}

}  // namespace transaction_test
}  // namespace rmqsim
