// What the paths of a command line name. A file that is no scenario is told on stderr at once, and stays among the
// others.
#include <algorithm>
#include <iostream>
#include <utility>

#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {

bool LoadedFiles::ok() const {
  return unread.empty() &&
         std::all_of(items.begin(), items.end(), [](const Item& item) { return item.scenario != nullptr; });
}

std::vector<std::string> LoadedFiles::files() const {
  std::vector<std::string> all;
  for (const Item& item : items) all.push_back(item.file);
  return all;
}

LoadedFiles load_files(const std::vector<std::string>& paths) {
  LoadedFiles loaded;
  ScenarioFiles found = find_scenarios(paths);
  const auto refuse = [&](const std::string& file, ParseResult errors) {
    std::cerr << errors.to_string() << "\n";
    loaded.items.push_back({file, nullptr, std::move(errors)});
  };
  for (ScenarioError& error : found.errors) {
    ParseResult result;
    const std::string file = error.file;
    result.errors.push_back(std::move(error));
    refuse(file, std::move(result));
  }
  for (std::string& file : found.files) {
    if (stop_signals::reason() != nullptr) {
      loaded.unread.push_back(std::move(file));
      continue;
    }
    ParseResult result = load_scenario(file);
    if (!result.ok()) {
      refuse(file, std::move(result));
      continue;
    }
    loaded.scenarios.push_back(std::move(*result.scenario));
    loaded.items.push_back({file, &loaded.scenarios.back(), {}});
  }
  return loaded;
}

}  // namespace rmqsim
