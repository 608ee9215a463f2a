// A producer may be used at any time: before its start, after its shutdown, started twice. What comes of it is what the
// specification says, in every profile.
#include <gtest/gtest.h>

#include "tests/scenario/lifecycle.h"

namespace rmqsim {
namespace lifecycle_test {

class Lifecycle : public testing::TestWithParam<const char*> {
 protected:
  static std::string play(const LifecyclePlay& play) {
    return play_lifecycle(play, *find_profile(GetParam()), WorldKind::sim, "lifecycle.json");
  }
};

TEST_P(Lifecycle, IsThatOfTheSpecificationInEveryShortSequence) {
  for (const LifecyclePlay& one : every_lifecycle(3)) ASSERT_EQ(play(one), "");
}

TEST_P(Lifecycle, IsThatOfTheSpecificationInRandomSequences) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    ASSERT_EQ(play(random_lifecycle(seed, 2 + seed % 14)), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(In, Lifecycle, testing::Values("java-5.3.3", "java-4.9.8", "hardened"), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

}  // namespace lifecycle_test
}  // namespace rmqsim
