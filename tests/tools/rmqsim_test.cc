// The rmqsim command as a user meets it: results, exit codes, and what it says about wrong input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/tools/command.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;
const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios";
const std::string kBusy = kLibrary + "/codes/code-system-busy-first-five.json";

CommandResult rmqsim(const std::string& arguments) { return run_command(program("rmqsim") + " " + arguments); }

class Rmqsim : public testing::Test {
 protected:
  Rmqsim() : folder_(fs::temp_directory_path() / ("rmqsim-test-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Rmqsim() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  fs::path folder_;
};

/// A scenario named `broken` with this text in its place.
std::string scenario(const std::string& producers, const std::string& steps, const std::string& more = "") {
  return R"({"version": 1, "name": "broken", "why": "x",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [)" + producers + R"(],
"steps": [)" + steps + "]" + more + "}";
}
const std::string kProducer = R"({"name": "p", "group": "g"})";
/// Can be read, and not be run.
const std::string kTooLate = R"({"do": {"setConfig": {"producer": "p", "config": {"instanceName": "x"}}}})";
const std::string kSend = R"({"send": {"producer": "p", "topic": "T", "body": {"text": "x"}}})";

TEST_F(Rmqsim, ShowsARetryWithBrokersTimesAndTheTrace) {
  const CommandResult r = rmqsim("run " + kBusy + " --profile java-5.3.3");
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_NE(r.output.find("broker-a/1 SYSTEM_BUSY"), std::string::npos) << r.output;
  EXPECT_NE(r.output.find("2 after a retry, none lost, no duplicate"), std::string::npos) << r.output;
  EXPECT_NE(r.output.find("trace "), std::string::npos);
  EXPECT_EQ(r.output.find('\x1b'), std::string::npos) << "no colours into a pipe";
}

TEST_F(Rmqsim, RunsTheWholeLibraryAndWritesItsReports) {
  const std::string ledger = folder_ / "ledger.json";
  const std::string junit = folder_ / "junit.xml";
  const std::string trace = folder_ / "trace.jsonl";
  const CommandResult r =
      rmqsim("run " + kLibrary + "/codes --json --ledger " + ledger + " --junit " + junit + " --trace " + trace +
             " 2>/dev/null");
  EXPECT_EQ(r.exit_code, 0);
  const auto json = nlohmann::json::parse(r.output);
  ASSERT_GT(json.size(), 20u);
  for (const auto& run : json) EXPECT_EQ(run["verdict"], "passed");
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(ledger)).size(), json.size());
  std::string line;
  std::ifstream lines(trace);
  ASSERT_TRUE(std::getline(lines, line));
  const auto head = nlohmann::json::parse(line);
  EXPECT_EQ(head["event"], "run") << line;
  EXPECT_TRUE(head.contains("scenario") && head.contains("profile") && head.contains("seed")) << line;
  std::size_t heads = 1;
  while (std::getline(lines, line)) heads += line.find("\"event\":\"run\"") != std::string::npos ? 1 : 0;
  EXPECT_EQ(heads, json.size());
  EXPECT_GT(fs::file_size(junit), 1000u);
}

TEST_F(Rmqsim, AFailureSaysWhatWasExpectedWhatHappenedAndHowToRerunIt) {
  const std::string file =
      write("broken.json", scenario(kProducer, kSend, R"(, "expect": [{"sends": "all", "outcome": "EXCEPTION"}])"));
  const CommandResult r = rmqsim("run " + file);
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_NE(r.output.find("expect[0] sends \"all\" outcome: expected EXCEPTION, got SEND_OK in 1 of 1 (#0)"),
            std::string::npos) << r.output;
  EXPECT_NE(r.output.find("rerun: rmqsim run " + file + " --profile java-5.3.3 --seed 1 -v"), std::string::npos)
      << r.output;
}

TEST_F(Rmqsim, TheSameTraceComesOutEveryTime) {
  EXPECT_EQ(rmqsim("run " + kBusy + " --repeat 10").exit_code, 0);
}

TEST_F(Rmqsim, RunsOverTcpWhatCanRunThere) {
  const CommandResult r = rmqsim("run " + kBusy + " " + kLibrary + "/basics/quickstart.json --world tcp");
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_F(Rmqsim, LoadsOpenSslForThoseAloneWhoUseIt) {
  const auto loads = [](const CommandResult& result) { return result.output.find("libssl.so") != std::string::npos; };
  const std::string secured = write("secured.json", R"({"version": 1, "name": "secured", "why": "x",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [{"name": "p", "group": "g", "config": {"useTLS": true}}],
"steps": [{"send": {"producer": "p", "topic": "T"}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  const std::string tell = "LD_DEBUG=files " + program("rmqsim");
  for (const std::string& arguments : {"run " + secured + " --world tcp", "run " + kLibrary + "/acl"}) {
    const CommandResult result = run_command(tell + " " + arguments);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_TRUE(loads(result)) << arguments;
  }
  if (kSanitized) return;  // such a program is linked as any other
  for (const std::string& arguments : {std::string("version"), "run " + kBusy, "run " + kBusy + " --world tcp"}) {
    const CommandResult result = run_command(tell + " " + arguments);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_FALSE(loads(result)) << "rmqsim calls a function of OpenSSL that tools/program/lazy_openssl.cc does not have";
  }
}

TEST_F(Rmqsim, AScenarioForAnotherWorldIsRefusedWithItsReason) {
  const std::string file = write("broken.json", scenario(kProducer, kSend, R"(,
"worlds": {"only": ["sim"], "reason": "every millisecond counts"}, "expect": [{"sends": "all", "outcome": "SEND_OK"}])"));
  EXPECT_EQ(rmqsim("run " + file).exit_code, 0);
  for (const std::string world : {"tcp", "process"}) {
    const CommandResult r = rmqsim("run " + file + " --world " + world);
    EXPECT_EQ(r.exit_code, 64) << r.output;
    EXPECT_NE(r.output.find("the scenario is for sim: every millisecond counts; run it with --world sim"),
              std::string::npos) << r.output;
  }
}

TEST_F(Rmqsim, ATimeThatABusyMachineExceedsIsNoFailureThere) {
  // 200 ms are more than the 100 that are expected and less than those and what a machine may be late.
  const std::string file = write("broken.json", scenario(kProducer, kSend, R"(,
"faults": [{"at": "broker-a", "on": "send", "do": {"delayMs": 200}}],
"expect": [{"sends": "all", "elapsedMs": [0, 100]}])"));
  EXPECT_EQ(rmqsim("run " + file).exit_code, 1);
  EXPECT_EQ(rmqsim("run " + file + " --world tcp").exit_code, 0);
  const std::string early = write("broken.json", scenario(kProducer, kSend, R"(,
"expect": [{"sends": "all", "elapsedMs": [5000, 6000]}])"));
  const CommandResult r = rmqsim("run " + early + " --world tcp");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, testing::ContainsRegex("expected \\[5000.0, 6000.0\\] ms and at most [0-9.]+ late, got "));
}

struct WrongInput {
  const char* what;
  std::string text;
  std::vector<std::string> says;
};

TEST_F(Rmqsim, WrongInputGetsOneClearMessageAndStatus64) {
  const std::vector<WrongInput> inputs{
      {"misspelt key",
       scenario(R"({"name": "p", "group": "g", "config": {"sendMsgTimout": 5}})", kSend),
       {"broken.json:3:", "/producers/0/config", "sendMsgTimout", "did you mean \"sendMsgTimeout\""}},
      {"impossible reference",
       scenario(kProducer, R"({"send": {"producer": "q", "topic": "T", "body": {"text": "x"}}})"),
       {"broken.json:4:", "\"q\""}},
      {"negative time", scenario(kProducer, R"({"waitMs": -1})"), {"broken.json:4:", "waitMs"}},
      {"broken UTF-8", scenario(kProducer, kSend, ", \"references\": [\"\xff\xfe\"]"), {"broken.json:", "UTF-8"}},
      {"a setting of the start on a running producer",
       scenario(kProducer, kSend + ", " + kTooLate),
       {"broken.json:4:", "instanceName", "is read once, when the producer starts"}},
      {"syntax", "{\"version\": 1,", {"broken.json:1:"}},
      {"empty", "", {"broken.json"}},
  };
  for (const WrongInput& input : inputs) {
    const CommandResult r = rmqsim("run " + write("broken.json", input.text));
    EXPECT_EQ(r.exit_code, 64) << input.what << "\n" << r.output;
    for (const std::string& part : input.says) {
      EXPECT_NE(r.output.find(part), std::string::npos) << input.what << ": no \"" << part << "\" in\n" << r.output;
    }
  }
}

TEST_F(Rmqsim, HugeMissingAndMisplacedFilesAreNamed) {
  const std::string huge = write("huge.json", "{");
  fs::resize_file(huge, 100u << 20);
  for (const std::string& arguments :
       {"run " + huge, "run " + (folder_ / "none.json").string(), std::string("run /dev/null"),
        "run " + kBusy + " --profile java-9", std::string("run"), std::string("fly"), "run " + kBusy + " --seed minus",
        "validate " + huge}) {
    const CommandResult r = rmqsim(arguments);
    EXPECT_EQ(r.exit_code, 64) << arguments << "\n" << r.output;
    EXPECT_LT(r.output.size(), 2000u) << arguments;
    EXPECT_FALSE(r.output.empty()) << arguments;
  }
  fs::create_directory(folder_ / "empty");
  EXPECT_EQ(rmqsim("run " + (folder_ / "empty").string()).exit_code, 64);
}

TEST_F(Rmqsim, KnowsItsOtherCommands) {
  EXPECT_EQ(rmqsim("validate " + kLibrary).exit_code, 0);
  EXPECT_NE(rmqsim("list " + kLibrary).output.find("quickstart"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(rmqsim("list " + kLibrary + " --json").output).is_array());
  EXPECT_TRUE(nlohmann::json::parse(rmqsim("schema").output).contains("properties"));
  EXPECT_NE(rmqsim("version").output.find("java-4.9.8"), std::string::npos);
  for (const char* name : {"rmqsim", "fake_broker", "fake_namesrv"}) {
    const CommandResult r = run_command(program(name) + " --version");
    EXPECT_EQ(r.exit_code, 0);
    EXPECT_THAT(r.output, testing::MatchesRegex(std::string(name) + " [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  }
  EXPECT_NE(rmqsim("--help").output.find("Examples:"), std::string::npos);
  EXPECT_EQ(rmqsim("run --help").exit_code, 0);
}

TEST_F(Rmqsim, EveryCommandTellsTheVersionOfTheProgram) {
  const std::string said = rmqsim("--version").output;
  std::istringstream lines(rmqsim("--help").output);
  std::vector<std::string> commands = {"driver run", "driver check", "ctl fault add"};
  bool in_list = false;
  for (std::string line; std::getline(lines, line);) {
    if (in_list && line.starts_with("  ") && line[2] != ' ') commands.push_back(line.substr(2, line.find(' ', 2) - 2));
    in_list = line == "Subcommands:" || (in_list && !line.empty());
  }
  EXPECT_GT(commands.size(), 15u);
  for (const std::string& command : commands) {
    const CommandResult r = rmqsim(command + " --version");
    EXPECT_EQ(r.exit_code, 0) << command;
    EXPECT_EQ(r.output, said) << command;
    EXPECT_EQ(rmqsim(command + " --help").output.find("--version"), std::string::npos) << command;
  }
}

TEST_F(Rmqsim, ExplainsOneSendInWordsAndAsJson) {
  const CommandResult words = rmqsim("explain " + kBusy + " --send 0 --profile java-4.9.8");
  EXPECT_EQ(words.exit_code, 0);
  EXPECT_NE(words.output.find("java-4.9.8 does not retry SYSTEM_BUSY"), std::string::npos) << words.output;
  EXPECT_EQ(words.output.find("names 2 profiles"), std::string::npos) << words.output;
  const auto json = nlohmann::json::parse(rmqsim("explain " + kBusy + " --send 8 --json 2>/dev/null").output);
  EXPECT_EQ(json["profile"], "java-5.3.3");
  EXPECT_EQ(json["send"], 8);
  EXPECT_EQ(json["decisions"].front()["decision"], "routeFound");
  EXPECT_EQ(json["decisions"].back()["reason"], "answered");
  // Over TCP the decisions are the same ones.
  const CommandResult tcp = rmqsim("explain " + kBusy + " --send 0 --world tcp");
  EXPECT_NE(tcp.output.find("4 -> broker-b/0: taken"), std::string::npos) << tcp.output;
}

TEST_F(Rmqsim, ExplainSaysWhichProfileItTookAndHowManySendsThereAre) {
  EXPECT_NE(rmqsim("explain " + kBusy + " --send 0").output.find("the scenario names 2 profiles; this is the first, "
                                                                "java-5.3.3"),
            std::string::npos);
  const CommandResult unknown = rmqsim("explain " + kBusy + " --send 17");
  EXPECT_EQ(unknown.exit_code, 64);
  EXPECT_NE(unknown.output.find("there is no send 17; code-system-busy-first-five has 12 sends, numbered from 0 to 11"),
            std::string::npos) << unknown.output;
  EXPECT_EQ(rmqsim("explain " + kLibrary + "/codes --send 0").exit_code, 64);
  EXPECT_EQ(rmqsim("explain " + kBusy).exit_code, 64);
  EXPECT_EQ(rmqsim("explain " + kBusy + " --send 0 --profile java-9").exit_code, 64);
}

TEST_F(Rmqsim, ComparesAllProfilesInOneTable) {
  const CommandResult table = rmqsim("run --compare-profiles " + kLibrary + "/codes");
  EXPECT_EQ(table.exit_code, 0) << table.output;
  for (const char* part : {"java-5.3.3", "java-4.9.8", "success rate", "time to success, p99", "attempts per message",
                           "duplicates", "messages lost", "acknowledgements lost", "nobody answers oneway sends"}) {
    EXPECT_NE(table.output.find(part), std::string::npos) << part << "\n" << table.output;
  }
  EXPECT_EQ(table.output.find("code-system-busy-first-five"), std::string::npos) << table.output;
  EXPECT_NE(rmqsim("run --compare-profiles -v " + kLibrary + "/codes").output.find("code-system-busy-first-five\n"),
            std::string::npos);
  const auto json = nlohmann::json::parse(rmqsim("run --compare-profiles --json " + kBusy).output);
  EXPECT_EQ(json["profiles"][0]["profile"], "java-5.3.3");
  EXPECT_EQ(json["scenarios"][0]["scenario"], "code-system-busy-first-five");
}

TEST_F(Rmqsim, ComparisonsGoWithNeitherAProfileNorAWorldNorALedger) {
  for (const char* more : {"--profile java-4.9.8", "--world tcp", "--ledger x", "--trace x", "--junit x", "--repeat 2"}) {
    EXPECT_EQ(rmqsim("run --compare-profiles " + kBusy + " " + more).exit_code, 64) << more;
  }
  const std::string refused = write("broken.json", scenario(kProducer, kSend + ", " + kTooLate));
  const CommandResult nothing = rmqsim("run --compare-profiles " + refused);
  EXPECT_EQ(nothing.exit_code, 64);
  EXPECT_NE(nothing.output.find("is read once, when the producer starts"), std::string::npos) << nothing.output;
  EXPECT_EQ(nothing.output, rmqsim("validate " + refused + " >/dev/null").output) << "one table, one answer";
}

TEST_F(Rmqsim, AFileThatCannotBeWrittenIsAnErrorBeforeAnythingRuns) {
  for (const char* option : {"--trace", "--ledger", "--junit", "--perfetto", "--pcap", "--summary"}) {
    const CommandResult r = rmqsim("run " + kBusy + " " + option + " " + (folder_ / "no" / "file").string());
    EXPECT_EQ(r.exit_code, 64) << option;
    EXPECT_EQ(r.output, "rmqsim: cannot write " + (folder_ / "no" / "file").string() + ": No such file or directory\n");
    EXPECT_EQ(rmqsim("run " + kBusy + " " + option + " " + folder_.string()).output,
              "rmqsim: cannot write " + folder_.string() + ": Is a directory\n");
  }
}

TEST_F(Rmqsim, NothingThatIsReadOrWrittenTwiceIsOverwritten) {
  const std::string file = folder_ / "own.json";
  write("own.json", R"({"version": 1, "name": "own", "why": "x", "cluster": {"brokers": ["broker-a"]}})");
  const std::pair<std::string, std::string> wrong[] = {
      {"--ledger " + file, "--ledger would overwrite " + file},
      {"--trace " + (folder_ / "." / "own.json").string(), "--trace would overwrite " + file},
      {"--ledger " + (folder_ / "x").string() + " --junit " + (folder_ / "x").string(),
       "--junit would overwrite " + (folder_ / "x").string()},
      {"--pcap " + (folder_ / "x").string() + " --perfetto " + (folder_ / "." / "x").string(),
       "--pcap would overwrite " + (folder_ / "." / "x").string()},
  };
  for (const auto& [options, message] : wrong) {
    const CommandResult r = rmqsim("run " + file + " " + options);
    EXPECT_EQ(r.exit_code, 64) << options;
    EXPECT_EQ(r.output, "rmqsim run: " + message + "\n");
  }
  EXPECT_EQ(rmqsim("run " + file).exit_code, 0) << "it was left as it is";
  EXPECT_EQ(rmqsim("run " + file + " --ledger /dev/null --junit /dev/null").exit_code, 0);
}

TEST_F(Rmqsim, OneFileIsNotWrittenTwiceHoweverItIsCalled) {
  fs::create_symlink("new", folder_ / "link");
  for (const char* other : {"./new", "../$(basename $PWD)/new", "$PWD/new", "link"}) {
    const CommandResult r = run_command("cd " + folder_.string() + " && " + program("rmqsim") + " run " + kBusy +
                                        " --junit new --trace " + other);
    EXPECT_EQ(r.exit_code, 64) << other;
    EXPECT_NE(r.output.find("--junit would overwrite "), std::string::npos) << other << r.output;
    EXPECT_FALSE(fs::exists(folder_ / "new"));
  }
}

// A file that is opened when standard output is closed would be in its place.
TEST_F(Rmqsim, NothingIsPrintedIntoAFileWhenAStreamIsClosed) {
  const std::string junit = folder_ / "junit.xml";
  const std::pair<const char*, int> all[] = {{"<&-", 0},      {">&-", 70},     {"2>&-", 0},
                                             {"<&- >&-", 70}, {"<&- 2>&-", 0}, {"<&- >&- 2>&-", 70}};
  for (const auto& [closed, status] : all) {
    fs::remove(junit);
    const CommandResult r = rmqsim("run " + kBusy + " --junit " + junit + " " + closed);
    EXPECT_EQ(r.exit_code, status) << closed << r.output;
    std::ifstream file(junit);
    std::string first;
    std::getline(file, first);
    EXPECT_EQ(first, R"(<?xml version="1.0" encoding="UTF-8"?>)") << closed;
  }
}

TEST_F(Rmqsim, OptionsThatContradictEachOtherOrThemselvesAreRefused) {
  const std::pair<const char*, const char*> wrong[] = {{"--seeds 1,1", "each seed once"},
                                                       {"--seeds 1-3,2", "each seed once"},
                                                       {"--profile hardened --profile hardened", "names hardened twice"},
                                                       {"-q -v", "excludes"}};
  for (const auto& [options, message] : wrong) {
    const CommandResult r = rmqsim("run " + kBusy + " " + options);
    EXPECT_EQ(r.exit_code, 64) << options;
    EXPECT_NE(r.output.find(message), std::string::npos) << options << r.output;
  }
  EXPECT_EQ(rmqsim("run ''").output, "\"\": there is no such file or folder\n");
  EXPECT_EQ(rmqsim("run --sead").output,
            "rmqsim run: there is no option --sead; did you mean \"--seed\"?; rmqsim run --help says more\n");
}

TEST_F(Rmqsim, WhatCannotBeWrittenToTheEndIsAnError) {
  for (const char* options : {" --trace /dev/full", " --ledger /dev/full", " --junit /dev/full", " --json > /dev/full",
                              " --perfetto /dev/full", " --pcap /dev/full", " --summary /dev/full"}) {
    const CommandResult r = rmqsim("run " + kBusy + " --profile java-5.3.3" + options);
    EXPECT_EQ(r.exit_code, 70) << options;
    EXPECT_THAT(r.output, testing::ContainsRegex("cannot write (to standard output|.*: No space left on device)"))
        << options;
  }
}

TEST_F(Rmqsim, TheRerunLineKeepsTheLimitOfRealTime) {
  const std::string file =
      write("broken.json", scenario(kProducer, kSend, R"(, "expect": [{"sends": "all", "outcome": "EXCEPTION"}])"));
  const CommandResult r = rmqsim("run " + file + " --world tcp --max-seconds 7");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_NE(r.output.find("rerun: rmqsim run " + file + " --world tcp --max-seconds 7 --profile java-5.3.3"),
            std::string::npos) << r.output;
}

// Java's own words are "connect to null failed". A label of 64 letters is refused without asking anybody.
TEST_F(Rmqsim, AHostThatNobodyKnowsIsNamedWithTheReason) {
  const std::string address = std::string(64, 'x') + ".invalid:9876";
  const CommandResult r = rmqsim("send --count 1 --timeout 200 --retries 0 --namesrv '" + address + ";127.0.0.1:1'");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_NE(r.output.find("the host of nameserver " + address + " is not known: "), std::string::npos) << r.output;
  EXPECT_EQ(r.output.find("127.0.0.1:1 is not known"), std::string::npos) << r.output;
}

TEST_F(Rmqsim, TheHelpOfAVerbHasExamplesAndExitStatusOfItsOwnOrNone) {
  EXPECT_NE(rmqsim("--help").output.find("Examples:\n  rmqsim run scenarios"), std::string::npos);
  for (const std::string verb : {"version", "schema", "list", "validate"}) {
    const CommandResult r = rmqsim(verb + " --help");
    EXPECT_EQ(r.output.find("Examples:"), std::string::npos) << r.output;
    EXPECT_EQ(r.output.find("not deterministic"), std::string::npos) << r.output;
  }
}

TEST_F(Rmqsim, AManualPageSaysOnceWhatHoldsForAllItsCommands) {
  const std::string page = rmqsim("--man ctl").output;
  const std::string once = "The address comes from";
  const std::size_t first = page.find(once);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(page.find(once, first + 1), std::string::npos);
  EXPECT_EQ(rmqsim("--man version").output.find("EXAMPLES"), std::string::npos);
}

TEST_F(Rmqsim, WrongUseIsOneClearMessage) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "rmqsim: a command is required: run, explain, "},
      {"driver", "rmqsim driver: a command is required: check, run; rmqsim driver --help says more"},
      {"run", "rmqsim run: paths is required; for example: rmqsim run scenarios"},
      {"explain --send 1", "rmqsim explain: scenario is required; for example: rmqsim explain scenarios/"},
      {"run --wolrd tcp x", "rmqsim run: The following argument was not expected: --wolrd; did you mean \"--world\"?"},
      {"runn", "rmqsim: there is no command \"runn\"; did you mean \"run\"?"},
      {"--versoin", "rmqsim: there is no command \"--versoin\"; known are \"run\", "},
      {"--man runn", "rmqsim: there is no manual page of \"runn\"; did you mean \"run\"?"},
      {"--man nope", "rmqsim: there is no manual page of \"nope\"; known are \"run\", \"explain\", "},
      {"--man --nope", "rmqsim: The following argument was not expected: --nope"},
      {"--completion tcsh", "rmqsim: --completion: tcsh not in {bash,zsh,fish}"},
      {"run " + kBusy + " --seed -1", "rmqsim run: --seed: takes a whole number from 0 below 2^64, not -1"},
      {"run " + kBusy + " --seed x", "rmqsim run: --seed: takes a whole number from 0 below 2^64, not x"},
      {"explain " + kBusy + " --send -1", "rmqsim explain: --send: takes a whole number from 0 below 2^64, not -1"},
      {"explain " + kBusy + " --send 0 --max-seconds 5",
       "rmqsim: --max-seconds limits real time, and --world sim takes none"},
      {"run " + kBusy + " --max-seconds 5", "rmqsim: --max-seconds limits real time, and --world sim takes none"},
      {"run " + kBusy + " --world tcp --repeat 2",
       "rmqsim: --repeat compares traces, and only those of --world sim can be the same"},
      {"run " + folder_.string(), folder_.string() + ": the folder holds no scenario (*.json)"},
      {"list " + folder_.string(), folder_.string() + ": the folder holds no scenario (*.json)"},
      {"run " + kBusy + " --ledger ''", "rmqsim: --ledger takes the name of a file to write"},
      {"send --namesrv 127.0.0.1:1 --count -1", "rmqsim send: --count: takes a whole number from 0 below 2^64, not -1"},
      {"proxy --namesrv 127.0.0.1:1 --broker-host nonsense",
       "rmqsim proxy: --broker-host takes an IP of this machine, not nonsense"},
      {"proxy --namesrv 127.0.0.1:1 --broker-host 203.0.113.7",
       "rmqsim proxy: --broker-host 203.0.113.7 is no address of this machine: clients would be sent past the proxy"},
      {"proxy --namesrv 127.0.0.1:1 --broker-host 0.0.0.0",
       "rmqsim proxy: --broker-host 0.0.0.0 is no address that clients could be told"},
      {"up --namesrv-port 70000", "rmqsim up: --namesrv-port: Value 70000 not in range 1 to 65535"},
      {"up --control 99999", "rmqsim up: --control takes [IP:]PORT, not 99999"},
      {"up --control 8.8.8.8:9390", "rmqsim up: listen on 8.8.8.8:9390: Cannot assign requested address"},
      {"up --namesrv-port 20000 --control 20000",
       "rmqsim up: --port: the control interface and ns-1 would both listen on 127.0.0.1:20000"},
      {"up --port broker-a=1 --vip",
       "rmqsim up: --vip: broker-a would listen two ports below its own as well, which must be 0 or at least 3, not 1"},
      {"up --port broker-a=20002 --port broker-b=20000 --vip",
       "rmqsim up: --port: broker-a and broker-b would both listen on 127.0.0.1:20000"},
  };
  for (const auto& [arguments, message] : wrong) {
    const CommandResult result = rmqsim(arguments);
    EXPECT_EQ(result.exit_code, 64) << arguments << "\n" << result.output;
    EXPECT_TRUE(result.output.starts_with(message)) << arguments << "\n" << result.output;
  }
}

/// A scenario named after its file that passes, or not.
std::string named(const std::string& name, const std::string& outcome = "SEND_OK") {
  std::string text = scenario(kProducer, kSend, R"(, "expect": [{"sends": "all", "outcome": ")" + outcome + R"("}])");
  return text.replace(text.find("broken"), 6, name);
}

TEST_F(Rmqsim, AnInvalidScenarioIsOneErrorInTheReportsAndTheOthersRun) {
  write("a.json", named("a"));
  write("b.json", "{\"version\": 1,\n]");
  write("c.json", named("c"));
  const std::string junit = folder_ / "junit.xml";
  const std::string ledger = folder_ / "ledger";
  const CommandResult r = rmqsim("run " + folder_.string() + " --json --junit " + junit + " --ledger " + ledger + " 2>/dev/null");
  EXPECT_EQ(r.exit_code, 64);
  const auto json = nlohmann::json::parse(r.output);
  ASSERT_EQ(json.size(), 3u) << r.output;
  EXPECT_EQ(json[0]["verdict"], "passed");
  EXPECT_EQ(json[1]["verdict"], "invalid");
  EXPECT_EQ(json[1]["scenario"], "b");
  EXPECT_EQ(json[1]["file"], (folder_ / "b.json").string());
  EXPECT_EQ(json[1]["errors"][0]["line"], 2);
  EXPECT_EQ(json[2]["verdict"], "passed");
  std::ifstream in(junit);
  const std::string xml((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_THAT(xml, testing::HasSubstr(R"(<testsuites name="rmqsim" tests="3" failures="0" errors="1")"));
  EXPECT_THAT(xml, testing::HasSubstr("<error message=\"" + (folder_ / "b.json").string() + ":2:"));
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(ledger)).size(), 2u);
  const CommandResult text = rmqsim("run " + folder_.string());
  EXPECT_THAT(text.output, testing::HasSubstr("2 runs: 2 passed, 0 failed · 1 invalid file · "));
  EXPECT_THAT(text.output, testing::HasSubstr("\ninvalid: " + (folder_ / "b.json").string() + ":2:"));
}

TEST_F(Rmqsim, WhatFailedWorseThanAnInvalidFileGivesTheStatus) {
  write("a.json", named("a", "EXCEPTION"));
  write("b.json", "[");
  EXPECT_EQ(rmqsim("run " + folder_.string()).exit_code, 1);
  write("a.json", named("a"));
  EXPECT_EQ(rmqsim("run " + folder_.string()).exit_code, 64);
  const CommandResult none = rmqsim("run " + (folder_ / "a.json").string() + " " + (folder_ / "none.json").string());
  EXPECT_EQ(none.exit_code, 64);
  EXPECT_THAT(none.output, testing::HasSubstr("1 run: 1 passed, 0 failed · 1 invalid file"));
  EXPECT_THAT(none.output, testing::HasSubstr("invalid: " + (folder_ / "none.json").string() + ": there is no such file"));
}

TEST_F(Rmqsim, WhereNothingIsValidTheReportSaysSoAndNothingElseIsWritten) {
  write("a.json", "[");
  const std::string junit = folder_ / "junit.xml";
  const std::string ledger = write("ledger", "old");
  EXPECT_EQ(rmqsim("run " + folder_.string() + " --junit " + junit + " --ledger " + ledger).exit_code, 64);
  EXPECT_GT(fs::file_size(junit), 100u);
  EXPECT_EQ(fs::file_size(ledger), 3u);
}

TEST_F(Rmqsim, AnInvalidFileKeepsNobodyFromListingAndComparingTheOthers) {
  write("a.json", named("a"));
  write("b.json", "[");
  const CommandResult list = rmqsim("list " + folder_.string());
  EXPECT_EQ(list.exit_code, 64);
  EXPECT_THAT(list.output, testing::HasSubstr("\na  x\n"));
  const CommandResult compared = rmqsim("run --compare-profiles " + folder_.string());
  EXPECT_EQ(compared.exit_code, 64);
  EXPECT_THAT(compared.output, testing::HasSubstr("1 scenario in every profile"));
  EXPECT_THAT(compared.output, testing::HasSubstr("\ninvalid: " + (folder_ / "b.json").string() + ":1:"));
}

/// Without what differs from run to run.
std::string without_times(std::string text) {
  const auto blank = [&](const std::string& after, const std::string& until) {
    for (std::size_t at = 0; (at = text.find(after, at)) != std::string::npos;) {
      at += after.size();
      text.erase(at, text.find_first_of(until, at) - at);
    }
  };
  blank(" virtual in ", "\xc2");
  blank("\"wallMs\": ", ",}");
  blank("time=\"", "\"");
  blank("timestamp=\"", "\"");
  blank(" failed · ", "\n");
  return text;
}

TEST_F(Rmqsim, RunsSideBySideReportAsOneAfterTheOther) {
  const auto run = [&](const std::string& jobs, const std::string& more) {
    const std::string files[] = {folder_ / "ledger", folder_ / "trace", folder_ / "junit", folder_ / "perfetto"};
    const CommandResult r = rmqsim("run " + kLibrary + "/codes --jobs " + jobs + " --ledger " + files[0] + " --trace " +
                                   files[1] + " --junit " + files[2] + " --perfetto " + files[3] + more);
    EXPECT_EQ(r.exit_code, 0) << r.output;
    std::string all = r.output;
    for (const std::string& file : files) {
      std::ifstream in(file);
      all.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return without_times(all);
  };
  EXPECT_EQ(run("1", ""), run("5", ""));
  EXPECT_EQ(run("1", " --json 2>/dev/null"), run("3", " --json 2>/dev/null"));
}

TEST_F(Rmqsim, ReportsReplaceTheFileBehindALinkAndKeepItsMode) {
  const std::string file = write("old.xml", "old");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  fs::create_symlink("old.xml", folder_ / "link.xml");
  EXPECT_EQ(rmqsim("run " + kBusy + " --junit " + (folder_ / "link.xml").string()).exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.xml"));
  EXPECT_GT(fs::file_size(file), 100u);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  const CommandResult out = rmqsim("run " + kBusy + " -q --junit /dev/stdout 2>/dev/null");
  EXPECT_THAT(out.output, testing::HasSubstr("</testsuite>")) << "into a pipe";
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 2u) << "nothing is left beside";
}

TEST_F(Rmqsim, AReaderWhoLeavesDoesNotTakeTheReportsWithHim) {
  const std::string junit = folder_ / "junit.xml";
  run_command(program("rmqsim") + " run " + kLibrary + "/codes --junit " + junit + " | head -n 1");
  EXPECT_GT(fs::file_size(junit), 1000u);
}

}  // namespace
}  // namespace rmqsim
