// A scenario played and judged, of a builder or of a file.
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/testing/account.h"
#include "scenarios/testing/build.h"
#include "scenarios/testing/play.h"
#include "scenarios/testing/rmqsim/cluster.h"

namespace rmqsim::test {

WorldKind world_kind(TestWorld world) {
  switch (world) {
    case TestWorld::sim: return WorldKind::sim;
    case TestWorld::tcp: return WorldKind::tcp;
    case TestWorld::process: return WorldKind::process;
  }
  return WorldKind::sim;
}

const Profile& profile_of(const Scenario& scenario, std::string_view name) {
  const std::string wanted(name.empty() ? std::string_view(scenario.profiles.front()) : name);
  const Profile* profile = find_profile(wanted);
  if (profile != nullptr) return *profile;
  const auto names = profile_names();
  Account::unknown("profile", wanted, {names.begin(), names.end()});
}

ScenarioRun play(Scenario scenario, const RunAs& as) {
  auto account = std::make_shared<Account>();
  account->scenario = std::move(scenario);
  account->profile = &profile_of(account->scenario, as.profile);
  RunOptions options;
  options.world = world_kind(as.world);
  options.seed = as.seed;
  options.every_decision = true;
  account->result = run_scenario(account->scenario, *account->profile, options);
  return ScenarioRun(std::move(account));
}

ScenarioRun run(const ScenarioBuilder& scenario, const RunAs& as) { return play(build_scenario(scenario, true), as); }

ScenarioRun run_file(const std::string& path, const RunAs& as) {
  ParseResult parsed = load_scenario(path);
  if (!parsed.ok()) throw InvalidScenario(parsed.to_string());
  return play(std::move(*parsed.scenario), as);
}

}  // namespace rmqsim::test
