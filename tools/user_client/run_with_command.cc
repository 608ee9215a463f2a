#include "tools/user_client/run_with_command.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <variant>

#include "producer/profile/profile.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/cluster/descriptors.h"
#include "scenarios/harness/engine/checker.h"
#include "scenarios/harness/engine/idle.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/engine/workload.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "scenarios/harness/report/formats/markdown.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/report.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/io/ci_summary.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"
#include "tools/user_client/client_command.h"
#include "tools/user_client/client_report.h"
#include "tools/user_client/seen_ledger.h"
#include "tools/user_client/timed_events.h"

namespace rmqsim {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// Of the command's output, the end, for the report.
constexpr std::size_t kMaxKept = 64 * 1024;
/// After the command's end: until nothing has arrived for so long, one-way messages say.
constexpr auto kQuiet = std::chrono::milliseconds(100);
constexpr auto kPatienceForQuiet = std::chrono::seconds(2);
/// How long it may take to end after a SIGTERM.
constexpr auto kGrace = std::chrono::seconds(3);

struct NotChecked {
  std::string where;
  std::string reason;
};

class Run {
 public:
  /// What is open now is what the command inherits, beside its standard streams.
  Run(const RunWithCommand& what, const Scenario& scenario, const Profile& profile)
      : what_(what), scenario_(scenario), profile_(profile), human_(what.json ? std::cerr : std::cout),
        inherited_(inheritable_descriptors()) {}

  int go() {
    const std::pair<OutputFile&, const std::string&> files[] = {
        {ledger_file_, what_.ledger}, {junit_file_, what_.junit}, {summary_file_, what_.summary}};
    for (const auto& [file, path] : files) {
      if (path.empty() || file.open(path)) continue;
      std::cerr << "rmqsim: " << file.problem() << "\n";
      return 64;
    }
    began_ = utc_now();
    HostOptions options;
    options.seed = what_.seed.value_or(scenario_.seed);
    options.on_warning = [](const std::string& text) { std::cerr << "rmqsim: " + text + "\n" << std::flush; };
    if (const auto wrong = read_places(what_.places, scenario_, options.listen)) {
      std::cerr << "rmqsim run: " << *wrong << "\n";
      return 64;
    }
    try {
      cluster_ = std::make_unique<HostedCluster>(scenario_, options);
    } catch (const boost::system::system_error& error) {
      std::cerr << "rmqsim: the fakes could not start: " << error.what() << "\n";
      return 64;
    }
    events_ = timed_events(scenario_, notes_);
    human_ << scenario_.name << "   " << profile_.name << " · tcp · seed " << options.seed << " · command\n"
           << harmless_lines(scenario_.why) << "\n\n  $";
    for (const std::string& argument : what_.command) human_ << " " << shell_word(argument);
    human_ << "\n  live page: " << cluster_->control_url() << "/\n" << std::flush;
    cluster_->begin_faults();
    const auto begin = Clock::now();
    std::unique_ptr<ClientCommand> command;
    try {
      command = std::make_unique<ClientCommand>(
          what_.command, cluster_->environment(), inherited_,
          [this](std::string_view bytes, bool is_stderr) { show(bytes, is_stderr ? std::cerr : human_); });
    } catch (const std::exception& error) {
      std::cerr << "rmqsim: " << error.what() << "\n";
      return 64;
    }
    wait_for(*command, begin);
    took_ = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    status_ = command->status();
    command.reset();
    settle();
    if (!ended_early_.empty()) notes_.push_back(ended_early_);
    check();
    report();
    if (!write_files()) return 70;
    if (!ended_early_.empty()) return 2;
    return status_ == 0 && failures_.empty() ? 0 : 1;
  }

 private:
  void show(std::string_view bytes, std::ostream& to) {
    to << bytes << std::flush;
    output_ += bytes;
    if (output_.size() > kMaxKept) output_ = whole_characters(output_, output_.size() - kMaxKept, kMaxKept);
  }

  void wait_for(ClientCommand& command, Clock::time_point begin) {
    std::size_t next = 0;
    std::optional<Clock::time_point> kill_at;
    while (!command.wait(10)) {
      const auto elapsed = Clock::now() - begin;
      for (; next < events_.size() && elapsed >= events_[next].at; ++next) {
        if (!cluster_->perform(*events_[next].step)) {
          cluster_->runtime().run([&] { cluster_->record().idle_events.push_back(events_[next].index); });
        }
      }
      if (!kill_at && stop_signals::reason() != nullptr) {
        ended_early_ = stop_signals::reason();
      } else if (!kill_at && elapsed > std::chrono::seconds(what_.max_seconds)) {
        ended_early_ = "the command did not end within " + std::to_string(what_.max_seconds) + " s (--max-seconds)";
      } else if (!kill_at && cluster_->shutdown_asked()) {
        ended_early_ = "ended over the control interface";
      }
      if (!kill_at && !ended_early_.empty()) {
        command.signal(SIGTERM);
        kill_at = Clock::now() + kGrace;
      }
      if (kill_at && Clock::now() > *kill_at) command.signal(SIGKILL);
    }
    not_come_to_ = next;
  }

  void settle() {
    const auto end = Clock::now() + kPatienceForQuiet;
    std::uint64_t before = cluster_->received();
    while (Clock::now() < end) {
      ::poll(nullptr, 0, static_cast<int>(kQuiet.count()));
      const std::uint64_t now = cluster_->received();
      if (now == before) return;
      before = now;
    }
  }

  void check() {
    Runtime& runtime = cluster_->runtime();
    runtime.run([&] {
      cluster_->world().cluster().refresh();
      Workload none(cluster_->world(), scenario_, profile_, cluster_->record(), [](const Expectation&) {});
      const Checker checker(scenario_, cluster_->world(), none, cluster_->record());
      for (const Expectation& expectation : scenario_.expect) {
        if (!expectation.applies_to(profile_.name)) continue;  // nothing is expected here
        if (const auto reason = expectation.unseen(scenario_)) {
          not_checked_.push_back({expectation_label(expectation.where), std::string(*reason)});
        } else {
          ++checked_;
          for (Failure& failure : checker.check(expectation)) failures_.push_back(std::move(failure));
        }
      }
      for (const Step& step : scenario_.steps) {
        for (const Expectation& expectation : step.expect) {
          if (!expectation.applies_to(profile_.name)) continue;
          not_checked_.push_back(
              {expectation_label(expectation.where), "the step was not performed: the command is the client"});
        }
        const auto* assert_step = std::get_if<AssertStep>(&step.what);
        if (assert_step == nullptr) continue;
        for (const Expectation& expectation : assert_step->expect) {
          if (!expectation.applies_to(profile_.name)) continue;
          not_checked_.push_back(
              {expectation_label(expectation.where), "it is about a moment between steps of the scenario"});
        }
      }
      take_rule_counts(scenario_, cluster_->world().cluster(), cluster_->record());
      if (ended_early_.empty()) judge_idle(scenario_, profile_.name, cluster_->record());
      judge_missed_events();
      for (Failure& failure : cluster_->record().failures) failures_.push_back(std::move(failure));
      if (!expects_something(scenario_, profile_.name)) notes_.emplace_back(kNothingExpected);
      for (const auto& [name, server] : cluster_->record().servers) received_[name] = server.received_sends;
      for (const std::string& name : cluster_->world().cluster().broker_names()) {
        stored_[name] = cluster_->world().cluster().stored_requests(name);
      }
      duplicates_ = cluster_->world().cluster().duplicates();
      ledger_ = seen_ledger(scenario_, profile_.name, what_.seed.value_or(scenario_.seed), cluster_->journal(),
                            cluster_->record().first_step, received_, stored_);
    });
  }

  /// Of a command that was ended nobody knows what it would have come to.
  void judge_missed_events() {
    if (not_come_to_ == events_.size()) return;
    notes_.push_back(plural(events_.size() - not_come_to_, "cluster event", "cluster events") +
                     " of the scenario did not happen: the command ended before");
    if (!ended_early_.empty()) return;
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(took_));
    for (std::size_t k = not_come_to_; k < events_.size(); ++k) {
      judge_missed(scenario_, events_[k].index, events_[k].at, took, cluster_->record());
    }
  }

  void report() {
    std::uint64_t dropped = 0;
    const auto entries = cluster_->take_entries(dropped);
    if (!output_.empty() && output_.back() != '\n') human_ << "\n";
    if (what_.verbose) {
      for (const KeptEntry& one : entries) human_ << "  " << format_entry(one.entry(), what_.colours) << "\n";
    }
    human_ << "\n";
    char took[32];
    std::snprintf(took, sizeof took, "%.2f s", took_ / 1000);
    human_ << "  the command ended with status " << status_ << " after " << took << "\n";
    for (const auto& [name, count] : stored_) {
      human_ << "  " << name << ": " << received_[name] << " sends received, " << count << " stored\n";
    }
    for (const RuleRecord& rule : cluster_->record().rules) {
      human_ << "  rule " << harmless(rule.id) << ": " << format_rule_counts(rule.counts) << "\n";
    }
    for (const std::string& note : notes_) human_ << "  note: " << harmless(note) << "\n";
    report_not_checked();
    for (const Failure& failure : failures_) {
      human_ << "  " << harmless(failure.check) << ": " << harmless_lines(failure.message) << "  (" << scenario_.file
             << ":" << failure.where.line << ")\n";
    }
    const bool good = status_ == 0 && failures_.empty() && ended_early_.empty();
    human_ << (good ? "  passed" : ended_early_.empty() ? "  FAILED" : "  INCONCLUSIVE") << ": " << checked_
           << " expectations checked, " << failures_.size() << " not met, " << not_checked_.size() << " not checked\n";
    if (!good) human_ << "  rerun: " << rerun() << "\n";
    if (what_.json) std::cout << json_text(json(), 2) << "\n";
  }

  /// In one line: how many for which reason.
  void report_not_checked() {
    if (not_checked_.empty()) return;
    std::map<std::string, std::size_t> reasons;
    for (const NotChecked& one : not_checked_) ++reasons[one.reason];
    human_ << "  not checked: " << not_checked_.size() << " of " << not_checked_.size() + checked_ << " expectations: ";
    for (auto reason = reasons.begin(); reason != reasons.end(); ++reason) {
      human_ << (reason == reasons.begin() ? "" : "; ") << reason->first << " (" << reason->second << ")";
    }
    human_ << "\n";
    if (!what_.verbose) return;
    for (const NotChecked& one : not_checked_) {
      human_ << "    " << one.where << ": " << harmless_lines(one.reason) << "\n";
    }
  }

  std::string rerun() const {
    std::string text = "rmqsim run " + shell_word(scenario_.file);
    if (!what_.profile.empty()) text += " --profile " + what_.profile;
    if (what_.seed) text += " --seed " + std::to_string(*what_.seed);
    if (what_.max_seconds != RunWithCommand{}.max_seconds) {
      text += " --max-seconds " + std::to_string(what_.max_seconds);
    }
    text += " --";
    for (const std::string& argument : what_.command) text += " " + shell_word(argument);
    return text;
  }

  Json json() const {
    Json json;
    json["scenario"] = scenario_.name;
    json["profile"] = profile_.name;
    json["world"] = "tcp";
    json["command"] = what_.command;
    json["commandStatus"] = status_;
    json["commandOutput"] = output_;
    json["tookMs"] = took_;
    const bool good = status_ == 0 && failures_.empty();
    json["verdict"] = !ended_early_.empty() ? "inconclusive" : good ? "passed" : "failed";
    json["expectationsChecked"] = checked_;
    json["rules"] = Json::array();
    for (const RuleRecord& rule : cluster_->record().rules) {
      json["rules"].push_back({{"id", rule.id}, {"matched", rule.counts.matched}, {"acted", rule.counts.acted}});
    }
    json["failures"] = Json::array();
    for (const Failure& failure : failures_) {
      json["failures"].push_back(
          {{"check", failure.check}, {"message", failure.message}, {"line", failure.where.line}});
    }
    json["notChecked"] = Json::array();
    for (const NotChecked& one : not_checked_) {
      json["notChecked"].push_back({{"expectation", one.where}, {"reason", one.reason}});
    }
    json["notes"] = notes_;
    if (json["verdict"] != "passed") json["rerun"] = rerun();
    json["brokers"] = Json::object();
    for (const auto& [name, count] : stored_) {
      json["brokers"][name] = {{"received", received_.at(name)}, {"stored", count}};
    }
    json["duplicates"] = duplicates_;
    return json;
  }

  /// What became of it, in the reports that runs of our own producers have.
  ReportEntry entry() const {
    ClientRun run{scenario_, profile_.name, what_.command};
    run.seed = what_.seed.value_or(scenario_.seed);
    run.status = status_;
    run.ended_early = ended_early_;
    run.failures = failures_;
    run.output = output_;
    run.took_millis = took_;
    run.rerun = rerun();
    return report_client_run(run, what_.version, began_);
  }

  bool write_files() {
    bool ok = true;
    const auto write = [&](OutputFile& file, const std::string& text) {
      if (!file.is_open() || file.commit(text)) return;
      std::cerr << "rmqsim: " << file.problem() << "\n";
      ok = false;
    };
    const std::vector<ReportEntry> entries{entry()};
    write(ledger_file_, (what_.ledger_as_list ? "[" + ledger_ + "]" : ledger_) + "\n");
    write(junit_file_, report_junit(entries));
    const std::string markdown = summary_markdown(entries, took_);
    if (summary_file_.is_open()) {
      write(summary_file_, markdown);
    } else {
      add_step_summary(markdown);
    }
    return ok;
  }

  const RunWithCommand& what_;
  const Scenario& scenario_;
  const Profile& profile_;
  std::ostream& human_;
  const std::vector<int> inherited_;
  OutputFile ledger_file_, junit_file_, summary_file_;
  std::string began_;
  std::unique_ptr<HostedCluster> cluster_;
  std::vector<EventBesideClient> events_;
  std::size_t not_come_to_ = 0;  ///< the first of them
  std::vector<std::string> notes_;
  std::string output_, ended_early_, ledger_;
  std::vector<Failure> failures_;
  std::vector<NotChecked> not_checked_;
  std::map<std::string, std::uint64_t> received_, stored_;
  std::uint64_t duplicates_ = 0;
  std::size_t checked_ = 0;
  double took_ = 0;
  int status_ = -1;
};

}  // namespace

int run_with_command(const RunWithCommand& what) {
  stop_signals::listen();
  ParseResult parsed = load_scenario(what.path);
  if (!parsed.ok()) {
    std::cerr << parsed.to_string() << "\n";
    return 64;
  }
  const Scenario& scenario = *parsed.scenario;
  RunLimits limits;
  limits.real_time = std::chrono::hours(24 * 365);  // the command takes what it takes, up to --max-seconds
  if (const auto reason = ScenarioWorld::cannot_run(WorldKind::tcp, scenario, limits)) {
    std::cerr << "rmqsim: " << reason->reason << "; without a command it runs with --world "
              << world_name(reason->instead) << "\n";
    return 64;
  }
  const std::string& name = what.profile.empty() ? scenario.profiles.front() : what.profile;
  const Profile& profile = look_up(find_profile(name), name);
  return Run(what, scenario, profile).go();
}

}  // namespace rmqsim
