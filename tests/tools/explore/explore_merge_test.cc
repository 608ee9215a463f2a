// Shards of a campaign and `rmqsim explore merge`: what they find together, in any order, and what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/tools/explore/explore_folder.h"

namespace rmqsim {
namespace explore_test {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(Explore, FindsTheSameInShards) {
  const std::string campaign = "--without guidance,shrink,exhaustive --runs 6 --seed 5 ";
  std::vector<std::string> shards;
  for (const char* shard : {"0", "1", "2"}) {
    shards.push_back(std::string("shard-") + shard);
    const Json json = report(campaign + "endless.json --shard " + shard + "/3 --out " + shards.back());
    EXPECT_EQ(json["trials"], 2);
  }
  const Json whole = comparable(report(campaign + "endless.json --out whole"));
  const Json all = merged("shard-0 shard-1 shard-2 --out all");
  EXPECT_EQ(all["trials"], 6);
  EXPECT_EQ(all["findings"].size(), whole["findings"].size());
  for (std::size_t i = 0; i < whole["findings"].size(); ++i) {
    for (const char* key : {"finding", "profile", "mode", "decision"}) {
      EXPECT_EQ(all["findings"][i][key], whole["findings"][i][key]);
    }
  }
  EXPECT_EQ(all["sometimes"], whole["sometimes"]);

  merged("shard-0 shard-1 --out left");
  merged("shard-2 shard-1 --out right");
  EXPECT_EQ(merged("left shard-2 --out left-all"), all);
  EXPECT_EQ(merged("right shard-0 --out right-all"), all);
  EXPECT_EQ(merged("all --out once-more"), all);
  EXPECT_EQ(merged("all all shard-1 left --out twice"), all);
  for (const Json& finding : all["findings"]) {
    const std::string file = finding["file"];
    EXPECT_NE(content(at("all/" + file)), "");
    for (const char* other : {"left-all/", "right-all/", "twice/"}) {
      EXPECT_EQ(content(at(other + file)), content(at("all/" + file)));
    }
  }
  EXPECT_EQ(rmqsim("explore merge shard-0 --out all").exit_code, 64) << "it holds a campaign";
}

TEST_F(Explore, TellsAndFailsWhenAShardIsMissing) {
  const std::string campaign = "--profile hardened --without guidance --runs 6 --seed 5 ";
  for (const char* shard : {"0", "2"}) {
    ASSERT_EQ(explore(campaign + "--shard " + shard + "/3 --out shard-" + shard).exit_code, 0);
  }
  const CommandResult lost = rmqsim("explore merge shard-0 shard-2 --out all --junit all.xml");
  EXPECT_EQ(lost.exit_code, 2) << lost.output;
  EXPECT_THAT(lost.output, HasSubstr("2 of 3 shards of seed 5; 1/3 is missing"));
  EXPECT_THAT(content(at("all.xml")), HasSubstr("1/3 is missing"));
  EXPECT_THAT(content(at("all.xml")), HasSubstr(R"(failures="1")"));
  const Json json = merged("shard-0 shard-2 --out as-json");
  EXPECT_EQ(json["verdict"], "incomplete");
  EXPECT_EQ(json["missing"], Json::array({"2 of 3 shards of seed 5; 1/3 is missing"}));
  ASSERT_EQ(explore(campaign + "--shard 1/3 --out shard-1").exit_code, 0);
  EXPECT_EQ(rmqsim("explore merge all shard-1 --out whole").exit_code, 0);
}

TEST_F(Explore, TellsWhenAShardWasKilledBeforeItsEnd) {
  const std::string campaign = "--profile hardened --without guidance --runs 6 --seed 5 --out all";
  ASSERT_EQ(explore(campaign).exit_code, 0);
  ASSERT_EQ(rmqsim("explore merge all --out whole").exit_code, 0);
  const std::string file = state("all"), rows = content(file);
  ASSERT_TRUE(rows.ends_with("{\"end\":\"\"}\n")) << rows;
  std::ofstream(file) << rows.substr(0, rows.rfind("{\"end\""));
  const CommandResult cut = rmqsim("explore merge all --out cut");
  EXPECT_EQ(cut.exit_code, 2) << cut.output;
  EXPECT_THAT(cut.output, HasSubstr("seed 5 was cut off; --resume goes on with it"));
  EXPECT_EQ(explore(campaign + " --resume").exit_code, 0);
  EXPECT_EQ(content(file), rows);
}

TEST_F(Explore, CountsAShardThatDiedBeforeItsFirstLineAsMissing) {
  const std::string campaign = "--profile hardened --without guidance --runs 6 --seed 5 ";
  for (const char* shard : {"0", "1"}) {
    ASSERT_EQ(explore(campaign + "--shard " + shard + "/2 --out shard-" + shard).exit_code, 0);
  }
  std::ofstream(state("shard-1")) << R"({"campaign":)";
  const CommandResult r = rmqsim("explore merge shard-0 shard-1 --out all");
  EXPECT_EQ(r.exit_code, 2) << r.output;
  EXPECT_THAT(r.output, HasSubstr("1 of 2 shards of seed 5; 1/2 is missing"));
  const CommandResult alone = rmqsim("explore merge shard-1 --out none");
  EXPECT_EQ(alone.exit_code, 64) << alone.output;
  EXPECT_THAT(alone.output, HasSubstr("no campaign has begun"));
}

TEST_F(Explore, MergesNoTwoDivisionsOfOneCampaign) {
  const std::string campaign = "--profile hardened --runs 6 --seed 5 ";
  ASSERT_EQ(explore(campaign + "--shard 0/2 --out half").exit_code, 0);
  ASSERT_EQ(explore(campaign + "--shard 1/3 --out third").exit_code, 0);
  const CommandResult r = rmqsim("explore merge half third --out all");
  EXPECT_EQ(r.exit_code, 64) << r.output;
  EXPECT_THAT(r.output, HasSubstr("divide one campaign in two ways"));
}

TEST_F(Explore, NamesOfWhatIsMergedTheCampaignThatFoundIt) {
  ASSERT_EQ(explore("--profile java-5.3.3 --runs 2 --seed 13 --out quiet").exit_code, 0);
  const std::string loud = report("endless.json --profile hardened --runs 1 --out loud")["findings"][0]["command"];
  const std::string finding = R"(--report page.html --junit junit.xml --json 2>/dev/null)";
  const Json all = Json::parse(rmqsim("explore merge quiet loud --out all " + finding).output, nullptr, false);
  ASSERT_EQ(all["findings"].size(), 1u);
  EXPECT_EQ(all["findings"][0]["command"], loud);
  EXPECT_THAT(content(at("junit.xml")), HasSubstr(loud));
  const CommandResult told = rmqsim("explore merge quiet loud --out told");
  EXPECT_THAT(told.output, HasSubstr("found: after 1 run, by " + loud));
  EXPECT_THAT(told.output, testing::ContainsRegex("seeds (1, 13|13, 1) · 2 shards · "));
  EXPECT_THAT(told.output, testing::ContainsRegex("hardened, java-5.3.3|java-5.3.3, hardened"));
}

TEST_F(Explore, MergesNoFileFromElsewhere) {
  ASSERT_EQ(explore("endless.json --profile hardened --runs 1 --out one").exit_code, 1);
  std::ofstream(at("pwned.json")) << "{}";
  const std::string path = state("one"), text = content(path);
  const std::string file = report("endless.json --profile hardened --runs 1 --out other")["findings"][0]["file"];
  fs::create_directories(at("q/w"));
  for (const std::string& other : {std::string("../../pwned.json"), at("pwned.json"), std::string("a/b.json")}) {
    std::string forged = text;
    forged.replace(forged.rfind(file), file.size(), other);
    std::ofstream(path) << forged;
    const CommandResult r = rmqsim("explore merge one --out q/w/e");
    EXPECT_EQ(r.exit_code, 64) << r.output;
    EXPECT_THAT(r.output, HasSubstr("is no row of a campaign"));
  }
  EXPECT_FALSE(fs::exists(at("q/pwned.json")));
}

TEST_F(Explore, LeavesNoHalfOfAMergeThatFailed) {
  const std::string file = report("endless.json --profile hardened --runs 1 --out one")["findings"][0]["file"];
  fs::create_directories(at("all/" + file));
  const CommandResult r = rmqsim("explore merge one --out all");
  EXPECT_EQ(r.exit_code, 64) << r.output;
  fs::remove(at("all/" + file));
  EXPECT_EQ(rmqsim("explore merge one --out all").exit_code, 1);
}

TEST_F(Explore, MergesAFindingWhoseFileIsGoneAsItWasDrawn) {
  const std::string file = report("endless.json --profile hardened --runs 1 --out one")["findings"][0]["file"];
  fs::remove(at("one/" + file));
  Json found = Json::parse(rmqsim("explore merge one --out all --json 2>/dev/null").output)["findings"][0];
  EXPECT_THAT(found["file"].get<std::string>(), StartsWith("unshrunk/inconclusive-"));
  EXPECT_TRUE(fs::exists(folder_ / found["path"].get<std::string>()));
  EXPECT_EQ(found["checks"][0], "its file " + file + " is gone from one, so this is how it was drawn");
  fs::remove_all(at("one/unshrunk"));
  found = Json::parse(rmqsim("explore merge one --out none --json 2>/dev/null").output)["findings"][0];
  EXPECT_EQ(found["path"], "");
  const CommandResult told = rmqsim("explore merge one --out told");
  EXPECT_THAT(told.output, HasSubstr("file: none"));
  EXPECT_THAT(told.output, HasSubstr("is gone from one"));
  EXPECT_THAT(told.output, testing::Not(HasSubstr("rerun:")));
}

}  // namespace explore_test
}  // namespace rmqsim
