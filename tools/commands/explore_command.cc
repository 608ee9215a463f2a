// `rmqsim explore`: thinks of faults, runs them by the thousand, and makes a small scenario of what breaks. Exit
// status: tools/explore/campaign.h.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/harness/file/text/whole_number.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/explore/campaign.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace explore_command {
namespace {

std::string span_of_time(const std::string& text) {
  return seconds_of(text) ? "" : "takes a span of time, as in 90s, 10m or 2h, not " + text;
}

std::string one_or_more(const std::string& text) {
  const std::string wrong = whole_number(text);
  return wrong.empty() && std::stoull(text) == 0 ? "takes a whole number from 1, not 0" : wrong;
}

std::string trial_number(const std::string& text) {
  return Lineage::parse(text) ? "" : "takes a trial as a finding names it, as in 812 or 12.812, not " + text;
}

class Explore {
 public:
  explicit Explore(CLI::App& app)
      : app_(app.add_subcommand("explore", "Think of faults, run them by the thousand, keep what breaks")) {
    declare_what();
    declare_how();
    declare_reports();
    declare_merge();
    app_->footer(
        "Examples:\n"
        "  rmqsim explore --for 10m --jobs 4 --out night           all profiles, with the built-in template\n"
        "  rmqsim explore --profile hardened --runs 100000 --seed 7\n"
        "  rmqsim explore scenarios/retry --for 1h                 your clusters, producers and steps, other faults\n"
        "  rmqsim explore --for 10m --out night --resume           goes on where it stopped\n"
        "  rmqsim explore --seed 7 --trial 812                     that trial alone\n"
        "  rmqsim explore --for 1h --shard 3/8 --out shard-3       the fourth of eight machines\n"
        "  rmqsim explore merge shard-* --out all --junit report.xml\n"
        "  rmqsim explore --client 'node tools/drivers/node/driver.cjs' --profile java-5.3.3 --for 5m --out found\n"
        "A finding is a scenario file in --out: read it, run it, edit it, keep it. Below unshrunk/ it is as it was\n"
        "drawn. Without --out it is the first free of explored, explored-2 …, and gone when nothing was found.\n"
        "Without --shard the shard is that of GoogleTest and Bazel, a Slurm array, a Kubernetes Indexed Job (with\n"
        "--shards), GitLab, CircleCI or Buildkite, in this order; half of what says it is 64.\n"
        "Ctrl-C ends it with the same report.\n"
        "Trials of another client are short and take real time. What fails is a finding when it fails each time it is\n"
        "run again. A driver that cannot be met is 64; one that fails a trial is a finding, and the campaign's end.\n"
        "Exit status: the first that applies of 64 bad usage, 70 internal error, 3 not deterministic, 1 something was\n"
        "found (with --strict: or never reached), 2 interrupted (of merge: a shard was, or is missing), 0 nothing.");
  }

  CLI::App* app() const { return app_; }

  int run() {
    if (merge_app_->parsed()) return merge();
    if (const std::string wrong = wrong_with_client(); !wrong.empty()) {
      std::cerr << "rmqsim explore: " << wrong << "\n";
      return kUsage;
    }
    if (given_twice(*profile_)) return kUsage;
    if (!for_.empty()) command_.seconds = seconds_of(for_);
    if (!trial_.empty()) {
      command_.trial = Lineage::parse(trial_);
      for (const CLI::Option* option : of_many_) {
        if (without_meaning(*option, "says nothing of a trial that is run alone")) return kUsage;
      }
    }
    command_.version = RMQSIM_VERSION;
    return explore(command_);
  }

 private:
  int merge() const {
    for (const CLI::Option* option : app_->get_options()) {
      if (without_meaning(*option, "stands before merge, and says nothing there")) return kUsage;
    }
    return merge_campaigns(merge_);
  }

  /// What makes no sense of another client; empty: nothing.
  std::string wrong_with_client() const {
    if (client_->count() == 0) return "";
    if (command_.client.find_first_not_of(" \t\n") == std::string::npos) return "--client takes a command";
    if (command_.strict) {
      return "--strict does not go with --client: what should happen sometimes only our own producer tells";
    }
    if (!command_.report.empty()) {
      return "--report does not go with --client: its pictures are of runs in virtual time";
    }
    for (const std::string& word : command_.without) {
      if (word != "shrink") return "--without " + word + " does not go with --client, whose trials have nothing of it";
    }
    return "";
  }

  void declare_what() {
    app_->add_option("templates", command_.templates,
                     "Scenario files or folders whose clusters, producers and steps are kept; else one is built in");
    of_many_.push_back(app_->add_option("--for", for_, "How long, as in 90s, 10m, 2h (1m unless --runs is given)")
                           ->check(span_of_time));
    of_many_.push_back(app_->add_option("--runs", command_.trials, "How many trials, of all shards together")
                           ->check(one_or_more));
    app_->add_option("--seed", command_.seed, "Another one explores elsewhere")
        ->check(whole_number)
        ->capture_default_str();
    client_ = app_->add_option("--client", command_.client,
                               "Explore another client in real time, by the command of its driver");
    profile_ = app_->add_option("--profile", command_.profiles,
                                "Client version; may be repeated (all). With --client: whose decisions the client's "
                                "are compared with (those that it says it follows)");
    profile_->allow_extra_args(false)
        ->check(CLI::IsMember(words_for_profile()));
    app_->add_option("--trial", trial_, "Only this trial of the campaign, with its scenario written down")
        ->check(trial_number);
  }

  void declare_how() {
    of_many_.push_back(
        app_->add_option("-j,--jobs", command_.jobs, "Processes side by side (1; with --client one per processor)")
            ->check(CLI::Range(1u, 256u)));
    app_->add_option("--out", command_.out, "Folder of the campaign: its state, and what it finds")
        ->check(place_to_write);
    of_many_.push_back(app_->add_flag("--resume", command_.resume, "Go on with the campaign in --out, or begin it"));
    of_many_.push_back(app_->add_option("--shard", command_.shard, "i/n: the i-th of n parts, from 0"));
    of_many_.push_back(
        app_->add_option("--shards", command_.shards, "How many parts there are; JOB_COMPLETION_INDEX says which")
            ->check(one_or_more));
    of_many_.push_back(app_->add_flag("--first", command_.until_found, "End with the first finding"));
    app_->add_option("--without", command_.without, "Leave out, to see what it is worth: boundaries, swarm, …")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(std::vector<std::string>(std::begin(kWithout), std::end(kWithout))));
  }

  void declare_reports() {
    of_many_.push_back(
        app_->add_flag("--strict", command_.strict, "Fail when something that should happen sometimes never did"));
    app_->add_flag("--json", command_.json, "Report as JSON on stdout; human text goes to stderr");
    app_->add_option("--junit", command_.junit, "Write JUnit XML (else to XML_OUTPUT_FILE, where that is set)")
        ->check(place_to_write);
    app_->add_option("--report", command_.report,
                     "Write a page to look at: features over time, findings with scenario, cause and picture (HTML)")
        ->check(place_to_write);
    app_->add_flag("-q,--quiet", command_.quiet, "No progress");
  }

  void declare_merge() {
    merge_app_ = app_->add_subcommand("merge", "Make one campaign of those of several shards");
    merge_app_->add_option("folders", merge_.folders, "Their --out")->required();
    merge_app_->add_option("--out", merge_.out, "Folder of the whole; one without a campaign")
        ->check(place_to_write)
        ->required();
    merge_app_->add_flag("--strict", merge_.strict, "Fail when something that should happen sometimes never did");
    merge_app_->add_flag("--json", merge_.json, "Report as JSON on stdout; human text goes to stderr");
    merge_app_->add_option("--junit", merge_.junit, "Write JUnit XML")->check(place_to_write);
    merge_app_->add_option("--report", merge_.report, "Write a page to look at (HTML)")->check(place_to_write);
    merge_app_->footer(
        "Shards are united, findings of one signature become the smallest; order does not matter. Where one is "
        "missing,\n"
        "or did not come to its end, it says which, and does not end with 0: 2, unless something graver was found.");
  }

  CLI::App* app_;
  CLI::App* merge_app_ = nullptr;
  ExploreCommand command_;
  MergeCommand merge_;
  std::string for_, trial_;
  CLI::Option* client_ = nullptr;
  CLI::Option* profile_ = nullptr;
  std::vector<const CLI::Option*> of_many_;  ///< what says nothing of one trial
};

}  // namespace
}  // namespace explore_command

Subcommand add_explore_command(CLI::App& app) {
  const auto command = std::make_shared<explore_command::Explore>(app);
  return {command->app(), [command] { return command->run(); }};
}

}  // namespace rmqsim
