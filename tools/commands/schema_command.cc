// `rmqsim schema`: the JSON Schema of scenario files, or of the lines of a trace. Exit status: 0.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tools/commands/commands.h"

namespace rmqsim {

Subcommand add_schema_command(CLI::App& app) {
  CLI::App* const schema = app.add_subcommand("schema", "Print the JSON Schema of scenario files");
  const auto trace = std::make_shared<bool>(false);
  schema->add_flag("--trace", *trace, "That of a line of `rmqsim run --trace` instead");
  return {schema, [trace] {
            std::cout << (*trace ? trace_schema() : scenario_schema());
            return 0;
          }};
}

}  // namespace rmqsim
