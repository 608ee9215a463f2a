// A broker as a pure object that tests ask one request after the other, as consoles and operators' scripts do.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/releases.h"

namespace rmqsim::broker_bench {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline RemotingCommand request(std::int32_t code, const Fields& fields = {}, std::string body = {}) {
  RemotingCommand c = RemotingCommand::request(code, MQVersion::V5_3_3);
  for (const auto& [name, value] : fields) c.ext().set(name, value);
  c.body = std::move(body);
  return c;
}

/// Has TopicTest with two queues.
struct Bench {
  explicit Bench(const ServerProfile* version = kServer5, std::int64_t id = 0) : broker(config(version, id), random) {
    broker.put_topic("TopicTest", 2, 6, kSimEpoch);
  }
  static BrokerConfig config(const ServerProfile* version, std::int64_t id) {
    BrokerConfig c;
    c.profile = version;
    c.broker_id = id;
    return c;
  }
  const RemotingCommand& ask(const RemotingCommand& request, TimePoint now = kSimEpoch) {
    reply.clear();
    reply.response = {};
    broker.process(request, Peer{1, "10.0.0.9:4444"}, now, reply);
    return reply.response;
  }
  /// Messages 100 ms apart.
  void store(int count, std::int32_t queue = 0) {
    for (int i = 0; i < count; ++i) {
      SendBuilder b;
      b.queue_id = queue;
      EXPECT_EQ(ask(b.build(), kSimEpoch + millis(100 * i)).code, 0);
    }
  }
  void consume(const std::string& group, std::int64_t offset, std::int32_t queue = 0) {
    broker.state().subscription_groups.put(group);
    broker.state().consumer_offsets.commit_offset(group, "TopicTest", queue, offset);
  }
  /// A client greets the broker that produces for PG and consumes for `group`, subscribed to all of the topic.
  void connect(const std::string& group = "CG", const std::string& topic = "TopicTest",
               MessageModel model = MessageModel::CLUSTERING) {
    HeartbeatData data;
    data.client_id = "c1";
    data.producer_data_set.push_back({"PG"});
    ConsumerData consumer;
    consumer.group_name = group;
    consumer.message_model = model;
    SubscriptionData subscription;
    subscription.topic = topic;
    subscription.sub_string = "*";
    consumer.subscription_data_set.push_back(subscription);
    data.consumer_data_set.push_back(consumer);
    EXPECT_EQ(ask(request(RequestCode::HEART_BEAT, {}, data.encode())).code, 0);
  }
  const RemotingCommand& set_group(const std::string& json) {
    return ask(request(RequestCode::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, json));
  }
  bool has(const std::string& group) { return broker.state().subscription_groups.contains(group); }

  Random random{1, "test"};
  FakeBroker broker;
  Reply reply;
};

}  // namespace rmqsim::broker_bench
