// `rmqsim send` against fake clusters of processes: what it counts, how it ends, what it refuses.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/clients/cluster.h"
#include "tools/send/send_stats.h"

namespace rmqsim {
namespace {

CommandResult send(const std::string& namesrv, const std::string& arguments) {
  return run_command(program("rmqsim") + " send --namesrv " + namesrv + " " + arguments);
}

TEST(SendCommand, CountsSendsByOutcomeAndAttemptsByBroker) {
  FakeCluster cluster({"broker-a", "broker-b"}, kFaultsFile);
  const CommandResult r = send(cluster.namesrv(), "--count 20 --json --tag TagA --key order-{i} --body 'Hello {i}'");
  ASSERT_EQ(r.exit_code, 0) << r.output;
  const auto json = nlohmann::json::parse(r.output);
  EXPECT_EQ(json["sends"], 20);
  EXPECT_EQ(json["failed"], 0);
  EXPECT_GE(json["retried"], 2) << "one send may meet two of the three faults";
  EXPECT_EQ(json["brokers"]["broker-a"]["SYSTEM_BUSY"], 1);
  EXPECT_EQ(json["brokers"]["broker-a"]["SERVICE_NOT_AVAILABLE"], 1);
  EXPECT_EQ(json["brokers"]["broker-b"]["CONNECTION_CLOSED"], 1);
  EXPECT_GE(json["latencyMs"]["max"], 300);
  EXPECT_LT(json["latencyMs"]["p50"], json["latencyMs"]["max"]) << "one is slow, not all";
}

TEST(SendCommand, AnOlderClientFailsWhereTheNewerRetriesAndTheExitStatusSaysSo) {
  FakeCluster cluster({"broker-a", "broker-b"}, kFaultsFile);
  const CommandResult r = send(cluster.namesrv(), "--count 20 --profile java-4.9.8");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_NE(r.output.find("MQBrokerException SYSTEM_BUSY (2)           1   CODE: 2"), std::string::npos) << r.output;
  EXPECT_NE(r.output.find("20 of 20 sends to TopicTest"), std::string::npos) << r.output;
}

TEST(SendCommand, SendsInEveryModeWithSeveralThreads) {
  FakeCluster cluster({"broker-a", "broker-b"});
  for (const std::string mode : {"sync", "async", "oneway"}) {
    const CommandResult r = send(cluster.namesrv(), "--count 500 --threads 4 --in-flight 64 --json --mode " + mode);
    ASSERT_EQ(r.exit_code, 0) << r.output;
    const auto json = nlohmann::json::parse(r.output);
    EXPECT_EQ(json["sends"], 500) << mode;
    ASSERT_EQ(json["outcomes"].size(), 1u);
    EXPECT_EQ(json["outcomes"][0]["outcome"], mode == "oneway" ? "SENT" : "SEND_OK");
  }
}

TEST(SendCommand, KeepsTheRateThatItWasGiven) {
  FakeCluster cluster({"broker-a"});
  const CommandResult r = send(cluster.namesrv(), "--count 100 --rate 200 --threads 3 --json");
  ASSERT_EQ(r.exit_code, 0) << r.output;
  EXPECT_GE(nlohmann::json::parse(r.output)["seconds"], 0.49);
}

TEST(SendCommand, CtrlCEndsItWithTheTable) {
  FakeCluster cluster({"broker-a"});
  Program endless("rmqsim", {"send", "--namesrv", cluster.namesrv(), "--count", "0", "--rate", "100"}, Program::AtOnce());
  EXPECT_TRUE(becomes([&] { return cluster.stored() > 0; }));
  EXPECT_EQ(endless.stop(SIGINT), 0) << "what was to be ended so";
  const auto before = cluster.stored();
  Program counted("rmqsim", {"send", "--namesrv", cluster.namesrv(), "--count", "90000", "--rate", "100"}, Program::AtOnce());
  EXPECT_TRUE(becomes([&] { return cluster.stored() > before; }));
  EXPECT_EQ(counted.stop(SIGINT), 2);
  EXPECT_NE(counted.rest().find("interrupted"), std::string::npos);
}

TEST(SendCommand, SpeaksTlsAndSigns) {
  FakeCluster cluster({"broker-a"}, "", {"--tls", "--account", "key:secret"});
  // The nameserver has no TLS here, so only signing goes through it.
  EXPECT_EQ(send(cluster.namesrv(), "--count 5 --access-key key --secret-key secret").exit_code, 0);
  const CommandResult wrong = send(cluster.namesrv(), "--count 1 --access-key key --secret-key wrong");
  EXPECT_EQ(wrong.exit_code, 1);
  Program namesrv("fake_namesrv", {"--listen", "127.0.0.1:0", "--tls"});
  Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--tls", "--namesrv", namesrv.address(), "--topic", "TopicTest:4"});
  EXPECT_TRUE(becomes([&] { return !FakeCluster::route_from(namesrv.address()).queue_datas.empty(); }));
  const CommandResult tls = send(namesrv.address(), "--count 5 --tls");
  EXPECT_EQ(tls.exit_code, 0) << tls.output;
}

TEST(SendCommand, RefusesWhatItCannotDo) {
  EXPECT_EQ(run_command("env -u NAMESRV_ADDR " + program("rmqsim") + " send").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--mode sometimes").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--threads 0").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--access-key alone").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--size 0").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--rate nan").exit_code, 64);
  EXPECT_EQ(send("127.0.0.1:1", "--security-token alone").exit_code, 64);
  for (const char* nowhere : {"localhost", "localhost:65536", "localhost:-1", "127.0.0.1:1\\;:9876"}) {
    const CommandResult r = send(nowhere, "--count 1");
    EXPECT_EQ(r.exit_code, 64) << nowhere;
    EXPECT_NE(r.output.find("--namesrv takes HOST:PORT;HOST:PORT, not "), std::string::npos) << r.output;
  }
  EXPECT_EQ(send("127.0.0.1:1", "--group 'not a group'").exit_code, 64);
  const CommandResult nobody = send("127.0.0.1:1", "--count 1 --timeout 500");
  EXPECT_EQ(nobody.exit_code, 1) << nobody.output;
}

TEST(LatencyHistogram, TellsQuantilesToOnePercent) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), Duration::zero());
  for (int i = 1; i <= 1000; ++i) histogram.add(std::chrono::microseconds(i * 100));
  const auto ms = [](Duration d) { return std::chrono::duration<double, std::milli>(d).count(); };
  EXPECT_NEAR(ms(histogram.quantile(0.5)), 50, 0.6);
  EXPECT_NEAR(ms(histogram.quantile(0.99)), 99, 1.0);
  EXPECT_NEAR(ms(histogram.mean()), 50, 0.1);
  EXPECT_EQ(histogram.max(), millis(100));
  EXPECT_LE(histogram.quantile(1.0), histogram.max());
}

}  // namespace
}  // namespace rmqsim
