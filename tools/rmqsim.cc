// The command line: run, explain, validate, list, schema, version, and what tools/commands, tools/send and tools/proxy
// add. Parses arguments, prints, exits; what is done lies in scenarios/. Exit status: 0 all passed; 1 an expectation or
// invariant failed; 2 inconclusive; 3 not deterministic; 64 bad usage or an invalid scenario; 70 internal error.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "scenarios/harness/report/explain.h"
#include "scenarios/harness/report/report.h"
#include "tools/commands/run_with_command.h"
#include "tools/commands/subcommand.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

/// False, after the errors were printed, when anything that the paths name is no scenario.
bool load_all(const std::vector<std::string>& paths, std::deque<Scenario>& scenarios) {
  LoadedFiles loaded = load_files(paths);
  scenarios = std::move(loaded.scenarios);
  return scenarios.size() == loaded.items.size();
}

/// `run SCENARIO -- COMMAND`; `options` are those that only make sense for producers of our own.
int run_command(const RunCommand& run, const std::vector<CLI::Option*>& options) {
  const auto usage = [](const std::string& message) {
    std::cerr << "rmqsim run: " << message << "\n";
    return static_cast<int>(kUsage);
  };
  if (run.command.empty()) return usage("nothing after --; expected a command to run as the client");
  if (run.paths.size() != 1) return usage("a command goes with exactly one scenario");
  if (run.profiles.size() > 1) return usage("a command goes with one profile at most");
  for (const CLI::Option* option : options) {
    if (option->count() > 0) return usage(option->get_name() + " does not go with a command");
  }
  if (const std::string wrong = wrong_outputs(run, run.paths); !wrong.empty()) return usage(wrong);
  RunWithCommand what;
  what.path = run.paths.front();
  what.command = run.command;
  if (!run.profiles.empty()) what.profile = run.profiles.front();
  what.seed = run.seed;
  what.ledger = run.ledger;
  what.json = run.json;
  what.verbose = run.verbose;
  what.colours = make_style(run.json ? STDERR_FILENO : STDOUT_FILENO, run.color, false).colours;
  what.max_seconds = run.max_seconds;
  return run_with_command(what);
}

struct ExplainCommand {
  std::string path;
  std::uint64_t send = 0;
  std::string profile;
  std::string world = "sim";
  std::optional<std::uint64_t> seed;
  bool json = false;
  std::uint32_t max_seconds = 60;
};

/// The exit status says whether there was something to explain, not whether the scenario passed.
int explain(const ExplainCommand& command) {
  std::deque<Scenario> scenarios;
  if (!load_all({command.path}, scenarios)) return kUsage;
  if (scenarios.size() != 1) {
    std::cerr << "rmqsim: explain takes one scenario; " << command.path << " holds " << scenarios.size() << "\n";
    return kUsage;
  }
  const Scenario& scenario = scenarios.front();
  if (command.send >= scenario.send_count) {
    std::cerr << "rmqsim: there is no send " << command.send << "; " << scenario.name << " has " << scenario.send_count
              << (scenario.send_count == 1 ? " send" : " sends");
    if (scenario.send_count > 0) std::cerr << ", numbered from 0 to " << scenario.send_count - 1;
    std::cerr << "\n";
    return kUsage;
  }
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
    std::cerr << "rmqsim: " << result.reason << "\n";
    return kUsage;
  }
  if (command.json) {
    std::cout << explain_json(scenario, result) << "\n";
  } else {
    std::cout << explain_text(scenario, profile, result, make_style(STDOUT_FILENO, "never", false).width);
  }
  return result.verdict == RunResult::Verdict::inconclusive ? kInconclusive : kPassed;
}

int validate(const std::vector<std::string>& paths) {
  std::deque<Scenario> scenarios;
  const bool ok = load_all(paths, scenarios);
  std::cout << scenarios.size() << (scenarios.size() == 1 ? " scenario is valid\n" : " scenarios are valid\n");
  return ok ? kPassed : kUsage;
}

int list(const std::vector<std::string>& paths, bool json) {
  std::deque<Scenario> scenarios;
  const bool ok = load_all(paths, scenarios);
  std::size_t width = 0;
  for (const Scenario& scenario : scenarios) width = std::max(width, scenario.name.size());
  if (json) std::cout << "[";
  for (const Scenario& scenario : scenarios) {
    if (json) {
      const bool first = &scenario == &scenarios.front();
      std::cout << (first ? "\n " : ",\n ") << scenario_summary_json(scenario);
    } else {
      std::cout << scenario.name << std::string(width - scenario.name.size() + 2, ' ') << scenario.why << "\n";
    }
  }
  if (json) std::cout << "\n]\n";
  return ok ? kPassed : kUsage;
}

/// What is wrong with the word where a command must stand; empty when it is one, or an option.
std::string unknown_command(const CLI::App& app, const std::string& word) {
  if (word.empty() || word == "-h" || word == "--help") return "";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), word) != names.end()) return "";
  return "there is no command " + in_quotes(word) + suggestion(word, names);
}

/// The same of a subcommand that has subcommands, after `app` refused the command line.
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

int main_checked(int argc, char** argv) {
  RunCommand command;
  // What stands after "--" is the user's command, with options that are none of ours.
  if (argc > 1 && std::string_view(argv[1]) == "run") {
    for (int i = 2; i < argc && !command.with_command; ++i) {
      if (std::string_view(argv[i]) != "--") continue;
      command.with_command = true;
      command.command.assign(argv + i + 1, argv + argc);
      argc = i;
    }
  }
  CLI::App app{"rmqsim: simulator and test harness for the Apache RocketMQ producer"};
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  rmqsim run scenarios                                  all scenarios under virtual time\n"
      "  rmqsim run scenarios/basics/quickstart.json --world tcp\n"
      "  rmqsim run scenarios/codes --profile java-4.9.8 --junit report.xml\n"
      "  rmqsim explain scenarios/codes/code-system-busy-first-five.json --send 0\n"
      "  rmqsim validate my-scenario.json\n"
      "  rmqsim up                                             a fake cluster for your own client\n"
      "  rmqsim ctl fault add broker-a --on send --respond SYSTEM_BUSY --times 5\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --count 1000     a producer for any cluster\n"
      "  rmqsim proxy --namesrv REAL:9876                      breaks what passes to any cluster\n"
      "Exit status: 0 passed, 1 failed, 2 inconclusive, 3 not deterministic, 64 bad usage or scenario, 70 internal "
      "error");

  std::vector<std::string> worlds;
  for (std::string_view name : world_names()) worlds.emplace_back(name);
  CLI::App* run = app.add_subcommand("run", "Run scenario files or folders and check what must hold");
  run->add_option("paths", command.paths, "Scenario files, or folders searched for them")->required();
  auto* world = run->add_option("--world", command.world,
                                "sim: virtual time, deterministic; tcp: real sockets on loopback; process: the fakes "
                                "as programs of their own");
  world->check(CLI::IsMember(worlds))->capture_default_str();
  run->add_option("--seed", command.seed, "Seed instead of the scenario's own")->check(whole_number);
  std::vector<std::string> profile_names_list;
  for (std::string_view name : profile_names()) profile_names_list.emplace_back(name);
  auto* profile = run->add_option("--profile", command.profiles,
                                  "Client version instead of the scenario's own; may be repeated");
  profile->check(CLI::IsMember(profile_names_list));
  auto* ledger = run->add_option("--ledger", command.ledger, "Write what was decided, one row per send, as JSON");
  auto* trace = run->add_option("--trace", command.trace,
                                "Write every event as JSON lines; the event `run` begins each run");
  auto* junit = run->add_option("--junit", command.junit, "Write JUnit XML");
  run->add_flag("--json", command.json, "Report as JSON on stdout; human text goes to stderr");
  run->add_flag("-v,--verbose", command.verbose, "List every send");
  auto* repeat = run->add_option("--repeat", command.repeat, "Run each this often and compare the traces (sim)");
  repeat->check(CLI::Range(1u, 1000u))->capture_default_str();
  auto* jobs = run->add_option("-j,--jobs", command.jobs, "Runs side by side, each in a process of its own");
  jobs->check(CLI::Range(1u, 256u))->capture_default_str();
  auto* compare_flag = run->add_flag("--compare-profiles", command.compare,
                                     "Run everything in every known profile and print one table; -v one per scenario");
  compare_flag->excludes(world)->excludes(profile)->excludes(ledger)->excludes(trace)->excludes(junit);
  compare_flag->excludes(repeat)->excludes(jobs);
  auto* max_seconds = run->add_option("--max-seconds", command.max_seconds,
                                      "Real time after which a tcp or process run, or a command, is given up");
  max_seconds->check(CLI::Range(1u, 86400u))->capture_default_str();
  run->add_option("--color", command.color, "Colours: auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))->capture_default_str();
  run->footer(
      "Examples:\n"
      "  rmqsim run scenarios/codes/code-system-busy-first-five.json -v\n"
      "  rmqsim run scenarios --compare-profiles\n"
      "  rmqsim run scenarios --world tcp --jobs 8 --junit report.xml\n"
      "  rmqsim run scenarios/codes/code-system-busy-first-five.json -- java -jar my-service.jar\n"
      "After -- stands a command that is the client instead of the scenario's producers. It finds the fakes in\n"
      "NAMESRV_ADDR (also ROCKETMQ_NAMESRV_ADDR), their control interface in RMQSIM_CONTROL. What holds for any\n"
      "client is checked: what servers saw, unless queueIndex decides it, and that every rule acted; one line names\n"
      "the rest. The run fails when the command does; --max-seconds limits it.\n"
      "A file that is no scenario is an error in the reports, and the others run. Ctrl-C or SIGTERM ends what runs,\n"
      "and what is known is reported, in the files to write as well; a second one ends everything at once and leaves\n"
      "these as they were. Exit status: the first that applies of 70, 3, 1, 2, 64, 0.");

  ExplainCommand explain_command;
  CLI::App* explain_app = app.add_subcommand("explain", "Tell in words why one send went where it did");
  explain_app->add_option("scenario", explain_command.path, "Scenario file")->required();
  explain_app->add_option("--send", explain_command.send, "Number of the send, from 0, as run -v lists it")
      ->required()->check(whole_number);
  explain_app->add_option("--profile", explain_command.profile, "Client version; default the scenario's first")
      ->check(CLI::IsMember(profile_names_list));
  explain_app->add_option("--seed", explain_command.seed, "Seed instead of the scenario's own")->check(whole_number);
  explain_app->add_option("--world", explain_command.world, "As for run")
      ->check(CLI::IsMember(worlds))->capture_default_str();
  explain_app->add_flag("--json", explain_command.json, "The decisions as JSON");
  auto* explain_seconds = explain_app->add_option("--max-seconds", explain_command.max_seconds, "As for run");
  explain_seconds->check(CLI::Range(1u, 86400u))->capture_default_str();
  explain_app->footer("Example:\n  rmqsim explain scenarios/latency/slow-600-once-isolation-window.json --send 3");

  std::vector<std::string> validate_paths;
  CLI::App* validate_command = app.add_subcommand("validate", "Check scenario files without running them");
  validate_command->add_option("paths", validate_paths, "Scenario files or folders")->required();

  std::vector<std::string> list_paths{"scenarios"};
  bool list_json = false;
  CLI::App* list_command = app.add_subcommand("list", "List scenarios with what each one shows");
  list_command->add_option("paths", list_paths, "Scenario files or folders")->capture_default_str();
  list_command->add_flag("--json", list_json, "As JSON");

  const Subcommand others[] = {add_ctl_command(app), add_up_command(app), add_send_command(app),
                               add_proxy_command(app)};
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of scenario files");
  CLI::App* version = app.add_subcommand("version", "Print the version and the client profiles it knows");

  if (const std::string wrong = unknown_command(app, argc > 1 ? argv[1] : ""); !wrong.empty()) {
    std::cerr << "rmqsim: " << wrong << "\nRun with --help for more information.\n";
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (const std::string wrong = unknown_subcommand(app); !wrong.empty()) {
      std::cerr << "rmqsim " << wrong << "\nRun with --help for more information.\n";
      return kUsage;
    }
    return app.exit(e) == 0 ? kPassed : kUsage;
  }
  for (const CLI::Option* output : {ledger, trace, junit}) {
    if (output->count() == 0 || !output->as<std::string>().empty()) continue;
    std::cerr << "rmqsim: " << output->get_name() << " takes the name of a file to write\n";
    return kUsage;
  }
  const auto without_meaning = [](const CLI::Option* option, const char* why) {
    if (option->count() == 0) return false;
    std::cerr << "rmqsim: " << option->get_name() << " " << why << "\n";
    return true;
  };
  if (run->parsed() && !command.with_command) {
    const bool sim = command.world == "sim";
    if (!sim && without_meaning(repeat, "compares traces, and only those of --world sim can be the same")) {
      return kUsage;
    }
    if (sim && without_meaning(max_seconds, "limits real time, and --world sim takes none")) return kUsage;
  }
  if (explain_app->parsed() && explain_command.world == "sim" &&
      without_meaning(explain_seconds, "limits real time, and --world sim takes none")) {
    return kUsage;
  }
  if (run->parsed() && command.with_command) {
    return run_command(command, {world, trace, junit, repeat, jobs, compare_flag});
  }
  if (run->parsed()) return command.compare ? compare_scenarios(command) : run_scenarios(command);
  if (explain_app->parsed()) return explain(explain_command);
  if (validate_command->parsed()) return validate(validate_paths);
  if (list_command->parsed()) return list(list_paths, list_json);
  for (const Subcommand& other : others) {
    if (other.app->parsed()) return other.run();
  }
  if (schema->parsed()) std::cout << scenario_schema();
  if (version->parsed()) {
    std::cout << "rmqsim " RMQSIM_VERSION "\nprofiles:";
    for (std::string_view name : profile_names()) std::cout << " " << name;
    std::cout << "\n";
  }
  return kPassed;
}

}  // namespace
}  // namespace rmqsim

int main(int argc, char** argv) {
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
