// A nameserver, a broker and consumers without opinions, in the simulation. What consumers send is built here as the
// client families send it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/remoting/bodies/consumer_bodies.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/headers/consumer_headers.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "tests/fakes/raw_client.h"

namespace rmqsim {

struct PullBuilder {
  std::int32_t code = RequestCode::PULL_MESSAGE;
  std::string group = "CG";
  std::string topic = "TopicTest";
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
  std::int32_t sys_flag = PullSysFlag::SUSPEND | PullSysFlag::SUBSCRIPTION;
  std::int64_t suspend_ms = 15'000;
  std::string subscription = "*";
  std::int32_t max_nums = 32;
  std::int64_t commit_offset = 0;
  std::int32_t opaque = 100;

  RemotingCommand build() const {
    RemotingCommand c = RemotingCommand::request(code, MQVersion::V5_3_3);
    c.opaque = opaque;
    PullMessageRequestHeader h;
    h.consumer_group = group;
    h.topic = topic;
    h.queue_id = queue_id;
    h.queue_offset = offset;
    h.max_msg_nums = max_nums;
    h.sys_flag = sys_flag;
    h.commit_offset = commit_offset;
    h.suspend_timeout_millis = suspend_ms;
    if ((sys_flag & PullSysFlag::SUBSCRIPTION) != 0) h.subscription = subscription;
    h.sub_version = 0;
    h.expression_type = "TAG";
    h.to_ext(c.ext());
    return c;
  }
};

inline RemotingCommand request_of(std::int32_t code, std::vector<std::pair<std::string, std::string>> fields,
                                  std::string body = {}, std::int32_t opaque = 200) {
  RemotingCommand c = RemotingCommand::request(code, MQVersion::V5_3_3);
  c.opaque = opaque;
  for (const auto& [key, value] : fields) c.ext().set(key, value);
  c.body = std::move(body);
  return c;
}

inline RemotingCommand consumer_heartbeat(const std::string& client_id, const std::string& group,
                                          const std::string& topic = "TopicTest", const std::string& tags = "*",
                                          std::int32_t opaque = 300) {
  HeartbeatData data;
  data.client_id = client_id;
  data.producer_data_set.push_back({std::string(kClientInnerProducerGroup)});
  ConsumerData consumer;
  consumer.group_name = group;
  consumer.consume_type = ConsumeType::CONSUME_PASSIVELY;
  SubscriptionData subscription;
  (void)build_subscription_data(topic, tags, subscription);
  consumer.subscription_data_set.push_back(subscription);
  data.consumer_data_set.push_back(consumer);
  return request_of(RequestCode::HEART_BEAT, {}, data.encode(), opaque);
}

inline std::vector<StoredMessage> records_of(const RemotingCommand& answer) {
  std::vector<StoredMessage> out;
  if (StoredMessage::decode_all(answer.body, out, true)) out.clear();
  return out;
}

inline std::string property(const StoredMessage& message, std::string_view key) {
  return std::string(find_property(message.properties, key).value_or("(absent)"));
}

struct ConsumerWorld {
  explicit ConsumerWorld(FakeBrokerServerOptions options = {}, FaultPlan* plan = nullptr,
                         ServerObserver* observer = nullptr)
      : network(runtime, {}) {
    client_side = &network.add_node("client", "10.0.0.9");
    FakeNamesrvServerOptions ns;
    ns.remoting.listen = "10.0.0.1:9876";
    namesrv = std::make_unique<FakeNamesrvServer>(runtime, network.add_node("ns-1", "10.0.0.1"), ns);
    options.remoting.listen = "10.0.0.2:10911";
    options.nameservers = {"10.0.0.1:9876"};
    broker =
        std::make_unique<FakeBrokerServer>(runtime, network.add_node("broker-a", "10.0.0.2"), options, plan, observer);
    under(runtime, [&] {
      namesrv->start();
      broker->put_topic("TopicTest", 4, 6);
      broker->start();
      broker->begin_faults(runtime.now());
    });
    runtime.run_for(millis(5));
  }
  ~ConsumerWorld() {
    under(runtime, [&] {
      broker->stop();
      namesrv->stop();
    });
  }

  std::unique_ptr<RawClient> connect() {
    auto c = std::make_unique<RawClient>(*client_side, "10.0.0.2:10911");
    run(2);
    return c;
  }
  void run(std::int64_t ms) { runtime.run_for(millis(ms)); }
  /// Sends and waits 2 ms.
  void ask(RawClient& client, const RemotingCommand& request) {
    under(runtime, [&] { client.send(request); });
    run(2);
  }
  /// The answer with that opaque, or nullptr.
  static const RemotingCommand* answer(const RawClient& client, std::int32_t opaque) {
    for (const RemotingCommand& c : client.received) {
      if (c.is_response() && c.opaque == opaque) return &c;
    }
    return nullptr;
  }
  const MessageStore& store() const { return broker->broker().store(); }

  SimRuntime runtime;
  SimNetwork network;
  Transport* client_side = nullptr;
  std::unique_ptr<FakeNamesrvServer> namesrv;
  std::unique_ptr<FakeBrokerServer> broker;
};

}  // namespace rmqsim
