#include "tools/run/driven_client.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "tools/drivers/driven_run.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {

std::optional<std::string> DrivenClient::meet(Duration limit) {
  DriverOptions options;
  options.command = command_;
  options.real_time = limit;
  options.stop = &stop_signals::run_stop();
  auto hello = ask_for_hello(options);
  if (stop_signals::reason() != nullptr) return std::nullopt;
  if (auto* wrong = std::get_if<std::string>(&hello)) return std::move(*wrong);
  hello_ = std::move(std::get<DriverHello>(hello));
  return std::nullopt;
}

AskedRun DrivenClient::asked(const Scenario& scenario) const {
  const auto& known = scenario.profiles;
  const bool own = std::find(known.begin(), known.end(), hello_.profile) != known.end();
  AskedRun run{&scenario, find_profile(own ? hello_.profile : known.front()), std::nullopt, std::nullopt, {}};
  if (!own && !hello_.profile.empty()) {
    run.not_applicable = "not applicable: it is about " + known.front() + ", and the client is as " + hello_.profile;
  }
  return run;
}

RunResult DrivenClient::play(const Scenario& scenario, const Profile& profile, const RunOptions& wanted) const {
  DriverOptions options;
  options.command = command_;
  options.seed = wanted.seed;
  options.real_time = wanted.limits.real_time;
  options.stop = wanted.stop;
  options.want_ledger = wanted.want_ledger;
  return std::move(run_with_driver(scenario, {&profile}, options).front().run);
}

}  // namespace rmqsim
