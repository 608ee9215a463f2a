#include "tools/run/runner.h"

#include <fnmatch.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/io/ci_summary.h"
#include "tools/io/output_file.h"
#include "tools/io/progress_line.h"
#include "tools/io/stop_signals.h"
#include "tools/run/asked_run.h"
#include "tools/run/driven_client.h"
#include "tools/run/process_shard.h"
#include "tools/run/run_files.h"
#include "tools/run/task_result.h"
#include "tools/run/worker_pool.h"

namespace rmqsim {
namespace {

double wall_millis_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

int usage(const std::string& wrong) {
  std::cerr << "rmqsim run: " << wrong << "\n";
  return kUsage;
}

/// The profiles a scenario runs in: its own, or of those asked for.
std::vector<const Profile*> profiles_of(const Scenario& scenario, const std::vector<std::string>& asked) {
  std::vector<const Profile*> profiles;
  for (const std::string& name : asked.empty() ? scenario.profiles : asked) profiles.push_back(find_profile(name));
  return profiles;
}

class Runner {
 public:
  explicit Runner(const RunCommand& command)
      : command_(command),
        world_(command.client.empty() ? world_by_name(command.world).value_or(WorldKind::sim) : WorldKind::tcp),
        style_(make_style(command.json ? STDERR_FILENO : STDOUT_FILENO, command.color, command.verbose)),
        human_(command.json ? std::cerr : std::cout),
        progress_(human_, command.json ? STDERR_FILENO : STDOUT_FILENO),
        files_(command) {
    style_.version = command.version;
    style_.junit = !command.junit.empty();
    if (!command.client.empty()) client_.emplace(command.client);
  }

  int run() {
    const Sharding sharding = process_sharding(command_.shard, command_.shards);
    if (!sharding.error.empty()) return usage(sharding.error);
    LoadedFiles loaded = load_files(command_.paths);
    if (const std::string wrong = wrong_outputs(command_, loaded.files()); !wrong.empty()) return usage(wrong);
    if (!files_.open()) return kUsage;
    const auto begin = std::chrono::steady_clock::now();
    if (client_ && !meet_client()) return write(wall_millis_since(begin), false) ? kFailed : kInternal;
    for (const LoadedFiles::Item& item : loaded.items) {
      if (item.scenario == nullptr) {
        tasks_.add({nullptr, nullptr, std::nullopt, report_invalid(item.file, item.errors, style_), {}}, {});
        continue;
      }
      if (chosen(*item.scenario)) add_tasks(*item.scenario);
    }
    if (!loaded.unread.empty()) tasks_.add({nullptr, nullptr, std::nullopt, not_read(loaded.unread), {}}, {});
    one_scenario_ = loaded.items.size() == 1 && command_.seeds.empty();
    if (tasks_.empty()) return usage("no scenario's name has what --filter asks for; rmqsim list shows the names");
    take_own(sharding);
    if (!command_.pcap.empty() && tasks_.size() > 1) {
      return usage("--pcap shows one run, and " + std::to_string(tasks_.size()) +
                   " are asked for; choose one by its file, --filter, --profile and --seed");
    }
    if (const std::string wrong = touch_status_file(sharding); !wrong.empty()) return usage(wrong);
    one_scenario_ = one_scenario_ || tasks_.size() == 1;
    run_tasks();
    progress_.clear();
    const double wall = wall_millis_since(begin);
    if (tasks_.size() != 1 || command_.quiet) human_ << summary_text(entries_, wall, style_);
    if (not_begun_ > 0) {
      human_ << why_not() << ": " << not_begun_ << (not_begun_ == 1 ? " run was" : " runs were") << " not begun\n";
    }
    human_ << std::flush;
    return write(wall, !loaded.scenarios.empty()) ? exit_code() : static_cast<int>(kInternal);
  }

 private:
  bool write(double wall, bool any_run) {
    const bool written = files_.write(entries_, asked_, wall, any_run);
    if (command_.json) std::cout << report_json(entries_) << "\n";
    return written;
  }

  /// The runs that are this process's.
  void take_own(const Sharding& sharding) {
    asked_ = tasks_.size();
    divided_ = sharding.shard.count > 1;
    if (!divided_) return;
    tasks_.keep(sharding.shard);
    if (!command_.quiet) std::cerr << "rmqsim run: " << share_text(sharding, tasks_.size(), asked_, "run") << "\n";
  }

  /// A filter without wildcards is a part of the name.
  bool chosen(const Scenario& scenario) const {
    const auto matches = [&](const std::string& filter) {
      if (filter.find_first_of("*?[") == std::string::npos) return scenario.name.find(filter) != std::string::npos;
      return ::fnmatch(filter.c_str(), scenario.name.c_str(), 0) == 0;
    };
    return command_.filters.empty() || std::any_of(command_.filters.begin(), command_.filters.end(), matches);
  }

  /// False, and an entry of the reports, when it is no driver.
  bool meet_client() {
    const std::optional<std::string> wrong = client_->meet(std::chrono::seconds(command_.max_seconds));
    if (!wrong) return true;
    human_ << "FAILED  client " << shell_word(command_.client) << "\n  " << *wrong
           << "\n  rmqsim driver check tells more: tools/drivers/README.md\n";
    entries_.push_back(report_case("client", command_.client, 0, *wrong, ""));
    return false;
  }

  void add_tasks(const Scenario& scenario) {
    if (client_ && command_.profiles.empty()) return add_for_each_seed(client_->asked(scenario));
    for (const Profile* profile : profiles_of(scenario, command_.profiles)) {
      add_for_each_seed({&scenario, profile, std::nullopt, std::nullopt, {}});
    }
  }

  void add_for_each_seed(AskedRun task) {
    task.seed = command_.seed;
    tasks_.add(std::move(task), command_.seeds);
  }

  /// Why what was not begun is not; nullptr: everything may begin.
  const char* why_not() const { return failed_fast_ ? "a run did not pass (--fail-fast)" : stop_signals::reason(); }

  unsigned jobs() const {
    if (command_.jobs > 0) return command_.jobs;
    // To start and end a process takes as long as a hundred sends.
    constexpr std::uint64_t kMost = 100;
    std::uint64_t sends = 0;
    for (std::size_t i = 0; i < tasks_.size() && sends <= kMost; ++i) {
      const Scenario* const scenario = tasks_.at(i).scenario;
      sends += scenario == nullptr ? 0 : scenario->send_count;
    }
    if (world_ == WorldKind::sim && command_.repeat == 1 && sends <= kMost) return 1;
    return std::max(1u, std::thread::hardware_concurrency());
  }

  void run_tasks() {
    std::size_t begun = 0;
    if (jobs() == 1 || tasks_.size() == 1) {
      for (; begun < tasks_.size() && why_not() == nullptr; ++begun) {
        take(perform(begun, files_.want_trace() ? &files_.trace() : nullptr));
      }
    } else {
      begun = run_in_workers(
          {[this](std::size_t i) { return i < tasks_.size() && !failed_fast_; }, {}}, jobs(), files_.want_trace(),
          [this](std::size_t i, std::ostream* trace) { return packed(perform(i, trace)); },
          [this](std::size_t i, WorkerResult left) {
            files_.trace() << left.trace;
            take(left.trouble.empty() ? unpacked(left.result) : broken(tasks_.at(i), left.trouble, 0));
          });
    }
    // The rest of each scenario in each profile is one entry, however many seeds it has.
    for (std::size_t next = 0; begun < tasks_.size(); begun = next) {
      next = tasks_.next_after(begun);
      take(not_begun(tasks_.at(begun), next - begun));
    }
  }

  TaskResult perform(std::size_t i, std::ostream* trace) const {
    const AskedRun task = tasks_.at(i);
    if (task.instead || why_not() != nullptr) return not_begun(task, 1);
    const auto begin = std::chrono::steady_clock::now();
    try {
      return run_task(task, i, trace);
    } catch (const std::exception& error) {
      return broken(task, std::string("internal error: ") + error.what(), wall_millis_since(begin));
    }
  }

  TaskResult run_task(const AskedRun& task, std::size_t place, std::ostream* trace) const {
    RunOptions options;
    options.world = world_;
    options.seed = task.seed;
    options.limits.real_time = std::chrono::seconds(command_.max_seconds);
    options.trace = trace;
    files_.ask_for(options);
    options.stop = &stop_signals::run_stop();
    ReportStyle style = style_;
    style.began = utc_now();
    const auto begin = std::chrono::steady_clock::now();
    if (client_) {
      RunResult driven = run_driven(task, options);
      TaskResult done;
      done.entry = report_run(*task.scenario, driven, wall_millis_since(begin), style);
      done.ledger = std::move(driven.ledger);
      return done;
    }
    RunResult result = run_scenario(*task.scenario, *task.profile, options);
    const double wall = wall_millis_since(begin);
    // What is written of the first run is enough.
    options.trace = nullptr;
    options.want_ledger = options.keep_events = options.keep_packets = false;
    TaskResult done;
    std::string differences;
    for (std::uint32_t k = 1; k < command_.repeat; ++k) {
      const RunResult again = run_scenario(*task.scenario, *task.profile, options);
      if (const char* const reason = stop_signals::reason()) {
        if (result.verdict != RunResult::Verdict::passed) break;
        result.verdict = RunResult::Verdict::inconclusive;
        result.reason =
            std::string(reason) + " after " + std::to_string(k) + " of " + std::to_string(command_.repeat) + " runs";
        break;
      }
      if (again.trace_hash != result.trace_hash) {
        done.deterministic = false;
        differences += "NOT DETERMINISTIC  " + task.scenario->name + ": run " + std::to_string(k + 1) +
                       " left another trace than the first\n  rerun: " + rerun_command(*task.scenario, result) +
                       " --repeat " + std::to_string(command_.repeat) + "\n";
      }
    }
    done.entry = report_run(*task.scenario, result, wall, style);
    done.entry.text += differences;
    files_.show(*task.scenario, *task.profile, result, place, label(task), done);
    done.ledger = std::move(result.ledger);
    return done;
  }

  RunResult run_driven(const AskedRun& task, const RunOptions& options) const {
    if (!task.not_applicable.empty()) {
      RunResult result = named(task);
      result.verdict = RunResult::Verdict::refused;
      result.reason = task.not_applicable;
      return result;
    }
    return client_->play(*task.scenario, *task.profile, options);
  }

  /// What tells its run from the others; empty: there are none.
  std::string label(const AskedRun& task) const {
    if (tasks_.size() == 1) return "";
    std::string text = task.scenario->name + " · " + std::string(task.profile->name);
    if (task.seed) text += " · seed " + std::to_string(*task.seed);
    return text;
  }

  /// Which run a task is.
  RunResult named(const AskedRun& task) const {
    RunResult result;
    result.profile = task.profile->name;
    result.world = world_;
    result.seed = task.seed.value_or(task.scenario->seed);
    result.real_time = std::chrono::seconds(command_.max_seconds);
    result.client_command = command_.client;
    if (client_) result.client = client_->label();
    return result;
  }

  /// So many that differ in their seeds only; or what stands in its place.
  TaskResult not_begun(const AskedRun& task, std::size_t runs) const {
    if (task.instead) return {.entry = *task.instead};
    return {.entry = report_not_begun(*task.scenario, named(task), why_not(), runs, style_), .begun = false};
  }

  ReportEntry not_read(const std::vector<std::string>& files) const {
    return report_not_read(files.front(), files.size(), stop_signals::reason(), style_);
  }

  TaskResult broken(const AskedRun& task, const std::string& what, double wall) const {
    return {.entry = report_error(*task.scenario, named(task), what, wall, style_)};
  }

  /// Of many scenarios a person reads those that did not pass; what passed is a number.
  bool worth_reading(const TaskResult& done) const {
    using Kind = ReportEntry::Kind;
    if (command_.verbose || !done.deterministic) return true;
    if (command_.quiet) return false;
    return one_scenario_ || (done.entry.kind != Kind::passed && done.entry.kind != Kind::refused);
  }

  void take(TaskResult done) {
    using Kind = ReportEntry::Kind;
    const bool good = done.entry.kind == Kind::passed || done.entry.kind == Kind::refused;
    if (!good && done.begun) {
      ++not_passed_;
      failed_fast_ = failed_fast_ || command_.fail_fast;
    }
    taken_ += done.entry.runs;
    if (worth_reading(done) && !done.entry.text.empty()) {
      progress_.clear();
      human_ << done.entry.text << std::flush;
    }
    if (tasks_.size() > 1) {
      progress_.show(std::to_string(taken_) + " of " + std::to_string(tasks_.size()) + " runs · " +
                     std::to_string(not_passed_) + " did not pass · " + done.entry.name);
    }
    files_.add(done);
    not_begun_ += done.begun ? 0 : done.entry.runs;
    not_deterministic_ = not_deterministic_ || !done.deterministic;
    keep(std::move(done.entry));
  }

  /// What reports will say of it: of a run that passed often nothing but that it did.
  void keep(ReportEntry entry) {
    entry.text = std::string();
    if (!command_.json) entry.json = std::string();
    if (entry.kind == ReportEntry::Kind::passed) entry.name = entry.rerun = std::string();
    const auto is_number = [](const ReportEntry& e) {
      return e.kind == ReportEntry::Kind::passed && e.json.empty() && e.junit.empty();
    };
    if (entries_.empty() || !is_number(entry) || !is_number(entries_.back())) {
      entries_.push_back(std::move(entry));
      return;
    }
    entries_.back().runs += entry.runs;
    entries_.back().wall_millis += entry.wall_millis;
  }

  int exit_code() const {
    const auto any = [&](ReportEntry::Kind kind) {
      return std::any_of(entries_.begin(), entries_.end(), [&](const ReportEntry& e) { return e.kind == kind; });
    };
    if (any(ReportEntry::Kind::error)) return kInternal;
    if (not_deterministic_) return kNotDeterministic;
    if (any(ReportEntry::Kind::failed)) return kFailed;
    if (any(ReportEntry::Kind::inconclusive)) return kInconclusive;
    // Of a signal while files were read, nothing is known of the file.
    if (any(ReportEntry::Kind::invalid)) return stop_signals::reason() == nullptr ? kUsage : kInconclusive;
    // A scenario that this world cannot run is no failure of the others, but it is one if it was all that was asked.
    if (divided_) return kPassed;
    return any(ReportEntry::Kind::passed) ? kPassed : kUsage;
  }

  const RunCommand& command_;
  const WorldKind world_;
  ReportStyle style_;
  std::ostream& human_;
  ProgressLine progress_;
  std::optional<DrivenClient> client_;  ///< that is driven; none: our own producers
  RunFiles files_;
  AskedRuns tasks_;
  std::vector<ReportEntry> entries_;
  std::size_t asked_ = 0;  ///< of all shards
  bool divided_ = false;
  std::size_t taken_ = 0;
  std::size_t not_begun_ = 0;
  std::size_t not_passed_ = 0;
  bool one_scenario_ = false;  ///< was asked for, if in several profiles, or one run
  bool failed_fast_ = false;
  bool not_deterministic_ = false;
};

}  // namespace

ReportStyle make_style(int fd, const std::string& color, bool verbose) {
  ReportStyle style;
  style.verbose = verbose;
  const bool terminal = isatty(fd) != 0;
  style.colours = color == "always" || (color == "auto" && terminal && std::getenv("NO_COLOR") == nullptr);
  winsize size{};
  if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

std::string wrong_outputs(const RunCommand& command, const std::vector<std::string>& inputs) {
  const std::vector<NamedOutput> outputs = {{"--ledger", command.ledger},
                                            {"--trace", command.trace},
                                            {"--junit", command.junit},
                                            {"--report", command.report},
                                            {"--perfetto", command.perfetto},
                                            {"--pcap", command.pcap},
                                            {"--summary", command.summary},
                                            {"GITHUB_STEP_SUMMARY", command.summary.empty() ? step_summary() : ""}};
  for (const auto& [option, path] : outputs) {
    if (command.json && option[0] == '-' && !path.empty() && is_standard_output(path, true)) {
      return std::string(option) + " would run into what --json prints";
    }
  }
  return would_overwrite(outputs, inputs);
}

int run_scenarios(const RunCommand& command) {
  stop_signals::listen();
  return Runner(command).run();
}

}  // namespace rmqsim
