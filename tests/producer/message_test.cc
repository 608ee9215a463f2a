// Messages, batches and their validation: Java's rules in Java's order and words.
#include "producer/client/api/message.h"

#include <gtest/gtest.h>

#include "producer/client/api/client_config.h"
#include "producer/client/send/message_batch.h"
#include "producer/client/send/validators.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/name_server_list.h"

namespace rmqsim {
namespace message_test {

const Profile& k533 = default_profile();

TEST(Message, TheConstructorSetsWaitAndOnlyTheTagsAndKeysThatAreThere) {
  const Message message("T", "body");
  EXPECT_EQ(message.getProperties().size(), 1u);
  EXPECT_TRUE(message.isWaitStoreMsgOK());
  EXPECT_EQ(Message("T", "A", "k1 k2", "b").getKeys(), "k1 k2");
}

TEST(Message, SystemPropertiesAreNotForUsers) {
  Message message("T", "b");
  EXPECT_THROW(message.putUserProperty("UNIQ_KEY", "x"), std::runtime_error);
  EXPECT_THROW(message.putUserProperty(" ", "x"), std::invalid_argument);
  EXPECT_THROW(message.putUserProperty("x", ""), std::invalid_argument);
  message.putUserProperty("__SHARDINGKEY", "free to use");
  EXPECT_EQ(message.getUserProperty("__SHARDINGKEY"), "free to use");
}

TEST(Validators, SpeakJavasWordsInJavasOrder) {
  const auto text = [](const std::string& topic, const std::string& body = "b") {
    const auto error = check_message(k533, Message(topic, body), 4);
    return error ? error->error_message : std::string("ok");
  };
  EXPECT_EQ(text("T"), "ok");
  EXPECT_EQ(text("TBW102"), "ok");
  EXPECT_EQ(text(""), "The specified topic is blank");
  EXPECT_EQ(text(std::string(128, '!')), "The specified topic is longer than topic max length 127.");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\u00e4";  // 100 characters in 200 bytes
  EXPECT_EQ(text(umlauts),
            "The specified topic[" + umlauts + "] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
  EXPECT_EQ(text("a b"), "The specified topic[a b] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
  EXPECT_EQ(text("SCHEDULE_TOPIC_XXXX"), "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.");
  EXPECT_EQ(text("T", ""), "the message body length is zero");
  EXPECT_EQ(text("T", "12345"), "the message body size over max value, MAX: 4");
  EXPECT_EQ(check_message(k533, Message(), 4)->error_message, "The specified topic is blank");
  Message bodiless;
  bodiless.setTopic("T");
  const auto error = check_message(k533, bodiless, 4);
  EXPECT_EQ(error->message,
            "CODE: 13  DESC: the message body is null\nFor more information, please visit the url, "
            "https://rocketmq.apache.org/docs/bestPractice/06FAQ");
  EXPECT_EQ(error->response_code, 13);
}

TEST(Validators, QueuesToDispatchToHaveNoFileSeparatorIn533) {
  Message message("T", "b");
  message.put_property("INNER_MULTI_DISPATCH", "%LMQ%a,%LMQ%b");
  EXPECT_FALSE(check_message(k533, message, 4));
  message.put_property("INNER_MULTI_DISPATCH", "%LMQ%a/b");
  const auto error = check_message(k533, message, 4);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_message, "INNER_MULTI_DISPATCH %LMQ%a/b can not contains / character");
  EXPECT_EQ(error->response_code, ResponseCode::MESSAGE_ILLEGAL);
  EXPECT_FALSE(check_message(*find_profile("java-4.9.8"), message, 4));
}

TEST(Validators, AGroupMayNotBeTheDefaultOne) {
  EXPECT_FALSE(check_group(k533, "g"));
  EXPECT_EQ(check_group(k533, "DEFAULT_PRODUCER")->error_message,
            "producerGroup can not equal DEFAULT_PRODUCER, please specify another one.");
  EXPECT_EQ(check_group(k533, "")->error_message, "the specified group is blank");
  EXPECT_TRUE(check_group(k533, std::string(256, 'g')));
}

class Batch : public testing::Test {
 protected:
  std::variant<Message, MQError> make(std::vector<Message> messages, const Profile& profile = k533) {
    return make_message_batch(profile, messages, 1 << 20, ids_, kSimEpoch);
  }
  UniqIdGenerator ids_{std::string_view("\x0a\0\0\1", 4), 1, 2};
};

TEST_F(Batch, CarriesItsMembersAndTheirKeys) {
  auto made = make({Message("T", "one"), Message("T", "two")});
  const Message& batch = std::get<Message>(made);
  std::vector<BatchEntry> entries;
  ASSERT_FALSE(decode_batch_body(batch.getBody(), entries));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].body, "two");
  EXPECT_EQ(batch.batch_uniq_keys().size(), 65u);  // two ids and a comma
  EXPECT_FALSE(batch.uniq_key().empty());
}

TEST_F(Batch, HasNoKeyOfItsOwnIn498) {
  auto made = make({Message("T", "one")}, *find_profile("java-4.9.8"));
  EXPECT_TRUE(std::get<Message>(made).uniq_key().empty());
}

TEST_F(Batch, RefusesWhatABatchCannotHold) {
  Message delayed("T", "b");
  delayed.setDelayTimeLevel(3);
  Message careless("T", "b");
  careless.setWaitStoreMsgOK(false);
  const auto cause = [&](std::vector<Message> messages) {
    auto made = make(std::move(messages));
    const MQError& error = std::get<MQError>(made);
    EXPECT_EQ(error.error_message, "Failed to initiate the MessageBatch");
    return error.cause->message;
  };
  EXPECT_EQ(cause({delayed}), "TimeDelayLevel is not supported for batching");
  EXPECT_EQ(cause({Message("%RETRY%g", "b")}), "Retry Group is not supported for batching");
  EXPECT_EQ(cause({Message("T", "b"), Message("U", "b")}),
            "The topic of the messages in one batch should be the same");
  EXPECT_EQ(cause({Message("T", "b"), careless}), "The waitStoreMsgOK of the messages in one batch should the same");
  EXPECT_EQ(cause({}), "null");
}

TEST(ClientConfig, BuildsTheClientIdAndTheVipAddress) {
  ClientConfig config;
  config.setClientIP("10.1.2.3");
  config.setInstanceName("x");
  EXPECT_EQ(config.buildMQClientId(), "10.1.2.3@x");
  config.setUnitName("u");
  EXPECT_EQ(config.buildMQClientId(), "10.1.2.3@x@u");
  EXPECT_EQ(broker_vip_channel(true, "h:10911"), "h:10909");
  EXPECT_EQ(broker_vip_channel(false, "h:10911"), "h:10911");
}

TEST(NameServerList, IsSplitShuffledAndWalkedRound) {
  EXPECT_EQ(split_name_servers("a:1;b:2"), (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(split_name_servers(" a:1; b:2 ;;"), (std::vector<std::string>{" a:1", " b:2 "})) << "Java trims nothing";
  EXPECT_EQ(split_name_servers(";a:1;;b:2;"), (std::vector<std::string>{"", "a:1", "", "b:2"}));
  EXPECT_TRUE(split_name_servers(";;").empty());
  EXPECT_EQ(name_servers_of_endpoint("http://host.example/a:1"), "a:1");
  EXPECT_EQ(name_servers_of_endpoint(" http://host.example/a:1 "), "a:1 ");
  EXPECT_EQ(name_servers_of_endpoint(" a:1"), " a:1");
  Random random(1);
  NameServerList list(random);
  EXPECT_EQ(list.advance(), "");
  list.update({"a:1", "b:2"});
  const std::string first = list.advance();
  EXPECT_NE(list.advance(), first);
  EXPECT_EQ(list.advance(), first);
  EXPECT_FALSE(list.update({"b:2", "a:1"})) << "the same addresses are no news";
  EXPECT_TRUE(list.update({"c:3"})) << "the chosen one is gone";
  EXPECT_EQ(list.chosen(), "");
}

}  // namespace message_test
}  // namespace rmqsim
