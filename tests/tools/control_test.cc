// Faults at run time as a user meets them: rmqsim up, ctl, and run with a command, over real sockets, with nothing left
// behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "producer/client/api/default_mq_producer.h"
#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace control_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Its output is read line by line, from the first one on.
struct Running : Program {
  Running(const std::string& name, std::vector<std::string> arguments)
      : Program(name, std::move(arguments), AtOnce()) {}
};

bool listens(const std::string& address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  const bool connected = ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  ::close(fd);
  return connected;
}

bool exists(pid_t pid) { return ::kill(pid, 0) == 0; }

/// `rmqsim up --json`, ready.
class Cluster : public testing::Test {
 protected:
  explicit Cluster(std::vector<std::string> more = {}) : up_("rmqsim", arguments(std::move(more))) {
    ready_ = Json::parse(up_.line_with("ready"), nullptr, false);
    if (!ready_.is_object()) throw std::runtime_error("rmqsim up does not start");
    url_ = ready_["control"];
  }
  static std::vector<std::string> arguments(std::vector<std::string> more) {
    more.insert(more.begin(), {"up", "--json"});
    return more;
  }
  CommandResult ctl(const std::string& what) const {
    return run_command("RMQSIM_CONTROL=" + url_ + " " + program("rmqsim") + " ctl " + what);
  }
  std::unique_ptr<DefaultMQProducer> producer() const {
    auto producer = std::make_unique<DefaultMQProducer>("ctl-test");
    producer->setNamesrvAddr(ready_["environment"]["NAMESRV_ADDR"]);
    producer->start();
    return producer;
  }

  Running up_;
  Json ready_;
  std::string url_;
};

TEST_F(Cluster, ARuleThatCtlAddsMakesTheProducerRetryOnTheOtherBroker) {
  const CommandResult added = ctl("fault add broker-a --id busy --on send --respond SYSTEM_BUSY --times 1000");
  EXPECT_EQ(added.exit_code, 0) << added.output;
  EXPECT_THAT(added.output, HasSubstr("busy"));
  auto client = producer();
  // Wherever the first one begins, five of them do not all begin at one of broker-b's four queues.
  for (int i = 0; i < 5; ++i) {
    const SendResult result = client->send(Message("TopicTest", "TagA", "Hello"));
    EXPECT_EQ(result.getMessageQueue().getBrokerName(), "broker-b");
  }
  client->shutdown();
  EXPECT_EQ(ctl("requests --code send --server broker-b --outcome SUCCESS --count").output, "5\n");
  EXPECT_THAT(ctl("requests --code send --server broker-a").output, HasSubstr("SYSTEM_BUSY"));
  EXPECT_EQ(ctl("requests --code send --outcome SUCCESS --wait 5 --timeout 5").exit_code, 0);
  EXPECT_EQ(ctl("requests --code send --outcome SUCCESS --wait 6 --timeout 0.05").exit_code, 1);
  EXPECT_THAT(ctl("messages").output, HasSubstr("Hello"));
  EXPECT_THAT(ctl("messages --counts").output, HasSubstr("stored: 5"));
  EXPECT_THAT(ctl("fault list").output, HasSubstr("times=1000"));
  EXPECT_EQ(ctl("fault reset busy").exit_code, 0);
  EXPECT_EQ(ctl("fault remove busy").exit_code, 0);
  EXPECT_EQ(ctl("fault list").output, "no faults\n");
}

/// The option of an action, and what to give it.
std::string option_of(const FaultActionRow& row) {
  std::string option = "--";
  for (const char c : row.key) {
    if (c >= 'A' && c <= 'Z') option += '-';
    option += static_cast<char>(std::tolower(c));
  }
  switch (row.argument) {
    case FaultArgumentKind::time:
    case FaultArgumentKind::bytes:
    case FaultArgumentKind::percent:
      return option + " 5";
    case FaultArgumentKind::answer:
      return option + " SYSTEM_BUSY --remark full";
    case FaultArgumentKind::moment:
      return option + " " + std::string(row.moments[1]);
    case FaultArgumentKind::flag:
      break;
  }
  return option;
}

TEST_F(Cluster, CtlHasAnOptionForEachActionThatARuleMayHave) {
  const std::string help = ctl("fault add --help").output;
  for (const FaultActionRow& row : fault_actions()) {
    const std::string key(row.key), option = option_of(row);
    EXPECT_THAT(help, HasSubstr(option.substr(0, option.find(' ')) + " ")) << key;
    const std::string on = (row.possible & kOnRequests) != 0 ? "send" : (row.possible & kOnLink) != 0 ? "link" : "connect";
    const CommandResult added =
        ctl("--json fault add broker-a --on " + on + " --from-ms 900000 --may-be-idle --id " + key + " " + option);
    ASSERT_EQ(added.exit_code, 0) << added.output;
    const Json told = Json::parse(ctl("--json fault get " + key).output, nullptr, false);
    ASSERT_TRUE(told.is_object() && told.contains("rule")) << told.dump();
    const Json action = told["rule"].value("do", Json::object());
    EXPECT_TRUE(action.contains(key)) << told.dump();
    if (row.argument == FaultArgumentKind::answer) {
      EXPECT_EQ(action[key]["remark"], "full");
    }
  }
}

TEST_F(Cluster, CtlTellsWhatIsWrongAndHowBadly) {
  const CommandResult typo = ctl("fault add broker-x --on send --respond SYSTEM_BUSY");
  EXPECT_EQ(typo.exit_code, 64);
  EXPECT_THAT(typo.output, HasSubstr("did you mean \"broker-a\""));
  EXPECT_THAT(ctl("fault add broker-a --on send").output, HasSubstr("what shall the rule do?"));
  EXPECT_EQ(ctl("fault add broker-a --on send --drop everything").exit_code, 64);
  EXPECT_EQ(ctl("fault remove none").exit_code, 1);
  EXPECT_EQ(ctl("broker restart broker-a").exit_code, 1);
  EXPECT_EQ(ctl("nonsense").exit_code, 64);
  EXPECT_THAT(ctl("fualt list").output, StartsWith("rmqsim ctl: there is no command \"fualt\"; did you mean \"fault\"?"));
  EXPECT_THAT(ctl("--json fault ad").output, StartsWith("rmqsim ctl fault: there is no command \"ad\"; did you mean"));
  EXPECT_THAT(ctl("route remove ns-1 Tpic").output, Not(HasSubstr("did you mean \"Tpic\"")));
  for (const char* useless : {"requests --clear --topic T", "requests --timeout 5", "messages --counts --topic T"}) {
    EXPECT_EQ(ctl(useless).exit_code, 64) << useless;
  }
  EXPECT_EQ(ctl("--control http://127.0.0.1:1 health").exit_code, 2);
  EXPECT_EQ(ctl("fault list --control http://127.0.0.1:1").exit_code, 2) << "options may also come last";
  EXPECT_THAT(ctl("--control http://127.0.0.1:1 health").output, HasSubstr("nobody listens at http://127.0.0.1:1"));
  EXPECT_EQ(ctl("--control 127.0.0.1 health").exit_code, 64);
  for (const char* nan : {"fault add broker-a --on send --respond SYSTEM_BUSY --times nan",
                          "fault add broker-a --on send --delay-ms nan", "requests --wait 1 --timeout nan",
                          "events --follow --for nan"}) {
    EXPECT_THAT(ctl(nan).output, HasSubstr("takes a number, not nan")) << nan;
  }
  EXPECT_EQ(ctl("broker crash").output,
            "rmqsim ctl broker crash: name is required; rmqsim ctl broker crash --help says more\n");
  EXPECT_EQ(run_command("env -u RMQSIM_CONTROL " + program("rmqsim") + " ctl health").exit_code, 64);
}

TEST_F(Cluster, CtlCrashesPausesAndDescribes) {
  const std::string address = ready_["servers"]["broker-a"];
  EXPECT_TRUE(listens(address));
  EXPECT_EQ(ctl("broker crash broker-a").exit_code, 0);
  EXPECT_FALSE(listens(address));
  EXPECT_EQ(ctl("health").exit_code, 1);
  EXPECT_EQ(ctl("broker restart broker-a").exit_code, 0);
  EXPECT_TRUE(listens(address));
  EXPECT_EQ(ctl("broker pause broker-b").exit_code, 0);
  EXPECT_THAT(ctl("broker list").output, HasSubstr("paused"));
  EXPECT_EQ(ctl("broker resume broker-b").exit_code, 0);
  EXPECT_EQ(ctl("health").exit_code, 0);
  EXPECT_EQ(ctl("broker perm broker-a r --topic TopicTest").exit_code, 0);
  EXPECT_EQ(ctl("topic put Orders --broker broker-b --queues 2").exit_code, 0);
  EXPECT_THAT(ctl("topic list").output, HasSubstr("Orders"));
  EXPECT_EQ(ctl("route remove TopicTest broker-a").exit_code, 0);
  EXPECT_EQ(ctl("gate add broker-b --on send --id hold").exit_code, 0);
  EXPECT_THAT(ctl("gate list").output, HasSubstr("hold"));
  EXPECT_EQ(ctl("gate release hold --count 1").exit_code, 0);
  EXPECT_EQ(ctl("gate remove hold").exit_code, 0);
  EXPECT_THAT(ctl("metrics").output, HasSubstr("rmqsim_server_up{server=\"broker-a\",kind=\"broker\"} 1"));
  EXPECT_EQ(Json::parse(ctl("openapi").output)["openapi"], "3.1.0");
  EXPECT_THAT(ctl("version").output, HasSubstr("api: v1"));
}

TEST_F(Cluster, ARuleThatAnotherLeavesNothingToDoIsRefusedUnlessItMayBeIdle) {
  const std::string add = "fault add broker-a --on send --respond SYSTEM_BUSY";
  ASSERT_EQ(ctl(add + " --id all").exit_code, 0);
  const CommandResult hidden = ctl(add + " --topic TopicTest --id late");
  EXPECT_NE(hidden.exit_code, 0);
  EXPECT_THAT(hidden.output, HasSubstr("rule \"late\" can never act: \"all\" takes care of every request"));
  EXPECT_EQ(ctl(add + " --topic TopicTest --id late --may-be-idle").exit_code, 0);
}

TEST_F(Cluster, EndsWithASignalOrOverHttpAndLeavesNoPort) {
  const std::string address = ready_["servers"]["broker-a"];
  EXPECT_EQ(up_.stop(SIGTERM), 0);
  EXPECT_FALSE(listens(address));
  EXPECT_FALSE(listens(url_));
  Running other("rmqsim", {"up", "--json"});
  url_ = Json::parse(other.line_with("ready"))["control"];
  EXPECT_EQ(ctl("shutdown").exit_code, 0);
  EXPECT_EQ(other.wait(), 0);
}

TEST_F(Cluster, ShowsRequestsAsTheyCome) {
  auto client = producer();
  client->send(Message("TopicTest", "TagA", "Hello"));
  client->shutdown();
  const Json line = Json::parse(up_.line_with("SEND_MESSAGE_V2"));
  EXPECT_EQ(line["outcome"], "SUCCESS");
  EXPECT_EQ(line["topic"], "TopicTest");
}

TEST(Up, SaysThatABrokerOfAnotherClusterOverwritesItsOwn) {
  const auto until = [](const std::string& condition) {
    return "looks=0; until " + condition + " || [ $looks = 600 ]; do sleep 0.1; looks=$((looks + 1)); done; ";
  };
  const CommandResult result =
      run_command("said=$(mktemp); ready=$(mktemp); " + program("rmqsim") +
                  " up --json --quiet >\"$ready\" 2>\"$said\" & up=$!; " + until("grep -q ns-1 \"$ready\"") +
                  "address=$(sed 's/.*\"ns-1\":\"\\([^\"]*\\)\".*/\\1/' \"$ready\"); " + program("fake_broker") +
                  " --listen 127.0.0.1:0 --cluster Other --namesrv $address >/dev/null 2>&1 & broker=$!; " +
                  until("[ -s \"$said\" ]") + "kill $broker $up; wait; cat \"$said\"; rm \"$said\" \"$ready\"");
  EXPECT_THAT(result.output, StartsWith("rmqsim up: ns-1: broker-a of cluster Other at 127.0.0.1:"));
  EXPECT_THAT(result.output, HasSubstr(" of the broker-a of cluster DefaultCluster: a nameserver knows a broker"));
}

TEST(Up, TakesFixedPortsAndRefusesTakenOnes) {
  Running first("rmqsim", {"up", "--json"});
  const std::string address = Json::parse(first.line_with("ready"))["servers"]["ns-1"];
  const std::string port = address.substr(address.rfind(':') + 1);
  const CommandResult second = run_command(program("rmqsim") + " up --namesrv-port " + port);
  EXPECT_EQ(second.exit_code, 64);
  EXPECT_THAT(second.output, HasSubstr("in use"));
  first.stop(SIGTERM);
  Running third("rmqsim", {"up", "--json", "--namesrv-port", port});
  EXPECT_EQ(Json::parse(third.line_with("ready"))["servers"]["ns-1"], address);
  EXPECT_EQ(run_command(program("rmqsim") + " up --port broker-z=1").exit_code, 64);
  EXPECT_EQ(run_command(program("rmqsim") + " up --port broker-a=x").exit_code, 64);
  EXPECT_EQ(run_command(program("rmqsim") + " up no-such-file.json").exit_code, 64);
}

TEST(Up, IsReachedUnderTheHostThatItAdvertises) {
  Running up("rmqsim", {"up", "--json", "--quiet", "--listen", "0.0.0.0", "--advertise", "localhost", "--advertise",
                        "broker-b=127.0.0.1", "--vip"});
  const Json ready = Json::parse(up.line_with("ready"));
  EXPECT_THAT(ready["environment"]["NAMESRV_ADDR"], StartsWith("localhost:"));
  EXPECT_THAT(ready["servers"]["broker-a"], StartsWith("localhost:"));
  EXPECT_THAT(ready["servers"]["broker-b"], StartsWith("127.0.0.1:"));
  const std::string route = run_command(program("rmqsim") + " ctl --control " + std::string(ready["control"]) +
                                        " --json route get TopicTest").output;
  EXPECT_THAT(route, HasSubstr(ready["servers"]["broker-a"]));
  const std::string main = ready["servers"]["broker-b"];
  const int vip = std::stoi(main.substr(main.rfind(':') + 1)) - 2;
  EXPECT_TRUE(listens("127.0.0.1:" + std::to_string(vip)));
  const CommandResult sent = run_command(program("rmqsim") + " send --count 4 --namesrv " +
                                         std::string(ready["environment"]["NAMESRV_ADDR"]));
  EXPECT_EQ(sent.exit_code, 0) << sent.output;
}

TEST(Up, TakesTlsAsItIsTold) {
  Running up("rmqsim", {"up", "--json", "--quiet", "--tls", "permissive", "--tls", "broker-a=enforcing", "--tls",
                        "broker-b=disabled"});
  const Json ready = Json::parse(up.line_with("ready"));
  const std::string send = program("rmqsim") + " send --json --retries 0 --count 8 --timeout 2000 --namesrv " +
                           std::string(ready["environment"]["NAMESRV_ADDR"]);
  for (const char* tls : {"", " --tls"}) {
    const Json report = Json::parse(run_command(send + tls + " 2>/dev/null").output);
    const char* const speaks = *tls == 0 ? "broker-b" : "broker-a";
    for (const char* const broker : {"broker-a", "broker-b"}) {
      EXPECT_EQ(report["brokers"][broker].contains("SUCCESS"), std::string(broker) == speaks) << report.dump(1);
    }
  }
}

TEST(Up, RefusesPlacesThatAreNone) {
  for (const char* wrong : {"--listen localhost", "--listen nobody=127.0.0.1", "--advertise 0.0.0.0",
                            "--advertise 'a b'", "--advertise ''", "--port 10911", "--port broker-a=65536",
                            "--tls on", "--tls broker-z=enforcing", "--port ns-1=4711 --port ns-1=4712",
                            "--listen 127.0.0.1 --listen 0.0.0.0", "--port ns-1=4711 --port broker-a=4711"}) {
    const CommandResult result = run_command(program("rmqsim") + " up " + wrong);
    EXPECT_EQ(result.exit_code, 64) << wrong << result.output;
  }
  EXPECT_THAT(run_command(program("rmqsim") + " up --port broker-z=1").output, HasSubstr("did you mean"));
  EXPECT_EQ(run_command(program("rmqsim") + " run " RMQSIM_SOURCE_DIR "/scenarios/codes --listen 0.0.0.0").exit_code,
            64) << "it is for a command";
}

TEST(Fakes, ServeControlBesideTheirPort) {
  Running broker("fake_broker", {"--listen", "127.0.0.1:0", "--control", "0", "--topic", "T"});
  const std::string line = broker.line_with("control on ");
  const std::string url = line.substr(line.find("http://"));
  const auto ctl = [&](const std::string& what) {
    return run_command(program("rmqsim") + " ctl --control " + url + " " + what);
  };
  EXPECT_EQ(ctl("fault add broker-a --on send --drop request").exit_code, 0);
  EXPECT_THAT(ctl("broker list").output, HasSubstr("running"));
  EXPECT_EQ(ctl("shutdown").exit_code, 0);
  EXPECT_EQ(broker.wait(), 0);
  Running nameserver("fake_namesrv", {"--listen", "127.0.0.1:0", "--control", "0", "--topic", "T:2@b=127.0.0.1:1"});
  const std::string other = nameserver.line_with("control on ");
  const CommandResult route = run_command(program("rmqsim") + " ctl --json --control " +
                                          other.substr(other.find("http://")) + " route get T");
  EXPECT_EQ(Json::parse(route.output)["routes"][0]["queues"][0]["writeQueues"], 2);
  EXPECT_EQ(run_command(program("fake_broker") + " --listen 127.0.0.1:0 --control x").exit_code, 64);
}

// ---- run SCENARIO -- COMMAND

class RunWithCommandTest : public testing::Test {
 protected:
  RunWithCommandTest() : folder_(fs::temp_directory_path() / ("rmqsim-command-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(file()) << R"({"version": 1, "name": "client", "why": "x",
      "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "TopicTest", "queues": 2}]},
      "producers": [{"name": "p", "group": "g"}],
      "steps": [{"send": {"topic": "TopicTest", "count": 1, "body": {"text": "x"}}}],
      "faults": [{"id": "busy", "at": "broker-a", "on": "send", "mayBeIdle": true,
                  "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
      "expect": [{"sends": "all", "outcome": "SEND_OK"}, {"broker": "broker-a", "stored": 0},
                 {"nameserver": "ns-1", "on": "route", "requests": 0}]})";
  }
  ~RunWithCommandTest() override { fs::remove_all(folder_); }
  std::string file() const { return folder_ / "client.json"; }
  std::string line(const std::string& command, const std::string& options = "") const {
    return program("rmqsim") + " run " + file() + " " + options + " -- " + command;
  }
  fs::path folder_;
};

TEST_F(RunWithCommandTest, ExportsTheAddressesAndSaysWhatItCouldNotCheck) {
  const CommandResult result =
      run_command(line("sh -c 'echo ns=$NAMESRV_ADDR ns=$ROCKETMQ_NAMESRV_ADDR; echo c=$RMQSIM_CONTROL >&2'"));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("ns=127.0.0.1:"));
  EXPECT_THAT(result.output, HasSubstr("c=http://127.0.0.1:"));
  EXPECT_THAT(result.output,
              HasSubstr("  not checked: 1 of 3 expectations: what a send ended with is known to the client only (1)\n"));
  EXPECT_THAT(result.output, HasSubstr("  rule busy: matched 0, acted 0\n"));
  EXPECT_THAT(result.output, HasSubstr("passed: 2 expectations checked, 0 not met, 1 not checked"));
}

TEST_F(RunWithCommandTest, ARuleThatTheCommandNeverMeetsFailsTheRun) {
  std::ifstream given(file());
  std::string text{std::istreambuf_iterator<char>(given), {}};
  const std::string word = R"("mayBeIdle": true,)";
  text.erase(text.find(word), word.size());
  std::ofstream(file()) << text;
  const CommandResult result = run_command(line("true"));
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_THAT(result.output, HasSubstr("rule \"busy\": never acted in java-5.3.3: matched 0, acted 0"));
}

TEST_F(RunWithCommandTest, AnEventThatTheCommandEndsBeforeFailsTheRunUnlessItMayBeIdle) {
  std::ofstream(folder_ / "early.json") << R"({"version": 1, "name": "early", "why": "x",
      "cluster": {"brokers": ["broker-a"]},
      "steps": [{"atMs": 0, "do": {"crash": "broker-a"}}, {"atMs": 50000, "do": {"restart": "broker-a"}},
                {"atMs": 60000, "mayBeIdle": true, "do": {"crash": "broker-a"}}]})";
  const std::string run = program("rmqsim") + " run " + (folder_ / "early.json").string();
  const CommandResult result = run_command(run + " -- sleep 0.3");
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_THAT(result.output, HasSubstr("event steps[1] restart: never happened: the run was over after "));
  EXPECT_THAT(result.output, HasSubstr(" ms, before its 50000.0 ms; \"mayBeIdle\": true allows that"));
  EXPECT_THAT(result.output, HasSubstr("note: 2 cluster events of the scenario did not happen"));
  EXPECT_THAT(result.output, testing::Not(testing::AnyOf(HasSubstr("steps[0]"), HasSubstr("steps[2]"))));
  EXPECT_EQ(run_command(run + " --max-seconds 1 -- sleep 30").exit_code, 2) << "nobody knows what it would have met";
}

// What `run --help` shows, with our own producer as the foreign one: it has no queueIndex.
TEST_F(RunWithCommandTest, TheExampleOfTheHelpPasses) {
  const std::string example = std::string(RMQSIM_SOURCE_DIR) + "/scenarios/codes/code-system-busy-first-five.json";
  EXPECT_THAT(run_command(program("rmqsim") + " run --help").output,
              HasSubstr("rmqsim run scenarios/codes/code-system-busy-first-five.json -- "));
  const CommandResult result = run_command(program("rmqsim") + " run " + example + " -- " + program("rmqsim") +
                                           " send --count 40 --rate 200");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("only the scenario's own producers follow it"));
  const std::string once = "  not checked: ";
  const std::size_t first = result.output.find(once);
  EXPECT_NE(first, std::string::npos) << result.output;
  EXPECT_EQ(result.output.find(once, first + 1), std::string::npos) << result.output;
}

TEST_F(RunWithCommandTest, AFailingCommandFailsTheRun) {
  const CommandResult result = run_command(line("sh -c 'exit 7'", "--json") + " 2>/dev/null");
  EXPECT_EQ(result.exit_code, 1);
  const Json report = Json::parse(result.output);
  EXPECT_EQ(report["commandStatus"], 7);
  EXPECT_EQ(report["verdict"], "failed");
}

TEST_F(RunWithCommandTest, AnExpectationThatServersSeeFailsTheRun) {
  // A peer that asks for nothing but is seen: the command talks to the control interface and to a route through it.
  std::ofstream(folder_ / "strict.json") << R"({"version": 1, "name": "strict", "why": "x",
      "cluster": {"brokers": ["broker-a"]}, "expect": [{"broker": "broker-a", "stored": 1}]})";
  const CommandResult result = run_command(program("rmqsim") + " run " + (folder_ / "strict.json").string() + " -- true");
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_THAT(result.output, HasSubstr("broker \"broker-a\" stored: expected 1, got 0"));
}

TEST_F(RunWithCommandTest, AFailureNamesTheLineAndHowToRunItAgain) {
  const CommandResult result = run_command(line("sh -c \"exit '7'\"", "--seed 9 --max-seconds 30"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("  rerun: rmqsim run " + file() + " --seed 9 --max-seconds 30 -- sh -c "));
  std::ofstream(folder_ / "strict.json") << R"({"version": 1, "name": "strict", "why": "x",
      "cluster": {"brokers": ["broker-a"]},
      "expect": [{"broker": "broker-a", "stored": 1}]})";
  const std::string strict = folder_ / "strict.json";
  const CommandResult failed = run_command(program("rmqsim") + " run " + strict + " --json -- true");
  EXPECT_THAT(failed.output, HasSubstr("(" + strict + ":3)"));
  EXPECT_THAT(failed.output, HasSubstr("\"rerun\": \"rmqsim run " + strict + " -- true\""));
}

TEST_F(RunWithCommandTest, ACrashedBrokerRefusesAndComesBackWhileTheCommandRuns) {
  std::ofstream(folder_ / "crash.json") << R"({"version": 1, "name": "crash", "why": "x",
      "cluster": {"brokers": ["broker-a"]},
      "steps": [{"atMs": 4000, "do": {"crash": "broker-a"}}, {"atMs": 6000, "do": {"restart": "broker-a"}}]})";
  const std::string ask = program("rmqsim") + " ctl --json broker list";
  const std::string seen = folder_ / "seen";
  Running run("rmqsim", {"run", folder_ / "crash.json", "--", "sh", "-c",
                         ask + " | tr -d '\\n '; echo; until [ -e " + seen + " ]; do sleep 0.05; done"});
  const Json brokers = Json::parse(run.line_with("{\"brokers\""), nullptr, false);
  ASSERT_TRUE(brokers.is_object());
  const std::string address = brokers["brokers"][0]["address"];
  EXPECT_TRUE(listens(address));
  EXPECT_TRUE(becomes([&] { return !listens(address); }));
  EXPECT_TRUE(becomes([&] { return listens(address); }));
  std::ofstream(seen) << "both";
  EXPECT_EQ(run.wait(), 0);
}

TEST_F(RunWithCommandTest, TheCommandInheritsNoSocketOfTheFakes) {
  const CommandResult result = run_command(line("ls -l /proc/self/fd"));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, Not(HasSubstr("socket:")));
  EXPECT_THAT(result.output, Not(HasSubstr("eventpoll")));
}

TEST_F(RunWithCommandTest, TheCommandCanSendAndControl) {
  const std::string ledger = folder_ / "ledger.json";
  const CommandResult result = run_command(
      line("sh -c '" + program("rmqsim") + " ctl fault list && " + program("rmqsim") + " ctl health'",
           "--ledger " + ledger));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("busy"));
  std::ifstream in(ledger);
  const Json json = Json::parse(in);
  EXPECT_EQ(json["client"], "command");
  EXPECT_EQ(json["brokers"]["broker-a"]["received"], 0);
}

TEST_F(RunWithCommandTest, BadUsageIsToldApart) {
  EXPECT_EQ(run_command(program("rmqsim") + " run " + file() + " --").exit_code, 64);
  EXPECT_EQ(run_command(line("no-such-command-anywhere")).exit_code, 64);
  EXPECT_THAT(run_command(line("no-such-command-anywhere")).output, HasSubstr("cannot execute no-such-command-anywhere"));
  EXPECT_EQ(run_command(line("true", "--perfetto x.json")).exit_code, 64);
  EXPECT_THAT(run_command(line("true", "--ledger " + file())).output, HasSubstr("--ledger would overwrite " + file()));
  EXPECT_EQ(run_command(program("rmqsim") + " run none.json -- true").exit_code, 64);
  const std::string unwritable = folder_ / "no" / "ledger";
  EXPECT_EQ(run_command(line("echo begun", "--ledger " + unwritable)).output,
            "rmqsim: cannot write " + unwritable + ": No such file or directory\n");
}

TEST_F(RunWithCommandTest, ACommandThatDoesNotEndIsEnded) {
  const CommandResult result = run_command(line("sleep 600", "--max-seconds 1"));
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_THAT(result.output, HasSubstr("--max-seconds"));
}

/// What `sh` wrote: its own number, that of a child in the background, the nameserver.
struct Left {
  pid_t command = 0, child = 0;
  std::string nameserver;
};
Left start(Running& run) {
  Left left;
  const std::string line = run.line_with("pids ");
  char address[64] = "";
  EXPECT_EQ(std::sscanf(line.c_str(), "pids %d %d %63s", &left.command, &left.child, address), 3) << line;
  left.nameserver = address;
  return left;
}
const char* const kSleeper = "sleep 600 & echo p''ids $$ $! $NAMESRV_ADDR; wait";

TEST_F(RunWithCommandTest, ATerminatedRunnerLeavesNothing) {
  Running run("rmqsim", {"run", file(), "--", "sh", "-c", kSleeper});
  const Left left = start(run);
  EXPECT_TRUE(listens(left.nameserver));
  EXPECT_EQ(run.stop(SIGTERM), 2);
  EXPECT_TRUE(becomes([&] { return !exists(left.command) && !exists(left.child); }));
  EXPECT_FALSE(listens(left.nameserver));
}

TEST_F(RunWithCommandTest, AKilledRunnerLeavesNothing) {
  Running run("rmqsim", {"run", file(), "--", "sh", "-c", kSleeper});
  const Left left = start(run);
  EXPECT_EQ(run.stop(SIGKILL), 128 + SIGKILL);
  EXPECT_TRUE(becomes([&] { return !exists(left.command) && !exists(left.child); }));
  EXPECT_TRUE(becomes([&] { return !listens(left.nameserver); }));
}

TEST_F(RunWithCommandTest, WhatACommandLeavesInTheBackgroundIsEnded) {
  Running run("rmqsim", {"run", file(), "--", "sh", "-c", "sleep 600 & echo p''ids $$ $! $NAMESRV_ADDR"});
  const Left left = start(run);
  EXPECT_EQ(run.wait(), 0);
  EXPECT_TRUE(becomes([&] { return !exists(left.child); }));
}

}  // namespace control_test
}  // namespace rmqsim
