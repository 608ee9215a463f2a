// `rmqsim run --compare-profiles`: every scenario in every profile, one table, and a page if one is wanted.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "scenarios/harness/report/compare.h"
#include "scenarios/harness/report/html/compared_page.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"
#include "tools/run/process_shard.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

/// What compares again.
std::string compare_command(const RunCommand& command) {
  std::string text = "rmqsim run";
  for (const std::string& path : command.paths) text += " " + shell_word(path);
  text += " --compare-profiles";
  return command.seed ? text + " --seed " + std::to_string(*command.seed) : text;
}

}  // namespace

int compare_scenarios(const RunCommand& command) {
  const Sharding sharding = process_sharding(command.shard, command.shards);
  std::string unusable = sharding.error;
  if (unusable.empty()) unusable = touch_status_file(sharding);
  if (!unusable.empty()) {
    std::cerr << "rmqsim run: " << unusable << "\n";
    return kUsage;
  }
  stop_signals::listen();
  LoadedFiles loaded = load_files(command.paths);
  if (const std::string wrong = wrong_outputs(command, loaded.files()); !wrong.empty()) {
    std::cerr << "rmqsim run: " << wrong << "\n";
    return kUsage;
  }
  if (sharding.shard.count > 1) {
    const std::size_t whole = loaded.items.size();
    std::size_t place = 0;
    std::erase_if(loaded.items, [&](const LoadedFiles::Item&) { return !is_own(sharding.shard, place++); });
    std::cerr << "rmqsim run: " << share_text(sharding, loaded.items.size(), whole, "file") << "\n";
    if (loaded.items.empty()) return kPassed;
  }
  OutputFile report;
  if (!command.report.empty() && !report.open(command.report)) {
    std::cerr << "rmqsim: " << report.problem() << "\n";
    return kUsage;
  }
  ComparedPage page;
  std::vector<ComparedScenario> compared;
  std::string errors;
  for (const LoadedFiles::Item& item : loaded.items) {
    if (stop_signals::reason() != nullptr) break;
    if (item.scenario == nullptr) continue;
    const Scenario& scenario = *item.scenario;
    try {
      compared.push_back(compare_profiles(scenario, command.seed, &stop_signals::run_stop(),
                                          report.is_open() ? page.taker() : TakeCompared()));
      if (report.is_open()) page.end(compared.back());
    } catch (const std::exception& error) {
      errors += "error: " + scenario.name + ": internal error: " + error.what() + "\n";
    }
  }
  const auto asked = std::count_if(loaded.items.begin(), loaded.items.end(),
                                   [](const LoadedFiles::Item& item) { return item.scenario != nullptr; });
  const char* const interrupted = stop_signals::reason();
  // What one profile was still at when the signal came is nothing that it could not run.
  if (interrupted != nullptr && !compared.empty() && compared.back().left_out.find(interrupted) != std::string::npos) {
    compared.pop_back();
  }
  const bool nothing =
      std::all_of(compared.begin(), compared.end(), [](const auto& one) { return !one.left_out.empty(); });
  const ReportStyle style = make_style(STDOUT_FILENO, command.color, command.verbose);
  std::ostream& human = command.json ? std::cerr : std::cout;
  if (nothing) {
    std::cerr << (interrupted == nullptr && loaded.ok() ? "rmqsim: nothing to compare\n" : "")
              << comparison_text(compared, {});
  } else {
    std::cout << (command.json ? comparison_json(compared) + "\n" : comparison_text(compared, style));
  }
  for (const LoadedFiles::Item& item : loaded.items) {
    if (item.scenario == nullptr && loaded.items.size() > 1) {
      human << "invalid: " << report_invalid(item.file, item.errors).brief << "\n";
    }
  }
  human << errors;
  if (interrupted != nullptr) {
    const std::size_t all = static_cast<std::size_t>(asked) + loaded.unread.size();
    human << interrupted << ": " << compared.size() << " of " << all << " scenarios were compared\n";
  }
  if (report.is_open() && !nothing && !report.commit(page.html(compared, compare_command(command)))) {
    std::cerr << "rmqsim: " << report.problem() << "\n";
    return kInternal;
  }
  if (!errors.empty()) return kInternal;
  if (!nothing_failed(compared)) return kFailed;
  if (interrupted != nullptr) return kInconclusive;
  return nothing || !loaded.ok() ? kUsage : kPassed;
}

}  // namespace rmqsim
