// `rmqsim list`: scenarios with what each one shows. Exit status: 0, or 64 when a file is no scenario.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/report.h"
#include "tools/commands/commands.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace list_command {
namespace {

struct List {
  std::vector<std::string> paths{"scenarios"};
  bool json = false;
};

int run(const List& command) {
  const LoadedFiles loaded = load_files(command.paths);
  std::size_t width = 0;
  for (const Scenario& scenario : loaded.scenarios) width = std::max(width, scenario.name.size());
  if (command.json) std::cout << "[";
  for (const Scenario& scenario : loaded.scenarios) {
    if (command.json) {
      const bool first = &scenario == &loaded.scenarios.front();
      std::cout << (first ? "\n " : ",\n ") << scenario_summary_json(scenario);
    } else {
      std::cout << scenario.name << std::string(width - scenario.name.size() + 2, ' ') << harmless(scenario.why)
                << "\n";
    }
  }
  if (command.json) std::cout << "\n]\n";
  return loaded.ok() ? kPassed : kUsage;
}

}  // namespace
}  // namespace list_command

Subcommand add_list_command(CLI::App& app) {
  const auto command = std::make_shared<list_command::List>();
  CLI::App* list = app.add_subcommand("list", "List scenarios with what each one shows");
  list->add_option("paths", command->paths, "Scenario files or folders")->capture_default_str();
  list->add_flag("--json", command->json, "As JSON");
  list->footer("Exit status: 0, or 64 when a file is invalid or missing");
  return {list, [command] { return list_command::run(*command); }};
}

}  // namespace rmqsim
