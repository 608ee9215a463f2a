// The transaction side of the fake broker: what END_TRANSACTION is answered, which half messages a scan asks about and
// of whom, what a check carries; and the routing of replies to the requester's connection.
#include "fake_broker/store/transactions.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>

#include "fake_broker/fake_broker_server.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/releases.h"

namespace rmqsim {
namespace transactions_test {

RemotingCommand heartbeat(const std::string& client, const std::string& group) {
  HeartbeatData data;
  data.client_id = client;
  data.producer_data_set.push_back({group});
  RemotingCommand c = RemotingCommand::request(RequestCode::HEART_BEAT, MQVersion::V5_3_3);
  c.body = data.encode();
  return c;
}

SendBuilder half_message(std::int64_t born, const std::string& extra = "") {
  SendBuilder b;
  b.properties = "UNIQ_KEY\x01KEY0\x02TRAN_MSG\x01true\x02PGROUP\x01g_tx\x02" + extra;
  b.sys_flag = 4;
  b.queue_id = 2;
  b.born_timestamp = born;
  return b;
}

struct Bench {
  explicit Bench(const ServerProfile* version = kServer5, BrokerConfig config = {})
      : broker((config.profile = version, config.transactions = {3000, 1000, 2}, config), random) {
    broker.put_topic("TopicTest", 4, 6, kSimEpoch);
    broker.begin_scans(kSimEpoch);
  }
  const RemotingCommand& ask(const RemotingCommand& request, TimePoint now = kSimEpoch) {
    reply.clear();
    reply.response = {};
    broker.process(request, Peer{1, "10.0.0.9:4444"}, now, reply);
    return reply.response;
  }
  EndTransactionRequestHeader store_half(const std::string& extra = "") {
    const auto& response = ask(half_message(to_millis(kSimEpoch), extra).build());
    EXPECT_EQ(response.code, 0) << response.remark.value_or("");
    EndTransactionRequestHeader h;
    h.producer_group = "g_tx";
    h.tran_state_table_offset = response.ext_fields.find_int("queueOffset");
    h.commit_log_offset = decode_message_id(response.ext_fields.get("msgId"))->offset;
    h.commit_or_rollback = TransactionFlag::COMMIT_TYPE;
    h.msg_id = "KEY0";
    return h;
  }
  const RemotingCommand& end(const EndTransactionRequestHeader& header, TimePoint now = kSimEpoch) {
    RemotingCommand c = RemotingCommand::request(RequestCode::END_TRANSACTION, MQVersion::V5_3_3);
    header.to_ext(c.ext());
    return ask(c, now);
  }
  std::uint64_t visible() const { return broker.store().stored_in_topic("TopicTest"); }
  const TransactionFate& fate() const { return *broker.state().half_messages.fate("KEY0"); }

  Random random{1, "test"};
  FakeBroker broker;
  Reply reply;
};

TEST(EndTransactionAnswer, MakesTheMessageVisibleOnCommitOnly) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    auto header = bench.store_half();
    EXPECT_EQ(bench.visible(), 0u);
    const auto& commit = bench.end(header);
    EXPECT_EQ(commit.code, 0);
    EXPECT_FALSE(commit.remark);
    EXPECT_FALSE(commit.has_ext_fields);
    EXPECT_EQ(bench.visible(), 1u);
    EXPECT_EQ(bench.broker.store().max_offset("TopicTest", 2), 1);
    EXPECT_EQ(bench.end(header).code, 0) << "a second commit is taken, too";
    EXPECT_EQ(bench.visible(), 2u);
    EXPECT_EQ(bench.fate().committed, 2u);
    EXPECT_FALSE(bench.broker.next_scan());
  }
}

struct BatchBench : Bench {
  explicit BatchBench(const ServerProfile* version = kServer5) : Bench(version) {
    auto set = [&](const char* key, const char* value) { EXPECT_FALSE(broker.set_config(key, value, kSimEpoch)); };
    set("transactionTimeOut", "2000");
    set("transactionCheckInterval", "3000");
    set("transactionCheckMax", "15");
    ask(heartbeat("c1", "g_tx"));
  }
  /// Scans made until then; the offset in the half queue of each question.
  std::vector<std::int64_t> questions(std::int64_t until_ms) {
    std::vector<std::int64_t> out;
    for (auto at = broker.next_scan(); at && *at <= kSimEpoch + millis(until_ms); at = broker.next_scan()) {
      for (const ServerRequest& q : broker.scan(*at)) {
        EndTransactionRequestHeader h = header;
        h.tran_state_table_offset = q.command.ext_fields.find_int("tranStateTableOffset");
        h.commit_log_offset = q.command.ext_fields.find_int("commitLogOffset");
        h.from_transaction_check = true;
        out.push_back(*h.tran_state_table_offset);
        EXPECT_EQ(end(h, *at + millis(5)).code, 0);
      }
    }
    return out;
  }
  EndTransactionRequestHeader header;
};

// observed-servers §4: a half message whose first check was answered was checked a second time 3 s later, then no more.
TEST(TransactionEnd, ThatAnswersACheckIsAskedForOnceMoreBy5ACommitToo) {
  for (const ServerProfile* const version : kBothServers) {
    for (const std::int32_t state : {TransactionFlag::COMMIT_TYPE, TransactionFlag::ROLLBACK_TYPE}) {
      BatchBench bench(version);
      bench.header = bench.store_half();
      bench.header.commit_or_rollback = state;
      const std::size_t asked = version == kServer5 ? 2 : 1;
      EXPECT_EQ(bench.questions(60000).size(), asked);
      EXPECT_EQ(bench.visible(), state == TransactionFlag::COMMIT_TYPE ? asked : 0u);
      EXPECT_EQ(bench.broker.state().half_messages.totals().pending, 0u);
      EXPECT_FALSE(bench.broker.next_scan());
    }
  }
}

TEST(TransactionEnd, BeforeTheTimeoutIsAskedForBy5WhenAScanComesBeforeItIsNoted) {
  for (const ServerProfile* const version : kBothServers) {
    BatchBench bench(version);
    bench.header = bench.store_half();
    bench.end(bench.header, kSimEpoch + millis(10));
    EXPECT_EQ(bench.fate().pending, 0u);
    EXPECT_EQ(bench.questions(60000).size(), version == kServer5 ? 1u : 0u);
  }
  BatchBench patient;  // as with the defaults: the first scan that may ask comes after the note
  EXPECT_FALSE(patient.broker.set_config("transactionTimeOut", "6000", kSimEpoch));
  patient.header = patient.store_half();
  patient.end(patient.header, kSimEpoch + millis(10));
  EXPECT_TRUE(patient.questions(60000).empty());
  BatchBench at_once;
  EXPECT_FALSE(at_once.broker.set_config("transactionOpBatchInterval", "0", kSimEpoch));
  at_once.header = at_once.store_half();
  EXPECT_EQ(at_once.questions(60000).size(), 1u);
}

TEST(TransactionEnd, ThatIsNotNotedIsLostWithARestart) {
  BatchBench bench;
  bench.header = bench.store_half();
  bench.end(bench.header, kSimEpoch + millis(10));
  bench.broker.begin_scans(kSimEpoch + millis(1000));
  EXPECT_EQ(bench.fate().pending, 1u);
  EXPECT_EQ(bench.broker.next_scan(), kSimEpoch + millis(4000));
}

TEST(EndNotes, ComeAtMultiplesOfTheIntervalTheFirstAfterOneWholeInterval) {
  EndNotes notes;
  const auto at = [&](std::int64_t now) {
    return to_millis(notes.noted_at(kSimEpoch, kSimEpoch + millis(now), 3000)) - to_millis(kSimEpoch);
  };
  EXPECT_EQ(at(100), 6000);
  EXPECT_EQ(at(5999), 6000);
  EXPECT_EQ(at(6000), 9000);
  EXPECT_EQ(at(20000), 21000);
  EXPECT_EQ(EndNotes().noted_at(kSimEpoch, kSimEpoch + millis(7), 0), kSimEpoch + millis(7));
}

TEST(EndTransactionAnswer, LeavesThePropertiesOfThePreparationInTheVisibleMessage) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.ask(half_message(to_millis(kSimEpoch)).build());
    const auto header = bench.store_half("WAIT\x01true\x02");
    EXPECT_GT(*header.commit_log_offset, 0);
    bench.end(header);
    const auto record = bench.broker.store().find(2);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->topic, "TopicTest");
    EXPECT_EQ(MessageSysFlag::transaction_value(record->sys_flag), MessageSysFlag::TRANSACTION_COMMIT_TYPE);
    auto properties = MessageProperties::decode(record->properties);
    const std::map<std::string, std::string> kept = {{"TRAN_MSG", "true"}, {"REAL_TOPIC", "TopicTest"},
                                                     {"REAL_QID", "2"},    {"WAIT", "true"},
                                                     {"PGROUP", "g_tx"},   {"UNIQ_KEY", "KEY0"}};
    for (const auto& [name, value] : kept) {
      EXPECT_EQ(properties.get(name), value) << name;
    }
    EXPECT_EQ(properties.contains("__transactionId__"), version == kServer5);
    EXPECT_EQ(to_stored_message(*record, HostAddress::v4(127, 0, 0, 1, 10911)).prepared_transaction_offset,
              header.commit_log_offset);
  }
}

TEST(EndTransactionAnswer, WritesAnewWhatWaitsForItsTime) {
  Bench bench;
  bench.end(
      bench.store_half("WAIT\x01true\x02"
                       "DELAY\x01"
                       "1\x02"));
  const auto record = bench.broker.store().find(1);
  ASSERT_TRUE(record);
  const auto properties = MessageProperties::decode(record->properties);
  EXPECT_FALSE(properties.contains("TRAN_MSG"));
  EXPECT_EQ(properties.get("REAL_TOPIC"), "TopicTest");
  EXPECT_EQ(properties.get("WAIT"), "true");
}

TEST(EndTransactionAnswer, ADelayLevelBeginsWithTheCommit) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    auto header = bench.store_half("DELAY\x01" "1\x02");
    EXPECT_EQ(bench.broker.state().delayed.waiting(), 0u);
    EXPECT_EQ(bench.end(header, kSimEpoch + millis(500)).code, 0);
    EXPECT_EQ(bench.visible(), 0u);
    bench.broker.run_due(kSimEpoch + millis(1499));
    EXPECT_EQ(bench.visible(), 0u);
    bench.broker.run_due(kSimEpoch + millis(1500));
    EXPECT_EQ(bench.visible(), 1u);
    EXPECT_EQ(bench.broker.store().max_offset("TopicTest", 2), 1);
  }
}

TEST(EndTransactionAnswer, ATimerIsSetOrRefusedWithTheCommit) {
  Bench bench;
  auto header = bench.store_half("TIMER_DELAY_MS\x01" "2500\x02");
  EXPECT_EQ(bench.end(header).code, 0);
  EXPECT_EQ(bench.visible(), 0u);
  bench.broker.run_due(kSimEpoch + millis(3500));
  EXPECT_EQ(bench.visible(), 1u);

  Bench refusing;
  header = refusing.store_half("TIMER_DELAY_SEC\x01" "999999\x02");
  EXPECT_EQ(refusing.end(header).code, ResponseCode::MESSAGE_ILLEGAL);
  EXPECT_EQ(refusing.end(header).remark->substr(0, 21), "timer message illegal");
  EXPECT_EQ(refusing.visible(), 0u);
  EXPECT_EQ(refusing.fate().committed, 0u);

  Bench old(kServer4);
  header = old.store_half("TIMER_DELAY_SEC\x01" "999999\x02");
  EXPECT_EQ(old.end(header).code, 0) << "4.x knows no timers";
  EXPECT_EQ(old.visible(), 1u);
}

TEST(EndTransactionAnswer, RollsBackWithTheRemarkOfARealBroker) {
  Bench bench;
  auto header = bench.store_half();
  header.commit_or_rollback = TransactionFlag::ROLLBACK_TYPE;
  const auto& response = bench.end(header);
  EXPECT_EQ(response.code, 0);
  EXPECT_EQ(response.remark, "not set any response code");
  EXPECT_EQ(bench.visible(), 0u);
  EXPECT_EQ(bench.fate().rolled_back, 1u);
  header.commit_or_rollback = TransactionFlag::COMMIT_TYPE;
  EXPECT_EQ(bench.end(header).code, 0) << "the half message is still on disk";
  EXPECT_EQ(bench.visible(), 1u);
}

TEST(EndTransactionAnswer, IsNoneForUnknown) {
  Bench bench;
  auto header = bench.store_half();
  header.commit_or_rollback = TransactionFlag::NOT_TYPE;
  bench.end(header);
  EXPECT_FALSE(bench.reply.has_response);
  EXPECT_EQ(bench.fate().pending, 1u);
}

TEST(EndTransactionAnswer, RefusesWhatDoesNotBelongToTheHalfMessage) {
  Bench bench;
  const auto good = bench.store_half();
  const auto refused = [&](auto change) {
    auto header = good;
    change(header);
    const auto& response = bench.end(header);
    return std::to_string(response.code) + " " + response.remark.value_or("(none)");
  };
  EXPECT_EQ(refused([](auto& h) { h.producer_group = "wrong"; }), "1 The producer group wrong");
  EXPECT_EQ(refused([](auto& h) { h.tran_state_table_offset = 54; }), "1 The transaction state table offset wrong");
  EXPECT_EQ(refused([](auto& h) { h.commit_log_offset = 999; }), "1 Find prepared transaction message failed");
  EXPECT_EQ(refused([](auto& h) { h.commit_or_rollback = 5; }),
            "1 org.apache.rocketmq.remoting.exception.RemotingCommandException: commitOrRollback field wrong, "
            "org.apache.rocketmq.remoting.protocol.header.EndTransactionRequestHeader.checkFields("
            "EndTransactionRequestHeader.java:69)");
  EXPECT_EQ(bench.visible(), 0u);
  EXPECT_EQ(bench.fate().pending, 1u);
}

TEST(EndTransactionAnswer, IsRefusedByASlave) {
  BrokerConfig config;
  config.broker_id = 1;
  Bench bench(kServer5, config);
  EndTransactionRequestHeader header;
  header.commit_or_rollback = TransactionFlag::COMMIT_TYPE;
  EXPECT_EQ(bench.end(header).code, ResponseCode::SLAVE_NOT_AVAILABLE);
}

// observed-servers C6: the limit is the larger of the message's own immunity and transactionTimeOut.
TEST(EndTransactionAnswer, ComesTooLateAfterTheImmunityIn533) {
  const auto code = [](const ServerProfile* version, const char* seconds, std::int64_t after) {
    Bench bench(version);
    const auto header = bench.store_half(std::string("CHECK_IMMUNITY_TIME_IN_SECONDS\x01") + seconds + "\x02");
    return bench.end(header, kSimEpoch + millis(after)).code;
  };
  EXPECT_EQ(code(kServer5, "1", 1600), 0);
  EXPECT_EQ(code(kServer5, "1", 4000), ResponseCode::ILLEGAL_OPERATION);
  EXPECT_EQ(code(kServer5, "5", 3500), 0);
  EXPECT_EQ(code(kServer5, "5", 5500), ResponseCode::ILLEGAL_OPERATION);
  EXPECT_EQ(code(kServer4, "1", 4000), 0);
}

TEST(Scan, AsksOneLiveClientOfTheGroupWithNewOffsets) {
  Bench bench;
  bench.store_half();
  bench.ask(heartbeat("client@1", "g_tx"));
  EXPECT_EQ(bench.broker.next_scan(), kSimEpoch + millis(4000)) << "older than transactionTimeOut, at the next interval";
  EXPECT_TRUE(bench.broker.scan(kSimEpoch + millis(3000)).empty());
  const auto questions = bench.broker.scan(kSimEpoch + millis(4000));
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].connection, 1u);
  EXPECT_EQ(questions[0].timeout, Duration::zero());
  const auto header = CheckTransactionStateRequestHeader::from_ext(questions[0].command.ext_fields);
  EXPECT_EQ(header.topic, "RMQ_SYS_TRANS_HALF_TOPIC");
  EXPECT_EQ(header.tran_state_table_offset, 1);
  EXPECT_EQ(header.msg_id, "KEY0");
  EXPECT_EQ(header.transaction_id, "KEY0");
  EXPECT_EQ(header.broker_name, "broker-a");
  StoredMessage body;
  std::string_view bytes = questions[0].command.body;
  ASSERT_FALSE(StoredMessage::decode(bytes, body, true));
  EXPECT_EQ(body.topic, "TopicTest");
  EXPECT_EQ(body.queue_id, 2);
  EXPECT_EQ(body.physical_offset, header.commit_log_offset);
  const auto properties = MessageProperties::decode(body.properties);
  EXPECT_EQ(properties.get("TRANSACTION_CHECK_TIMES"), "1");
  EXPECT_EQ(properties.get("WAIT"), "false");
  // The answer echoes those offsets.
  EndTransactionRequestHeader end;
  end.producer_group = "g_tx";
  end.tran_state_table_offset = header.tran_state_table_offset;
  end.commit_log_offset = header.commit_log_offset;
  end.commit_or_rollback = TransactionFlag::COMMIT_TYPE;
  end.from_transaction_check = true;
  EXPECT_EQ(bench.end(end).code, 0);
  EXPECT_EQ(bench.visible(), 1u);
  EXPECT_FALSE(bench.broker.next_scan());
}

TEST(Scan, OfA498BrokerNamesNeitherTopicNorBroker) {
  Bench bench(kServer4);
  bench.store_half();
  bench.ask(heartbeat("client@1", "g_tx"));
  const auto questions = bench.broker.scan(kSimEpoch + millis(4000));
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_FALSE(questions[0].command.ext_fields.contains("topic"));
  EXPECT_FALSE(questions[0].command.ext_fields.contains("bname"));
}

TEST(Scan, CountsChecksThatNobodyCouldBeAskedAndGivesUp) {
  Bench bench;
  bench.store_half();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(bench.broker.scan(kSimEpoch + millis(4000 + 1000 * i)).empty());
  EXPECT_EQ(bench.fate().checks, 2u);
  EXPECT_EQ(bench.fate().asked, 0u);
  bench.broker.scan(kSimEpoch + millis(6000));
  EXPECT_EQ(bench.fate().discarded, 1u);
  EXPECT_EQ(bench.fate().pending, 0u);
  EXPECT_EQ(bench.broker.store().stored_in_topic(kCheckMaxTimeTopic), 1u);
  EXPECT_FALSE(bench.broker.next_scan());
}

TEST(Scan, WaitsForAnImmunityOfTheMessagesOwn) {
  Bench bench;
  bench.store_half("CHECK_IMMUNITY_TIME_IN_SECONDS\x01" "10\x02");
  EXPECT_EQ(bench.broker.next_scan(), kSimEpoch + millis(11'000));
}

TEST(Scan, TakesAnyBirthThatAClientClaims) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min(), kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t born : {kLeast, kLeast / 2, std::int64_t{-1}, kMost / 2, kMost - 1, kMost}) {
    Bench bench;
    bench.ask(half_message(born, "CHECK_IMMUNITY_TIME_IN_SECONDS\x01" "2147483647\x02").build());
    const auto scan = bench.broker.next_scan();
    ASSERT_TRUE(scan);
    if (born < 0) continue;
    EXPECT_GT(*scan, kSimEpoch + std::chrono::hours(24 * 365 * 50)) << born;
    EXPECT_TRUE(bench.broker.scan(kSimEpoch + millis(60000)).empty()) << born;
    EXPECT_EQ(bench.fate().checks, 0u);
  }
}

TEST(HalfMessageTable, GoesOnWaitingWhenAnOlderCopyIsEnded) {
  HalfMessages halves;
  halves.add({.key = "K", .group = "g", .queue_offset = 0});
  halves.checked(0, 1, 500, true);
  halves.ended("K", 0, true, kSimEpoch, kSimEpoch);
  EXPECT_EQ(halves.fate("K")->committed, 1u);
  EXPECT_EQ(halves.fate("K")->pending, 1u);
  EXPECT_EQ(halves.due(kSimEpoch).size(), 1u);
  halves.ended("K", 1, false, kSimEpoch, kSimEpoch);
  EXPECT_EQ(halves.totals().pending, 0u);
  EXPECT_EQ(halves.fate("nobody"), nullptr);
}

TEST(BrokerSettings, OfTransactionsAreThoseOfARealBroker) {
  Bench bench;
  EXPECT_FALSE(bench.broker.set_config("transactionTimeOut", "50", kSimEpoch));
  EXPECT_FALSE(bench.broker.set_config("transactionCheckInterval", "60", kSimEpoch));
  EXPECT_FALSE(bench.broker.set_config("transactionCheckMax", "7", kSimEpoch));
  EXPECT_EQ(bench.broker.state().config.transactions.transaction_timeout, 50);
  EXPECT_EQ(bench.broker.state().config.transactions.transaction_check_interval, 60);
  EXPECT_EQ(bench.broker.state().config.transactions.transaction_check_max, 7);
  EXPECT_TRUE(bench.broker.set_config("transactionCheckMax", "-1", kSimEpoch));
}

// ---- on the wire

class BrokerOnTheWire : public testing::Test {
 protected:
  BrokerOnTheWire() {
    FakeBrokerServerOptions options;
    options.broker.transactions = {1000, 1000, 3};
    network_.transport("broker-a");
    options.remoting.listen = network_.ip("broker-a") + ":10911";
    server_ = std::make_unique<FakeBrokerServer>(runtime_, network_.transport("broker-a"), options, &plan_);
    server_->put_topic("TopicTest", 4, 6);
    server_->start();
  }
  std::unique_ptr<RawClient> connect(const std::string& node) {
    return std::make_unique<RawClient>(network_.transport(node), server_->address());
  }
  RemotingCommand reply_to(const std::string& client) {
    SendBuilder b;
    b.code = RequestCode::SEND_REPLY_MESSAGE_V2;
    b.topic = "DefaultCluster_REPLY_TOPIC";
    b.properties = "MSG_TYPE\x01reply\x02" "CORRELATION_ID\x01" "c1\x02REPLY_TO_CLIENT\x01" + client + "\x02";
    b.opaque = 77;
    return b.build();
  }
  static FaultRule rule(std::int32_t code) {
    FaultRule r;
    r.id = "lost";
    r.at = "*";
    r.on = {FaultTarget::Kind::code, code};
    r.nth = NthSet::first(1);
    r.action = FaultAction{{"drop", FaultMoment::before}};
    return r;
  }

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  FaultPlan plan_{{rule(RequestCode::CHECK_TRANSACTION_STATE), rule(RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT)}, {}};
  std::unique_ptr<FakeBrokerServer> server_;
};

TEST_F(BrokerOnTheWire, SendsChecksOneWayAndLosesThoseThatARuleDrops) {
  auto client = connect("client");
  client->send(heartbeat("client@1", "g_tx"));
  client->send(half_message(to_millis(runtime_.now())).build());
  runtime_.run_for(millis(2500));
  EXPECT_EQ(client->received.size(), 2u) << "the first check is dropped";
  runtime_.run_for(millis(1000));
  ASSERT_EQ(client->received.size(), 3u);
  EXPECT_EQ(client->received[2].code, RequestCode::CHECK_TRANSACTION_STATE);
  EXPECT_TRUE(client->received[2].is_oneway());
  server_->crash();
  runtime_.run_for(millis(10'000));
  EXPECT_EQ(client->received.size(), 3u) << "a dead broker asks nothing";
}

TEST_F(BrokerOnTheWire, AnswersAReplierWhenTheRequesterHasTakenTheReply) {
  auto requester = connect("requester");
  auto replier = connect("replier");
  requester->send(heartbeat("requester@1", "g"));
  runtime_.run_for(millis(10));
  replier->send(reply_to("requester@1"));
  runtime_.run_for(millis(1000));
  EXPECT_EQ(requester->received.size(), 1u) << "the first push is dropped";
  EXPECT_TRUE(replier->received.empty());
  runtime_.run_for(millis(10'000));
  ASSERT_EQ(replier->received.size(), 1u);
  EXPECT_EQ(replier->received[0].code, 1);
  EXPECT_EQ(replier->received[0].remark, "push reply message to requester@1fail.");

  replier->send(reply_to("requester@1"));
  runtime_.run_for(millis(10));
  ASSERT_EQ(requester->received.size(), 2u);
  const RemotingCommand& push = requester->received[1];
  EXPECT_EQ(push.code, RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT);
  EXPECT_EQ(push.body, "hello");
  const auto header = ReplyMessageRequestHeader::from_ext(push.ext_fields);
  EXPECT_EQ(header.topic, "DefaultCluster_REPLY_TOPIC");
  EXPECT_EQ(header.producer_group, "group");
  EXPECT_EQ(find_property(*header.properties, "CORRELATION_ID"), "c1");
  EXPECT_TRUE(find_property(*header.properties, "PUSH_REPLY_TIME"));
  EXPECT_FALSE(find_property(*header.properties, "CLUSTER"));
  EXPECT_EQ(replier->received.size(), 1u) << "not before the requester has answered";
  requester->send(RemotingCommand::response_to(push, 0));
  runtime_.run_for(millis(10));
  ASSERT_EQ(replier->received.size(), 2u);
  EXPECT_EQ(replier->received[1].code, 0);
  EXPECT_EQ(replier->received[1].opaque, 77);
}

TEST_F(BrokerOnTheWire, TellsAReplierThatTheRequesterIsUnknownOrGone) {
  auto replier = connect("replier");
  replier->send(reply_to("nobody@1"));
  runtime_.run_for(millis(10));
  ASSERT_EQ(replier->received.size(), 1u);
  EXPECT_EQ(replier->received[0].code, 1);
  EXPECT_EQ(replier->received[0].remark, "push reply message fail, channel of <nobody@1> not found.");
  EXPECT_TRUE(replier->received[0].ext_fields.contains("msgId")) << "it is stored all the same";
}

TEST_F(BrokerOnTheWire, DiesWithAPushUnderWayWithoutHarm) {
  auto requester = connect("requester");
  auto replier = connect("replier");
  requester->send(heartbeat("requester@1", "g"));
  runtime_.run_for(millis(10));
  replier->send(reply_to("requester@1"));
  replier->send(reply_to("requester@1"));
  runtime_.run_for(millis(10));
  server_.reset();
  runtime_.run_for(millis(20'000));
  EXPECT_TRUE(replier->received.empty());
}

}  // namespace transactions_test
}  // namespace rmqsim
