// What a campaign does with a trial depends on nothing but its lineage; parents are chosen by what is rare.
#include "scenarios/harness/explore/campaign/explorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace rmqsim {
namespace explorer_test {

using testing::HasSubstr;

const Drawing& drawing() {
  static const Drawing drawing({}, {"java-5.3.3", "hardened"}, DrawOptions{.exhaustive = false});
  return drawing;
}

TEST(Explorer, MakesTheSameOfALineageWheneverItIsAsked) {
  const Explorer one(drawing(), {.seed = 7, .hashed = true}), other(drawing(), {.seed = 7, .hashed = true});
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < 20; ++i) hashes.push_back(one.explore(one.trial({{i}})).hash);
  for (std::uint64_t i = 20; i-- > 0;) EXPECT_EQ(other.explore(other.trial({{i}})).hash, hashes[i]) << i;
  const Lineage changed{{3, 5, 8}};
  EXPECT_EQ(one.explore(one.trial(changed)).hash, other.explore(other.trial(changed)).hash);
}

TEST(Explorer, RunsAnotherTrialForAnotherNumberAndSeed) {
  const Explorer seven(drawing(), {.seed = 7, .hashed = true}), eight(drawing(), {.seed = 8, .hashed = true});
  std::set<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < 20; ++i) {
    hashes.insert(seven.explore(seven.trial({{i}})).hash);
    hashes.insert(eight.explore(eight.trial({{i}})).hash);
  }
  EXPECT_GT(hashes.size(), 30u);
}

TEST(Explorer, TellsOfEachScenarioBeforeItIsRun) {
  std::uint64_t told = 0;
  const Explorer explorer(drawing(), {.seed = 7, .before_run = [&](const Scenario&, const std::string&) { ++told; }});
  std::uint64_t runs = 0;
  for (std::uint64_t i = 0; i < 10; ++i) runs += explorer.explore(explorer.trial({{i}})).runs;
  EXPECT_EQ(told, runs);
}

TEST(Explorer, MakesSomeRunsTwice) {
  const Explorer explorer(drawing(), {.seed = 7, .guidance = false});
  std::uint64_t twice = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const TrialOutcome outcome = explorer.explore(explorer.trial({{i}}));
    EXPECT_FALSE(outcome.deviation.has_value()) << outcome.deviation->difference;
    twice += outcome.twice;
  }
  EXPECT_GT(twice, 0u);
}

TEST(Explorer, DrawsWhileThereIsNothingToChange) {
  const Explorer explorer(drawing(), {.seed = 7});
  Guide guide;
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_EQ(explorer.lineage(i, guide), (Lineage{{i}}));
  guide.meet(1, 1);
  guide.add({{{12}}, explorer.trial({{12}}), {1}});
  guide.weigh();
  std::uint64_t changed = 0;
  for (std::uint64_t i = 100; i < 200; ++i) {
    const Lineage lineage = explorer.lineage(i, guide);
    EXPECT_EQ(lineage.number(), i);
    EXPECT_EQ(lineage, explorer.lineage(i, guide));
    changed += lineage == Lineage{{12, i}} ? 1 : 0;
  }
  EXPECT_GT(changed, 30u);
  EXPECT_LT(changed, 70u);
}

TEST(Guide, PrefersParentsWithWhatIsRare) {
  Guide guide;
  const Trial none{};
  guide.meet(1, 1000);
  guide.meet(2, 10);
  guide.add({{{1}}, none, {1}});
  guide.add({{{2}}, none, {1, 2}});
  guide.weigh();
  Random random(1);
  std::map<std::uint64_t, int> chosen;
  for (int i = 0; i < 1000; ++i) ++chosen[guide.choose(random)->lineage.number()];
  EXPECT_GT(chosen[2], 950);
  EXPECT_GT(chosen[1], 0);
}

TEST(Guide, HasNoParentBeforeAnyShowedSomething) {
  Guide guide;
  Random random(1);
  guide.add({{{1}}, {}, {}});
  guide.weigh();
  EXPECT_EQ(guide.choose(random), nullptr);
}

TEST(FirstDifference, IsTheFirstLineThatDiffers) {
  EXPECT_EQ(first_difference("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(first_difference("a\nb\n", "a\nc\n"), "line 2 of the trace\n  once:  b\n  again: c");
  EXPECT_THAT(first_difference("a\n", "a\nc\n"), HasSubstr("line 2 of the trace\n  once:  (ended)\n  again: c"));
}

}  // namespace explorer_test
}  // namespace rmqsim
