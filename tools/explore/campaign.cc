#include "tools/explore/campaign.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "producer/profile/profile.h"
#include "scenarios/harness/explore/campaign/campaign_report.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tools/explore/batch.h"
#include "tools/explore/campaign_end.h"
#include "tools/explore/campaign_folder.h"
#include "tools/explore/campaign_setup.h"
#include "tools/explore/driven/driven_trials.h"
#include "tools/explore/driven/explored_client.h"
#include "tools/explore/progress.h"
#include "tools/io/stop_signals.h"
#include "tools/run/process_shard.h"
#include "tools/run/runner.h"
#include "tools/run/worker_pool.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

/// Trials of a worker's life: what they cost should be far more than a fork, and less than the patience of who watches.
constexpr std::uint64_t kBatch = 128;
/// So many workers that died by no fault of a trial's are no accident.
constexpr std::size_t kMostDeaths = 10;
constexpr double kSeconds = 60;

class Campaign {
 public:
  explicit Campaign(ExploreCommand command)
      : command_(std::move(command)),
        templates_(read_templates(command_.templates)),
        client_(meet_client(command_, templates_)),
        drawing_(templates_, profiles(), draw_options(command_.without)),
        human_(command_.json ? std::cerr : std::cout),
        begin_(Clock::now()),
        progress_(command_.quiet, begin_) {
    options_.seed = command_.seed;
    options_.guidance = with("guidance") && !command_.trial && !client_;
    options_.rescue = with("rescue");
    explorer_.emplace(drawing_, options_);
  }

  int run() {
    prepare();
    begin_ = Clock::now();
    end_ = command_.seconds
               ? begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*command_.seconds))
               : Clock::time_point::max();
    run_in_workers(
        {[this](std::size_t index) { return more(index); }, [this] { tick(); }}, jobs(), true,
        [this](std::size_t index, std::ostream* rows) { return work(jobs_.at(index), *rows); },
        [this](std::size_t index, WorkerResult left) { take(index, std::move(left)); });
    progress_.clear();
    return report();
  }

 private:
  bool with(std::string_view word) const {
    return std::find(command_.without.begin(), command_.without.end(), word) == command_.without.end();
  }

  const std::vector<std::string>& profiles() const { return client_ ? client_->profiles() : command_.profiles; }
  unsigned jobs() const {
    if (command_.jobs > 0) return command_.jobs;
    return client_ ? std::max(1u, std::thread::hardware_concurrency()) : 1;
  }
  void prepare();
  void make_folder(const ReportPaths& reports);
  void learn_what_is_known();
  bool more(std::size_t index);
  std::string work(const Batch& batch, std::ostream& rows);
  void take(std::size_t index, WorkerResult left);
  void take_row(const CampaignRow& row, std::string& kept);
  void take_trouble(const Batch& batch, const std::string& trouble);
  void take_death(const std::string& what);
  void keep(const CampaignRow& row);
  void append(const std::string& rows);
  void tick();
  int report();

  bool over() const {
    return stop_signals::received() != 0 || !state_.deviations.empty() || !broken_.empty() || driver_failed_ ||
           (command_.until_found && !state_.findings.empty());
  }

  const ExploreCommand command_;
  const std::vector<Scenario> templates_;
  const std::unique_ptr<ExploredClient> client_;  ///< null: our own producer
  const Drawing drawing_;
  ExplorerOptions options_;
  std::optional<Explorer> explorer_;
  std::ostream& human_;
  Clock::time_point begin_, end_;
  Progress progress_;
  Sharding sharding_;
  CampaignFolder folder_;
  bool own_folder_ = false;
  OutputFile junit_, page_;
  ShardState state_;
  Guide guide_;
  std::uint64_t positions_ = 0;  ///< of the shard
  std::uint64_t next_ = 0;       ///< position
  std::deque<Batch> first_;      ///< to be done before the next ones
  std::map<std::size_t, Batch> jobs_;
  std::vector<std::string> deaths_;  ///< of workers, by which the campaign has lost nothing
  std::vector<std::string> broken_;  ///< what ends it
  std::uint64_t runs_before_ = 0;
  bool driver_failed_ = false;
  // What a worker said last.
  std::string begun_, running_, shrinking_;
  std::uint64_t begun_count_ = 0;
};

void Campaign::prepare() {
  sharding_ = process_sharding(command_.shard, command_.shards);
  if (!sharding_.error.empty()) throw Refused(sharding_.error);
  if (!client_) refuse_long(templates_);
  own_folder_ = command_.out.empty();
  if (own_folder_ && command_.resume) {
    throw Refused("--resume needs the --out of the campaign that it goes on with");
  }
  const CampaignKey key =
      client_ ? campaign_key(command_, templates_, *client_) : campaign_key(command_, templates_, drawing_);
  state_.header = {key, sharding_.shard};
  const ReportPaths reports = report_paths(command_.junit, command_.report);
  std::vector<std::string> inputs;
  if (!own_folder_) {
    inputs = state_paths(command_.out);
    inputs.push_back(command_.out + "/" + state_file_name(state_.header));
  }
  for (const Scenario& scenario : templates_) inputs.push_back(scenario.file);
  if (std::string lost = would_overwrite(reports, std::move(inputs)); !lost.empty()) throw Refused(lost);
  make_folder(reports);
  learn_what_is_known();
  // Far from where positions times shards would not fit.
  positions_ = sharding_.shard.share(command_.trials.value_or((std::uint64_t{1} << 62)));
  if (command_.trial) {
    positions_ = 0;
    first_.push_back({.trials = 1, .only = command_.trial});
  }
  if (!sharding_.from.empty() && !command_.quiet) {
    std::cerr << "rmqsim explore: shard " << sharding_.shard.text() << ", as " << sharding_.from << " says\n";
  }
}

/// The state last: a command that is refused for a report leaves none.
void Campaign::make_folder(const ReportPaths& reports) {
  const char* const outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  std::string wrong = own_folder_ ? folder_.make_new(outputs == nullptr ? "" : outputs) : folder_.make(command_.out);
  if (!wrong.empty()) throw Refused(wrong);
  const bool written = open_reports(reports, junit_, page_);
  if (written) wrong = touch_status_file(sharding_);
  if (!written || !wrong.empty()) {
    folder_.take_away();
    throw Refused(wrong);
  }
  if (command_.trial) return;
  wrong = folder_.open(folder_.path(), state_.header, command_.resume);
  if (!wrong.empty()) throw Refused(wrong);
}

/// From the state that was found: of a campaign that is resumed.
void Campaign::learn_what_is_known() {
  if (folder_.found().header.key.version.empty()) return;
  state_ = folder_.found();
  runs_before_ = state_.runs;
  if (with("shrink")) {
    for (FindingRow& row : left_to_shrink(state_.findings)) first_.push_back({.small = std::move(row)});
  }
  if (!options_.guidance) return;
  for (const TrialRow& row : state_.trials) {
    for (const Feature feature : row.features) guide_.meet(feature, 1);
    guide_.add({row.lineage, explorer_->trial(row.lineage), row.features});
  }
  guide_.weigh();
}

bool Campaign::more(std::size_t index) {
  if (jobs_.contains(index)) return true;  // there was no process for it
  if (!first_.empty() && broken_.empty()) {
    jobs_[index] = first_.front();
    first_.pop_front();
    return true;
  }
  if (over() || Clock::now() >= end_) return false;
  const auto gap = state_.gap(next_, positions_, client_ ? 1 : kBatch);
  if (!gap) return false;
  next_ = gap->second;
  jobs_[index] = {.first = gap->first, .trials = gap->second - gap->first, .backwards = index == 0 && !client_};
  return true;
}

std::string Campaign::work(const Batch& batch, std::ostream& rows) {
  folder_.close();
  BatchWork work{drawing_,
                 options_,
                 {folder_.path(), with("shrink")},
                 sharding_.shard,
                 guide_,
                 {},
                 begin_,
                 end_,
                 state_.runs,
                 command_.until_found};
  for (const auto& [signature, finding] : state_.findings) work.known.insert(signature);
  try {
    if (!client_) return explore_batch(batch, work, rows);
    client_->explore(batch, work, rows);
    return "";
  } catch (const std::exception& error) {
    rows << "broken " << error.what() << "\n" << std::flush;
    throw;
  }
}

void Campaign::take_row(const CampaignRow& row, std::string& kept) {
  CampaignRow taken = row;
  if (auto* trial = std::get_if<TrialRow>(&taken)) {  // another worker may have met them meanwhile
    std::erase_if(trial->features, [this](Feature feature) { return guide_.knows(feature); });
    if (trial->features.empty()) return;
    for (const Feature feature : trial->features) guide_.meet(feature, 1);
    guide_.add({trial->lineage, explorer_->trial(trial->lineage), trial->features});
  }
  const auto* finding = std::get_if<FindingRow>(&taken);
  if (finding != nullptr && finding->signature.invariant == kDriverSignature) {
    if (std::exchange(driver_failed_, true)) return;  // once is enough
  }
  state_.take(taken);
  kept += row_text(taken);
}

void Campaign::take(std::size_t index, WorkerResult left) {
  const Batch batch = jobs_.at(index);
  jobs_.erase(index);
  std::map<Signature, bool> known;  // and whether it was small
  for (const auto& [signature, finding] : state_.findings) known[signature] = finding.shrunk;
  begun_.clear(), running_.clear(), shrinking_.clear();
  begun_count_ = 0;
  std::string kept;
  const std::string_view text = left.trace;
  const bool broke = text.find("\nbroken ") != std::string_view::npos;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1) {
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with("begun ")) {
      begun_ = line.substr(6);
      shrinking_.clear();
      ++begun_count_;
    } else if (line.starts_with("running ")) {
      running_ = line.substr(8);
    } else if (line.starts_with("shrinking ")) {
      shrinking_ = line.substr(10);
    } else if (line.starts_with("broken ")) {
      left.trouble = line.substr(7);
    } else if (const auto row = parse_row(line)) {
      const bool counted = !batch.died.empty() && std::holds_alternative<BatchRow>(*row);
      const bool again = broke && std::holds_alternative<TrialRow>(*row);  // learnt of when the batch is made again
      if (!counted && !again) take_row(*row, kept);
    }
  }
  if (!left.trouble.empty()) {
    take_trouble(batch, left.trouble);
  } else if (!batch.died.empty()) {
    take_death("exploring: " + batch.died +
               ", but not when that trial was run alone: " + trial_command(state_.header.key, *batch.only));
  }
  meet_packed(left.result, guide_);
  guide_.weigh();
  append(kept);
  for (const auto& [signature, finding] : state_.findings) {
    const auto before = known.find(signature);
    if (before != known.end() && before->second == finding.shrunk) continue;
    progress_.clear();
    human_ << finding_text(finding, state_.header.key, folder_.path()) << "\n" << std::flush;
  }
}

/// What was found, or done, without a worker that could tell.
void Campaign::keep(const CampaignRow& row) {
  state_.take(row);
  append(row_text(row));
}

void Campaign::append(const std::string& rows) {
  if (std::string wrong = folder_.append(rows); !wrong.empty()) broken_.push_back(std::move(wrong));
}

/// It costs the trial, or the shrink, that the worker was at; told it is all the same.
void Campaign::take_death(const std::string& what) {
  deaths_.push_back(what);
  if (deaths_.size() == kMostDeaths) broken_.push_back("so many workers have died: it is not gone on");
}

/// What a worker could not go on for ends the campaign; its batch is not done, and made again by who goes on with it.
/// A worker died at the trial that it began last. Run alone, with its scenario saved, it shows whether it is to blame;
/// the batch goes on behind it.
void Campaign::take_trouble(const Batch& batch, const std::string& trouble) {
  if (!trouble.starts_with("its process")) {
    broken_.push_back("exploring: " + trouble);
    return;
  } else if (!shrinking_.empty()) {
    take_death("shrinking " + folder_.path() + "/" + shrinking_ + ": " + trouble);
  } else if (begun_.empty()) {
    take_death("exploring: " + trouble);
  } else if (batch.only && !running_.empty()) {
    FindingRow row;
    row.lineage = *batch.only;
    row.message = trouble;
    row.file = running_;
    row.after_runs = state_.runs;
    const ParseResult read = load_scenario(folder_.path() + "/" + running_, {.judge_idle = false});
    row.signature = {"crash", read.ok() ? read.scenario->profiles.front() : profiles().front(), {}, {}};
    keep(row);
  } else {
    first_.push_back({.first = batch.first, .trials = 1, .only = Lineage::parse(begun_), .died = trouble});
  }
  if (batch.only || batch.small) return;
  keep(BatchRow{batch.first, begun_count_, begun_count_, 0, 0, {}, 0});
  if (begun_count_ < batch.trials) {
    first_.push_back({.first = batch.first + begun_count_, .trials = batch.trials - begun_count_});
  }
}

void Campaign::tick() {
  Course course{.trials = state_.explored,
                .runs = state_.runs,
                .features = guide_.features(),
                .findings = state_.findings.size()};
  if (client_) {
    const Blackboard::Counts& counts = client_->counts();
    course.real_time = true;
    course.trials = counts.trials;
    course.runs = counts.runs;
    course.looked_at = counts.looked_at;
  }
  if (command_.seconds) {
    course.seconds_left = std::max(0.0, std::chrono::duration<double>(end_ - Clock::now()).count());
  } else {
    course.trials_left = positions_ - std::min(positions_, state_.explored);
  }
  progress_.show(course);
}

int Campaign::report() {
  CampaignEnd end;
  end.broken = deaths_;
  end.broken.insert(end.broken.end(), broken_.begin(), broken_.end());
  end.runs_before = runs_before_;
  end.strict = command_.strict && !command_.trial;
  if (stop_signals::received() != 0) end.interrupted = stop_signals::reason();
  end.wall_seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  if (const EndRow row{end.interrupted}; broken_.empty() && !command_.trial && state_.end != row) keep(row);
  const CampaignSummary summary = add_up({&state_});
  if (command_.trial) human_ << "its scenarios are in " << folder_.path() << "/unshrunk\n";
  const int status =
      end_campaign(summary, end, folder_.path(), {command_.json, false, junit_, page_, campaign_command(command_)});
  if (own_folder_ && status != kInconclusive && summary.findings.empty() && summary.deviations.empty()) {
    folder_.take_away();
  }
  return status;
}

}  // namespace

int explore(ExploreCommand command) {
  stop_signals::listen();
  if (command.profiles.empty() && command.client.empty()) {
    for (const std::string_view name : profile_names()) command.profiles.emplace_back(name);
  }
  if (!command.seconds && !command.trials) command.seconds = kSeconds;
  try {
    return Campaign(std::move(command)).run();
  } catch (const Interrupted& interrupted) {
    std::cerr << "rmqsim explore: " << interrupted.what() << "\n";
    return kInconclusive;
  } catch (const Refused& refused) {
    if (*refused.what() != '\0') std::cerr << "rmqsim explore: " << refused.what() << "\n";
    return kUsage;
  }
}

}  // namespace rmqsim
