// The command line of rmqsim: finds the verb, says what was meant by one that is none, and runs it. Exit status: 0 all
// passed; 1 an expectation or invariant failed; 2 inconclusive; 3 not deterministic; 64 bad usage or an invalid
// scenario; 70 internal error.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tools/commands/commands.h"
#include "tools/commands/hints.h"
#include "tools/manual/decimal_numbers.h"
#include "tools/manual/manual.h"
#include "tools/manual/wrong_words.h"
#include "tools/program/standard_streams.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

int usage(const std::string& wrong) {
  std::cerr << wrong << "\n";
  return kUsage;
}

/// Gives a verb that takes one the user's command after "--"; how many words are left to parse.
int take_command(const Subcommand& command, int argc, char** argv) {
  if (!command.take_command || command.app->get_name() != argv[1]) return argc;
  const auto dashes = std::find(argv + 2, argv + argc, std::string_view("--"));
  if (dashes == argv + argc) return argc;
  command.take_command({dashes + 1, argv + argc});
  return static_cast<int>(dashes - argv);
}

int main_checked(int argc, char** argv) {
  CLI::App app{"rmqsim: simulator and test harness for the Apache RocketMQ producer", "rmqsim"};
  app.require_subcommand(1);
  const std::vector<Subcommand> commands = add_commands(app, argc > 1 ? argv[1] : "");
  // Not before, or verbs without such a text would have this one.
  app.footer(
      "Examples:\n"
      "  rmqsim run scenarios                                  all scenarios under virtual time\n"
      "  rmqsim run scenarios/basics/quickstart.json --world tcp\n"
      "  rmqsim run scenarios/codes --profile java-4.9.8 --junit report.xml\n"
      "  rmqsim explain scenarios/codes/code-system-busy-first-five.json --send 0\n"
      "  rmqsim explore --for 10m                              faults that nobody thought of\n"
      "  rmqsim validate my-scenario.json\n"
      "  rmqsim up                                             a fake cluster for your own client\n"
      "  rmqsim ctl fault add broker-a --on send --respond SYSTEM_BUSY --times 5\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --count 1000     a producer for any cluster\n"
      "  rmqsim proxy --namesrv REAL:9876                      breaks what passes to any cluster\n"
      "Exit status: 0 passed, 1 failed, 2 inconclusive, 3 not deterministic, 64 bad usage or scenario, 70 internal "
      "error");
  add_manual_options(app, "rmqsim", RMQSIM_VERSION);
  read_numbers_as_decimal(app);
  if (const std::string wrong = unknown_command(app, argc > 1 ? argv[1] : ""); !wrong.empty()) {
    return usage("rmqsim: " + wrong + "; rmqsim --help says more");
  }
  for (const Subcommand& command : commands) argc = argc > 1 ? take_command(command, argc, argv) : argc;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e) == 0 ? kPassed : kUsage;
    if (const std::string wrong = unknown_subcommand(app); !wrong.empty()) return usage("rmqsim " + wrong);
    return usage(wrong_words(app, e));
  }
  for (const Subcommand& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return kPassed;
}

}  // namespace
}  // namespace rmqsim

int main(int argc, char** argv) {
  rmqsim::keep_places_of_closed_streams();
  try {
    const int status = rmqsim::main_checked(argc, argv);
    if (std::cout.flush()) return status;
    std::cerr << "rmqsim: cannot write to standard output\n";
    return rmqsim::kInternal;
  } catch (const std::exception& e) {
    std::cerr << "rmqsim: internal error: " << e.what() << "\n";
    return rmqsim::kInternal;
  }
}
