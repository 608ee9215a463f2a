// The kept corpus through every target, as it is and changed: seeds from recordings and specifications, inputs that a
// fuzzer found interesting, and those that once broke something. A target that fails aborts this program, which then
// says what it was doing.
#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "producer/transport/random.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {
namespace {

namespace fs = std::filesystem;

struct Input {
  std::string name;
  std::string bytes;
};

std::vector<Input> corpus_of(std::string_view target) {
  std::vector<Input> inputs;
  const fs::path folder = fs::path(RMQSIM_SOURCE_DIR) / "tests/fuzz/corpus" / target;
  if (!fs::is_directory(folder)) return inputs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.push_back({entry.path().filename().string(),
                      std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>())});
  }
  std::sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.name < b.name; });
  return inputs;
}

std::string under_way;  ///< the input that is being tried, for whoever finds the program dead

void say_what_was_under_way(int signal_number) {
  const auto written = ::write(STDERR_FILENO, under_way.data(), under_way.size());
  (void)written;
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

void run(const Target& target, std::string_view bytes, const std::string& name) {
  under_way = "died in target " + std::string(target.name) + ", input " + name + "\n";
  target.run(bytes);
}

/// A few bytes flipped, cut, doubled or replaced by numbers that hurt.
std::string mutated(std::string bytes, Random& random) {
  static const std::string_view kNasty[] = {std::string_view("\xFF\xFF\xFF\xFF", 4), std::string_view("\x7F\xFF\xFF\xFF", 4),
                                            std::string_view("\0\0\0\0", 4), "-1", "9223372036854775807", "\"", "{", "\x01"};
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(5)) {
      case 0: bytes[at] = static_cast<char>(random.next()); break;
      case 1: bytes.erase(at, 1 + random.below(8)); break;
      case 2: bytes.insert(at, bytes.substr(random.below(bytes.size()), 1 + random.below(32))); break;
      case 3: bytes.insert(at, kNasty[random.below(std::size(kNasty))]); break;
      default: bytes.resize(at); break;
    }
  }
  return bytes;
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, IsSurvivedAndSoAreAThousandChangesOfIt) {
  const Target& target = GetParam();
  const std::vector<Input> inputs = corpus_of(target.name);
  ASSERT_FALSE(inputs.empty()) << "no corpus for " << target.name;
  ::signal(SIGABRT, say_what_was_under_way);
  run(target, "", "(empty)");
  for (const Input& input : inputs) run(target, input.bytes, input.name);
  Random random(1, target.name);
  for (int i = 0; i < 1000; ++i) {
    const Input& input = inputs[random.below(inputs.size())];
    run(target, mutated(input.bytes, random), input.name + ", change " + std::to_string(i));
  }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(targets()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Corpus, StaysSmall) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(RMQSIM_SOURCE_DIR) / "tests/fuzz/corpus")) {
    if (!entry.is_regular_file()) continue;
    bytes += entry.file_size();
    const std::string folder = entry.path().parent_path().filename().string();
    EXPECT_NE(find_target(folder), nullptr) << folder << " is no target";
  }
  EXPECT_LT(bytes, 1u << 20);
}

}  // namespace
}  // namespace rmqsim::fuzz
