// `rmqsim run`: scenarios with producers of their own, or one with somebody else's command as the client. Exit status:
// the first that applies of 70 internal error, 3 not deterministic, 1 failed, 2 inconclusive, 64 bad usage or an
// invalid scenario, 0 all passed.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/file/text/whole_number.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/run/runner.h"
#include "tools/user_client/run_with_command.h"

namespace rmqsim {
namespace run_command {
namespace {

int usage(const std::string& message) {
  std::cerr << "rmqsim run: " << message << "\n";
  return kUsage;
}

/// nullopt: it is no list of numbers and ranges, has one twice, or more than a million of them.
std::optional<std::vector<std::uint64_t>> read_seeds(const std::string& text) {
  constexpr std::size_t kMost = 1'000'000;
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  std::vector<std::uint64_t> seeds;
  for (std::string_view rest = text;;) {
    const std::string_view part = rest.substr(0, rest.find(','));
    const std::size_t dash = part.find('-');
    const auto first = number(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (!first || !last || *last < *first || *last - *first >= kMost - seeds.size()) return std::nullopt;
    for (std::uint64_t seed = *first;; ++seed) {
      seeds.push_back(seed);
      if (seed == *last) break;
    }
    if (part.size() == rest.size()) break;
    rest.remove_prefix(part.size() + 1);
  }
  std::vector<std::uint64_t> sorted = seeds;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return seeds;
}

class Run {
 public:
  explicit Run(CLI::App& app);

  CLI::App* app() const { return app_; }
  void take_command(std::vector<std::string> words) {
    command_.with_command = true;
    command_.command = std::move(words);
  }
  int run();

 private:
  // In the order of the help.
  void declare_what();
  void declare_reports();
  void declare_how();
  /// `run SCENARIO -- COMMAND`
  int run_theirs() const;

  CLI::App* app_;
  RunCommand command_;
  PlaceOptions place_options_;
  std::string seed_ranges_;
  CLI::Option* client_ = nullptr;
  CLI::Option* world_ = nullptr;
  CLI::Option* filter_ = nullptr;
  CLI::Option* seeds_ = nullptr;
  CLI::Option* fail_fast_ = nullptr;
  CLI::Option* profile_ = nullptr;
  CLI::Option* ledger_ = nullptr;
  CLI::Option* trace_ = nullptr;
  CLI::Option* junit_ = nullptr;
  CLI::Option* report_ = nullptr;
  CLI::Option* perfetto_ = nullptr;
  CLI::Option* pcap_ = nullptr;
  CLI::Option* summary_ = nullptr;
  CLI::Option* ledger_format_ = nullptr;
  CLI::Option* repeat_ = nullptr;
  CLI::Option* jobs_ = nullptr;
  CLI::Option* compare_ = nullptr;
  CLI::Option* shard_ = nullptr;
  CLI::Option* shards_ = nullptr;
  CLI::Option* max_seconds_ = nullptr;
  std::vector<CLI::Option*> places_;
};

Run::Run(CLI::App& app) : app_(app.add_subcommand("run", "Run scenario files or folders and check what must hold")) {
  declare_what();
  declare_reports();
  declare_how();
  app_->footer(
      "Examples:\n"
      "  rmqsim run scenarios/codes/code-system-busy-first-five.json -v\n"
      "  rmqsim run scenarios/timeout/ten-minute-outage.json --report outage.html\n"
      "  rmqsim run scenarios --compare-profiles\n"
      "  rmqsim run scenarios --world tcp --jobs 8 --junit report.xml\n"
      "  rmqsim run scenarios --jobs 8 --client 'node tools/drivers/node/driver.cjs'\n"
      "  rmqsim run scenarios --filter 'isolat*' --seeds 1-1000 --fail-fast\n"
      "  rmqsim run scenarios --shard 0/4 --junit report-0.xml\n"
      "  rmqsim run scenarios/timeout/ten-minute-outage.json --perfetto outage.json\n"
      "  rmqsim run FILE --profile java-5.3.3 --pcap run.pcapng; wireshark -X lua_script:tools/wireshark/rocketmq.lua "
      "run.pcapng\n"
      "  rmqsim run scenarios/codes/code-system-busy-first-five.json -- java -jar my-service.jar\n"
      "After -- stands a command that is the client instead of the scenario's producers. It finds the fakes in\n"
      "NAMESRV_ADDR (also ROCKETMQ_NAMESRV_ADDR), their control interface in RMQSIM_CONTROL. What holds for any\n"
      "client is checked: what servers saw, unless queueIndex decides it, and that every rule acted; one line names\n"
      "the rest. The run fails when the command does; --max-seconds limits it.\n"
      "Without --shard the shard is that of GoogleTest and Bazel, a Slurm array, a Kubernetes Indexed Job (with\n"
      "--shards), GitLab, CircleCI or Buildkite, in this order; half of what says it is 64. A command is not divided.\n"
      "A file that is no scenario is an error in the reports, and the others run. Ctrl-C or SIGTERM ends what runs,\n"
      "and what is known is reported, in the files to write as well; a second one ends everything at once and leaves\n"
      "these as they were. Exit status: the first that applies of 70, 3, 1, 2, 64, 0.");
}

void Run::declare_what() {
  app_->add_option("paths", command_.paths, "Scenario files, or folders searched for them")->required();
  client_ = app_->add_option("--client", command_.client,
                             "A driver's command, given to a shell: its client has the scenario's producers "
                             "(tools/drivers/README.md). Without --report, --trace, --perfetto, --pcap, --repeat, "
                             "--world");
  world_ = app_->add_option("--world", command_.world,
                            "sim: virtual time, deterministic; tcp: real sockets on loopback; process: the fakes "
                            "as programs of their own");
  world_->check(CLI::IsMember(words_for_world()))->capture_default_str();
  filter_ =
      app_->add_option("--filter", command_.filters,
                       "Only scenarios whose name has this in it, or is like it when it has * or ?; may be repeated");
  filter_->allow_extra_args(false);
  CLI::Option* seed =
      app_->add_option("--seed", command_.seed, "Seed instead of the scenario's own")->check(whole_number);
  seeds_ = app_->add_option("--seeds", seed_ranges_, "Seeds to run everything with, each once: 1-1000, 3,7,10-20");
  seeds_->excludes(seed);
  profile_ =
      app_->add_option("--profile", command_.profiles, "Client version instead of the scenario's own; may be repeated");
  profile_->allow_extra_args(false);
  profile_->check(CLI::IsMember(words_for_profile()));
}

void Run::declare_reports() {
  ledger_ = app_->add_option("--ledger", command_.ledger, "Write what was decided, one row per send, as JSON");
  ledger_format_ = app_->add_option("--ledger-format", command_.ledger_format,
                                    "1: one run alone is an object, several are a list; 2: always a list");
  ledger_format_->check(CLI::Range(1u, 2u))->capture_default_str()->needs(ledger_);
  trace_ =
      app_->add_option("--trace", command_.trace, "Write every event as JSON lines; the event `run` begins each run");
  junit_ = app_->add_option("--junit", command_.junit, "Write JUnit XML");
  report_ = app_->add_option("--report", command_.report,
                             "Write a page to look at: every send, server and rule on one axis of time; one HTML file, "
                             "of several runs too");
  summary_ = app_->add_option("--summary", command_.summary,
                              "Write Markdown for a page of continuous integration; without, it is appended to what "
                              "GITHUB_STEP_SUMMARY names, if that is set");
  perfetto_ = app_->add_option("--perfetto", command_.perfetto,
                               "Write the runs as a timeline that ui.perfetto.dev opens (Trace Event JSON)");
  pcap_ =
      app_->add_option("--pcap", command_.pcap,
                       "Write what went over the network of one run as a capture file that Wireshark opens (pcapng)");
  app_->add_flag("--json", command_.json, "Report as JSON on stdout; human text goes to stderr");
  CLI::Option* verbose =
      app_->add_flag("-v,--verbose", command_.verbose,
                     "List every run and every send; without, of several runs those that did not pass");
  app_->add_flag("-q,--quiet", command_.quiet, "Print the summary only")->excludes(verbose);
}

void Run::declare_how() {
  repeat_ = app_->add_option("--repeat", command_.repeat, "Run each this often and compare the traces (sim)");
  repeat_->check(CLI::Range(1u, 1000u))->capture_default_str();
  jobs_ = app_->add_option("-j,--jobs", command_.jobs,
                           "Runs side by side, each in a process of its own; default: one per processor");
  jobs_->check(CLI::Range(1u, 256u));
  shard_ = app_->add_option("--shard", command_.shard, "i/n: of the runs every n-th from the i-th on, from 0");
  shards_ = app_->add_option("--shards", command_.shards, "How many parts there are; JOB_COMPLETION_INDEX says which")
                ->check(whole_number);
  fail_fast_ = app_->add_flag("--fail-fast", command_.fail_fast, "Begin no further run after one that did not pass");
  compare_ = app_->add_flag("--compare-profiles", command_.compare,
                            "Run everything in every known profile and print one table; -v one per scenario");
  for (CLI::Option* other : {client_, world_, profile_, ledger_, trace_, junit_, summary_, perfetto_, pcap_, repeat_,
                             jobs_, seeds_, fail_fast_, filter_})
    compare_->excludes(other);
  max_seconds_ = app_->add_option("--max-seconds", command_.max_seconds,
                                  "Real time after which a tcp or process run, or a command, is given up");
  max_seconds_->check(CLI::Range(1u, 86400u))->capture_default_str();
  places_ = add_place_options(*app_, place_options_);
  for (CLI::Option* option : places_) option->group("Servers for a command after --");
  app_->add_option("--color", command_.color, "Colours: auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

int Run::run() {
  command_.version = RMQSIM_VERSION;
  for (const CLI::Option* output : {ledger_, trace_, junit_, report_, summary_, perfetto_, pcap_}) {
    if (output->count() == 0 || !output->as<std::string>().empty()) continue;
    std::cerr << "rmqsim: " << output->get_name() << " takes the name of a file to write\n";
    return kUsage;
  }
  if (given_twice(*profile_)) return kUsage;
  if (command_.with_command) return run_theirs();
  for (const CLI::Option* option : places_) {
    if (option->count() > 0) return usage(option->get_name() + " goes with a command after --");
  }
  if (client_->count() > 0) {
    if (command_.client.find_first_not_of(" \t\n") == std::string::npos) return usage("--client takes a command");
    for (const CLI::Option* option : {world_, trace_, report_, perfetto_, pcap_, repeat_}) {
      if (option->count() > 0) return usage(option->get_name() + " does not go with --client");
    }
  }
  if (seeds_->count() > 0) {
    const std::optional<std::vector<std::uint64_t>> seeds = read_seeds(seed_ranges_);
    if (!seeds) {
      return usage("--seeds takes numbers and ranges in order, each seed once, at most a million: 1-1000, 3,7,10-20");
    }
    command_.seeds = *seeds;
  }
  const bool sim = command_.world == "sim";
  if (!sim && without_meaning(*repeat_, "compares traces, and only those of --world sim can be the same")) {
    return kUsage;
  }
  if (sim && command_.client.empty() && without_meaning(*max_seconds_, kSimTakesNoTime)) return kUsage;
  return command_.compare ? compare_scenarios(command_) : run_scenarios(command_);
}

int Run::run_theirs() const {
  if (command_.command.empty()) return usage("nothing after --; expected a command to run as the client");
  if (command_.paths.size() != 1) return usage("a command goes with exactly one scenario");
  if (command_.profiles.size() > 1) return usage("a command goes with one profile at most");
  // Those only make sense for producers of our own.
  for (const CLI::Option* option : {client_, world_, trace_, report_, perfetto_, pcap_, repeat_, jobs_, compare_,
                                    filter_, seeds_, fail_fast_, shard_, shards_}) {
    if (option->count() > 0) return usage(option->get_name() + " does not go with a command");
  }
  if (const std::string wrong = wrong_outputs(command_, command_.paths); !wrong.empty()) return usage(wrong);
  RunWithCommand what;
  what.path = command_.paths.front();
  what.command = command_.command;
  if (!command_.profiles.empty()) what.profile = command_.profiles.front();
  what.seed = command_.seed;
  what.ledger = command_.ledger;
  what.ledger_as_list = command_.ledger_format == 2;
  what.junit = command_.junit;
  what.summary = command_.summary;
  what.version = command_.version;
  what.json = command_.json;
  what.verbose = command_.verbose;
  what.colours = make_style(command_.json ? STDERR_FILENO : STDOUT_FILENO, command_.color, false).colours;
  what.max_seconds = command_.max_seconds;
  what.places = place_options_;
  return run_with_command(what);
}

}  // namespace
}  // namespace run_command

Subcommand add_run_command(CLI::App& app) {
  const auto run = std::make_shared<run_command::Run>(app);
  return {run->app(), [run] { return run->run(); },
          [run](std::vector<std::string> words) { run->take_command(std::move(words)); }};
}

}  // namespace rmqsim
