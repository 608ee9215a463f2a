// Events and saved scenarios as a user of `rmqsim ctl` meets them; every line of it that the description names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/harness/hosting/request_line.h"
#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/plain_socket.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace live_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Live : public testing::Test {
 protected:
  Live() : up_("rmqsim", {"up", "--json", "--quiet"}, Program::AtOnce()) {
    ready_ = Json::parse(up_.line_with("ready"), nullptr, false);
    if (!ready_.is_object()) throw std::runtime_error("rmqsim up does not start");
    url_ = ready_["control"];
  }
  CommandResult ctl(const std::string& what) const {
    return run_command("RMQSIM_CONTROL=" + url_ + " " + program("rmqsim") + " ctl " + what);
  }
  CommandResult send(int count) const {
    return run_command(program("rmqsim") + " send --namesrv " + std::string(ready_["environment"]["NAMESRV_ADDR"]) +
                       " --json --count " + std::to_string(count));
  }

  Program up_;
  Json ready_;
  std::string url_;
};

TEST_F(Live, EventsArePrintedThatAreKept) {
  send(2);
  EXPECT_EQ(ctl("fault add broker-a --on send --drop request --id quiet").exit_code, 0);
  const CommandResult all = ctl("events");
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_THAT(all.output, AllOf(HasSubstr("SEND_MESSAGE_V2"), HasSubstr("connection  opened"),
                                HasSubstr("rule  added  id=quiet")));
  const CommandResult rules = ctl("events --kinds rule --json");
  EXPECT_EQ(Json::parse(rules.output)["rule"]["id"], "quiet");
}

TEST_F(Live, EventsAreFollowedUntilSoManyHaveCome) {
  Program follow("rmqsim", {"ctl", "--control", url_, "events", "--follow", "--json", "--code", "send", "--kinds",
                            "answer", "--count", "3", "--after", "0"},
                 Program::AtOnce());
  send(3);
  for (int i = 0; i < 3; ++i) {
    const Json event = Json::parse(follow.line_with("answer"), nullptr, false);
    ASSERT_TRUE(event.is_object());
    EXPECT_EQ(event["outcome"], "SUCCESS");
  }
  EXPECT_EQ(follow.wait(), 0);
}

TEST_F(Live, FollowingEndsWithTheTimeWithASignalAndWithTheProgram) {
  EXPECT_EQ(ctl("events --follow --for 0.2").exit_code, 0);
  EXPECT_EQ(ctl("events --follow --for 0.2 --kinds gate --count 1").exit_code, 1) << "it did not come";
  Program interrupted("rmqsim", {"ctl", "--control", url_, "events", "--follow", "--after", "0"}, Program::AtOnce());
  interrupted.line_with("registration");
  EXPECT_EQ(interrupted.stop(SIGINT), 0);
  Program left("rmqsim", {"ctl", "--control", url_, "events", "--follow", "--after", "0"}, Program::AtOnce());
  left.line_with("registration");
  EXPECT_EQ(up_.stop(SIGINT), 0) << "a reader does not keep the cluster up";
  EXPECT_EQ(left.wait(), 0);
  EXPECT_EQ(ctl("events").exit_code, 2);
}

TEST_F(Live, BadQuestionsAboutEventsAreUsage) {
  const CommandResult unknown = ctl("events --kinds rules");
  EXPECT_EQ(unknown.exit_code, 64);
  EXPECT_THAT(unknown.output, HasSubstr("did you mean \"rule\""));
  EXPECT_EQ(ctl("events --count 3").exit_code, 64);
  EXPECT_EQ(ctl("events --follow --count x").exit_code, 64);
  EXPECT_EQ(ctl("events --after x").exit_code, 64);
}

TEST_F(Live, AThousandReadersTakeNothingFromTheOthers) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<std::unique_ptr<PlainSocket>> readers;
  for (int i = 0; i < 1000; ++i) {
    readers.push_back(std::make_unique<PlainSocket>(url_.substr(7)));
    readers.back()->write("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  // Those that were let in hold their places; for others there is no room, or half of it.
  EXPECT_EQ(send(1).exit_code, 0);
  readers.clear();
  EXPECT_TRUE(becomes([&] { return ctl("events --kinds rule").exit_code == 0; }));
  EXPECT_EQ(ctl("health").exit_code, 0);
}

TEST_F(Live, WhatWasDoneIsSavedAndRuns) {
  EXPECT_EQ(ctl("fault add broker-a --on send --respond SYSTEM_BUSY --id busy").exit_code, 0);
  const Json sent = Json::parse(send(8).output);
  EXPECT_EQ(ctl("fault remove busy").exit_code, 0);
  EXPECT_EQ(ctl("broker crash broker-b").exit_code, 0);
  EXPECT_EQ(ctl("broker restart broker-b").exit_code, 0);
  const fs::path file = fs::path(testing::TempDir()) / ("saved-" + std::to_string(::getpid()) + ".json");
  const CommandResult saved = ctl("scenario -o " + file.string());
  ASSERT_EQ(saved.exit_code, 0) << saved.output;
  for (const char* what : {" validate ", " run --world tcp ", " run "}) {
    const CommandResult result = run_command(program("rmqsim") + what + file.string());
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
  const std::string as_json = run_command(program("rmqsim") + " run --json " + file.string() + " 2>/dev/null").output;
  const Json report = Json::parse(as_json);
  const Json& run = report.is_array() ? report[0] : report.contains("runs") ? report["runs"][0] : report;
  EXPECT_EQ(run["rules"][0]["id"], "busy") << run;
  // As in the cluster: each message that came to broker-a went on to broker-b.
  const std::string requests = ctl("requests --rule busy --count").output;
  EXPECT_EQ(run["rules"][0]["acted"], std::stoi(requests)) << requests;
  fs::remove(file);
  EXPECT_EQ(ctl("scenario -o /no/such/folder/x.json").exit_code, 64);
  EXPECT_EQ(ctl("scenario --name 'a b'").exit_code, 64);
  const CommandResult other = ctl("scenario --name other -o " + file.string());
  EXPECT_EQ(other.exit_code, 64);
  EXPECT_THAT(other.output, HasSubstr("a scenario is called as its file is: saved-"));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Live, EveryLineThatTheDescriptionNamesIsOneOfCtl) {
  const Json paths = Json::parse(ctl("openapi").output)["paths"];
  std::size_t lines = 0;
  for (const Json& methods : paths) {
    for (const Json& operation : methods) {
      if (!operation.contains("x-rmqsim-ctl")) continue;
      const std::string line = operation["x-rmqsim-ctl"];
      ASSERT_THAT(line, StartsWith("rmqsim ctl "));
      const std::string words = line.substr(11, line.find(" {") == std::string::npos ? std::string::npos
                                                                                     : line.find(" {") - 11);
      EXPECT_EQ(ctl(words + " --help").exit_code, 0) << line;
      ++lines;
    }
  }
  EXPECT_GT(lines, 40u);
}

TEST_F(Live, APageOfAnotherOriginGetsNeitherThePageNorEvents) {
  for (const char* path : {"/", "/page/live.js", "/v1/events", "/v1/scenario", "/v1/clients"}) {
    PlainSocket evil(url_.substr(7));
    evil.write("GET " + std::string(path) + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(evil.rest(), StartsWith("HTTP/1.1 403")) << path;
    PlainSocket other(url_.substr(7));
    other.write("GET " + std::string(path) +
               " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(other.rest(), StartsWith("HTTP/1.1 403")) << path;
  }
}

TEST(RequestLineTest, HasMicrosecondsBelowAMillisecondAndNamesThatHarmNobody) {
  RequestLine line;
  line.at = "2026-11-30T06:15:40.610Z";
  line.server = "broker-a";
  line.code = "SEND_MESSAGE_V2";
  line.topic = "T\x1b[2J\u202e" + std::string(32768, 'x');
  line.outcome = "SUCCESS";
  line.took_millis = 0.0123;
  const std::string text = format_request(line, false);
  EXPECT_THAT(text, StartsWith("06:15:40.610  broker-a    SEND_MESSAGE_V2          T\\u001b[2J\\u202exxx"));
  EXPECT_THAT(text, HasSubstr("xxx...  SUCCESS             12 µs"));
  EXPECT_LT(text.size(), 250u);
  line.took_millis = 12.34;
  EXPECT_THAT(format_request(line, false), HasSubstr("SUCCESS           12.3 ms"));
}

}  // namespace live_test
}  // namespace rmqsim
