// The events of servers that are processes of their own: they are those of a run in one process, stand among the
// others' by time, and are there whatever becomes of the process; pages and tables show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fake_broker/shell/report_channel.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "scenarios/harness/cluster/child_process.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"
#include "tests/tools/command.h"

namespace rmqsim {
namespace process_events_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr Duration kPatience = std::chrono::seconds(60);
const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios/";

class ProcessEvents : public testing::Test {
 protected:
  ProcessEvents() : folder_(fs::temp_directory_path() / ("rmqsim-events-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~ProcessEvents() override { fs::remove_all(folder_); }

  /// A scenario file of that name with two brokers of two queues.
  std::string write(const std::string& name, const std::string& steps, const std::string& faults = "") const {
    const std::string file = folder_ / (name + ".json");
    std::ofstream(file) << R"({"version": 1, "name": ")" + name + R"(", "why": "x",
      "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 2}]},
      "producers": [{"name": "p", "group": "g", "queueIndex": {"start": 0}}],
      "steps": [)" + steps + R"(], "faults": [)" + faults + R"(]})";
    return file;
  }
  static std::string send(int count, const std::string& more = "") {
    return R"({"send": {"topic": "T", "count": )" + std::to_string(count) + R"(, "body": {"text": "x"})" + more + "}}";
  }
  static RunResult run(const std::string& file, WorldKind world, bool looked_at = true) {
    const ParseResult parsed = load_scenario(file);
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    RunOptions options;
    options.world = world;
    options.keep_events = looked_at;
    RunResult result = run_scenario(*parsed.scenario, *find_profile("java-5.3.3"), options);
    text_ = report_text(*parsed.scenario, result, 0, {.verbose = true});
    return result;
  }

  fs::path folder_;
  static inline std::string text_;  ///< of the last run
};

/// How often each kind of event was told by whom.
std::map<std::string, std::size_t> kinds(const RunResult& result) {
  std::map<std::string, std::size_t> kinds;
  for (const Event& event : result.events) ++kinds[event.node + " " + std::string(name_of(event.what))];
  return kinds;
}

template <class E>
std::vector<std::pair<Event, E>> all(const RunResult& result, const std::string& node) {
  std::vector<std::pair<Event, E>> found;
  for (const Event& event : result.events) {
    if (const auto* e = std::get_if<E>(&event.what); e != nullptr && event.node == node) found.emplace_back(event, *e);
  }
  return found;
}

template <class... E>
bool is_any(const Event& event) {
  return (std::holds_alternative<E>(event.what) || ...);
}

/// Whether it is told with the time at which it happens.
bool told_at_once(const Event& event) {
  return !is_any<event::Attempt, event::RouteFound, event::QueueChosen, event::AttemptBegins, event::Judged,
                 event::Resent, event::Ended>(event);
}

TEST_F(ProcessEvents, AreOfTheSameKindsAsThoseOfServersInThisProcess) {
  for (const char* file : {"codes/code-system-busy-first-five", "request_reply/request-broker-busy",
                           "transactions/transaction-half-message-fails", "connections/refused-one-broker"}) {
    const RunResult tcp = run(kLibrary + file + ".json", WorldKind::tcp);
    const RunResult process = run(kLibrary + file + ".json", WorldKind::process);
    EXPECT_EQ(process.verdict, RunResult::Verdict::passed) << text_;
    std::set<std::string> here, there;
    for (const auto& [kind, count] : kinds(tcp)) here.insert(kind);
    for (const auto& [kind, count] : kinds(process)) there.insert(kind);
    for (auto* one : {&here, &there}) one->erase("client task");  // those come by the clock
    EXPECT_EQ(there, here) << file;
  }
}

TEST_F(ProcessEvents, OfABrokerAreAsManyAsInThisProcess) {
  const std::string file = kLibrary + "codes/code-system-busy-first-five.json";
  const auto of_brokers = [](const RunResult& result) {
    auto counts = kinds(result);
    std::erase_if(counts, [](const auto& entry) { return !entry.first.starts_with("broker-"); });
    return counts;
  };
  EXPECT_EQ(of_brokers(run(file, WorldKind::process)), of_brokers(run(file, WorldKind::tcp)));
}

TEST_F(ProcessEvents, StandInTheOrderOfTimeAndAfterWhatCausedThem) {
  const RunResult result = run(write("order", send(500)), WorldKind::process);
  Duration last{0};
  for (const Event& event : result.events) {
    if (!told_at_once(event)) continue;
    EXPECT_GE(event.at + std::chrono::microseconds(1), last) << event.node << " " << name_of(event.what);
    last = std::max(last, event.at);
  }
  // A broker gets what the producer has written, and answers before the producer hears of it.
  std::map<std::int64_t, Duration> written, heard;
  for (const auto& [event, what] : all<event::Written>(result, "p")) written[what.opaque] = event.at;
  for (const auto& [event, what] : all<event::Heard>(result, "p")) heard[what.opaque] = event.at;
  const Duration rounding = std::chrono::microseconds(1);
  std::size_t compared = 0;
  for (const std::string& broker : {std::string("broker-a"), std::string("broker-b")}) {
    for (const auto& [event, what] : all<event::Received>(result, broker)) {
      if (what.group != "g" || written.count(what.opaque) == 0 || heard.count(what.opaque) == 0) continue;
      ++compared;
      EXPECT_GE(event.at + rounding, written[what.opaque]);
      EXPECT_LE(event.at, heard[what.opaque]);
    }
  }
  EXPECT_GE(compared, 500u);
}

TEST_F(ProcessEvents, BeforeACrashAreAllThereAndTheNewProcessGoesOn) {
  const std::string file = write("crash", send(2000, R"(, "mode": "async")") + R"(, {"do": {"crash": "broker-a"}}, )" +
                                              send(4) + R"(, {"do": {"restart": "broker-a"}}, {"waitMs": 100},
                                               {"do": {"pause": "broker-b"}}, {"do": {"resume": "broker-b"}}, )" +
                                              send(8, R"(, "queue": {"broker": "broker-a", "queueId": 0})"));
  const RunResult result = run(file, WorldKind::process);
  std::vector<std::string> states;
  for (const Event& event : result.events) {
    if (const auto* state = std::get_if<event::ServerState>(&event.what))
      states.push_back(event.node + " " + state->kind);
  }
  EXPECT_THAT(states, testing::ElementsAre("broker-a crashed", "broker-a restarted", "broker-b paused",
                                           "broker-b resumed"));
  const auto received = all<event::Request>(result, "broker-a");
  std::size_t counted = 0, sends = 0, lives = 0;
  for (const auto& [what, count] : result.record.servers.at("broker-a").requests) counted += count;
  EXPECT_EQ(received.size(), counted);
  for (const auto& [event, request] : received) {
    lives += request.number == 1 ? 1 : 0;
    sends += is_send_request(static_cast<std::int32_t>(request.code)) ? 1 : 0;
  }
  EXPECT_EQ(lives, 2u) << "each process counts its requests from 1";
  EXPECT_EQ(sends, 1008u) << text_;
  EXPECT_EQ(all<event::Answer>(result, "broker-a").size(), received.size());
}

TEST_F(ProcessEvents, OfARunThatNobodyLooksAtAreNotTold) {
  const RunResult result = run(write("quiet", send(4)), WorldKind::process, false);
  EXPECT_TRUE(result.events.empty());
  EXPECT_EQ(result.record.merge, nullptr);
}

TEST_F(ProcessEvents, TheTableOfARunSaysWhenRulesActed) {
  const std::string rule = R"({"id": "busy", "at": "*", "on": "send", "nth": "1-2",
                               "do": {"respond": {"code": "SYSTEM_BUSY"}}})";
  const RunResult result = run(write("rule", R"({"waitMs": 50}, )" + send(8), rule), WorldKind::process);
  EXPECT_THAT(text_, HasSubstr("rule busy acts, 4 times until "));
  ASSERT_TRUE(result.record.rules.at(0).counts.acted_between);
  const auto [first, last] = *result.record.rules.at(0).counts.acted_between;
  EXPECT_GE(first, millis(50));
  EXPECT_LE(first, last);
  EXPECT_LE(last, result.virtual_time);
}

TEST_F(ProcessEvents, APageShowsTheRequestsOfServersAndWhereRulesActed) {
  const std::string page = folder_ / "page.html";
  const CommandResult r = run_command(program("rmqsim") + " run " + kLibrary +
                                      "codes/code-system-busy-first-five.json --profile java-5.3.3 --world process "
                                      "--report " + page);
  ASSERT_EQ(r.exit_code, 0) << r.output;
  std::ifstream in(page);
  const std::string html((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string begin = "id=\"rmqsim-run-0\">";
  const std::size_t at = html.find(begin);
  ASSERT_NE(at, std::string::npos);
  const auto shown = nlohmann::json::parse(
      html.substr(at + begin.size(), html.find("</script>", at) - at - begin.size()));
  EXPECT_EQ(shown["notes"], nlohmann::json::array());
  std::set<std::string> busy;
  for (const auto& server : shown["servers"]) {
    if (server.dump().find("\"at\":[]") == std::string::npos) busy.insert(server["name"]);
  }
  EXPECT_EQ(busy, (std::set<std::string>{"broker-a", "broker-b", "broker-c", "ns-1"}));
  ASSERT_EQ(shown["acts"].size(), 1u) << shown["acts"];
}

// ---- one server, as its parent hears it

class ToldByAServer : public ProcessEvents {
 protected:
  ToldByAServer() {
    TcpRuntime runtime;
    zero_ = runtime.steady_zero();
    start({"--events", "--steady-zero", std::to_string(zero_.time_since_epoch().count())});
  }
  void start(std::vector<std::string> more) {
    more.insert(more.end(), {"--listen", "127.0.0.1:0", "--namesrv", "127.0.0.1:1"});
    child_ = std::make_unique<ChildProcess>("broker-a", program("fake_broker"), std::move(more));
    const std::string line = child_->ready_line(kPatience);
    address_ = line.substr(line.rfind(' ') + 1);
  }

  TimePoint zero_;
  std::unique_ptr<ChildProcess> child_;
  std::string address_;
};

TEST_F(ToldByAServer, IsWhatItDidBeforeItWasKilledThoughNobodyHadAsked) {
  // That it asked for a connection to the nameserver is told before its ready line, or soon after.
  for (bool asked = false; !asked;) {
    const auto event = read_event_line(child_->next_line(kPatience));
    asked = event && name_of(event->what) == "connect";
  }
  child_->signal(SIGKILL);
  EXPECT_TRUE(child_->finish(kPatience));
  std::string last;
  try {
    while (const auto line = child_->try_line()) last = *line;
  } catch (const ProcessError&) {  // its end
  }
  EXPECT_TRUE(last.empty() || read_event_line(last) || parse_told_until(last)) << last << ": lines are whole";
}

TEST_F(ToldByAServer, HasTheParentsClock) {
  TcpRuntime runtime(TcpOptions{.steady_zero = zero_});
  EXPECT_EQ(runtime.steady_zero(), zero_);
  const TimePoint before = runtime.now();
  child_->tell(to_line(ControlCommand{}));
  std::optional<ToldUntil> told;
  for (int marks = 0; marks < 2;) {
    const std::string line = child_->next_line(kPatience);
    if (auto mark = parse_told_until(line); mark && mark->at > before) {
      told = mark;
      ++marks;
    }
  }
  EXPECT_LE(told->at, runtime.now());
}

TEST_F(ToldByAServer, IsKeptForAParentThatIsBusyAndHoldsUpNoClient) {
  ChildProcess ns("ns-1", program("fake_namesrv"), {"--listen", "127.0.0.1:0"});
  std::string line = ns.ready_line(kPatience);
  const std::string nameserver = line.substr(line.rfind(' ') + 1);
  ChildProcess broker("broker-a", program("fake_broker"),
                      {"--events", "--listen", "127.0.0.1:0", "--namesrv", nameserver, "--topic", "T"});
  broker.ready_line(kPatience);
  // Some megabytes of events, where a socket takes a fifth of one.
  const CommandResult sent = run_command(program("rmqsim") + " send --topic T --count 5000 --timeout 30000 --namesrv " +
                                         nameserver);
  EXPECT_EQ(sent.exit_code, 0) << sent.output;
  broker.tell(to_line(ControlCommand{}));
  std::size_t answers = 0;
  for (;;) {
    line = broker.next_line(kPatience);
    if (const auto report = parse_server_report(line)) {
      EXPECT_EQ(report->stored_requests, 5000u);
      break;
    }
    const auto event = read_event_line(line);
    ASSERT_TRUE(event || parse_told_until(line)) << line;
    if (!event) continue;
    if (const auto* answer = std::get_if<event::Answer>(&event->what)) answers += answer->stored > 0 ? 1 : 0;
  }
  EXPECT_EQ(answers, 5000u) << "all that the report covers comes before it";
}

}  // namespace process_events_test
}  // namespace rmqsim
