// The rows of a campaign's state: what is written is read, what was cut is run again, and shards add up to the same in
// any order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/harness/explore/campaign/campaign_report.h"
#include "scenarios/harness/explore/campaign/shard_state.h"

namespace rmqsim {
namespace campaign_state_test {

using testing::HasSubstr;

HeaderRow header(std::uint64_t index = 0, std::uint64_t count = 1) {
  HeaderRow row;
  row.key.version = "1";
  row.key.drawing = "0011223344556677";
  row.key.seed = 7;
  row.key.profiles = {"java-5.3.3"};
  row.key.templates = {{"quickstart", "8899aabbccddeeff", "scenarios/basics/quickstart.json"}};
  row.shard = {index, count};
  return row;
}

FindingRow finding(std::uint64_t bytes, const std::string& mode = "async") {
  FindingRow row;
  row.signature = {"acknowledged-is-stored", "java-5.3.3", mode, "answered"};
  row.lineage = {{12, 57}};
  row.message = "expected that it is stored, got \"nothing\"";
  row.evidence = {"#0  broker-a/1"};
  row.file = "acknowledged-is-stored-" + std::to_string(bytes) + ".json";
  row.bytes = bytes;
  row.shrunk = true;
  row.certified = true;
  row.cause = {"passes when delayMs ≤ 2990 (faults[0])"};
  row.after_runs = 90;
  return row;
}

BatchRow batch(std::uint64_t first, std::uint64_t trials) {
  return {first, trials, 2 * trials, 1, 0, {{"retried", trials}}, 0.5};
}

ShardState state(const std::vector<CampaignRow>& rows) {
  ShardState state;
  for (const CampaignRow& row : rows) state.take(row);
  return state;
}

std::string text(const std::vector<CampaignRow>& rows) {
  std::string text;
  for (const CampaignRow& row : rows) text += row_text(row);
  return text;
}

TEST(CampaignRow, IsReadAsItWasWritten) {
  HeaderRow of_client = header();
  of_client.key.client = {"ali-ons 3.12.0", "node driver.cjs"};
  const std::vector<CampaignRow> rows{header(3, 8),
                                      of_client,
                                      TrialRow{{{12, 57, 903}}, {1, ~Feature{0}}},
                                      finding(300),
                                      DeviationRow{{{5}}, "hardened", "line 3 of the trace\n  once:  a", "x.json"},
                                      batch(512, 100)};
  for (const CampaignRow& row : rows) {
    const std::string line = row_text(row);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto again = parse_row(line);
    ASSERT_TRUE(again.has_value()) << line;
    EXPECT_EQ(row_text(*again), line);
    EXPECT_EQ(again->index(), row.index());
  }
}

TEST(CampaignRow, IsNoneWhenAnyOfItIsMissing) {
  for (const CampaignRow& row : std::vector<CampaignRow>{header(), finding(3), batch(0, 1), TrialRow{{{1}}, {2}}}) {
    const std::string line = row_text(row);
    for (std::size_t n = 0; n + 1 < line.size(); ++n) EXPECT_FALSE(parse_row(line.substr(0, n))) << line.substr(0, n);
  }
}

TEST(CampaignRow, IsNoneWhenItNamesAFileOutsideItsFolder) {
  for (const char* file : {"a.json", "unshrunk/a-1.json", "..json"}) {
    FindingRow row = finding(3);
    row.file = file;
    EXPECT_TRUE(parse_row(row_text(row))) << file;
  }
  for (const char* file : {"", "a", "../a.json", "/a.json", "unshrunk/../a.json", "b/a.json", "unshrunk/", ".json"}) {
    FindingRow row = finding(3);
    row.file = file;
    EXPECT_FALSE(parse_row(row_text(row))) << file;
    EXPECT_FALSE(parse_row(row_text(DeviationRow{{{5}}, "hardened", "x", file}))) << file;
  }
}

TEST(CampaignRow, IsReadAsItWasWrittenBeforeShrinksWereInterrupted) {
  std::string line = row_text(finding(3));
  const std::string later = R"("interrupted":false,)";
  line.erase(line.find(later), later.size());
  EXPECT_TRUE(parse_row(line)) << line;
}

TEST(CampaignState, GoesOnAfterWhatWasCut) {
  const std::string whole = text({header(), batch(0, 10)});
  const std::string all = whole + row_text(batch(10, 10));
  for (std::size_t n = whole.size(); n < all.size(); ++n) {
    const ReadState read = read_state(std::string_view(all).substr(0, n));
    ASSERT_TRUE(read.state.has_value());
    EXPECT_EQ(read.whole, whole.size());
    EXPECT_EQ(read.bad_line, 0u);
    EXPECT_EQ(read.state->explored, 10u);
    EXPECT_EQ(read.state->gap(0, 100, 50), std::pair(std::uint64_t{10}, std::uint64_t{60}));
  }
}

TEST(CampaignState, TellsWhichLineIsNone) {
  EXPECT_EQ(read_state(text({header()}) + "nonsense\n" + row_text(batch(0, 1))).bad_line, 2u);
  EXPECT_EQ(read_state(text({header()}) + "nonsense\n").bad_line, 0u) << "the last line may be a crash's";
  EXPECT_FALSE(read_state("nonsense\n").state);
  EXPECT_FALSE(read_state(row_text(batch(0, 1))).state) << "no header";
  EXPECT_EQ(read_state(text({header(), header(), batch(0, 1)})).bad_line, 2u);
}

TEST(CampaignState, HasTheGapsBetweenWhatWasDone) {
  ShardState some = state({header(), batch(10, 10), batch(40, 10), batch(20, 5)});
  using Gap = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(some.gap(0, 60, 100), Gap(0, 10));
  EXPECT_EQ(some.gap(10, 60, 100), Gap(25, 40));
  EXPECT_EQ(some.gap(10, 60, 3), Gap(25, 28));
  EXPECT_EQ(some.gap(40, 60, 100), Gap(50, 60));
  some.take(batch(0, 10));
  some.take(batch(25, 15));
  EXPECT_EQ(some.gap(0, 60, 100), Gap(50, 60));
  EXPECT_FALSE(some.gap(0, 50, 100));
}

TEST(CampaignState, KeepsTheSmallestOfASignature) {
  const ShardState kept = state({header(), finding(300), finding(200), finding(250), finding(100, "sync")});
  ASSERT_EQ(kept.findings.size(), 2u);
  EXPECT_EQ(kept.findings.begin()->second.bytes, 200u);
  FindingRow drawn = finding(10);
  drawn.shrunk = false;
  EXPECT_EQ(state({header(), finding(300), drawn}).findings.begin()->second.bytes, 300u);
}

TEST(CampaignState, TakesWhatWasCheckedLater) {
  FindingRow checked = finding(300);
  checked.checks = {"read again, it breaks the same in sim"};
  EXPECT_EQ(state({header(), finding(300), checked}).findings.begin()->second.checks.size(), 1u);
}

TEST(CampaignState, IsCalledAfterItsCampaignAndShard) {
  const std::string name = state_file_name(header(3, 8));
  EXPECT_THAT(name, HasSubstr("-shard-3-of-8.jsonl"));
  HeaderRow elsewhere = header(3, 8);
  elsewhere.key.templates[0].file = "/mnt/quickstart.json";
  EXPECT_EQ(state_file_name(elsewhere), name) << "where a template lies is no part of the campaign";
  HeaderRow other = header(3, 8);
  other.key.seed = 8;
  EXPECT_NE(state_file_name(other), name);
  EXPECT_EQ(state_file_name(header(4, 8)).substr(0, 18), name.substr(0, 18));
}

TEST(CampaignKey, TellsItsDifference) {
  const CampaignKey wanted = header().key;
  EXPECT_EQ(difference(wanted, wanted), "");
  CampaignKey there = wanted;
  there.seed = 3;
  EXPECT_EQ(difference(there, wanted), "its seed is 3, not 7");
  there = wanted;
  there.version = "0";
  EXPECT_EQ(difference(there, wanted), "it is of version 0, not 1");
  there = wanted;
  there.profiles.push_back("hardened");
  EXPECT_THAT(difference(there, wanted), HasSubstr("java-5.3.3, hardened"));
  there = wanted;
  there.templates[0].hash = "0";
  EXPECT_THAT(difference(there, wanted), HasSubstr("templates"));
  there = wanted;
  there.without = {"rescue"};
  EXPECT_THAT(difference(there, wanted), HasSubstr("rescue"));
  there = wanted;
  there.drawing = "0";
  EXPECT_THAT(difference(there, wanted), HasSubstr("another build"));
  there = wanted;
  there.client = {"ali-ons 3.12.0", "node driver.cjs"};
  EXPECT_EQ(difference(there, wanted), "it is of ali-ons 3.12.0, not of our own producer");
  CampaignKey elsewhere = there;
  elsewhere.client.command = "node /opt/driver.cjs";
  EXPECT_EQ(difference(there, elsewhere), "") << "its driver may lie elsewhere now";
}

TEST(CampaignSummary, IsTheSameInAnyOrder) {
  const ShardState a = state({header(0, 3), TrialRow{{{0}}, {1, 2}}, finding(300), batch(0, 10)});
  const ShardState b = state({header(1, 3), TrialRow{{{1}}, {2, 3}}, finding(200), batch(0, 20)});
  const ShardState c = state({header(2, 3), finding(100, "sync"), batch(0, 5)});
  const CampaignSummary one = add_up({&a, &b, &c});
  const CampaignSummary other = add_up({&c, &b, &a});
  for (const CampaignSummary& sum : {one, other}) {
    EXPECT_EQ(sum.trials, 35u);
    EXPECT_EQ(sum.runs, 70u);
    EXPECT_EQ(sum.features.size(), 3u);
    ASSERT_EQ(sum.findings.size(), 2u);
    EXPECT_EQ(sum.findings[0].bytes, 200u);
    EXPECT_EQ(sum.properties.at("retried"), 35u);
  }
}

TEST(CampaignSummary, NamesWhichShardsAreMissing) {
  const auto missing = [](std::vector<HeaderRow> headers) {
    CampaignSummary summary;
    summary.headers = std::move(headers);
    summary.ends.assign(summary.headers.size(), EndRow{});
    return missing_shards(summary);
  };
  EXPECT_THAT(missing({header()}), testing::IsEmpty());
  EXPECT_THAT(missing({header(2, 3), header(0, 3), header(1, 3)}), testing::IsEmpty());
  EXPECT_THAT(missing({header(2, 3), header(0, 3)}), testing::ElementsAre("2 of 3 shards of seed 7; 1/3 is missing"));
  HeaderRow other = header(1, 2);
  other.key.seed = 8;
  EXPECT_THAT(missing({header(), other}), testing::ElementsAre("1 of 2 shards of seed 8; 0/2 is missing"));
  EXPECT_THAT(missing({header(1, 12)}),
              testing::ElementsAre("1 of 12 shards of seed 7; 0/12, 2/12, 3/12, 4/12, 5/12, 6/12, 7/12, 8/12 and 3 "
                                   "more are missing"));
}

TEST(CampaignSummary, FailsInJUnitWhenItWasInterruptedWhateverItFound) {
  const ShardState loud = state({header(), finding(100), batch(0, 10)});
  CampaignEnd end;
  end.interrupted = "interrupted (SIGTERM)";
  const std::string junit = campaign_junit(add_up({&loud}), end, "night");
  EXPECT_THAT(junit, HasSubstr(R"(failures="2")"));
  EXPECT_THAT(junit, HasSubstr("interrupted (SIGTERM)"));
}

TEST(ShardState, SaysAtTheEndOfABatchWhenAFeatureWasNew) {
  EXPECT_EQ(state({header(), batch(0, 10), TrialRow{{{1}}, {1}}, batch(10, 10), batch(20, 10)}).last_new_run, 40u);
}

TEST(CampaignSummary, NamesWhichShardsDidNotComeToTheirEnd) {
  const ShardState ended = state({header(0, 3), batch(0, 10), EndRow{}});
  const ShardState resumed = state({header(1, 3), EndRow{}, batch(0, 10)});
  const ShardState stopped = state({header(2, 3), batch(0, 10), EndRow{"interrupted (SIGTERM)"}});
  EXPECT_THAT(missing_shards(add_up({&ended, &resumed, &stopped})),
              testing::ElementsAre("shard 1/3 of seed 7 was cut off; --resume goes on with it",
                                   "shard 2/3 of seed 7 was interrupted (SIGTERM); --resume goes on with it"));
  const ShardState whole = state({header()});
  EXPECT_THAT(missing_shards(add_up({&whole})), testing::ElementsAre("seed 7 was cut off; --resume goes on with it"));
}

TEST(CampaignSummary, KeepsWithEachFindingTheCampaignThatItIsOf) {
  HeaderRow other = header();
  other.key.seed = 9;
  other.key.profiles = {"hardened"};
  const ShardState quiet = state({header(), batch(0, 1)}), loud = state({other, finding(200), batch(0, 1)});
  const CampaignSummary sum = add_up({&quiet, &loud});
  ASSERT_EQ(sum.findings.size(), 1u);
  EXPECT_EQ(sum.findings[0].key, other.key);
  const std::string command = "--seed 9 --profile hardened --trial 12.57";
  EXPECT_THAT(campaign_text(sum, {}, "night", true), HasSubstr(command));
  EXPECT_THAT(campaign_text(sum, {}, "night", true), HasSubstr("seeds 7, 9 · 2 shards · java-5.3.3, hardened"));
  EXPECT_THAT(campaign_json(sum, {}, "night"), HasSubstr(command));
  EXPECT_THAT(campaign_junit(sum, {}, "night"), HasSubstr(command));
}

TEST(CampaignSummary, TakesTheStateThatGotFurther) {
  const std::vector<CampaignRow> less{header(), batch(0, 10)}, more{header(), batch(0, 10), batch(10, 10)};
  EXPECT_TRUE(further(text(more), state(more), text(less), state(less)));
  EXPECT_FALSE(further(text(less), state(less), text(more), state(more)));
  EXPECT_FALSE(further(text(less), state(less), text(less), state(less)));
}

TEST(CampaignReport, HasTheFindingWithItsCauseFileAndCommands) {
  const ShardState shard = state({header(), finding(200), batch(0, 10)});
  const std::string told = finding_text(shard.findings.begin()->second, shard.header.key, "night");
  for (const char* part :
       {"acknowledged-is-stored java-5.3.3 async answered", "an acknowledged message is stored", "got \"nothing\"",
        "cause: passes when delayMs ≤ 2990 (faults[0])", "file: night/acknowledged-is-stored-200.json",
        "rerun: rmqsim run night/acknowledged-is-stored-200.json --profile java-5.3.3 -v",
        "rmqsim explore scenarios/basics/quickstart.json --seed 7 --profile java-5.3.3 --trial 12.57"}) {
    EXPECT_THAT(told, HasSubstr(part));
  }
}

TEST(CampaignReport, HasATestCaseForEachFinding) {
  const ShardState quiet = state({header(), batch(0, 10)});
  const ShardState loud = state({header(), finding(200), finding(100, "sync"), batch(0, 10)});
  const std::string nothing = campaign_junit(add_up({&quiet}), {}, "night");
  EXPECT_THAT(nothing, HasSubstr(R"(tests="1" failures="0")"));
  const std::string found = campaign_junit(add_up({&loud}), {}, "night");
  EXPECT_THAT(found, HasSubstr(R"(tests="3" failures="2")"));
  EXPECT_THAT(found, HasSubstr("got &quot;nothing&quot;"));
  EXPECT_THAT(found, HasSubstr("rmqsim run night/acknowledged-is-stored-200.json"));
}

TEST(CampaignReport, NamesWhatNeverHappened) {
  const ShardState shard = state({header(), batch(0, 10)});
  const CampaignSummary summary = add_up({&shard});
  const std::vector<std::string> never = never_reached(summary);
  ASSERT_FALSE(never.empty());
  const std::string told = campaign_text(summary, {}, "night", false);
  for (const std::string& sentence : never) EXPECT_THAT(told, HasSubstr("never: " + sentence));
  CampaignEnd strict;
  EXPECT_THAT(campaign_junit(summary, strict, "night"), HasSubstr(R"(failures="0")"));
  strict.strict = true;
  EXPECT_THAT(campaign_junit(summary, strict, "night"), HasSubstr(R"(failures="1")"));
}

TEST(TrialCommand, NamesProfilesUnlessTheyAreAll) {
  CampaignKey key = header().key;
  key.templates.clear();
  key.profiles = {"java-5.3.3", "java-4.9.8", "hardened"};
  EXPECT_EQ(trial_command(key, {{812}}), "rmqsim explore --seed 7 --trial 812");
  key.without = {"rescue", "swarm"};
  EXPECT_EQ(trial_command(key, {{812}}), "rmqsim explore --seed 7 --without rescue,swarm --trial 812");
  key.without.clear();
  key.profiles.clear();  // another client's decisions, compared with nobody's
  key.client = {"ali-ons 3.12.0", "node driver.cjs"};
  EXPECT_EQ(trial_command(key, {{812}}), "rmqsim explore --seed 7 --client 'node driver.cjs' --trial 812");
}

TEST(Lineage, IsReadAsItWasWritten) {
  EXPECT_EQ(Lineage::parse("12.57.903")->trials, (std::vector<std::uint64_t>{12, 57, 903}));
  EXPECT_EQ(Lineage::parse("12.57.903")->text(), "12.57.903");
  for (const char* wrong : {"", ".", "1.", ".1", "a", "1..2", "-1", "1 2", "99999999999999999999"}) {
    EXPECT_FALSE(Lineage::parse(wrong)) << wrong;
  }
}

}  // namespace campaign_state_test
}  // namespace rmqsim
