// The public surface of the Java classes that nothing else here looks at: what is set is what is got, before start and
// after it, and it lies where decisions read it.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "producer/client/admin/query_message.h"
#include "producer/client/api/acl_client_rpc_hook.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/message_ext.h"
#include "producer/client/api/transaction_mq_producer.h"
#include "tests/producer/sim_cluster.h"

namespace rmqsim {
namespace settings_test {

struct Row {
  const char* name;
  std::function<void(DefaultMQProducer&)> check;
};

/// A setting of the producer with its field of ProducerSettings, and a value that it does not have yet.
template <class Set, class Get, class Field>
Row row(const char* name, Set set, Get get, Field ProducerSettings::*field, std::type_identity_t<Field> value) {
  return {name, [=](DefaultMQProducer& producer) {
            EXPECT_NE((producer.*get)(), value);
            (producer.*set)(value);
            EXPECT_EQ((producer.*get)(), value);
            EXPECT_EQ(producer.settings().*field, value);
          }};
}

std::vector<Row> rows() {
  using P = DefaultMQProducer;
  using S = ProducerSettings;
  return {
      row("topics", &P::setTopics, &P::getTopics, &S::topics, {"T"}),
      row("createTopicKey", &P::setCreateTopicKey, &P::getCreateTopicKey, &S::create_topic_key, "KEY"),
      row("defaultTopicQueueNums", &P::setDefaultTopicQueueNums, &P::getDefaultTopicQueueNums,
          &S::default_topic_queue_nums, 7),
      row("sendMsgTimeout", &P::setSendMsgTimeout, &P::getSendMsgTimeout, &S::send_msg_timeout, 1234),
      row("sendMsgMaxTimeoutPerRequest", &P::setSendMsgMaxTimeoutPerRequest, &P::getSendMsgMaxTimeoutPerRequest,
          &S::send_msg_max_timeout_per_request, 500),
      row("compressMsgBodyOverHowmuch", &P::setCompressMsgBodyOverHowmuch, &P::getCompressMsgBodyOverHowmuch,
          &S::compress_msg_body_over_howmuch, 100),
      row("compressLevel", &P::setCompressLevel, &P::getCompressLevel, &S::compress_level, 9),
      row("compressType", &P::setCompressType, &P::getCompressType, &S::compress_type, CompressionType::LZ4),
      row("retryTimesWhenSendFailed", &P::setRetryTimesWhenSendFailed, &P::getRetryTimesWhenSendFailed,
          &S::retry_times_when_send_failed, 5),
      row("retryTimesWhenSendAsyncFailed", &P::setRetryTimesWhenSendAsyncFailed, &P::getRetryTimesWhenSendAsyncFailed,
          &S::retry_times_when_send_async_failed, 6),
      row("retryAnotherBrokerWhenNotStoreOK", &P::setRetryAnotherBrokerWhenNotStoreOK,
          &P::isRetryAnotherBrokerWhenNotStoreOK, &S::retry_another_broker_when_not_store_ok, true),
      row("maxMessageSize", &P::setMaxMessageSize, &P::getMaxMessageSize, &S::max_message_size, 1000),
      row("sendSmartMsg", &P::setSendSmartMsg, &P::isSendSmartMsg, &S::send_smart_msg, false),
      row("enableBackpressureForAsyncMode", &P::setEnableBackpressureForAsyncMode, &P::isEnableBackpressureForAsyncMode,
          &S::enable_backpressure_for_async_mode, true),
      row("backPressureForAsyncSendNum", &P::setBackPressureForAsyncSendNum, &P::getBackPressureForAsyncSendNum,
          &S::back_pressure_for_async_send_num, 20),
      row("backPressureForAsyncSendSize", &P::setBackPressureForAsyncSendSize, &P::getBackPressureForAsyncSendSize,
          &S::back_pressure_for_async_send_size, 2 * 1024 * 1024),
  };
}

class Settings : public SimCluster {};

TEST_F(Settings, AreGotAsTheyWereSetAndLieWhereDecisionsReadThem) {
  for (const bool started : {false, true}) {
    const auto producer = make<DefaultMQProducer>();
    if (started) producer->start();
    for (const Row& setting : rows()) {
      SCOPED_TRACE(std::string(setting.name) + (started ? ", started" : ", not started"));
      setting.check(*producer);
    }
    producer->addRetryResponseCode(4711);
    EXPECT_EQ(producer->getRetryResponseCodes().back(), 4711);
    EXPECT_EQ(producer->settings().retry_response_codes.back(), 4711);
    if (started) producer->shutdown();
  }
}

TEST_F(Settings, TheGroupIsTheOneThatBrokersHearOf) {
  const auto producer = make<DefaultMQProducer>();
  EXPECT_EQ(producer->getProducerGroup(), "g");
  producer->setProducerGroup("h");
  EXPECT_EQ(producer->getProducerGroup(), "h");
  producer->start();
  EXPECT_EQ(producer->impl()->group(), "h");
  producer->shutdown();
}

TEST_F(Settings, OfATransactionalProducerAreGotAsTheyWereSet) {
  struct Listener final : TransactionListener {
    std::optional<LocalTransactionState> executeLocalTransaction(const Message&, const std::any&) override {
      return LocalTransactionState::COMMIT_MESSAGE;
    }
    std::optional<LocalTransactionState> checkLocalTransaction(const MessageExt&) override {
      return LocalTransactionState::COMMIT_MESSAGE;
    }
  };
  const auto producer = make<TransactionMQProducer>();
  EXPECT_EQ(producer->getTransactionListener(), nullptr);
  const auto listener = std::make_shared<Listener>();
  producer->setTransactionListener(listener);
  EXPECT_EQ(producer->getTransactionListener(), listener);
  producer->setCheckThreadPoolMinSize(3);
  EXPECT_EQ(producer->getCheckThreadPoolMinSize(), 3u);
  producer->setCheckRequestHoldMax(30);
  EXPECT_EQ(producer->getCheckRequestHoldMax(), 30u);
}

/// Keeps what it is asked to run.
class Recorder final : public Executor {
 public:
  bool execute(Task task) override {
    tasks.push_back(std::move(task));
    return true;
  }
  void shutdown() override { ended = true; }
  std::vector<Task> tasks;
  bool ended = false;
};

TEST_F(Settings, AnExecutorServiceIsTheUsersAndIsShutDownAllTheSame) {
  const auto producer = make<TransactionMQProducer>();
  const auto executor = std::make_shared<Recorder>();
  producer->setExecutorService(executor);
  producer->start();
  producer->shutdown();
  EXPECT_TRUE(executor->ended);
}

TEST(MessageTimes, AreThePropertiesThatABrokerReads) {
  Message message("T", "body");
  message.setDelayTimeSec(3);
  message.setDeliverTimeMs(1767225600000);
  EXPECT_EQ(message.getProperty("TIMER_DELAY_SEC"), "3");
  EXPECT_EQ(message.getProperty("TIMER_DELIVER_MS"), "1767225600000");
}

TEST(MessageExt, TellsWhatItsRecordSays) {
  MessageExt message;
  message.commit_log_offset = 1;
  message.sys_flag = 2;
  message.born_timestamp = 3;
  message.born_host = "10.0.0.1:4";
  message.store_timestamp = 5;
  message.store_host = "10.0.0.2:6";
  message.reconsume_times = 7;
  message.prepared_transaction_offset = 8;
  EXPECT_EQ(message.getCommitLogOffset(), 1);
  EXPECT_EQ(message.getSysFlag(), 2);
  EXPECT_EQ(message.getBornTimestamp(), 3);
  EXPECT_EQ(message.getBornHost(), "10.0.0.1:4");
  EXPECT_EQ(message.getStoreTimestamp(), 5);
  EXPECT_EQ(message.getStoreHost(), "10.0.0.2:6");
  EXPECT_EQ(message.getReconsumeTimes(), 7);
  EXPECT_EQ(message.getPreparedTransactionOffset(), 8);
}

TEST(AclClientRPCHook, ShowsWhomItSignsFor) {
  const SessionCredentials credentials{"key", "secret", "token"};
  EXPECT_EQ(AclClientRPCHook(credentials).getSessionCredentials(), credentials);
}

TEST(QueryResult, TellsWhenAnIndexLastGrew) {
  QueryResult result;
  result.index_last_update_timestamp = 12;
  EXPECT_EQ(result.getIndexLastUpdateTimestamp(), 12);
}

}  // namespace settings_test
}  // namespace rmqsim
