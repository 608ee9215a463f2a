// `rmqsim shrink`: the smallest scenario that still fails as a given one does, and why. Exit status: 0 it was written,
// or nothing failed and there was nothing to do; 1 it fails and neither an invariant nor an expectation does, 2 it is
// inconclusive; 64 bad usage, an invalid scenario, one that is not for sim, or a file that cannot be written or that is
// there already.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/explore/shrink/shrinker.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/file/text/name.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace shrink_command {
namespace {

struct Shrink {
  std::string path;
  std::string profile;
  std::string out;
  bool force = false;
  std::size_t max_runs = ShrinkOptions{}.max_runs;
};

int usage(const std::string& problem) {
  std::cerr << "rmqsim: " << problem << "\n";
  return kUsage;
}

/// What fails first: invariants before expectations, in the order of profiles.
struct Failing {
  std::optional<Violation> violation;
  std::string refused;  ///< why there was no run
};

Failing find_failing(const Scenario& scenario, const std::vector<std::string>& profiles) {
  Failing failing;
  for (const std::string& name : profiles) {
    const TrialResult result =
        run_trial(scenario, *find_profile(name), {.expectations = true, .stop = &stop_signals::run_stop()});
    if (stop_signals::reason() != nullptr) return failing;
    if (result.run.verdict == RunResult::Verdict::refused) {
      failing.refused = result.run.reason;
      return failing;
    }
    for (const Violation& violation : result.violations) {
      const bool graver = !failing.violation ||
                          (failing.violation->signature.of_expectation() && !violation.signature.of_expectation());
      if (graver) failing.violation = violation;
    }
  }
  return failing;
}

class Progress {
 public:
  void show(std::size_t runs, std::size_t bytes) {
    constexpr std::size_t kEvery = 20;
    if (!terminal_ || runs % kEvery != 1) return;
    std::cerr << "\rshrinking: " << runs << " runs, " << bytes << " bytes   " << std::flush;
    shown_ = true;
  }
  ~Progress() {
    if (shown_) std::cerr << "\r\033[K";
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
};

/// Why nothing can be written there; empty: it can.
std::string wrong_place(const Shrink& command, const std::string& out) {
  const std::filesystem::path path(out);
  std::error_code error;
  if (path.extension() != ".json") return in_quotes(out) + " must end in .json, as scenario files do";
  if (!is_name(path.stem().string())) {
    return in_quotes(path.stem().string()) + " cannot be a scenario's name: letters, digits, \"_\", \"-\" and \".\"";
  }
  if (std::filesystem::equivalent(path, command.path, error)) return out + " is the scenario that is to be shrunk";
  if (std::filesystem::exists(path, error) && !command.force) return out + " exists; --force replaces it";
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, error)) return "cannot write " + out + ": there is no such folder";
  return {};
}

/// NAME.json, or with the first number that makes it new: what took so many runs is not thrown away for its name. Taken
/// by making it, for another shrink may look for a place as well.
std::string take_place(const Shrink& command, const std::string& name) {
  std::string path = name + ".json";
  std::error_code error;
  const auto taken = [&] {
    if (command.force && !std::filesystem::equivalent(path, command.path, error)) return false;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return errno == EEXIST;  // of anything else who writes there tells
    ::close(fd);
    return false;
  };
  for (unsigned n = 2; taken(); ++n) path = name + "-" + std::to_string(n) + ".json";
  return path;
}

int write(const Shrink& command, const Shrunk& shrunk) {
  Scenario finding = as_finding(shrunk);
  const std::string out = command.out.empty() ? take_place(command, finding.name) : command.out;
  finding.name = std::filesystem::path(out).stem().string();
  std::cout << what_is_broken(shrunk) << (shrunk.signature.of_expectation() ? " is not met in " : " breaks in ")
            << shrunk.signature.profile << ": " << harmless_lines(shrunk.violation.failure.message) << "\n";
  for (const std::string& line : shrunk.cause.lines) std::cout << "  " << harmless_lines(line) << "\n";
  std::cout << std::flush;
  if (!command.out.empty()) {
    if (const std::string wrong = wrong_place(command, out); !wrong.empty()) return usage(wrong);
  }
  OutputFile file;
  if (!file.open(out) || !file.commit(scenario_text(finding))) {
    if (command.out.empty() && !command.force) ::unlink(out.c_str());  // the place that was taken
    return usage(file.problem());
  }
  std::cout << "\n"
            << out << ": " << finding.steps.size() << (finding.steps.size() == 1 ? " step, " : " steps, ")
            << finding.faults.size() << (finding.faults.size() == 1 ? " fault, " : " faults, ")
            << finding.cluster.brokers.size() << (finding.cluster.brokers.size() == 1 ? " broker" : " brokers")
            << ", after " << shrunk.runs << " runs; "
            << (shrunk.certified ? "nothing more can be taken out of it"
                                 : "the shrink was ended before it was smallest")
            << "\nrerun: rmqsim run " << out << "\n";
  for (const auto& [other, scenario] : shrunk.others)
    std::cout << "on the way, something else broke: " << other.text() << "\n";
  return kPassed;
}

/// Of a scenario that breaks no invariant and meets its expectations: what `rmqsim run` says of it.
int tell_why_not(const Scenario& scenario, const std::vector<std::string>& profiles) {
  std::string passes;
  for (const std::string& profile : profiles) {
    const RunResult run = run_scenario(scenario, *find_profile(profile), {.stop = &stop_signals::run_stop()});
    if (run.verdict == RunResult::Verdict::passed) {
      passes += (passes.empty() ? " " : ", ") + profile;
      continue;
    }
    const bool failed = run.verdict == RunResult::Verdict::failed && !run.record.failures.empty();
    std::cerr << "rmqsim: " << scenario.name << (failed ? " fails in " : " is inconclusive in ") << profile << ": "
              << harmless_lines(failed ? run.record.failures.front().check + ": " + run.record.failures.front().message
                                       : run.reason)
              << "\n  shrink takes an invariant that is broken or an expectation that is not met\n";
    return failed ? kFailed : kInconclusive;
  }
  std::cout << scenario.name << " passes in" << passes << ": there is nothing to shrink\n";
  return kPassed;
}

int run(const Shrink& command) {
  if (!command.out.empty()) {
    if (const std::string wrong = wrong_place(command, command.out); !wrong.empty()) return usage(wrong);
  }
  const LoadedFiles loaded = load_files({command.path});
  if (!loaded.ok()) return kUsage;
  if (loaded.scenarios.size() != 1) {
    return usage("shrink takes one scenario; " + command.path + " holds " + std::to_string(loaded.scenarios.size()));
  }
  const Scenario& scenario = loaded.scenarios.front();
  stop_signals::listen();
  const auto profiles = command.profile.empty() ? scenario.profiles : std::vector<std::string>{command.profile};
  const Failing failing = find_failing(scenario, profiles);
  if (!failing.refused.empty()) return usage(failing.refused + " (shrink runs in sim)");
  if (stop_signals::reason() != nullptr) {
    std::cerr << "rmqsim: " << stop_signals::reason() << " before a run had shown what fails: nothing is written\n";
    return kInconclusive;
  }
  if (!failing.violation) return tell_why_not(scenario, profiles);
  Progress progress;
  ShrinkOptions options;
  options.max_runs = command.max_runs;
  options.stop = [] { return stop_signals::received() != 0; };
  options.progress = [&](std::size_t runs, std::size_t bytes) { progress.show(runs, bytes); };
  return write(command, shrink(scenario, failing.violation->signature, options));
}

}  // namespace
}  // namespace shrink_command

Subcommand add_shrink_command(CLI::App& app) {
  const auto command = std::make_shared<shrink_command::Shrink>();
  CLI::App* shrink =
      app.add_subcommand("shrink", "Make a scenario that fails as small as it can be, and tell why it fails");
  shrink->add_option("scenario", command->path, "Scenario file: one that breaks an invariant or an expectation")
      ->required();
  shrink
      ->add_option("--profile", command->profile,
                   "Client version; default those of the scenario, until it fails in one")
      ->check(CLI::IsMember(words_for_profile()));
  shrink
      ->add_option("-o,--out", command->out,
                   "The file to write; default the first free of NAME.json, NAME-2.json … here, the name telling "
                   "what breaks")
      ->check(place_to_write);
  shrink->add_flag("--force", command->force, "Replace a file that is there, also NAME.json");
  shrink->add_option("--max-runs", command->max_runs, "Ends with what it has after so many runs")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
      ->capture_default_str();
  shrink->footer(
      "Everything runs in --world sim. An invariant that breaks counts before an expectation that is not met. A "
      "scenario\n"
      "that passes is no mistake: that is said, nothing is written, the exit status is 0; of one that fails in "
      "another\n"
      "way, such as a rule that never acts, it is 1. Ctrl-C writes what there is.\n"
      "Examples:\n"
      "  rmqsim shrink recorded.json\n"
      "  rmqsim shrink recorded.json --profile java-5.3.3 -o lost-after-retry.json\n"
      "  rmqsim run lost-after-retry.json");
  return {shrink, [command]() -> int { return shrink_command::run(*command); }};
}

}  // namespace rmqsim
