// The control interface of `rmqsim proxy`: rules and gates come and go while clients of a real cluster go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "producer/remoting/bodies/batch_body.h"
#include "tests/clients/cluster.h"
#include "tests/fakes/raw_client.h"
#include "tests/tools/becomes.h"

namespace rmqsim {
namespace proxy_control_test {

using Json = nlohmann::json;
using testing::HasSubstr;

class ProxyControl : public testing::Test {
 protected:
  ProxyControl()
      : cluster_({"broker-a", "broker-b"}), proxy_("rmqsim", {"proxy", "-q", "--namesrv", cluster_.namesrv()}) {
    const std::string line = proxy_.line_with("control on ");
    url_ = line.substr(line.find("http://"));
  }
  CommandResult ctl(const std::string& what) const {
    return run_command("RMQSIM_CONTROL=" + url_ + " " + program("rmqsim") + " ctl " + what);
  }
  Json ask(const std::string& what) const { return Json::parse(ctl(what + " --json").output, nullptr, false); }
  std::string sending(const std::string& arguments) const {
    return program("rmqsim") + " send --namesrv " + proxy_.address() + " --json " + arguments + " 2>/dev/null";
  }
  Json send(const std::string& arguments) const {
    return Json::parse(run_command(sending(arguments)).output, nullptr, false);
  }
  /// How many sends `broker` took; where a producer's first queue falls on another one, few sends never ask it.
  static int taken(const Json& report, const std::string& broker) {
    return report.value(Json::json_pointer("/brokers/" + broker + "/SUCCESS"), 0);
  }

  FakeCluster cluster_;
  Program proxy_;
  std::string url_;
};

TEST_F(ProxyControl, ARuleThatIsAddedActsUntilItIsRemoved) {
  // Before any client came: nobody knows that broker yet.
  EXPECT_EQ(ctl("fault add broker-a --on send --respond SYSTEM_BUSY --id busy").exit_code, 0);
  const Json met = send("--count 8 --retries 1");
  EXPECT_EQ(met["failed"], 0) << met;
  EXPECT_GE(met["retried"], 1) << met;
  EXPECT_EQ(taken(met, "broker-a"), 0) << met;
  EXPECT_GE(ask("fault get busy")["acted"], 1);
  EXPECT_EQ(ctl("fault remove busy").exit_code, 0);
  const Json after = send("--count 8");
  EXPECT_EQ(after["retried"], 0) << after;
  EXPECT_GE(taken(after, "broker-a"), 1) << after;
}

TEST_F(ProxyControl, ALinkIsSlowOrCutUntilTheRuleIsRemoved) {
  EXPECT_EQ(ctl("fault add broker-a --on toServer --bytes-per-second 500 --id slow").exit_code, 0);
  const Json slow = send("--mode async --count 8 --size 3000 --timeout 4000 --retries 0");
  EXPECT_GE(slow["failed"], 1) << slow;
  EXPECT_GE(taken(slow, "broker-b"), 1) << slow;
  EXPECT_EQ(taken(slow, "broker-a"), 0) << slow;
  EXPECT_GE(ask("fault get slow")["acted"], 1);
  EXPECT_THAT(ctl("events --kinds rule").output, HasSubstr("acted"));
  EXPECT_EQ(ctl("fault remove slow").exit_code, 0);
  EXPECT_EQ(ctl("fault add broker-a --on toClient --close-after-bytes 20 --id cut").exit_code, 0);
  const Json cut = send("--count 8");
  EXPECT_EQ(cut["failed"], 0) << cut;
  EXPECT_EQ(taken(cut, "broker-a"), 0) << cut;
  EXPECT_EQ(ctl("fault remove cut").exit_code, 0);
  const Json after = send("--count 8");
  EXPECT_EQ(after["retried"], 0) << after;
  EXPECT_GE(taken(after, "broker-a"), 1) << after;
}

TEST_F(ProxyControl, ListsRequestsClientsAndServersAsAFakeDoes) {
  send("--count 4 --group through-the-proxy");
  const Json requests = ask("requests --code send");
  ASSERT_EQ(requests["requests"].size(), 4u);
  EXPECT_EQ(requests["requests"][0]["group"], "through-the-proxy");
  EXPECT_EQ(requests["requests"][0]["outcome"], "SUCCESS");
  EXPECT_EQ(requests["requests"][0]["stored"], 1);
  const Json brokers = ask("broker list")["brokers"];
  ASSERT_EQ(brokers.size(), 2u);
  EXPECT_NE(brokers[0]["address"], brokers[0]["upstream"]);
  EXPECT_THAT(ctl("metrics").output, HasSubstr("code=\"SEND_MESSAGE_V2\",outcome=\"SUCCESS\"} "));
  EXPECT_THAT(ctl("events").output, HasSubstr("SEND_MESSAGE_V2"));
  EXPECT_EQ(ctl("scenario --name proxied").exit_code, 0);
}

/// A client whose every send meets one rule of the proxy's: what the journal has of it.
class ProxyJournal : public ProxyControl {
 protected:
  PlainSocket broker() {
    for (const BrokerData& one : FakeCluster::route_from(proxy_.address()).broker_datas) {
      if (one.broker_name == "broker-a") return PlainSocket(one.broker_addrs.at(0));
    }
    return {};
  }
  /// "stored acknowledged" of a send.
  std::string seen(const RemotingCommand& request, int millis = 5000) {
    client_ = broker();
    client_.ask(request, millis);
    Json all;
    becomes([&] {
      all = ask("requests --code send")["requests"];
      return !all.empty() && !all.back()["outcome"].is_null();
    });
    ctl("requests --clear");
    return all.empty() ? "nothing" : all.back()["stored"].dump() + " " + all.back()["acknowledged"].dump();
  }
  std::string seen_with(const std::string& rule, int millis = 5000) {
    const CommandResult added = ctl("fault add broker-a --on send --id x " + rule);
    EXPECT_EQ(added.exit_code, 0) << added.output;
    const std::string what = seen(SendBuilder().build(), millis);
    ctl("fault remove x");
    return what;
  }
  PlainSocket client_;
};

TEST_F(ProxyJournal, StoredIsWhatTheClusterSaysAndAcknowledgedWhatTheClientHears) {
  EXPECT_EQ(seen(SendBuilder().build()), "1 true");
  EXPECT_EQ(seen_with("--respond SUCCESS"), "0 true");
  EXPECT_EQ(seen_with("--respond SYSTEM_BUSY"), "0 false");
  EXPECT_EQ(seen_with("--store-then-respond SYSTEM_BUSY"), "1 false");
  EXPECT_EQ(seen_with("--store-then-respond FLUSH_SLAVE_TIMEOUT"), "1 true");
  EXPECT_EQ(seen_with("--drop response", 100), "1 false");
  EXPECT_EQ(seen_with("--close after"), "1 false");
  EXPECT_EQ(seen_with("--close before"), "0 false");
  EXPECT_EQ(seen_with("--wrong-opaque"), "1 false");
  EXPECT_EQ(seen_with("--truncate 9"), "1 false");
  SendBuilder unknown;
  unknown.topic = "not there";
  EXPECT_EQ(seen(unknown.build()), "0 false");
}

TEST_F(ProxyJournal, ABatchIsAsManyMessagesAsItHasWhateverItsCode) {
  for (const std::int32_t code : {RequestCode::SEND_MESSAGE_V2, RequestCode::SEND_BATCH_MESSAGE}) {
    SendBuilder batch;
    batch.code = code;
    batch.batch = true;
    batch.body.clear();
    for (int i = 0; i < 3; ++i) append_batch_entry({0, 0, 0, "entry", ""}, batch.body);
    EXPECT_EQ(seen(batch.build()), "3 true") << code;
  }
}

TEST_F(ProxyControl, AGateHoldsRequestsUntilTheyAreReleased) {
  send("--count 1");  // the proxy knows the brokers
  EXPECT_EQ(ctl("gate add '*' --on send --id hold").exit_code, 0);
  Program client("rmqsim", {"send", "--namesrv", proxy_.address(), "--json", "--count", "1", "--timeout", "60000"},
                 Program::AtOnce());
  EXPECT_TRUE(becomes([&] { return ask("gate list")["held"] == 1; }));
  EXPECT_EQ(ctl("gate release hold").exit_code, 0);
  EXPECT_EQ(client.wait(), 0);
  EXPECT_EQ(ctl("gate remove hold").exit_code, 0);
}

TEST_F(ProxyControl, AFrontThatCrashesIsToClientsABrokerThatIsDownUntilItIsBack) {
  send("--count 1");
  EXPECT_EQ(ctl("broker crash broker-a").exit_code, 0);
  const Json without = send("--count 6 --timeout 6000");
  EXPECT_EQ(without["failed"], 0) << without;
  EXPECT_EQ(taken(without, "broker-a"), 0) << without;
  EXPECT_EQ(ctl("broker restart broker-a").exit_code, 0);
  EXPECT_GE(taken(send("--count 8"), "broker-a"), 1);
  EXPECT_EQ(ctl("broker pause broker-a").exit_code, 0);
  const Json paused = send("--mode async --count 8 --timeout 600 --retries 0");
  EXPECT_GE(paused["failed"], 1) << paused;
  EXPECT_EQ(ctl("broker resume broker-a").exit_code, 0);
  EXPECT_EQ(send("--count 8")["failed"], 0);
}

TEST_F(ProxyControl, RefusesWhatAProxyCannotDo) {
  const CommandResult rule = ctl("fault add ns-1 --on register --drop request");
  EXPECT_EQ(rule.exit_code, 64);
  EXPECT_THAT(rule.output, HasSubstr("a proxy cannot perform this"));
  const CommandResult open =
      run_command(program("rmqsim") + " proxy --namesrv " + cluster_.namesrv() + " --control 0.0.0.0:0");
  EXPECT_EQ(open.exit_code, 64);
  EXPECT_THAT(open.output, HasSubstr("loopback only"));
  EXPECT_EQ(run_command(program("rmqsim") + " proxy --namesrv " + cluster_.namesrv() + " --control x").exit_code, 64);
  EXPECT_EQ(run_command(program("rmqsim") + " proxy --namesrv " + cluster_.namesrv() + " --control " +
                        url_.substr(url_.rfind(':') + 1)).exit_code, 1) << "taken";
}

TEST_F(ProxyControl, SaysWhatOnlyServersOfItsOwnCouldTell) {
  send("--count 3");
  for (const char* what : {"messages --counts", "messages --broker broker-a", "topic put T", "route get TopicTest",
                           "route put TopicTest", "broker perm broker-a r"}) {
    const CommandResult r = ctl(what);
    EXPECT_EQ(r.exit_code, 1) << what;
    EXPECT_THAT(r.output, HasSubstr("a proxy has no messages, topics, routes and permissions of its own")) << what;
  }
}

TEST_F(ProxyControl, RoutesNameTheHostThatIsAdvertised) {
  Program proxied("rmqsim", {"proxy", "-q", "--namesrv", cluster_.namesrv(), "--broker-host", "0.0.0.0", "--advertise",
                             "localhost"});
  const TopicRouteData route = FakeCluster::route_from(proxied.address());
  ASSERT_FALSE(route.broker_datas.empty());
  EXPECT_EQ(route.broker_datas[0].broker_addrs.at(0).substr(0, 10), "localhost:");
  const CommandResult sent =
      run_command(program("rmqsim") + " send --count 2 --namesrv " + proxied.address() + " 2>&1");
  EXPECT_EQ(sent.exit_code, 0) << sent.output;
  for (const char* wrong : {"--broker-host 0.0.0.0", "--advertise a:1", "--advertise 0.0.0.0"}) {
    EXPECT_EQ(run_command(program("rmqsim") + " proxy --namesrv " + cluster_.namesrv() + " " + wrong).exit_code, 64);
  }
}

TEST_F(ProxyControl, EndsOverHttpWithItsReaders) {
  Program reader("rmqsim", {"ctl", "--control", url_, "events", "--follow"}, Program::AtOnce());
  EXPECT_EQ(ctl("shutdown").exit_code, 0);
  EXPECT_EQ(proxy_.wait(), 0);
  reader.stop(SIGINT);
  EXPECT_EQ(ctl("health").exit_code, 2);
}

}  // namespace proxy_control_test
}  // namespace rmqsim
