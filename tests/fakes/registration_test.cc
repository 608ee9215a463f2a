// What a broker says to nameservers is encoded once for all who say the same.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "fake_broker/registration.h"
#include "producer/remoting/bodies/topic_route_data.h"

namespace rmqsim {
namespace registration_test {

using Topics = std::map<std::string, TopicConfig>;

Topics said_by(const BrokerState& broker, const std::string& only_topic = {}) {
  const RemotingCommand request = make_register_broker(broker, "10.0.0.1:10911", only_topic);
  EXPECT_EQ(request.ext_fields.get("bodyCrc32"), std::to_string(static_cast<std::int32_t>(crc32(request.body))));
  RegisterBrokerBody body;
  EXPECT_FALSE(RegisterBrokerBody::decode(request.body, broker.profile().version, false, body));
  EXPECT_EQ(body.topic_config_serialize_wrapper.data_version, broker.topics.data_version());
  return {body.topic_config_serialize_wrapper.topic_config_table.begin(),
          body.topic_config_serialize_wrapper.topic_config_table.end()};
}

TEST(Registration, SaysWhatIsSoNowWhateverWasSaidBefore) {
  Random random(1);
  BrokerConfig config;
  config.broker_name = "broker-a";
  BrokerState broker(config, random);
  TopicConfig topic;
  topic.topic_name = "TopicTest";
  for (const std::int32_t queues : {4, 8, 4}) {
    topic.read_queue_nums = topic.write_queue_nums = queues;
    topic.perm = PermName::PERM_READ | PermName::PERM_WRITE;
    ASSERT_TRUE(broker.topics.put(topic, kSimEpoch));
    for (int round = 0; round < 2; ++round) {
      const Topics all = said_by(broker);
      EXPECT_EQ(all.size(), broker.topics.table().size());
      EXPECT_EQ(all.at("TopicTest"), *broker.topics.find("TopicTest"));
      EXPECT_EQ(said_by(broker, "TopicTest").size(), 1u);
      broker.config.broker_permission = PermName::PERM_READ;
      EXPECT_EQ(said_by(broker).at("TopicTest").perm, PermName::PERM_READ);
      broker.config.broker_permission = config.broker_permission;
    }
  }
}

}  // namespace registration_test
}  // namespace rmqsim
