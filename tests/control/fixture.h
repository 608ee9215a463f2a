// A cluster of one nameserver and two brokers in the simulated world, and the control room beside it: requests go in as
// text, answers come out as JSON. No sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/codes.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "scenarios/harness/http_control/control.h"
#include "tests/control/answer_check.h"
#include "tests/fakes/raw_client.h"

namespace rmqsim {

class ControlTest : public ::testing::Test {
 protected:
  using Json = nlohmann::ordered_json;

  ControlTest() : network_(runtime_, {}), plan_({}, {}), control_(runtime_, plan_, journal_, {"1.2.3", nullptr}) {
    for (const char* node : {"ns-1", "broker-a", "broker-b", "client"}) network_.add_node(node);
    FakeNamesrvServerOptions options;
    options.namesrv.name = "ns-1";
    options.remoting.listen = network_.ip("ns-1") + ":9876";
    under(runtime_, [&] {
      ns_ = std::make_unique<FakeNamesrvServer>(runtime_, network_.transport("ns-1"), options, &plan_, &journal_);
      ns_->start();
      control_.add(*ns_);
      a_ = broker("broker-a");
      b_ = broker("broker-b");
      ns_->begin_faults(runtime_.now());
      a_->begin_faults(runtime_.now());
      b_->begin_faults(runtime_.now());
      journal_.begin(runtime_.now());
    });
    run_for(millis(50));
    journal_.clear();
  }

  std::unique_ptr<FakeBrokerServer> broker(const std::string& name) {
    FakeBrokerServerOptions options;
    options.broker.name = options.broker.broker_name = name;
    options.remoting.listen = network_.ip(name) + ":10911";
    options.nameservers = {ns_->address()};
    auto server = std::make_unique<FakeBrokerServer>(runtime_, network_.transport(name), options, &plan_, &journal_);
    server->put_topic("T", 4, 6);
    server->start();
    control_.add(*server);
    return server;
  }

  ~ControlTest() override {
    // Servers go under the monitor, as everything of theirs.
    under(runtime_, [&] { clients_.clear(); });
  }
  void run_for(Duration d) { runtime_.run_for(d); }

  struct Answer {
    unsigned status = 0;
    Json body;
    std::string error() const { return body.value("error", ""); }
  };
  Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
             Duration waited = Duration::zero()) {
    std::optional<HttpResponse> response;
    under(runtime_, [&] { response = control_.handle({method, target, body}, waited); });
    if (!response) return {};
    if (response->content_type != "application/json") return {response->status, Json(response->body)};
    Answer answer{response->status, Json::parse(response->body)};
    // 404 and 405 are also about what nobody has described.
    if (answer.status < 400) {
      EXPECT_EQ(description().judge(method, target, answer.status, answer.body), "") << method << " " << target;
    }
    return answer;
  }

  const AnswerCheck& description() {
    if (!description_) {
      std::optional<HttpResponse> response;
      under(runtime_, [&] { response = control_.handle({"GET", "/openapi.json", ""}, Duration::zero()); });
      description_.emplace(Json::parse(response->body));
    }
    return *description_;
  }

  /// A client with one connection to a server.
  RawClient& connect(const std::string& address) {
    under(runtime_, [&] {
      clients_.push_back(std::make_unique<RawClient>(network_.transport("client"), address));
    });
    run_for(millis(5));
    return *clients_.back();
  }
  /// Sends a message; the code of its answer, or -1 when none came within 20 ms.
  std::int32_t send(FakeBrokerServer& to, const std::string& key = "K", const std::string& topic = "T",
                    const std::string& group = "g") {
    RawClient& client = connect(to.address());
    SendBuilder message;
    message.topic = topic;
    message.group = group;
    message.properties = "UNIQ_KEY\x01" + key + "\x02";
    return answer_to(message, client);
  }
  /// Sends a batch with this key of its own, which clients of 4.9.8 leave out, and one message for each of `members`.
  std::int32_t send_batch(FakeBrokerServer& to, const std::string& key, const std::vector<std::string>& members) {
    SendBuilder batch;
    batch.code = RequestCode::SEND_BATCH_MESSAGE;
    batch.batch = true;
    batch.topic = "T";
    batch.group = "g";
    batch.properties = key.empty() ? "WAIT\x01true\x02" : "UNIQ_KEY\x01" + key + "\x02WAIT\x01true\x02";
    batch.body.clear();
    for (const std::string& member : members) {
      append_batch_entry({0, 0, 0, "hello", "UNIQ_KEY\x01" + member + "\x02"}, batch.body);
    }
    return answer_to(batch, connect(to.address()));
  }
  std::int32_t answer_to(const SendBuilder& message, RawClient& client) {
    under(runtime_, [&] { client.send(message.build()); });
    run_for(millis(20));
    return client.received.empty() ? -1 : client.received.front().code;
  }

  SimRuntime runtime_;
  SimNetwork network_;
  FaultPlan plan_;
  RequestJournal journal_;
  Control control_;
  std::unique_ptr<FakeNamesrvServer> ns_;
  std::unique_ptr<FakeBrokerServer> a_, b_;
  std::vector<std::unique_ptr<RawClient>> clients_;
  std::optional<AnswerCheck> description_;
};

}  // namespace rmqsim
