// `rmqsim validate`: reads scenario files and runs none. Exit status: 0 all are valid, 64 one is not.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tools/commands/commands.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace validate_command {
namespace {

int run(const std::vector<std::string>& paths) {
  const LoadedFiles loaded = load_files(paths);
  const std::size_t valid = loaded.scenarios.size();
  std::cout << valid << (valid == 1 ? " scenario is valid\n" : " scenarios are valid\n");
  return loaded.ok() ? kPassed : kUsage;
}

}  // namespace
}  // namespace validate_command

Subcommand add_validate_command(CLI::App& app) {
  const auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* validate = app.add_subcommand("validate", "Check scenario files without running them");
  validate->add_option("paths", *paths, "Scenario files or folders")->required();
  validate->footer("Exit status: 0 all are valid, 64 one is not");
  return {validate, [paths] { return validate_command::run(*paths); }};
}

}  // namespace rmqsim
