// The verbs of rmqsim. To add one: a row here, and tools/commands/<verb>_command.cc with its add_<verb>_command().
#pragma once

#include <string_view>
#include <vector>

#include "tools/commands/subcommand.h"

/// In the order of `rmqsim --help`.
#define RMQSIM_COMMANDS(COMMAND) \
  COMMAND(run)                   \
  COMMAND(explain)               \
  COMMAND(explore)               \
  COMMAND(shrink)                \
  COMMAND(validate)              \
  COMMAND(list)                  \
  COMMAND(ctl)                   \
  COMMAND(up)                    \
  COMMAND(send)                  \
  COMMAND(driver)                \
  COMMAND(conformance)           \
  COMMAND(proxy)                 \
  COMMAND(schema)                \
  COMMAND(version)

namespace rmqsim {

/// Declares the verb with its options. `app` outlives what is returned.
#define RMQSIM_DECLARE_COMMAND(verb) Subcommand add_##verb##_command(CLI::App& app);
RMQSIM_COMMANDS(RMQSIM_DECLARE_COMMAND)
#undef RMQSIM_DECLARE_COMMAND

/// The verb that is asked for alone, all others only when it is none: to declare their options takes longer than most
/// runs.
inline std::vector<Subcommand> add_commands(CLI::App& app, std::string_view asked) {
#define RMQSIM_ADD_IF_ASKED(verb) \
  if (asked == #verb) return {add_##verb##_command(app)};
  RMQSIM_COMMANDS(RMQSIM_ADD_IF_ASKED)
#undef RMQSIM_ADD_IF_ASKED
#define RMQSIM_ADD_COMMAND(verb) add_##verb##_command(app),
  return {RMQSIM_COMMANDS(RMQSIM_ADD_COMMAND)};
#undef RMQSIM_ADD_COMMAND
}

}  // namespace rmqsim
