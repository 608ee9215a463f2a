// `rmqsim explore` as a user meets it: what it says of bad input, that a campaign goes on, is divided and united
// without loss, and that no signal loses a finding. What is found is a template that never ends, whatever is drawn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/explore/explore_folder.h"
#include "tests/tools/running_program.h"
#include "tools/explore/campaign_folder.h"

namespace rmqsim {
namespace explore_test {

using testing::HasSubstr;
using testing::StartsWith;

struct Wrong {
  const char* name;
  const char* arguments;
  const char* says;
};

class ExploreOfBadInput : public Explore, public testing::WithParamInterface<Wrong> {};
INSTANTIATE_TEST_SUITE_P(
    Every, ExploreOfBadInput,
    testing::Values(
        Wrong{"UnknownTemplate", "nowhere.json", "nowhere.json"},
        Wrong{"HalfAShard", "--shards 8", "JOB_COMPLETION_INDEX"}, Wrong{"NoShard", "--shard 8/8", "0 to 7"},
        Wrong{"OutBelowAFile", "--out endless.json/out", "cannot write to endless.json/out"},
        Wrong{"OutIsAFile", "--out endless.json", "cannot write to endless.json"},
        Wrong{"GarbageTime", "--for soon", "90s, 10m or 2h, not soon"}, Wrong{"NoTime", "--for 0s", "not 0s"},
        Wrong{"NegativeTime", "--for=-5s", "not -5s"}, Wrong{"NoRuns", "--runs 0", "from 1, not 0"},
        Wrong{"NegativeRuns", "--runs=-1", "not -1"}, Wrong{"NegativeSeed", "--seed=-1", "not -1"},
        Wrong{"UnknownProfile", "--profile java-1", "java-1"}, Wrong{"UnknownAblation", "--without luck", "luck"},
        Wrong{"NoTrial", "--trial 1..2", "not 1..2"}, Wrong{"ResumeOfNothing", "--resume", "--out"},
        Wrong{"NoReport", "--junit nowhere/junit.xml --runs 1", "cannot write nowhere/junit.xml"},
        Wrong{"OverwritesATemplate", "endless.json --junit ./endless.json --runs 1", "--junit would overwrite"},
        Wrong{"PageOverATemplate", "endless.json --report endless.json --runs 1", "--report would overwrite"},
        Wrong{"OneFileTwice", "--runs 1 --junit new.xml --report ./new.xml", "--report would overwrite"},
        Wrong{"NoFolder", "--runs 1 --out ''", "--out: takes the name of what to write"},
        Wrong{"ProfileTwice", "--runs 1 --profile hardened --profile hardened", "names hardened twice"},
        Wrong{"ResumedTrial", "--trial 3 --resume --out x", "trial that is run alone"},
        Wrong{"StrictTrial", "--trial 3 --strict", "--strict says nothing of a trial"},
        Wrong{"FirstTrial", "--trial 3 --first", "--first says nothing of a trial"},
        Wrong{"TrialAndRuns", "--trial 3 --runs 5", "--runs says nothing of a trial"},
        Wrong{"TrialAndTime", "--trial 3 --for 5s", "--for says nothing of a trial"},
        Wrong{"TrialAndJobs", "--trial 3 --jobs 2", "--jobs says nothing of a trial"},
        Wrong{"LongTemplate", "long.json --runs 1", "long.json: steps[1] ends after more than an hour"},
        Wrong{"MergeOfNoFolder", "merge nowhere --out all", "cannot read nowhere"},
        Wrong{"MergeIntoNoFolder", "merge . --out ''", "--out: takes the name of what to write"},
        Wrong{"TemplateOfMerge", "endless.json merge . --out all", "templates stands before merge"},
        Wrong{"SeedOfMerge", "--seed 4 merge . --out all", "--seed stands before merge"},
        Wrong{"MergeOfNoCampaign", "merge . --out all", ". holds no campaign"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

TEST_P(ExploreOfBadInput, SaysSoOnceAndEndsWith64) {
  const std::string arguments = GetParam().arguments;
  const CommandResult r = rmqsim("explore " + arguments);
  EXPECT_EQ(r.exit_code, 64) << r.output;
  EXPECT_THAT(r.output, HasSubstr(GetParam().says));
  EXPECT_THAT(std::count(r.output.begin(), r.output.end(), '\n'), testing::Le(2)) << r.output;
  EXPECT_FALSE(fs::exists(at("all")));
}

TEST_F(Explore, MergingOverwritesNoCampaign) {
  ASSERT_EQ(explore("--runs 4 --out one").exit_code, 0);
  const std::string kept = state("one");
  const CommandResult r = rmqsim("explore merge one --out all --junit " + kept);
  EXPECT_EQ(r.exit_code, 64);
  EXPECT_THAT(r.output, HasSubstr("--junit would overwrite one/"));
  EXPECT_FALSE(fs::exists(at("all")));
  EXPECT_EQ(explore("--runs 4 --out one --resume").exit_code, 0) << "it is as it was";
}

TEST_F(Explore, OverwritesNoStateOfItsOwn) {
  ASSERT_EQ(explore("--runs 4 --profile hardened --out one").exit_code, 0);
  const std::string kept = state("one"), before = content(kept);
  for (const char* option : {"--junit ", "--report "}) {
    const CommandResult r = explore("--runs 8 --profile hardened --out one --resume " + (option + kept));
    EXPECT_EQ(r.exit_code, 64) << r.output;
    EXPECT_THAT(r.output, HasSubstr(std::string(option) + "would overwrite one/campaign-"));
    const std::string name = fs::path(kept).filename();
    EXPECT_EQ(explore("--runs 8 --profile hardened --out new " + (option + ("new/" + name))).exit_code, 64) << option;
  }
  EXPECT_EQ(content(kept), before);
}

TEST_F(Explore, LeavesNothingBehindWhenItFindsNothing) {
  const CommandResult r = explore("--profile hardened --runs 10");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr("10 trials"));
  EXPECT_THAT(r.output, HasSubstr("nothing found"));
  EXPECT_FALSE(fs::exists(at("explored")));
}

TEST_F(Explore, MakesAFileThatCanBeReadOfWhatItFinds) {
  const CommandResult r = explore("endless.json --profile hardened --runs 1 --junit junit.xml");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("FOUND   inconclusive hardened"));
  EXPECT_THAT(r.output, HasSubstr("broken: a run comes to its end"));
  const Json found = report("endless.json --profile hardened --runs 1 --out again")["findings"];
  ASSERT_EQ(found.size(), 1u);
  const std::string file = found[0]["path"];
  EXPECT_TRUE(fs::exists(folder_ / file));
  EXPECT_EQ(rmqsim("validate " + file).exit_code, 0) << rmqsim("validate " + file).output;
  EXPECT_TRUE(fs::exists(at("explored/" + file.substr(6)))) << "the same in the folder that it chose itself";
  EXPECT_THAT(content(at("junit.xml")), HasSubstr(R"(tests="2" failures="1")"));
}

TEST_F(Explore, ReplacesAFileThatIsNoFindingWhateverItsSize) {
  const std::string campaign = "endless.json --profile hardened --runs 1 --out ";
  const std::string file = report(campaign + "one")["findings"][0]["file"];
  fs::create_directories(at("two"));
  std::ofstream(at("two/" + file)) << "{}";
  const Json found = report(campaign + "two")["findings"][0];
  EXPECT_EQ(content(at("two/" + file)), content(at("one/" + file)));
  EXPECT_EQ(found["checks"][0], "read again, it breaks the same in sim");
  EXPECT_EQ(found["bytes"], fs::file_size(at("two/" + file)));
}

TEST_F(Explore, KeepsWhatItFoundAsItWasDrawn) {
  const Json found = report("endless.json --profile hardened --runs 1 --without shrink --out out")["findings"];
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0]["shrunk"].get<bool>());
  EXPECT_THAT(found[0]["file"].get<std::string>(), StartsWith("unshrunk/inconclusive-"));
  EXPECT_TRUE(fs::exists(folder_ / found[0]["path"].get<std::string>()));
}

TEST_F(Explore, RunsATrialAloneByTheCommandOfItsFinding) {
  const Json found = report("endless.json --profile hardened --runs 1 --without shrink --out out")["findings"];
  ASSERT_EQ(found.size(), 1u);
  const std::string command = found[0]["command"];
  ASSERT_THAT(command, StartsWith("rmqsim explore "));
  const CommandResult r = rmqsim(command.substr(7) + " -q --out alone");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("FOUND   inconclusive hardened"));
  EXPECT_EQ(content(at("alone/" + found[0]["file"].get<std::string>())), content(folder_ / found[0]["path"]));
}

TEST_F(Explore, WritesDownATrialThatIsRunAlone) {
  EXPECT_EQ(explore("--profile hardened --trial 3 --out alone").exit_code, 0);
  EXPECT_EQ(rmqsim("validate alone/unshrunk/trial-3.json").exit_code, 0);
}

TEST_F(Explore, EndsWithTheFirstFinding) {
  const Json json = report("endless.json --first --runs 100000 --without shrink --out out");
  EXPECT_EQ(json["findings"].size(), 1u);
  EXPECT_EQ(json["trials"], 1);
}

TEST_F(Explore, GoesOnWhereItStopped) {
  const std::string campaign = "--profile hardened --without guidance --seed 5 ";
  const Json whole = report(campaign + "--runs 60 --out whole");
  EXPECT_EQ(report(campaign + "--runs 25 --out parts")["trials"], 25);
  EXPECT_EQ(comparable(report(campaign + "--runs 60 --out parts --resume")), comparable(whole));
  EXPECT_EQ(comparable(report(campaign + "--runs 60 --out parts --resume")), comparable(whole)) << "nothing is left";
  EXPECT_EQ(report(campaign + "--runs 5 --out new --resume")["trials"], 5) << "where there is nothing it begins";
}

TEST_F(Explore, CountsRunsASecondOfItsOwnTimeOnly) {
  const std::string campaign = "--profile hardened --without guidance --runs 25 --out out ";
  const std::uint64_t runs = report(campaign)["runs"];
  EXPECT_EQ(report(campaign + "--resume")["runsPerSecond"], 0u);
  const CommandResult r = explore(campaign + "--resume");
  EXPECT_THAT(r.output, HasSubstr("25 trials, " + std::to_string(runs) + " runs, 0 of them now in 0.0 s · 0 runs/s"));
}

TEST_F(Explore, LosesALineAtMostWhenItIsCut) {
  const std::string campaign = "--profile hardened --without guidance --runs 20 --out out ";
  const Json whole = report(campaign);
  const std::string path = state("out");
  fs::resize_file(path, content(path).rfind("{\"end\"") - 7);
  EXPECT_EQ(comparable(report(campaign + "--resume")), comparable(whole));
  const std::string text = content(path);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

TEST_F(Explore, RefusesAFolderThatHoldsACampaign) {
  EXPECT_EQ(explore("--profile hardened --runs 2 --seed 5 --out out").exit_code, 0);
  const std::string path = state("out"), before = content(path);
  const struct {
    const char* arguments;
    const char* says;
  } kRefused[] = {{"--profile hardened --seed 5", "--resume goes on"},
                  {"--profile hardened --seed 6", "its seed is 5, not 6"},
                  {"--profile hardened --seed 6 --resume", "its seed is 5, not 6"},
                  {"--profile java-5.3.3 --seed 5 --resume", "its profiles are hardened, not java-5.3.3"},
                  {"--profile hardened --seed 5 --resume endless.json", "other templates"},
                  {"--profile hardened --seed 5 --resume --without rescue", "goes without is none, not rescue"},
                  {"--profile hardened --seed 5 --resume --shard 1/3", "in 1 shards, not in 3"}};
  for (const auto& [arguments, says] : kRefused) {
    const CommandResult r = explore(std::string(arguments) + " --runs 4 --out out");
    EXPECT_EQ(r.exit_code, 64) << arguments;
    EXPECT_THAT(r.output, HasSubstr(says));
  }
  EXPECT_EQ(content(path), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(at("out")), {}), 1);
}

TEST_F(Explore, RefusesAStateOfAnotherVersion) {
  EXPECT_EQ(explore("--profile hardened --runs 2 --out out").exit_code, 0);
  const std::string path = state("out");
  std::string text = content(path);
  const std::string version = R"("version":")";
  text.insert(text.find(version) + version.size(), "9");
  fs::remove(path);
  std::ofstream(at("out/campaign-00000000-shard-0-of-1.jsonl")) << text;
  const CommandResult r = explore("--profile hardened --runs 4 --out out --resume");
  EXPECT_EQ(r.exit_code, 64);
  EXPECT_THAT(r.output, HasSubstr("it is of version 9"));
  EXPECT_EQ(content(at("out/campaign-00000000-shard-0-of-1.jsonl")), text);
}

TEST_F(Explore, RefusesAStateThatIsNotWhatItsNameSays) {
  const std::string campaign = "--profile hardened --runs 2 ";
  ASSERT_EQ(explore(campaign + "--seed 1 --out one").exit_code, 0);
  ASSERT_EQ(explore(campaign + "--seed 2 --out two").exit_code, 0);
  ASSERT_EQ(explore(campaign + "--seed 1 --shard 1/2 --out half").exit_code, 0);
  const std::string path = state("one"), text = content(path);
  const auto header = [&](const std::string& shard) {
    std::string other = text;
    const std::string key = R"("shard":[)";
    return other.replace(other.find(key) + key.size(), 3, shard);
  };
  const struct {
    std::string text;
    const char* resumed;
    const char* merged;
  } kWrong[] = {{content(state("two")), "its seed is 2, not 1", "holds the state of another campaign, or shard"},
                {header("0,2"), "in 2 shards, not in 1", "holds the state of another campaign, or shard"},
                {header("5,1"), "is no state", "is no state"},
                {header("0,0"), "is no state", "is no state"}};
  for (const auto& wrong : kWrong) {
    std::ofstream(path) << wrong.text;
    const CommandResult resumed = explore(campaign + "--seed 1 --resume --out one");
    EXPECT_EQ(resumed.exit_code, 64) << resumed.output;
    EXPECT_THAT(resumed.output, HasSubstr(wrong.resumed));
    const CommandResult merged = rmqsim("explore merge one --out all");
    EXPECT_EQ(merged.exit_code, 64) << merged.output;
    EXPECT_THAT(merged.output, HasSubstr(wrong.merged));
  }
  fs::rename(state("half"), fs::path(state("half")).replace_filename("campaign-1-shard-0-of-2.jsonl"));
  EXPECT_EQ(rmqsim("explore merge half --out all").exit_code, 64);
}

TEST_F(Explore, ReadsNoStateThatIsNoFile) {
  ASSERT_EQ(explore("--profile hardened --runs 2 --out out").exit_code, 0);
  const std::string path = state("out");
  fs::remove(path);
  for (const bool pipe : {true, false}) {
    ASSERT_EQ(pipe ? ::mkfifo(path.c_str(), 0600) : ::mkdir(path.c_str(), 0700), 0);
    for (const char* command :
         {"explore -q --profile hardened --runs 4 --out out --resume", "explore merge out --out all"}) {
      const CommandResult r = rmqsim(command);
      EXPECT_EQ(r.exit_code, 64) << r.output;
      EXPECT_THAT(r.output, HasSubstr("cannot read out/campaign-"));
      EXPECT_THAT(r.output, HasSubstr("no regular file"));
    }
    fs::remove(path);
  }
}

TEST_F(Explore, ExploresAgainWhatItCouldNotWriteDown) {
  const std::string campaign = at("endless.json") + " --profile java-5.3.3 --runs 3 --out out --without shrink";
  const Json whole = report(campaign);
  ASSERT_GT(whole["findings"].size(), 0u);
  fs::remove_all(at("out"));
  fs::create_directory(at("out"));
  std::ofstream(at("out/unshrunk")) << "in the way";
  const CommandResult r = explore(campaign);
  EXPECT_EQ(r.exit_code, 70) << r.output;
  EXPECT_THAT(r.output, HasSubstr("out/unshrunk"));
  EXPECT_EQ(rmqsim("explore merge out --out all").exit_code, 2) << "it did not come to its end";
  fs::remove(at("out/unshrunk"));
  EXPECT_EQ(comparable(report(campaign + " --resume")), comparable(whole));
}

TEST_F(Explore, LeavesNothingWhenItIsRefusedForAReport) {
  for (const std::string out : {"--out out ", ""}) {
    const CommandResult r = explore(out + "--runs 1 --profile hardened --junit nowhere/x.xml");
    EXPECT_EQ(r.exit_code, 64) << r.output;
    EXPECT_FALSE(fs::exists(at("out"))) << r.output;
    EXPECT_FALSE(fs::exists(at("explored"))) << r.output;
  }
  EXPECT_EQ(explore("--out out --runs 1 --profile hardened --junit out/x.xml").exit_code, 0) << "made first";
  EXPECT_EQ(rmqsim("explore merge out --out all --junit nowhere/x.xml").exit_code, 64);
  EXPECT_FALSE(fs::exists(at("all")));
}

TEST_F(Explore, TakesAFolderThatNobodyElseTakes) {
  const std::string one =
      "(" + program("rmqsim") + " explore endless.json -q --profile java-5.3.3 --runs 1 --without shrink";
  std::string all = "cd " + folder_.string() + "; ";
  for (int seed = 1; seed <= 8; ++seed) {
    all += one + " --seed " + std::to_string(seed) + " > /dev/null 2>&1; echo status $?) & ";
  }
  const std::string said = run_command(all + "wait").output;
  for (std::size_t at = said.find("status"); at != std::string::npos; at = said.find("status", at + 1)) {
    EXPECT_EQ(said.substr(at, 8), "status 1") << said;
  }
  EXPECT_TRUE(fs::exists(at("explored-8")));
}

TEST_F(Explore, SaysWhichFileItCannotWriteAndWhy) {
  CampaignFolder folder;
  const HeaderRow header{{.version = "1"}, {}};
  ASSERT_EQ(folder.open(at("out"), header, false), "");
  const auto former = ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit full{fs::file_size(at("out/" + state_file_name(header))), limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);
  const std::string wrong = folder.append(row_text(BatchRow{}));
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, former);
  EXPECT_EQ(wrong, "cannot write " + at("out/" + state_file_name(header)) + ": File too large");
}

TEST_F(Explore, FindsTheSameSideBySide) {
  const std::string campaign = "--profile hardened --without guidance --runs 300 --seed 5 ";
  EXPECT_EQ(comparable(report(campaign + "--jobs 3 --out three")), comparable(report(campaign + "--out one")));
}

TEST_F(Explore, ObeysATestRunner) {
  const CommandResult r = rmqsim("explore endless.json --profile hardened --runs 4 --without shrink",
                                 "TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=4 TEST_SHARD_STATUS_FILE=status "
                                 "TEST_UNDECLARED_OUTPUTS_DIR=outputs XML_OUTPUT_FILE=test.xml");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("shard 1/4, as TEST_SHARD_INDEX says"));
  EXPECT_THAT(r.output, HasSubstr("1 trial,"));
  EXPECT_TRUE(fs::exists(at("status")));
  EXPECT_NE(state("outputs/explored"), "");
  EXPECT_THAT(content(at("test.xml")), HasSubstr("<testsuite"));
  const CommandResult half = explore("--runs 8", "TEST_SHARD_INDEX=1");
  EXPECT_EQ(half.exit_code, 64);
  EXPECT_THAT(half.output, HasSubstr("TEST_TOTAL_SHARDS"));
}

TEST_F(Explore, FailsWhenItIsStrictAndTooNarrow) {
  const CommandResult r = explore("--profile hardened --runs 1 --strict");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("never: "));
  EXPECT_EQ(explore("--profile hardened --runs 1").exit_code, 0);
}

/// Waits until a file of the state has so many rows.
void await_rows(const std::string& path, std::ptrdiff_t rows) {
  for (std::string text; std::count(text.begin(), text.end(), '\n') < rows; text = content(path)) ::usleep(10'000);
}

struct Interrupted : Explore {
  void begin(std::vector<std::string> arguments) {
    for (const char* variable : {"GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS"}) ::unsetenv(variable);
    arguments.insert(arguments.begin(), {"explore", "-q", "--for", "2h", "--out", at("out")});
    campaign_.emplace("rmqsim", std::move(arguments), Program::AtOnce());
    while (!fs::exists(at("out")) || state("out").empty()) ::usleep(1000);
  }
  /// One of its workers, as soon as there is any.
  pid_t worker() const {
    for (;;) {
      const std::string campaign = std::to_string(campaign_->pid());
      std::ifstream in("/proc/" + campaign + "/task/" + campaign + "/children");
      if (pid_t first = 0; in >> first) return first;
    }
  }
  /// Until it has computed for a tenth of a second: it is at a trial, however late the machine began it.
  static void await_work(pid_t worker) {
    for (long ticks = 0; ticks < ::sysconf(_SC_CLK_TCK) / 10; ::usleep(1000)) {
      const std::string stat = content("/proc/" + std::to_string(worker) + "/stat");
      std::istringstream fields(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
      std::string skipped;
      for (int field = 3; field < 14; ++field) fields >> skipped;
      long user = 0, system = 0;
      ASSERT_TRUE(fields >> user >> system) << "it has ended";
      ticks = user + system;
    }
  }
  std::optional<Program> campaign_;
};

TEST_F(Interrupted, EndsWithTheReportAndGoesOn) {
  begin({"--profile", "hardened"});
  await_rows(state("out"), 2);
  EXPECT_EQ(campaign_->stop(SIGINT), 2);
  EXPECT_THAT(campaign_->rest(), HasSubstr("interrupted (SIGINT); --resume goes on"));
  const std::uint64_t trials = report("--profile hardened --out out --resume --runs 1")["trials"];
  EXPECT_GT(trials, 0u);
}

TEST_F(Interrupted, LosesNoFinding) {
  begin({"--jobs", "2", "--profile", "hardened", at("endless.json")});
  ASSERT_NE(campaign_->line_with("FOUND"), "");
  EXPECT_EQ(campaign_->stop(SIGTERM), 1);
  EXPECT_THAT(campaign_->rest(), HasSubstr("1 finding"));
}

TEST_F(Interrupted, LeavesAFindingEvenWhenItIsKilled) {
  begin({"--profile", "hardened", at("endless.json")});
  while (!fs::exists(at("out/unshrunk"))) ::usleep(1000);
  campaign_->stop(SIGKILL);
  const CommandResult r =
      explore(at("endless.json") + " --profile hardened --out out --resume --runs 1 --without shrink");
  EXPECT_EQ(r.exit_code, 64) << "another campaign: it shrinks";
  EXPECT_EQ(explore(at("endless.json") + " --profile hardened --out out --resume --runs 1").exit_code, 1);
}

/// Before its first trial or in one: neither is to blame.
TEST_F(Interrupted, GoesOnWithoutAWorkerThatWasKilledAndTellsOfItInTheEnd) {
  begin({"--profile", "hardened"});
  ::kill(worker(), SIGKILL);  // a sanitizer makes an exit status of others
  await_rows(state("out"), 6);
  EXPECT_EQ(campaign_->stop(SIGINT), 70);
  EXPECT_THAT(campaign_->rest(), HasSubstr("ended by signal 9"));
}

TEST_F(Interrupted, MakesSmallLaterWhatItHadNoTimeFor) {
  std::ofstream(at("slow.json")) << R"({"version": 1, "name": "slow", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T"}, {"name": "U"}]},
    "producers": [{"name": "p"}], "faults": [{"at": "*", "on": "send", "topic": "U", "do": {"drop": "request"}}],
    "steps": [{"send": {"topic": "T", "count": 20000}}, {"send": {"topic": "U", "count": 6, "timeoutMs": 90000000}}]})";
  begin({"--profile", "hardened", at("slow.json")});
  await_work(worker());
  EXPECT_EQ(campaign_->stop(SIGTERM), 1);
  const std::string rest = campaign_->rest();
  EXPECT_THAT(rest, HasSubstr("the shrink was interrupted"));
  EXPECT_THAT(rest, testing::Not(HasSubstr("did not break")));
  const Json found = report(at("slow.json") + " --profile hardened --out out --resume --runs 1")["findings"];
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0]["shrunk"].get<bool>()) << found;
  EXPECT_TRUE(fs::exists(at("out/" + found[0]["file"].get<std::string>())));
}

}  // namespace explore_test
}  // namespace rmqsim
