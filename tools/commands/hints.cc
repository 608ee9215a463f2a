#include "tools/commands/hints.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {

std::string unknown_command(const CLI::App& app, const std::string& word) {
  if (word.empty() || app.get_option_no_throw(word.substr(0, word.find('='))) != nullptr) return "";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), word) != names.end()) return "";
  return "there is no command " + in_quotes(word) + suggestion(word, names);
}

std::string unknown_subcommand(const CLI::App& app) {
  const CLI::App* last = &app;
  std::string names;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    names += (names.empty() ? "" : " ") + last->get_name();
  }
  if (last == &app || last->get_require_subcommand_min() == 0) return "";
  for (const std::string& word : app.remaining(true)) {
    if (word.empty() || word.front() == '-') continue;
    const std::string wrong = unknown_command(*last, word);
    return wrong.empty() ? "" : names + ": " + wrong;
  }
  return "";
}

}  // namespace rmqsim
