// The kept corpus through every target, as it is and changed: seeds from recordings and specifications, inputs that a
// fuzzer found interesting, and those that once broke something. A target that fails aborts this program, which then
// says what it was doing.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
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

/// Scenarios whose parts are exchanged: what a change of bytes seldom is, still a scenario.
class Exchanges {
 public:
  Exchanges(const std::vector<Input>& inputs, std::uint64_t seed) : random_(seed, "exchanges") {
    for (const Input& input : inputs) {
      Json json = Json::parse(input.bytes, nullptr, false, true);
      if (!json.is_object()) continue;
      collect("", json);
      scenarios_.push_back(std::move(json));
    }
  }

  std::string next() {
    Json json = scenarios_[random_.below(scenarios_.size())];
    for (std::uint64_t changes = 1 + random_.below(6); changes > 0; --changes) change("", json);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  using Json = nlohmann::ordered_json;

  void collect(const std::string& key, const Json& json) {
    parts_[key].push_back(json);
    if (!json.is_structured()) return;
    for (const auto& item : json.items()) collect(json.is_object() ? item.key() : key + "[]", item.value());
  }

  /// Goes down at random and changes what it comes to: another part with that key, another place, nothing, a number.
  void change(const std::string& key, Json& json) {
    const bool deeper = json.is_structured() && !json.empty() && random_.below(4) != 0;
    if (deeper) {
      auto child = json.begin();
      std::advance(child, static_cast<std::ptrdiff_t>(random_.below(json.size())));
      return change(json.is_object() ? child.key() : key + "[]", *child);
    }
    if (json.is_array() && !json.empty() && random_.below(2) == 0) {
      const std::size_t from = random_.below(json.size());
      const Json moved = json[from];
      if (random_.below(2) == 0) json.erase(from);
      const auto to = static_cast<std::ptrdiff_t>(random_.below(json.size() + 1));
      if (random_.below(3) != 0) json.insert(json.begin() + to, moved);
    } else if (json.is_object() && !json.empty() && random_.below(4) == 0) {
      auto child = json.begin();
      std::advance(child, static_cast<std::ptrdiff_t>(random_.below(json.size())));
      json.erase(child);
    } else if (json.is_number() && random_.below(2) == 0) {
      static const std::int64_t kNumbers[] = {0, 1, 2, 3, 7, 10, 100, 1000, 3000, 60000, -1, 2147483647};
      json = kNumbers[random_.below(std::size(kNumbers))];
    } else if (json.is_boolean()) {
      json = !json.get<bool>();
    } else {
      const std::vector<Json>& others = parts_[key];
      if (!others.empty()) json = others[random_.below(others.size())];
    }
  }

  Random random_;
  std::vector<Json> scenarios_;
  std::map<std::string, std::vector<Json>> parts_;
};

// --gtest_random_seed=N tries others.
TEST(Corpus, OfRunsIsSurvivedWithItsPartsExchanged) {
  const Target& target = *find_target("scenario_run");
  ::signal(SIGABRT, say_what_was_under_way);
  Exchanges exchanges(corpus_of(target.name), static_cast<std::uint64_t>(GTEST_FLAG_GET(random_seed)));
  for (int i = 0; i < 1000; ++i) {
    const std::string text = exchanges.next();
    run(target, text, "exchange " + std::to_string(i) + ":\n" + text);
  }
}

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
