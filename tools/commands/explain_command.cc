// `rmqsim explain`: one send of a scenario in words. Exit status: 0 there was something to explain, whether the
// scenario passed or not; 2 the run was given up; 64 bad usage, an invalid scenario or no such send.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "scenarios/harness/report/explain.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace explain_command {
namespace {

struct Explain {
  std::string path;
  std::uint64_t send = 0;
  std::string profile;
  std::string world = "sim";
  std::optional<std::uint64_t> seed;
  bool json = false;
  std::uint32_t max_seconds = 60;
};

/// False, after it was said, when the scenario has no send of that number.
bool has_send(const Scenario& scenario, std::uint64_t number) {
  if (number < scenario.send_count) return true;
  std::cerr << "rmqsim: there is no send " << number << "; " << scenario.name << " has " << scenario.send_count
            << (scenario.send_count == 1 ? " send" : " sends");
  if (scenario.send_count > 0) std::cerr << ", numbered from 0 to " << scenario.send_count - 1;
  std::cerr << "\n";
  return false;
}

int run(const Explain& command) {
  const LoadedFiles loaded = load_files({command.path});
  if (!loaded.ok()) return kUsage;
  if (loaded.scenarios.size() != 1) {
    std::cerr << "rmqsim: explain takes one scenario; " << command.path << " holds " << loaded.scenarios.size() << "\n";
    return kUsage;
  }
  const Scenario& scenario = loaded.scenarios.front();
  if (!has_send(scenario, command.send)) return kUsage;
  const Profile& profile = *find_profile(command.profile.empty() ? scenario.profiles.front() : command.profile);
  if (command.profile.empty() && scenario.profiles.size() > 1) {
    std::cerr << "rmqsim: the scenario names " << scenario.profiles.size() << " profiles; this is the first, "
              << profile.name << " (--profile chooses)\n";
  }
  RunOptions options;
  options.world = world_by_name(command.world).value_or(WorldKind::sim);
  options.seed = command.seed;
  options.limits.real_time = std::chrono::seconds(command.max_seconds);
  options.explain = command.send;
  options.stop = &stop_signals::run_stop();
  stop_signals::listen();
  const RunResult result = run_scenario(scenario, profile, options);
  if (result.verdict == RunResult::Verdict::refused) {
    std::cerr << "rmqsim: " << harmless_lines(result.reason) << "\n";
    return kUsage;
  }
  if (command.json) {
    std::cout << explain_json(scenario, result) << "\n";
  } else {
    std::cout << explain_text(scenario, profile, result, make_style(STDOUT_FILENO, "never", false).width);
  }
  return result.verdict == RunResult::Verdict::inconclusive ? kInconclusive : kPassed;
}

}  // namespace
}  // namespace explain_command

Subcommand add_explain_command(CLI::App& app) {
  const auto command = std::make_shared<explain_command::Explain>();
  CLI::App* explain = app.add_subcommand("explain", "Tell in words why one send went where it did");
  explain->add_option("scenario", command->path, "Scenario file")->required();
  explain->add_option("--send", command->send, "Number of the send, from 0, as run -v lists it")
      ->required()
      ->check(whole_number);
  explain->add_option("--profile", command->profile, "Client version; default the scenario's first")
      ->check(CLI::IsMember(words_for_profile()));
  explain->add_option("--seed", command->seed, "Seed instead of the scenario's own")->check(whole_number);
  explain->add_option("--world", command->world, "As for run")
      ->check(CLI::IsMember(words_for_world()))
      ->capture_default_str();
  explain->add_flag("--json", command->json, "The decisions as JSON");
  const CLI::Option* const max_seconds = explain->add_option("--max-seconds", command->max_seconds, "As for run")
                                             ->check(CLI::Range(1u, 86400u))
                                             ->capture_default_str();
  explain->footer("Example:\n  rmqsim explain scenarios/latency/slow-600-once-isolation-window.json --send 3\n"
                  "Exit status: 0 when there was something to explain, whatever became of the send, 2 when the run was "
                  "given up, 64 bad usage, scenario or number of a send");
  return {explain, [command, max_seconds]() -> int {
            if (command->world == "sim" && without_meaning(*max_seconds, kSimTakesNoTime)) return kUsage;
            return explain_command::run(*command);
          }};
}

}  // namespace rmqsim
