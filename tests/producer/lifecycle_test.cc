// What an instance does besides sending: it asks an address server for nameservers, sends heartbeats of both kinds, and
// runs services that find nothing to do.
#include <gtest/gtest.h>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_address_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/message_queue_selectors.h"
#include "producer/client/instance/consumer_services.h"
#include "producer/client/instance/top_addressing.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {
namespace lifecycle_test {

// ---- the address server

class AddressServer : public testing::Test {
 protected:
  AddressServer() {
    for (const char* node : {"address", "client", "ns"}) network_.transport(node);
    server_ = std::make_unique<FakeAddressServer>(network_.transport("address"), network_.ip("address") + ":8080");
  }
  std::string fetch(const TopAddressingOptions& options) {
    TopAddressing addressing(runtime_, network_.transport("client"), options);
    std::string got = "nothing came";
    addressing.fetch([&](std::string addresses) { got = std::move(addresses); });
    runtime_.run();
    return got;
  }

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  std::unique_ptr<FakeAddressServer> server_;
};

TEST_F(AddressServer, AnswersWithItsFirstLine) {
  server_->put("/rocketmq/nsaddr", "  10.1.1.1:9876;10.1.1.2:9876\r\nsecond line");
  EXPECT_EQ(fetch({.domain = network_.ip("address")}), "10.1.1.1:9876;10.1.1.2:9876");
}

TEST_F(AddressServer, IsAskedForTheUnitsOwnGroup) {
  server_->put("/rocketmq/nsaddr-unit7?nofix=1", "10.1.1.7:9876");
  EXPECT_EQ(fetch({.domain = network_.ip("address") + ":8080", .unit_name = "unit7"}), "10.1.1.7:9876");
}

TEST_F(AddressServer, ThatKnowsNothingIsSilentOrAbsentGivesNothing) {
  EXPECT_EQ(fetch({.domain = network_.ip("address")}), "") << "404";
  server_->put("/rocketmq/nsaddr", "10.1.1.1:9876");
  EXPECT_EQ(fetch({.domain = network_.ip("address") + ":81"}), "") << "refused";
  server_->set_silent(true);
  const TimePoint begin = runtime_.now();
  EXPECT_EQ(fetch({.domain = network_.ip("address")}), "") << "silent";
  EXPECT_GE(runtime_.now() - begin, millis(3000));
}

TEST_F(AddressServer, ThatSendsGarbageGivesNothing) {
  server_.reset();
  const auto acceptor = network_.transport("address").listen(network_.ip("address") + ":8080", [&](auto connection) {
    connection->write(std::string(1000, '\xff') + "\r\n\r\n");
    connection->close();
  });
  EXPECT_EQ(fetch({.domain = network_.ip("address")}), "");
}

TEST_F(AddressServer, TellsAProducerWhereItsNameserverIsAndWhenItMoves) {
  const std::string ns = network_.ip("ns");
  const auto namesrv = [&](const std::string& port) {
    FakeNamesrvServerOptions options;
    options.namesrv.name = "ns" + port;
    options.remoting.listen = ns + ":" + port;
    auto server = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns"), options);
    server->start();
    return server;
  };
  const auto first = namesrv("9876");
  server_->put("/rocketmq/nsaddr", first->address());
  DefaultMQProducer producer(runtime_, network_.transport("client"), "g");
  producer.setNamesrvDomain(network_.ip("address"));
  producer.start();  // waits for the answer
  EXPECT_EQ(producer.impl()->instance()->api().remoting().name_servers().to_string(), "[" + first->address() + "]");
  const auto second = namesrv("9877");
  server_->put("/rocketmq/nsaddr", second->address());
  runtime_.run_for(millis(9'000));
  EXPECT_EQ(server_->requests(), 1u);
  runtime_.run_for(millis(2'000));
  EXPECT_EQ(server_->requests(), 2u) << "first run of the task after 10 s";
  EXPECT_EQ(producer.impl()->instance()->api().remoting().name_servers().to_string(), "[" + second->address() + "]");
  runtime_.run_for(millis(120'000));
  EXPECT_EQ(server_->requests(), 3u);
  producer.shutdown();
}

TEST_F(AddressServer, IsNotAskedByAProducerThatWasToldItsNameservers) {
  DefaultMQProducer producer(runtime_, network_.transport("client"), "g");
  producer.setNamesrvDomain(network_.ip("address"));
  producer.setNamesrvAddr(network_.ip("ns") + ":9876");
  producer.start();
  runtime_.run_for(millis(200'000));
  EXPECT_EQ(server_->requests(), 0u);
  producer.shutdown();
}

// ---- heartbeats

struct Heartbeats : ServerObserver {
  void on_request(std::string_view, const RequestSeen& request) override {
    count += request.code == RequestCode::HEART_BEAT;
  }
  int count = 0;
};

class ProducerWithOneBroker : public testing::Test {
 protected:
  ProducerWithOneBroker() {
    network_.transport("ns");
    FakeNamesrvServerOptions ns;
    ns.remoting.listen = network_.ip("ns") + ":9876";
    namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns"), ns);
    namesrv_->start();
    network_.transport("broker-a");
    FakeBrokerServerOptions options;
    options.remoting.listen = network_.ip("broker-a") + ":10911";
    options.nameservers = {namesrv_->address()};
    broker_ = std::make_unique<FakeBrokerServer>(runtime_, network_.transport("broker-a"), options, nullptr, &seen_);
    broker_->put_topic("T", 2, 6);
    broker_->start();
    runtime_.run_for(millis(50));
  }
  std::unique_ptr<DefaultMQProducer> make(const char* profile = "java-5.3.3") {
    auto producer = std::make_unique<DefaultMQProducer>(runtime_, network_.transport("client"), "g",
                                                        *find_profile(profile));
    producer->setNamesrvAddr(namesrv_->address());
    return producer;
  }

  SimRuntime runtime_;
  SimNetwork network_{runtime_};
  Heartbeats seen_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::unique_ptr<FakeBrokerServer> broker_;
};

TEST_F(ProducerWithOneBroker, SendsAHeartbeatAsSoonAsItIsConnectedUnlessToldNotTo) {
  for (const bool listens : {true, false}) {
    seen_.count = 0;
    auto producer = make();
    producer->setEnableHeartbeatChannelEventListener(listens);
    producer->start();
    runtime_.run_for(millis(2'000));  // past the first run of the heartbeat task: no broker is known yet
    producer->send(Message("T", "b"));
    runtime_.run_for(millis(100));
    EXPECT_EQ(seen_.count, listens ? 1 : 0);
    producer->shutdown();
  }
}

TEST_F(ProducerWithOneBroker, KeepsOnSendingHeartbeatsOfTheSecondKind) {
  auto producer = make();
  producer->setUseHeartbeatV2(true);
  producer->start();
  producer->send(Message("T", "b"));
  runtime_.run_for(millis(95'000));
  EXPECT_EQ(seen_.count, 5) << "on connecting, after 1 s, then every 30 s";
  EXPECT_EQ(broker_->broker().state().producers.groups().size(), 2u);
  producer->shutdown();
}

TEST(HeartbeatFingerprint, DependsOnTheGroupsAndNotOnTheClient) {
  HeartbeatData data;
  data.client_id = "a";
  data.producer_data_set.push_back({"g"});
  const std::int32_t of_g = data.compute_heartbeat_fingerprint();
  data.client_id = "b";
  EXPECT_EQ(data.compute_heartbeat_fingerprint(), of_g);
  data.producer_data_set.push_back({"h"});
  EXPECT_NE(data.compute_heartbeat_fingerprint(), of_g);
}

// ---- services of consumers

TEST(RebalanceService, FindsNothingToDoEveryTwentySeconds) {
  SimRuntime runtime;
  int rounds = 0;
  RebalanceService service(runtime, [&] {
    ++rounds;
    return true;
  });
  service.start();
  runtime.run_for(millis(61'000));
  EXPECT_EQ(rounds, 3);
  service.shutdown();
  runtime.run_for(millis(60'000));
  EXPECT_EQ(rounds, 3);
}

TEST(RebalanceService, TriesAgainASecondLaterWhatDidNotBalance) {
  SimRuntime runtime;
  int rounds = 0;
  RebalanceService service(runtime, [&] { return ++rounds > 2; });
  service.start();
  runtime.run_for(millis(22'500));
  EXPECT_EQ(rounds, 3);
  service.shutdown();
}

// ---- stock selectors

class StockSelectors : public testing::Test {
 protected:
  StockSelectors() {
    for (int id = 0; id < 7; ++id) queues_.emplace_back("T", "b", id);
  }
  std::vector<MessageQueue> queues_;
  Message message_{"T", "b"};
};

TEST_F(StockSelectors, ByHashFollowJavasHashCodes) {
  SelectMessageQueueByHash selector;
  EXPECT_EQ(selector.select(queues_, message_, std::string("hello"))->getQueueId(), 99162322 % 7);
  EXPECT_EQ(selector.select(queues_, message_, "hello")->getQueueId(), 99162322 % 7);
  EXPECT_EQ(selector.select(queues_, message_, std::int32_t{-5})->getQueueId(), 5);
  EXPECT_EQ(selector.select(queues_, message_, std::int64_t{4294967301})->getQueueId(), (1 ^ 5) % 7);
  EXPECT_THROW(selector.select(queues_, message_, 1.5), std::invalid_argument);
}

TEST_F(StockSelectors, ByRandomIsJavasGenerator) {
  SelectMessageQueueByRandom selector(42);
  // new java.util.Random(42).nextInt(10) begins 0, 3, 8, 4, 0.
  std::vector<MessageQueue> ten;
  for (int id = 0; id < 10; ++id) ten.emplace_back("T", "b", id);
  std::vector<int> got;
  for (int i = 0; i < 5; ++i) got.push_back(selector.select(ten, message_, {})->getQueueId());
  EXPECT_EQ(got, (std::vector<int>{0, 3, 8, 4, 0}));
}

TEST_F(StockSelectors, ByMachineRoomChoosesNothing) {
  EXPECT_EQ(SelectMessageQueueByMachineRoom().select(queues_, message_, {}), std::nullopt);
}

TEST(ClientId, NamesTheUnitAndTheStreamKind) {
  ClientConfig config;
  config.setClientIP("10.1.2.3");
  config.setInstanceName("i");
  config.setUnitName("u");
  config.setEnableStreamRequestType(true);
  EXPECT_EQ(config.buildMQClientId(), "10.1.2.3@i@u@STREAM");
}

}  // namespace lifecycle_test
}  // namespace rmqsim
