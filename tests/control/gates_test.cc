// Gates: what they hold, what becomes of it when it is let go, and of what its client or the server did meanwhile.
#include <gmock/gmock.h>

#include "tests/control/fixture.h"

namespace rmqsim {
namespace gates_test {

using testing::HasSubstr;

TEST_F(ControlTest, AGateHoldsRequestsUntilTheyAreReleased) {
  EXPECT_EQ(ask("POST", "/v1/gates", R"({"id": "hold", "at": "broker-a", "on": "send"})").status, 201u);
  EXPECT_EQ(send(*a_, "K1"), -1);
  EXPECT_EQ(send(*a_, "K2"), -1);
  EXPECT_EQ(send(*b_, "K3"), 0);
  EXPECT_EQ(ask("GET", "/v1/gates/hold").body["held"].size(), 2u);
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 1);
  EXPECT_EQ(ask("POST", "/v1/gates/hold/release", R"({"count": 1})").body["released"], 1);
  run_for(millis(10));
  EXPECT_EQ(clients_[0]->received.size(), 1u);
  EXPECT_EQ(clients_[1]->received.size(), 0u);
  EXPECT_EQ(ask("DELETE", "/v1/gates/hold").body["released"], 1);
  run_for(millis(10));
  EXPECT_EQ(clients_[1]->received.size(), 1u);
  EXPECT_EQ(send(*a_, "K4"), 0);
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 4);
}

TEST_F(ControlTest, AGateHoldsWhatARuleWillAnswer) {
  ask("POST", "/v1/faults",
      R"({"id": "busy", "at": "*", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  ask("POST", "/v1/gates", R"({"at": "*", "on": "send"})");
  EXPECT_EQ(send(*a_), -1);
  EXPECT_EQ(ask("GET", "/v1/faults/busy").body["acted"], 1) << "decided on arrival";
  EXPECT_EQ(ask("POST", "/v1/gates/release").body["released"], 1);
  run_for(millis(10));
  ASSERT_EQ(clients_[0]->received.size(), 1u);
  EXPECT_EQ(clients_[0]->received[0].code, 2);
}

TEST_F(ControlTest, WhatAGateLetsGoIsStoredThoughItsClientHasLeft) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send"})");
  send(*a_, "K1");
  clients_[0]->connection->close();
  RawClient& oneway = connect(a_->address());
  SendBuilder message;
  message.oneway = true;
  under(runtime_, [&] { oneway.send(message.build()); });
  run_for(millis(10));
  oneway.connection->reset();
  run_for(millis(10));
  EXPECT_EQ(ask("POST", "/v1/gates/g/release").body["released"], 2);
  const Json requests = ask("GET", "/v1/requests?code=send").body["requests"];
  EXPECT_EQ(requests[0]["outcome"], "LOST");
  EXPECT_EQ(requests[0]["stored"], 1);
  EXPECT_EQ(requests[1]["outcome"], "ONEWAY");
  EXPECT_EQ(requests[1]["stored"], 1);
  const Json counts = ask("GET", "/v1/messages/counts").body;
  EXPECT_EQ(counts["stored"], 2);
  EXPECT_EQ(counts["acknowledged"], 0);
}

TEST_F(ControlTest, AHeartbeatThatAGateLetsGoRegistersNobodyWhoHasLeft) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "heartbeat"})");
  RemotingCommand beat = RemotingCommand::request(RequestCode::HEART_BEAT, MQVersion::V5_3_3);
  beat.opaque = 9;
  beat.body = R"({"clientID":"gone","producerDataSet":[{"groupName":"g"}],"consumerDataSet":[]})";
  RawClient& client = connect(a_->address());
  under(runtime_, [&] { client.send(beat); });
  run_for(millis(10));
  client.connection->close();
  run_for(millis(10));
  ask("POST", "/v1/gates/g/release");
  EXPECT_EQ(ask("GET", "/v1/requests?code=heartbeat").body["requests"][0]["outcome"], "LOST");
  EXPECT_TRUE(a_->broker().state().producers.clients("g").empty());
}

TEST_F(ControlTest, WhatAClientSentDuringAPauseIsStoredThoughItHasLeft) {
  RawClient& client = connect(a_->address());
  ask("POST", "/v1/brokers/broker-a/pause");
  under(runtime_, [&] { client.send(SendBuilder{}.build()); });
  run_for(millis(10));
  client.connection->close();
  run_for(millis(10));
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 0);
  ask("POST", "/v1/brokers/broker-a/resume");
  run_for(millis(10));
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 1);
}

TEST_F(ControlTest, WhatAGateLetsGoDuringAPauseWaitsForItsEnd) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send"})");
  send(*a_);
  ask("POST", "/v1/brokers/broker-a/pause");
  EXPECT_EQ(ask("POST", "/v1/gates/g/release").body["released"], 1);
  run_for(millis(50));
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 0);
  EXPECT_EQ(clients_[0]->received.size(), 0u);
  ask("POST", "/v1/brokers/broker-a/resume");
  run_for(millis(10));
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 1);
  EXPECT_EQ(clients_[0]->received.size(), 1u);
}

TEST_F(ControlTest, ACrashDuringAPauseForgetsWhatAGateLetGo) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send"})");
  send(*a_);
  ask("POST", "/v1/brokers/broker-a/pause");
  ask("POST", "/v1/gates/g/release");
  ask("POST", "/v1/brokers/broker-a/crash");
  ask("POST", "/v1/brokers/broker-a/restart");
  run_for(millis(10));
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["stored"], 0);
  EXPECT_EQ(ask("GET", "/v1/requests?code=send").body["requests"][0]["outcome"], "LOST");
}

TEST_F(ControlTest, ACrashForgetsWhatAGateHeld) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send"})");
  send(*a_);
  ask("POST", "/v1/brokers/broker-a/crash");
  EXPECT_EQ(ask("GET", "/v1/gates/g").body["held"].size(), 0u);
  EXPECT_EQ(ask("GET", "/v1/requests?code=send").body["requests"][0]["outcome"], "LOST");
}

TEST_F(ControlTest, AGateCountsWhatItLooksAtAsARuleDoes) {
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send", "nth": 2})");
  for (int i = 0; i < 3; ++i) send(*a_);
  const Json gate = ask("GET", "/v1/gates/g").body;
  EXPECT_EQ(gate["matched"], 3);
  EXPECT_EQ(gate["held"].size(), 1u);
}

TEST_F(ControlTest, MistakesInAGateAreTold) {
  EXPECT_THAT(ask("POST", "/v1/gates", R"({"at": "*", "on": "send", "do": {}})").error(), HasSubstr("unknown key \"do\""));
  EXPECT_EQ(ask("POST", "/v1/gates", R"({"at": "*", "on": "connect"})").status, 400u);
  for (const char* method : {"GET", "DELETE"}) EXPECT_EQ(ask(method, "/v1/gates/none").status, 404u) << method;
  EXPECT_EQ(ask("POST", "/v1/gates/none/release").status, 404u);
  ask("POST", "/v1/gates", R"({"id": "g", "at": "*", "on": "send"})");
  EXPECT_EQ(ask("POST", "/v1/gates", R"({"id": "g", "at": "*", "on": "send"})").status, 409u);
  EXPECT_EQ(ask("POST", "/v1/gates/g/release", R"({"count": 0})").status, 400u);
}

}  // namespace gates_test
}  // namespace rmqsim
