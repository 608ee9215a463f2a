// `rmqsim schema`: the JSON Schema of scenario files. Exit status: 0.
#include <CLI/CLI.hpp>
#include <iostream>

#include "scenarios/harness/file/load_scenario.h"
#include "tools/commands/commands.h"

namespace rmqsim {

Subcommand add_schema_command(CLI::App& app) {
  return {app.add_subcommand("schema", "Print the JSON Schema of scenario files"), [] {
            std::cout << scenario_schema();
            return 0;
          }};
}

}  // namespace rmqsim
