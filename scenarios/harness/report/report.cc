#include "scenarios/harness/report/report.h"

#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/paint.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/rerun.h"
#include "scenarios/harness/report/run_lines.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim {
namespace {

/// A scenario that came from no file cannot be named to the command.
std::string rerun_line(const Scenario& scenario, const RunResult& result) {
  return scenario.file.empty() ? "" : "  rerun: " + rerun_command(scenario, result) + "\n";
}

}  // namespace

std::string report_text(const Scenario& scenario, const RunResult& result, double wall_millis,
                        const ReportStyle& style) {
  const Paint paint(style.colours);
  std::string text;
  switch (result.verdict) {
    case RunResult::Verdict::passed:
      text = paint.bold(scenario.name);
      break;
    case RunResult::Verdict::failed:
      text = paint.red("FAILED") + "  " + paint.bold(scenario.name);
      break;
    case RunResult::Verdict::inconclusive:
      text = paint.yellow("INCONCLUSIVE") + "  " + paint.bold(scenario.name);
      break;
    case RunResult::Verdict::refused:
      text = paint.yellow("REFUSED") + "  " + paint.bold(scenario.name);
      break;
  }
  text += "   " + run_heading(result) + "\n";
  if (result.verdict == RunResult::Verdict::refused) return text + "  " + harmless_lines(result.reason) + "\n\n";
  text += harmless_lines(scenario.why) + "\n\n" + sends_table(scenario, result, style);
  text += "  " + totals_line(result) + "\n" + transactions_line(result.record);
  text += rule_lines(result.record, style.verbose);
  if (style.verbose && result.lateness > Duration::zero()) {
    text += "  upper bounds of time were wider by " + std::to_string(result.lateness / millis(1)) + " ms\n";
  }
  for (const std::string& note : result.record.notes) text += "  note: " + harmless_lines(note) + "\n";
  if (const std::string unjudged = not_judged_line(result); !unjudged.empty()) {
    text += "  " + harmless(unjudged) + "\n";
  }
  for (const Failure& failure : result.record.failures) {
    text += "  " + paint.red(harmless(failure.check)) + ": " + harmless_lines(failure.message);
    if (failure.where.line > 0) {
      text += "  (" + harmless(scenario.file) + ":" + std::to_string(failure.where.line) + ")";
    }
    text += "\n";
    for (const std::string& line : failure.evidence) text += "     " + harmless_lines(line) + "\n";
  }
  if (result.verdict == RunResult::Verdict::inconclusive) {
    text += "  " + paint.yellow("given up: ") + harmless_lines(result.reason) + "\n";
    return text + rerun_line(scenario, result) + "\n";
  }
  if (result.verdict == RunResult::Verdict::failed) {
    return text + rerun_line(scenario, result) + "\n";
  }
  const std::string time = format_millis(result.virtual_time) + " ms";
  text += "  " + paint.green(plural(result.invariants_checked, "invariant holds", "invariants hold") + ", " +
                             plural(result.expectations_checked, "expectation met", "expectations met"));
  text += " · " + time;
  if (result.world == WorldKind::sim) {
    text += " virtual in " + format_wall(wall_millis) + " · trace " + trace_hash_text(result.trace_hash);
  }
  return text + "\n\n";
}

}  // namespace rmqsim
