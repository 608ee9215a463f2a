// The generator against published values and its own promises: the same on every machine, streams unrelated.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "producer/transport/random.h"

namespace rmqsim {
namespace {

TEST(Random, MatchesXoshiro256StarStarSeededThroughSplitmix64) {
  // The reference program of xoshiro256**, its state filled from splitmix64 with state 0.
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4ULL);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aULL);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0ULL);
}

TEST(Random, StreamsDependOnSeedAndName) {
  std::set<std::uint64_t> first;
  for (const std::uint64_t seed : {0u, 1u, 2u}) {
    for (const char* name : {"", "a", "b", "queue", "queuf", "fault"}) first.insert(Random(seed, name).next());
  }
  EXPECT_EQ(first.size(), 18u);
  EXPECT_EQ(Random(7, "queue").next(), Random(7, "queue").next());
}

TEST(Random, AStreamIsTheSameOnEveryMachine) {
  Random random(1, "queue");
  const std::array<std::uint64_t, 3> drawn{random.next(), random.next(), random.next()};
  EXPECT_EQ(drawn, (std::array<std::uint64_t, 3>{0x8db3cc4adebce2b2ULL, 0x5a1a6bdb83899bbaULL, 0x4284bef33bea81e1ULL}));
}

TEST(Random, BelowStaysBelowAndReachesEverything) {
  Random random(3);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) {
    const std::uint64_t value = random.below(7);
    ASSERT_LT(value, 7u);
    ++counts[value];
  }
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, BelowHasNoModuloBias) {
  // With a bound of 2/3 of the range, next() % bound would give its lower half twice as often as its upper half.
  Random random(4);
  const std::uint64_t bound = 0xaaaaaaaaaaaaaaaaULL;
  int low = 0;
  for (int i = 0; i < 20000; ++i) low += random.below(bound) < bound / 2;
  EXPECT_NEAR(low, 10000, 400);
}

TEST(Random, UniformLiesInItsHalfOpenInterval) {
  Random random(5);
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    const double value = random.uniform(-1.0, 3.0);
    ASSERT_GE(value, -1.0);
    ASSERT_LT(value, 3.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 20000, 1.0, 0.05);
}

TEST(Random, NormalHasMeanZeroAndDeviationOne) {
  Random random(6);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 50000; ++i) {
    const double value = random.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 50000, 0.0, 0.02);
  EXPECT_NEAR(squares / 50000, 1.0, 0.03);
}

}  // namespace
}  // namespace rmqsim
