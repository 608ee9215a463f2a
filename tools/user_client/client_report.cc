#include "tools/user_client/client_report.h"

#include "scenarios/harness/report/formats/junit.h"
#include "scenarios/harness/report/rerun.h"

namespace rmqsim {

ReportEntry report_client_run(const ClientRun& run, const std::string& version, const std::string& began) {
  using Kind = ReportEntry::Kind;
  const bool good = run.status == 0 && run.failures.empty();
  const std::string profile(run.profile);
  const std::string seed = std::to_string(run.seed);
  std::string words;
  for (const std::string& argument : run.command) words += (words.empty() ? "" : " ") + shell_word(argument);
  ReportEntry entry;
  entry.kind = !run.ended_early.empty() ? Kind::inconclusive : good ? Kind::passed : Kind::failed;
  entry.name = run.scenario.name + "   " + profile + " · command";
  entry.wall_millis = run.took_millis;
  TestCase test{.suite = run.scenario.name,
                .file = run.scenario.file,
                .name = profile + " tcp seed " + seed + " command",
                .wall_millis = run.took_millis,
                .kind = entry.kind,
                .output = run.output,
                .properties = {{"profile", profile}, {"world", "tcp"}, {"seed", seed}, {"command", words}}};
  if (entry.kind != Kind::passed) {
    if (!run.ended_early.empty()) test.text += run.ended_early + "\n";
    if (run.status != 0) test.text += "the command ended with status " + std::to_string(run.status) + "\n";
    for (const Failure& failure : run.failures) {
      if (failure.where.line > 0) test.text += run.scenario.file + ":" + std::to_string(failure.where.line) + ": ";
      test.text += failure.check + ": " + failure.message + "\n";
    }
    entry.brief = test.message = test.text.substr(0, test.text.find('\n'));
    entry.rerun = run.rerun;
    test.text += "rerun: " + run.rerun;
  }
  ReportStyle style;
  style.version = version;
  style.began = began;
  entry.junit = junit_suite(test, style);
  return entry;
}

}  // namespace rmqsim
