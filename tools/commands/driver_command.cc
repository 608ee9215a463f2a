// `rmqsim driver`: what stands between rmqsim and another client (tools/drivers/README.md). Exit status of check: 0
// when nothing was wrong, 1 when something was, 2 interrupted or inconclusive, 64 bad usage.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/drivers/driver_check.h"
#include "tools/drivers/rmqsim/reference_driver.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace driver_command {
namespace {

struct Driver {
  CLI::App* check = nullptr;
  CLI::App* run = nullptr;
  std::string profile{default_profile().name};
  std::vector<std::string> command;
};

int check(const Driver& driver) {
  if (driver.command.empty()) {
    std::cerr << "rmqsim driver check: nothing to check; the driver's command stands after --\n";
    return kUsage;
  }
  stop_signals::listen();
  std::string command;
  for (const std::string& word : driver.command) command += (command.empty() ? "" : " ") + shell_word(word);
  if (driver.command.size() == 1) command = driver.command.front();
  const DriverCheck checked = check_driver(command, &stop_signals::run_stop());
  std::cout << harmless_lines(check_text(checked));
  if (checked.stopped) {
    std::cout << stop_signals::reason() << "\n";
    return kInconclusive;
  }
  if (checked.open()) return kInconclusive;
  return checked.good() ? kPassed : kFailed;
}

}  // namespace
}  // namespace driver_command

Subcommand add_driver_command(CLI::App& app) {
  const auto driver = std::make_shared<driver_command::Driver>();
  CLI::App* verb = app.add_subcommand("driver", "What stands between rmqsim and a client that is not ours");
  verb->require_subcommand(1);
  driver->check = verb->add_subcommand("check", "Talk to a driver through every message and every mistake");
  driver->check->footer(
      "Examples:\n"
      "  rmqsim driver check -- node tools/drivers/node/driver.cjs\n"
      "  rmqsim driver check -- 'exec java -cp \"$ROCKETMQ_CLASSPATH\" tools/drivers/java/Driver.java'\n"
      "One word after -- is given to a shell as it is; several are quoted. Exit status: 0 nothing was wrong, 1\n"
      "something was, 2 interrupted, or the machine stalled, 64 bad usage.");
  driver->run = verb->add_subcommand("run", "Our own producer behind the protocol, on standard input and output");
  driver->run->add_option("--profile", driver->profile, "Client version")
      ->check(CLI::IsMember(words_for_profile()))
      ->capture_default_str();
  return {verb,
          [driver] {
            if (driver->check->parsed()) return driver_command::check(*driver);
            std::ios::sync_with_stdio(false);  // a body of some hundred KiB is one line, read byte by byte with it
            std::cin.tie(nullptr);             // answers are written by other threads
            return run_reference_driver(*find_profile(driver->profile), std::cin, std::cout);
          },
          [driver](std::vector<std::string> words) { driver->command = std::move(words); }};
}

}  // namespace rmqsim
