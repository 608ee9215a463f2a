#include "tools/commands/options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"

namespace rmqsim {

std::vector<std::string> words_for_world() {
  std::vector<std::string> words;
  for (std::string_view name : world_names()) words.emplace_back(name);
  return words;
}

std::vector<std::string> words_for_profile() {
  std::vector<std::string> words;
  for (std::string_view name : profile_names()) words.emplace_back(name);
  return words;
}

bool without_meaning(const CLI::Option& option, const char* why) {
  if (option.count() == 0) return false;
  std::cerr << "rmqsim: " << option.get_name() << " " << why << "\n";
  return true;
}

}  // namespace rmqsim
