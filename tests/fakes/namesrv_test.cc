// The fake nameserver as a pure object: dialects of routes, registration, the three ways in which a broker leaves,
// static routes, the KV store.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_namesrv/fake_namesrv.h"
#include "producer/remoting/headers/namesrv_headers.h"
#include "tests/fakes/releases.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace namesrv_test {

struct Bench {
  explicit Bench(const ServerProfile* version = kServer5) : namesrv({"ns-1", version, false}) {}
  const RemotingCommand& ask(const RemotingCommand& request, std::uint64_t connection = 1, TimePoint now = kSimEpoch) {
    reply.clear();
    namesrv.process(request, Peer{connection, "10.0.0.9:4444"}, now, reply);
    return reply.response;
  }
  FakeNamesrv namesrv;
  Reply reply;
};

RemotingCommand route_request(std::string_view topic, std::int32_t version = MQVersion::V5_3_3) {
  RemotingCommand c = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, version);
  c.ext().set("topic", topic);
  return c;
}

RemotingCommand registration(const std::string& broker, const std::string& address, std::int64_t id = 0,
                             std::vector<std::string> topics = {"A", "B"}, std::int64_t counter = 1,
                             std::int32_t queues = 4, const std::string& cluster = "C") {
  RemotingCommand c = RemotingCommand::request(RequestCode::REGISTER_BROKER, MQVersion::V5_3_3);
  RegisterBrokerRequestHeader h;
  h.broker_name = broker;
  h.broker_addr = address;
  h.cluster_name = cluster;
  h.ha_server_addr = address + "1";
  h.broker_id = id;
  h.to_ext(c.ext());
  RegisterBrokerBody body;
  for (const std::string& topic : topics) {
    TopicConfig config;
    config.topic_name = topic;
    config.read_queue_nums = config.write_queue_nums = queues;
    body.topic_config_serialize_wrapper.topic_config_table[topic] = config;
  }
  body.topic_config_serialize_wrapper.data_version.counter = counter;
  c.body = body.encode();
  return c;
}

void put_static(Bench& b) {
  b.namesrv.routes().put_broker("C", "broker-a", 0, "10.0.0.2:10911");
  b.namesrv.routes().set_route("T", {"broker-a", 4, 4, 6, 0});
}

TEST(NamesrvRequests, AreOnThePageOfTheNameserver) {
  std::size_t count = 0;
  const std::string_view* const names = request_code_names(count);
  std::vector<std::string> codes{"Answered are"};
  for (std::size_t i = 0; i < count; ++i) {
    if (!namesrv_knows(*request_code_by_name(names[i]), *kServer5)) continue;
    codes.push_back(answered_code(names[i], namesrv_knows) + ",");
  }
  codes.back().back() = '.';
  const std::string text = filled(codes);
  const char* const path = "fake_namesrv/README.md";
  expect_made(path, with_part(file_of_tree(path), "Answered are ", "\n\n", text.substr(0, text.size() - 1)));
}

TEST(NamesrvRoutes, SpeakStandardJsonToClientsFrom401OnOrOnRequest) {
  Bench b;
  put_static(b);
  const std::string standard = "\"brokerAddrs\":{\"0\":\"10.0.0.2:10911\"}";
  const std::string old = "\"brokerAddrs\":{0:\"10.0.0.2:10911\"}";
  EXPECT_NE(b.ask(route_request("T", 401)).body.find(standard), std::string::npos);
  EXPECT_NE(b.ask(route_request("T", 399)).body.find(old), std::string::npos);
  RemotingCommand polite = route_request("T", 333);
  polite.ext().set_bool("acceptStandardJsonOnly", true);
  EXPECT_NE(b.ask(polite).body.find(standard), std::string::npos);
}

TEST(NamesrvRoutes, AnUnknownTopicIs17WithTheTextOfTheVersion) {
  Bench five, four(kServer4);
  EXPECT_EQ(five.ask(route_request("X")).code, 17);
  EXPECT_EQ(*five.reply.response.remark,
            "No topic route info in name server for the topic: X\nSee "
            "https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.");
  four.ask(route_request("X"));
  EXPECT_EQ(*four.reply.response.remark,
            "No topic route info in name server for the topic: X\nSee http://rocketmq.apache.org/docs/faq/ for further "
            "details.");
}

TEST(NamesrvRoutes, A498ServerNeverAnswersAnUnknownCode) {
  Bench five, four(kServer4);
  const RemotingCommand unknown = RemotingCommand::request(34, MQVersion::V5_3_3);
  EXPECT_EQ(five.ask(unknown).code, 3);
  four.ask(unknown);
  EXPECT_FALSE(four.reply.has_response);
}

TEST(NamesrvRoutes, StaticOnesAreChangedByHandAndNotByRegistrations) {
  Bench b;
  put_static(b);
  RouteInfoManager& routes = b.namesrv.routes();
  EXPECT_TRUE(routes.set_perm("T", "broker-a", 4));
  EXPECT_FALSE(routes.set_perm("U", "broker-a", 4));
  EXPECT_EQ(routes.route("T")->queue_datas[0].perm, 4);
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"T", "V"}, 7, 9));
  EXPECT_EQ(routes.route("T")->queue_datas[0].perm, 4);
  EXPECT_EQ(routes.route("T")->queue_datas[0].write_queue_nums, 4);
  EXPECT_TRUE(routes.remove_from_route("T", "broker-a"));
  EXPECT_FALSE(routes.remove_from_route("T", "broker-a"));
  EXPECT_FALSE(routes.route("T"));
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"T", "V"}, 8, 9));
  EXPECT_FALSE(routes.route("T"));
  routes.set_route("T", {"broker-a", 2, 2, 6, 0});
  EXPECT_EQ(routes.route("T")->queue_datas[0].write_queue_nums, 2);
  EXPECT_TRUE(routes.expire(kSimEpoch + std::chrono::hours(1)).size() == 1u);
  EXPECT_TRUE(routes.route("T")) << "a static broker does not expire";
}

TEST(NamesrvRegistration, SaysThatTwoBrokersOfOneNameInTwoClustersOverwriteEachOther) {
  Bench b;
  std::vector<std::string> said;
  b.namesrv.on_warning([&](const std::string& text) { said.push_back(text); });
  const auto registers = [&](const std::string& address, const std::string& cluster, std::uint64_t connection) {
    b.ask(registration("broker-a", address, 0, {"A", "B"}, 1, 4, cluster), connection);
    return b.namesrv.routes().route("A")->broker_datas.at(0).broker_addrs.at(0);
  };
  EXPECT_EQ(registers("10.0.0.2:10911", "C", 1), "10.0.0.2:10911");
  EXPECT_EQ(registers("10.0.0.2:10911", "C", 1), "10.0.0.2:10911");
  EXPECT_TRUE(said.empty());
  EXPECT_EQ(registers("10.0.0.3:10911", "D", 2), "10.0.0.3:10911");
  EXPECT_EQ(registers("10.0.0.2:10911", "C", 1), "10.0.0.2:10911") << "and so on, as in Java";
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].find("broker-a of cluster D at 10.0.0.3:10911 overwrites the address 10.0.0.2:10911 of the "
                         "broker-a of cluster C"), 0u) << said[0];
  EXPECT_EQ(said[1].find("broker-a of cluster C at 10.0.0.2:10911 overwrites"), 0u) << said[1];
  const ClusterInfo info = b.namesrv.routes().cluster_info();
  EXPECT_EQ(info.cluster_addr_table.size(), 2u) << "each cluster lists it";
  EXPECT_EQ(info.broker_addr_table.at("broker-a").cluster, "C") << "that of the first";
  b.namesrv.connection_closed(1, kSimEpoch);
  said.clear();
  registers("10.0.0.3:10911", "D", 2);
  EXPECT_TRUE(said.empty()) << "the other one has gone";
}

TEST(NamesrvRegistration, DoesNotBringBackWhomAReplacedRouteLeavesOut) {
  Bench b;
  RouteInfoManager& routes = b.namesrv.routes();
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"T", "U"}));
  b.ask(registration("broker-b", "10.0.0.3:10911", 0, {"T", "U"}), 2);
  routes.replace_route("T", {{"broker-b", 2, 2, 6, 0}});
  const auto only_b = [&] {
    const auto route = routes.route("T");
    return route && route->queue_datas.size() == 1 && route->broker_datas.size() == 1 &&
           route->queue_datas[0] == QueueData{"broker-b", 2, 2, 6, 0};
  };
  EXPECT_TRUE(only_b());
  EXPECT_EQ(routes.route("U")->queue_datas.size(), 2u) << "other topics keep theirs";
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"T", "U"}, 7, 9));
  b.ask(registration("broker-c", "10.0.0.4:10911", 0, {"T", "U"}), 3);
  EXPECT_TRUE(only_b()) << "a known broker with a new state, and one that is new";
  routes.forget_registrations();
  EXPECT_FALSE(routes.route("T")) << "nobody has an address";
  for (const auto* broker : {"broker-a", "broker-b"}) b.ask(registration(broker, "10.0.0.2:10911", 0, {"T", "U"}));
  EXPECT_TRUE(only_b()) << "a nameserver that was restarted";
  routes.replace_route("T", {{"broker-a", 1, 1, 6, 0}});
  EXPECT_EQ(routes.route("T")->queue_datas.at(0).broker_name, "broker-a");
}

TEST(NamesrvRegistration, MakesRoutesFromTheMastersTopics) {
  Bench b;
  const auto& answer = b.ask(registration("broker-a", "10.0.0.2:10911"));
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(answer.has_ext_fields);
  EXPECT_TRUE(answer.ext_fields.empty());
  EXPECT_EQ(answer.body, "{\"table\":{}}");
  b.ask(registration("broker-b", "10.0.0.3:10911"), 2);
  const auto route = b.namesrv.routes().route("A");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->queue_datas.size(), 2u);
  EXPECT_EQ(route->broker_datas[0].broker_name, "broker-a");
  const auto& slave = b.ask(registration("broker-a", "10.0.0.4:10911", 1, {"A", "B"}), 3);
  EXPECT_EQ(slave.ext_fields.get("masterAddr"), "10.0.0.2:10911");
  EXPECT_EQ(slave.ext_fields.get("haServerAddr"), "10.0.0.2:109111");
  EXPECT_EQ(b.namesrv.routes().route("A")->broker_datas[0].broker_addrs.size(), 2u);
}

TEST(NamesrvRegistration, RefusesAnIncrementalOneBeforeTheFullOne) {
  Bench b;
  EXPECT_EQ(b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"A"})).code, 1);
  EXPECT_EQ(*b.reply.response.remark, "register broker failed");
  EXPECT_EQ(b.ask(registration("broker-a", "10.0.0.2:10911")).code, 0);
  EXPECT_EQ(b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"New"}, 2)).code, 0);
  EXPECT_TRUE(b.namesrv.routes().route("New"));
  EXPECT_TRUE(b.namesrv.routes().route("A")) << "nothing is removed by omission";
}

TEST(NamesrvRegistration, QueuesChangeOnlyWithTheDataVersion) {
  Bench b;
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"A", "B"}, 1, 4));
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"A", "B"}, 1, 8));
  EXPECT_EQ(b.namesrv.routes().route("A")->queue_datas[0].write_queue_nums, 4);
  b.ask(registration("broker-a", "10.0.0.2:10911", 0, {"A", "B"}, 2, 8));
  EXPECT_EQ(b.namesrv.routes().route("A")->queue_datas[0].write_queue_nums, 8);
}

TEST(NamesrvRegistration, RefusesABodyThatIsNotWhatItsChecksumSays) {
  Bench b;
  RemotingCommand c = registration("broker-a", "10.0.0.2:10911");
  c.ext().set("bodyCrc32", 12345);
  EXPECT_EQ(b.ask(c).code, 1);
  EXPECT_EQ(*b.reply.response.remark, "crc32 not match");
  c.ext().set("bodyCrc32", 0);
  c.body = "{nonsense";
  EXPECT_EQ(b.ask(c).code, 1);
  RemotingCommand bare = RemotingCommand::request(RequestCode::REGISTER_BROKER, MQVersion::V5_3_3);
  EXPECT_EQ(b.ask(bare).code, 1);
}

TEST(NamesrvRegistration, ABrokerLeavesByUnregisteringByItsConnectionOrBySilence) {
  Bench b;
  RouteInfoManager& routes = b.namesrv.routes();
  b.ask(registration("broker-a", "10.0.0.2:10911"), 5);
  RemotingCommand leave = RemotingCommand::request(RequestCode::UNREGISTER_BROKER, MQVersion::V5_3_3);
  UnregisterBrokerRequestHeader h{"broker-a", "10.0.0.2:10911", "C", 0};
  h.to_ext(leave.ext());
  b.ask(leave, 5);
  EXPECT_FALSE(routes.route("A"));
  EXPECT_TRUE(routes.topics().empty());

  b.ask(registration("broker-a", "10.0.0.2:10911"), 6);
  b.namesrv.connection_closed(5, kSimEpoch);
  EXPECT_TRUE(routes.route("A"));
  b.namesrv.connection_closed(6, kSimEpoch);
  EXPECT_FALSE(routes.route("A"));

  b.ask(registration("broker-a", "10.0.0.2:10911"), 7);
  EXPECT_TRUE(routes.expire(kSimEpoch + std::chrono::milliseconds(119'999)).empty());
  EXPECT_EQ(routes.expire(kSimEpoch + std::chrono::seconds(120)), (std::vector<std::uint64_t>{7}));
  EXPECT_FALSE(routes.route("A"));
  EXPECT_FALSE(routes.has_live_brokers());
}

TEST(NamesrvRegistration, ASingleTopicIsTakenFromABrokerThatIsKnown) {
  Bench bench;
  bench.ask(registration("broker-a", "10.0.0.2:10911"));
  RemotingCommand request = RemotingCommand::request(217, MQVersion::V5_3_3);
  request.ext().set("topic", "Late");
  TopicRouteData route;
  route.queue_datas = {{"broker-a", 2, 2, 6, 0}, {"broker-x", 9, 9, 6, 0}};
  request.body = route.encode(JsonDialect::standard);
  EXPECT_EQ(bench.ask(request).code, ResponseCode::SUCCESS);
  const auto found = bench.namesrv.routes().route("Late");
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->queue_datas.size(), 1u);
  EXPECT_EQ(found->queue_datas[0].write_queue_nums, 2);
}

TEST(NamesrvRegistration, QueryDataVersionAndHeartbeatKeepABrokerAlive) {
  Bench b;
  b.ask(registration("broker-a", "10.0.0.2:10911"));
  RemotingCommand query = RemotingCommand::request(RequestCode::QUERY_DATA_VERSION, MQVersion::V5_3_3);
  UnregisterBrokerRequestHeader h{"broker-a", "10.0.0.2:10911", "C", 0};
  h.to_ext(query.ext());
  DataVersion same;
  same.counter = 1;
  query.body = same.encode();
  EXPECT_EQ(b.ask(query, 1, kSimEpoch + std::chrono::seconds(100)).ext_fields.get("changed"), "false");
  same.counter = 2;
  query.body = same.encode();
  EXPECT_EQ(b.ask(query).ext_fields.get("changed"), "true");
  EXPECT_TRUE(b.namesrv.routes().expire(kSimEpoch + std::chrono::seconds(219)).empty());
  RemotingCommand beat = RemotingCommand::request(RequestCode::BROKER_HEARTBEAT, MQVersion::V5_3_3);
  h.to_ext(beat.ext());
  b.ask(beat, 1, kSimEpoch + std::chrono::seconds(219));
  EXPECT_TRUE(b.namesrv.routes().expire(kSimEpoch + std::chrono::seconds(338)).empty());
}

TEST(NamesrvRegistration, ACrashLosesRegistrationsAndKeepsStaticRoutesAndKeys) {
  Bench b;
  put_static(b);
  b.ask(registration("broker-b", "10.0.0.3:10911"));
  b.namesrv.put_kv("N", "k", "v");
  b.namesrv.crashed();
  EXPECT_FALSE(b.namesrv.routes().route("A"));
  EXPECT_TRUE(b.namesrv.routes().route("T"));
  RemotingCommand get = RemotingCommand::request(RequestCode::GET_KV_CONFIG, MQVersion::V5_3_3);
  get.ext().set("namespace", "N");
  get.ext().set("key", "k");
  EXPECT_EQ(b.ask(get).ext_fields.get("value"), "v");
}

TEST(NamesrvZones, DropBrokersOfOtherZonesButNotThoseWithoutMaster) {
  TopicRouteData route;
  for (const char* name : {"a", "b", "c"}) route.queue_datas.push_back({name, 4, 4, 6, 0});
  route.broker_datas = {
      {"C", "a", {{0, "x:1"}}, {}, "z1"}, {"C", "b", {{0, "x:2"}}, {}, "z2"}, {"C", "c", {{1, "x:3"}}, {}, "z2"}};
  filter_by_zone("z1", route);
  ASSERT_EQ(route.broker_datas.size(), 2u);
  EXPECT_EQ(route.broker_datas[0].broker_name, "a");
  EXPECT_EQ(route.broker_datas[1].broker_name, "c");
  EXPECT_EQ(route.queue_datas.size(), 2u);
}

}  // namespace namesrv_test
}  // namespace rmqsim
