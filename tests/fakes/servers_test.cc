// The servers as processes on a network: hostile bytes, idle connections, batching of answers, the server's own
// requests, crash, pause and restart, and a broker that registers with a nameserver.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "tests/fakes/raw_client.h"

namespace rmqsim {
namespace servers_test {

constexpr Duration kRoundTrip = millis(1);

struct World {
  World() : network(runtime, {}) {
    client_side = &network.add_node("client", "10.0.0.9");
    FakeNamesrvServerOptions ns;
    ns.remoting.listen = "10.0.0.1:9876";
    namesrv = std::make_unique<FakeNamesrvServer>(runtime, network.add_node("ns-1", "10.0.0.1"), ns);
    FakeBrokerServerOptions options;
    options.remoting.listen = "10.0.0.2:10911";
    options.nameservers = {"10.0.0.1:9876"};
    broker = std::make_unique<FakeBrokerServer>(runtime, network.add_node("broker-a", "10.0.0.2"), options);
    under(runtime, [&] {
      namesrv->start();
      broker->put_topic("TopicTest", 4, 6);
      broker->start();
    });
    runtime.run_for(millis(5));
  }
  ~World() {
    under(runtime, [&] {
      broker->stop();
      namesrv->stop();
    });
  }
  std::unique_ptr<RawClient> connect(const std::string& address = "10.0.0.2:10911") {
    auto c = std::make_unique<RawClient>(*client_side, address);
    runtime.run_for(kRoundTrip);
    return c;
  }
  bool routed(const std::string& topic) { return namesrv->routes().route(topic).has_value(); }

  SimRuntime runtime;
  SimNetwork network;
  Transport* client_side = nullptr;
  std::unique_ptr<FakeNamesrvServer> namesrv;
  std::unique_ptr<FakeBrokerServer> broker;
};

TEST(Registration, OfABrokerThatListensOnEveryAddressIsForTheOneOfItsMachine) {
  World w;
  FakeBrokerServerOptions options;
  options.broker.name = options.broker.broker_name = "broker-b";
  options.remoting.listen = "0.0.0.0:10911";
  options.nameservers = {"10.0.0.1:9876"};
  FakeBrokerServer broker(w.runtime, w.network.add_node("broker-b", "10.0.0.3"), options);
  under(w.runtime, [&] {
    broker.put_topic("OfB", 4, 6);
    broker.start();
  });
  w.runtime.run_for(millis(5));
  const auto route = w.namesrv->routes().route("OfB");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->broker_datas.at(0).broker_addrs.at(0), "10.0.0.3:10911");
  EXPECT_TRUE(broker.broker().state().store_host == HostAddress::parse("10.0.0.3:10911"));
  under(w.runtime, [&] { broker.stop(); });
}

/// What a broker whose nameserver is a listener of ours says of it.
struct Troubled {
  using Trouble = NamesrvRegistrar::Trouble;
  explicit Troubled(std::function<void(Connection&)> behaviour, const char* release = "5.3.3")
      : behaviour(std::move(behaviour)) {
    acceptor = network.add_node("ns-1", "10.0.0.1").listen("10.0.0.1:9876", [this](std::shared_ptr<Connection> c) {
      peers.push_back(std::make_unique<Peer>());
      peers.back()->connection = std::move(c);
      peers.back()->connection->start(*peers.back());
      this->behaviour(*peers.back()->connection);
    });
    FakeBrokerServerOptions options;
    options.remoting.listen = "10.0.0.2:10911";
    options.nameservers = {"10.0.0.1:9876"};
    options.broker.profile = find_server_profile(release);
    broker = std::make_unique<FakeBrokerServer>(runtime, network.add_node("broker-a", "10.0.0.2"), options);
    broker->registrar().on_trouble([this](const std::string& address, Trouble what, const std::string& detail) {
      EXPECT_EQ(address, "10.0.0.1:9876");
      EXPECT_EQ(detail.empty(), what == Trouble::none);
      told.push_back(what);
    });
    under(runtime, [&] { broker->start(); });
    runtime.run_for(std::chrono::seconds(60));
  }
  ~Troubled() {
    under(runtime, [&] { broker->stop(); });
  }
  struct Peer : ConnectionListener {
    void on_receive(std::string_view) override {}
    void on_close(error_code) override {}
    std::shared_ptr<Connection> connection;
  };
  SimRuntime runtime;
  SimNetwork network{runtime, {}};
  std::function<void(Connection&)> behaviour;
  std::vector<std::unique_ptr<Peer>> peers;
  std::unique_ptr<Acceptor> acceptor;
  std::unique_ptr<FakeBrokerServer> broker;
  std::vector<Trouble> told;
};

TEST(Registration, TellsOnceOfANameserverThatEndsConnectionsOrSaysNothingOrSomethingElse) {
  using Trouble = NamesrvRegistrar::Trouble;
  const std::vector<Trouble> once{Trouble::no_answer};
  EXPECT_EQ(Troubled([](Connection& c) { c.close(); }).told, once);
  EXPECT_EQ(Troubled([](Connection& c) { c.reset(); }).told, once);
  EXPECT_EQ(Troubled([](Connection&) {}).told, once);
  EXPECT_EQ(Troubled([](Connection& c) { c.write(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)); }).told, once);
}

/// As after a blackhole: the next connection may lead to somebody.
TEST(Registration, LeavesAConnectionThatDoesNotAnswerInTimeForANewOne) {
  for (const auto& [profile, connections] : {std::pair{"5.3.3", 3u}, std::pair{"4.9.8", 6u}}) {
    const Troubled silent([](Connection&) {}, profile);  // for a minute
    EXPECT_EQ(silent.peers.size(), connections) << profile;
  }
}

TEST(Registration, TellsWhenANameserverIsBack) {
  using Trouble = NamesrvRegistrar::Trouble;
  World w;
  std::vector<Trouble> told;
  w.broker->registrar().on_trouble([&](const std::string&, Trouble what, const std::string&) { told.push_back(what); });
  under(w.runtime, [&] { w.namesrv->crash(); });
  w.runtime.run_for(std::chrono::seconds(12));
  EXPECT_EQ(told, std::vector<Trouble>{Trouble::unreachable});
  under(w.runtime, [&] { w.namesrv->restart(); });
  w.runtime.run_for(std::chrono::seconds(12));
  EXPECT_EQ(told, (std::vector<Trouble>{Trouble::unreachable, Trouble::none}));
}

std::string frame_with(std::uint32_t length, std::uint32_t header_word, const std::string& rest) {
  std::string out;
  for (const std::uint32_t word : {length, header_word}) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xff);
  }
  return out + rest;
}

TEST(RemotingServer, ClosesTheConnectionOnEveryKindOfMalformedFrame) {
  const std::vector<std::string> hostile = {
      frame_with(0xffffffff, 0, ""),                        // negative length
      frame_with(0x7fffffff, 0, ""),                        // above the limit
      frame_with(2, 0, ""),                                 // too short for the header word
      frame_with(20, 100, std::string(16, 'x')),            // header longer than the frame
      frame_with(20, 0x07000010, std::string(16, 'x')),     // unknown serialisation
      frame_with(20, 16, "{\"code\":10,\"opaq!"),           // broken JSON
      frame_with(20, 0x01000010, std::string(16, '\x7f')),  // ROCKETMQ lengths that do not fit
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
  };
  World w;
  std::uint64_t refused = 0;
  for (const std::string& bytes : hostile) {
    auto client = w.connect();
    client->send_bytes(bytes);
    w.runtime.run_for(kRoundTrip);
    EXPECT_TRUE(client->closed) << "frame " << refused;
    EXPECT_TRUE(client->bytes.empty());
    EXPECT_EQ(w.broker->server().remoting().malformed_frames(), ++refused);
  }
  auto good = w.connect();
  good->send(SendBuilder().build());
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(good->received.size(), 1u) << "the server goes on";
}

TEST(RemotingServer, SurvivesRandomBytesOnThePort) {
  World w;
  Random random(3, "fuzz");
  for (int i = 0; i < 300; ++i) {
    auto client = w.connect();
    std::string bytes = frame_with(static_cast<std::uint32_t>(random.below(200)) + 4,
                                   static_cast<std::uint32_t>(random.below(2) << 24 | random.below(120)), "");
    for (std::uint64_t n = random.below(300); n > 0; --n) bytes += static_cast<char>(random.next());
    client->send_bytes(bytes);
    w.runtime.run_for(kRoundTrip);
  }
  auto good = w.connect();
  good->send(SendBuilder().build());
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(good->received.size(), 1u);
}

TEST(RemotingServer, CutsOffAPeerWhoseFewBytesAskForMoreThanItMayLeaveUnread) {
  World w;
  SendBuilder big;
  big.body.assign(4 * 1024 * 1024 - 1024, 'x');
  auto client = w.connect();
  client->send(big.build());
  w.runtime.run_for(std::chrono::seconds(1));
  ASSERT_EQ(client->received.size(), 1u);
  RemotingCommand view = RemotingCommand::request(RequestCode::VIEW_MESSAGE_BY_ID, MQVersion::V5_3_3);
  view.ext().set("offset", std::int64_t{0});
  std::string requests;
  for (int i = 0; i < 400; ++i) encode(view, requests);
  auto greedy = w.connect();
  greedy->send_bytes(requests);  // 1.6 GB of answers
  w.runtime.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(greedy->closed);
  EXPECT_EQ(greedy->close_reason, TransportError::connection_reset);
  EXPECT_LT(greedy->bytes.size(), 65u * 1024 * 1024);
  client->send(SendBuilder().build());
  w.runtime.run_for(std::chrono::seconds(1));
  EXPECT_EQ(client->received.size(), 2u) << "the server goes on";
}

TEST(RemotingServer, AnswersToTheRequestsOfOneChunkLeaveTogether) {
  World w;
  auto client = w.connect();
  under(w.runtime, [&] {
    for (int i = 0; i < 20; ++i) {
      SendBuilder b;
      b.opaque = i;
      client->send(b.build());
    }
  });
  w.runtime.run_for(kRoundTrip);
  ASSERT_EQ(client->received.size(), 20u);
  EXPECT_EQ(client->pieces.size(), 1u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client->received[static_cast<std::size_t>(i)].opaque, i);
}

TEST(RemotingServer, AcceptsARequestInSingleBytes) {
  World w;
  auto client = w.connect();
  std::string frame;
  encode(SendBuilder().build(), frame);
  for (const char c : frame) {
    client->send_bytes(std::string_view(&c, 1));
    w.runtime.run_for(Duration(10'000));
  }
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(client->received.size(), 1u);
}

TEST(RemotingServer, ClosesAConnectionAfter120SecondsOfSilenceAndNotBefore) {
  World w;
  auto quiet = w.connect();
  auto busy = w.connect();
  for (int i = 0; i < 3; ++i) {
    w.runtime.run_for(std::chrono::milliseconds(39'500));
    busy->send(SendBuilder().build());
  }
  EXPECT_FALSE(quiet->closed);
  w.runtime.run_for(std::chrono::milliseconds(2'500));
  EXPECT_TRUE(quiet->closed);
  EXPECT_FALSE(busy->closed);
}

TEST(RemotingServer, AResponseThatNobodyAskedForIsIgnored) {
  World w;
  auto client = w.connect();
  RemotingCommand response = RemotingCommand::response_to(RemotingCommand::request(1, 1), 0);
  client->send(response);
  client->send(SendBuilder().build());
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(client->received.size(), 1u);
  EXPECT_FALSE(client->closed);
}

TEST(RemotingServer, ARequestWithoutOpaqueIsAnsweredWithOneOfTheServers) {
  World w;
  auto client = w.connect();
  const std::string header = "{\"code\":9999,\"flag\":0}";
  client->send_bytes(
      frame_with(static_cast<std::uint32_t>(4 + header.size()), static_cast<std::uint32_t>(header.size()), header));
  w.runtime.run_for(kRoundTrip);
  ASSERT_EQ(client->received.size(), 1u);
  EXPECT_EQ(client->received[0].code, 3);
}

TEST(RemotingServer, ItsOwnRequestsEndInAnAnswerATimeoutOrALostConnection) {
  World w;
  RemotingServer& server = w.broker->server().remoting();
  auto client = w.connect();
  std::vector<std::string> ends;
  const auto invoke = [&] {
    RemotingCommand request = RemotingCommand::request(RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT, MQVersion::V5_3_3);
    auto connection = server.find(1);
    server.invoke(*connection, request, millis(3000), [&](error_code error, const RemotingCommand* answer) {
      ends.push_back(error ? error.message() : "answer " + std::to_string(answer->code));
    });
  };
  under(w.runtime, invoke);
  w.runtime.run_for(kRoundTrip);
  ASSERT_EQ(client->received.size(), 1u);
  client->send(RemotingCommand::response_to(client->received[0], 0));
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(ends, (std::vector<std::string>{"answer 0"}));
  under(w.runtime, invoke);
  w.runtime.run_for(millis(2990));
  EXPECT_EQ(ends.size(), 1u);
  w.runtime.run_for(millis(20));
  EXPECT_EQ(ends.back(), error_code(TransportError::timed_out).message());
  under(w.runtime, invoke);
  client.reset();
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(ends.back(), error_code(TransportError::connection_closed).message());
  EXPECT_EQ(ends.size(), 3u);
  EXPECT_EQ(server.pending(), 0u);
}

TEST(BrokerServer, RegistersAtStartAndAnnouncesANewTopicAtOnce) {
  World w;
  EXPECT_EQ(w.broker->registrar().registered(), 1u);
  EXPECT_TRUE(w.routed("TopicTest"));
  EXPECT_TRUE(w.routed("TBW102"));
  EXPECT_EQ(w.namesrv->routes().route("TopicTest")->broker_datas[0].broker_addrs.at(0), "10.0.0.2:10911");
  auto client = w.connect();
  SendBuilder b;
  b.topic = "Fresh";
  client->send(b.build());
  w.runtime.run_for(millis(2));
  EXPECT_TRUE(w.routed("Fresh"));
}

TEST(BrokerServer, RegistersAfterTenSecondsAndThenEveryThirty) {
  World w;
  const auto count = [&] { return w.namesrv->server().received(RequestCode::REGISTER_BROKER); };
  EXPECT_EQ(count(), 1u);
  w.runtime.run_until(kSimEpoch + std::chrono::milliseconds(10'005));
  EXPECT_EQ(count(), 2u);
  w.runtime.run_until(kSimEpoch + std::chrono::milliseconds(70'005));
  EXPECT_EQ(count(), 4u);
  w.runtime.run_until(kSimEpoch + std::chrono::minutes(10));
  EXPECT_TRUE(w.routed("TopicTest"));
}

TEST(BrokerServer, LeavesTheRouteWhenItStopsOrCrashesAndComesBack) {
  World w;
  under(w.runtime, [&] { w.broker->stop(); });
  w.runtime.run_for(millis(5));
  EXPECT_FALSE(w.routed("TopicTest"));
  EXPECT_EQ(w.namesrv->server().received(RequestCode::UNREGISTER_BROKER), 1u);
  under(w.runtime, [&] { w.broker->restart(); });
  w.runtime.run_for(millis(5));
  EXPECT_TRUE(w.routed("TopicTest"));
  EXPECT_EQ(w.broker->address(), "10.0.0.2:10911");
  under(w.runtime, [&] { w.broker->crash(); });
  w.runtime.run_for(millis(5));
  EXPECT_FALSE(w.routed("TopicTest"));
  EXPECT_EQ(w.namesrv->server().received(RequestCode::UNREGISTER_BROKER), 1u);
}

TEST(BrokerServer, KeepsItsMessagesThroughACrashAndResetsItsClients) {
  World w;
  auto client = w.connect();
  client->send(SendBuilder().build());
  w.runtime.run_for(kRoundTrip);
  under(w.runtime, [&] { w.broker->crash(); });
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(client->close_reason, error_code(TransportError::connection_reset));
  auto refused = w.connect();
  EXPECT_EQ(refused->connect_error, error_code(TransportError::connection_refused));
  under(w.runtime, [&] { w.broker->restart(); });
  EXPECT_EQ(w.broker->broker().store().find_key("KEY0")->stored, 1u);
  EXPECT_TRUE(w.connect()->connected);
}

TEST(BrokerServer, APausedOneAcceptsConnectionsAndAnswersWhenItResumes) {
  World w;
  auto before = w.connect();
  under(w.runtime, [&] { w.broker->pause(); });
  auto after = w.connect();
  EXPECT_TRUE(after->connected);
  before->send(SendBuilder().build());
  after->send(SendBuilder().build());
  w.runtime.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(before->received.empty());
  EXPECT_EQ(w.broker->broker().store().stored(), 0u);
  under(w.runtime, [&] { w.broker->resume(); });
  w.runtime.run_for(kRoundTrip);
  EXPECT_EQ(before->received.size(), 1u);
  EXPECT_EQ(after->received.size(), 1u);
}

TEST(BrokerServer, AFrozenOneLeavesTheRouteAfter120SecondsAndReturns) {
  World w;
  w.runtime.run_until(kSimEpoch + std::chrono::seconds(12));
  under(w.runtime, [&] { w.broker->pause(); });
  w.runtime.run_until(kSimEpoch + std::chrono::seconds(129));
  EXPECT_TRUE(w.routed("TopicTest"));
  w.runtime.run_until(kSimEpoch + std::chrono::seconds(136));
  EXPECT_FALSE(w.routed("TopicTest"));
  under(w.runtime, [&] { w.broker->resume(); });
  w.runtime.run_for(std::chrono::seconds(6));
  EXPECT_TRUE(w.routed("TopicTest"));
}

TEST(BrokerServer, RegistersWithEveryNameserverAndUnregistersEverywhere) {
  World w;
  FakeNamesrvServerOptions ns;
  ns.remoting.listen = "10.0.0.3:9876";
  FakeNamesrvServer second(w.runtime, w.network.add_node("ns-2", "10.0.0.3"), ns);
  FakeBrokerServerOptions options;
  options.broker.name = options.broker.broker_name = "broker-b";
  options.remoting.listen = "10.0.0.4:10911";
  options.nameservers = {"10.0.0.1:9876", "10.0.0.3:9876"};
  FakeBrokerServer broker(w.runtime, w.network.add_node("broker-b", "10.0.0.4"), options);
  under(w.runtime, [&] {
    second.start();
    broker.put_topic("OfB", 4, 6);
    broker.start();
  });
  w.runtime.run_for(millis(10));
  EXPECT_EQ(broker.registrar().registered(), 2u);
  EXPECT_TRUE(w.routed("OfB"));
  EXPECT_TRUE(second.routes().route("OfB").has_value());
  w.runtime.run_for(std::chrono::seconds(300));
  EXPECT_TRUE(second.routes().route("OfB").has_value()) << "its registrations keep it alive";
  under(w.runtime, [&] { broker.stop(); });
  w.runtime.run_for(millis(10));
  EXPECT_FALSE(w.routed("OfB"));
  EXPECT_FALSE(second.routes().route("OfB").has_value());
  under(w.runtime, [&] { second.stop(); });
}

TEST(BrokerServer, FindsANameserverThatComesBack) {
  World w;
  under(w.runtime, [&] { w.namesrv->crash(); });
  w.runtime.run_for(std::chrono::seconds(2));
  under(w.runtime, [&] { w.namesrv->restart(); });
  EXPECT_FALSE(w.routed("TopicTest"));
  w.runtime.run_for(std::chrono::seconds(6));
  EXPECT_TRUE(w.routed("TopicTest"));
}

TEST(BrokerServer, MasksItsTopicsWhenItIsReadOnly) {
  World w;
  under(w.runtime, [&] { w.broker->set_read_only(true); });
  w.runtime.run_for(millis(5));
  EXPECT_EQ(w.namesrv->routes().route("TopicTest")->queue_datas[0].perm, 4);
}

TEST(NamesrvServer, FaultsOnRoutesApplyToIt) {
  SimRuntime runtime;
  SimNetwork network(runtime, {});
  FaultRule rule;
  rule.id = "r";
  rule.at = "ns-1";
  rule.on.kind = FaultTarget::Kind::route;
  rule.nth = NthSet::first(1);
  rule.topic = "T";
  rule.action = FaultAction{{"respond", FaultAnswer{ResponseCode::SYSTEM_ERROR, "name server not ready"}}};
  FaultPlan plan({rule}, {});
  FakeNamesrvServerOptions options;
  options.remoting.listen = "10.0.0.1:9876";
  FakeNamesrvServer server(runtime, network.add_node("ns-1"), options, &plan);
  server.routes().put_broker("C", "broker-a", 0, "10.0.0.2:10911");
  server.routes().set_route("T", {"broker-a", 4, 4, 6, 0});
  under(runtime, [&] { server.start(); });
  RawClient client(network.add_node("client"), server.address());
  RemotingCommand request = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, MQVersion::V5_3_3);
  request.ext().set("topic", "T");
  client.send(request);
  client.send(request);
  runtime.run_for(millis(5));
  ASSERT_EQ(client.received.size(), 2u);
  EXPECT_EQ(client.received[0].code, 1);
  EXPECT_EQ(client.received[0].remark, "name server not ready");
  EXPECT_EQ(client.received[1].code, 0);
  under(runtime, [&] { server.stop(); });
}

}  // namespace servers_test
}  // namespace rmqsim
