// See the header.
#include "scenarios/engine/run_scenario.h"

#include <boost/system/system_error.hpp>

#include "scenarios/engine/child_process.h"
#include "scenarios/engine/ledger.h"
#include "scenarios/engine/producer_config.h"
#include "scenarios/engine/trace_file.h"
#include "scenarios/engine/workload.h"
#include "scenarios/file/load_scenario.h"

namespace rmqsim {
namespace {

/// What the format knows and this engine does not.
std::optional<std::string> unsupported(const Scenario& scenario) {
  if (const auto setting = find_unsupported(scenario)) {
    return error_at(scenario, setting->where, setting->message).to_string();
  }
  return std::nullopt;
}

bool is_about_traces(const Expectation& expectation) {
  return std::holds_alternative<TraceExpectation>(expectation.what);
}

/// After the shutdown, which sends what a traced producer still had to tell.
void check_traces(const Scenario& scenario, const Profile& profile, const Checker& checker, RunResult& result) {
  for (const Expectation& expectation : scenario.expect) {
    if (!is_about_traces(expectation) || !expectation.applies_to(profile.name)) continue;
    ++result.expectations_checked;
    for (Failure& failure : checker.check(expectation)) result.record.failures.push_back(std::move(failure));
  }
}

void check_expectations(const Scenario& scenario, const Profile& profile, const Checker& checker, RunResult& result) {
  const auto take = [&](const Expectation& expectation) {
    ++result.expectations_checked;
    for (Failure& failure : checker.check(expectation)) result.record.failures.push_back(std::move(failure));
  };
  for (const Step& step : scenario.steps) {
    for (const Expectation& expectation : step.expect) {
      if (expectation.applies_to(profile.name)) take(expectation);
    }
  }
  for (const Expectation& expectation : scenario.expect) {
    const auto* item = std::get_if<FaultItemExpectation>(&expectation.what);
    const bool elsewhere = (item != nullptr && item->at.has_value()) || is_about_traces(expectation);
    if (expectation.applies_to(profile.name) && !elsewhere) take(expectation);
  }
}

void check_invariants(const Checker& checker, RunResult& result) {
  for (Failure& failure : checker.check_invariants(result.invariants_checked)) {
    result.record.failures.push_back(std::move(failure));
  }
}

/// Names instead of addresses, as in the record.
void make_symbolic(DecisionLog& decisions, const Cluster& cluster) {
  for (Decision& decision : decisions) {
    std::visit(
        [&](auto& d) {
          if constexpr (requires { d.error->message; }) {
            if (d.error) d.error->message = cluster.symbolic(std::move(d.error->message));
          }
        },
        decision.what);
  }
}

void run_in(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, const RunOptions& options,
            TraceFile& trace, RunResult& result) {
  Runtime& runtime = world.runtime();
  trace.set_origin(runtime.now());
  runtime.run([&] { runtime.set_trace(&trace); });
  world.start();
  std::unique_ptr<Workload> workload;
  std::unique_ptr<Checker> checker;
  Latch done;
  runtime.run([&] {
    workload = std::make_unique<Workload>(world, scenario, profile, result.record, [&](const Expectation& expectation) {
      if (!options.check_expectations) return;
      world.cluster().refresh();
      ++result.expectations_checked;
      for (Failure& failure : checker->check(expectation)) result.record.failures.push_back(std::move(failure));
    });
    checker = std::make_unique<Checker>(scenario, profile, world, *workload, result.record);
    workload->begin([&] { done.release(); });
  });
  const bool finished = world.wait(done, result.reason);
  runtime.run([&] {
    result.virtual_time = runtime.now() - result.record.first_step;
    world.cluster().refresh();
    for (SendRecord& send : result.record.sends) {
      if (send.transaction) send.transaction->end = world.cluster().transaction_end(send.transaction->uniq_key);
    }
    if (finished && options.check_expectations) check_expectations(scenario, profile, *checker, result);
    if (finished) check_invariants(*checker, result);
    make_symbolic(result.record.decisions, world.cluster());
    result.totals = checker->totals();
  });
  const auto write_ledger = [&] {
    if (!options.want_ledger) return;
    result.ledger = ledger_json(scenario, profile.name, options.world, result.seed, result.record, world.cluster());
  };
  if (!finished) {
    result.verdict = RunResult::Verdict::inconclusive;
    runtime.run(write_ledger);
  } else {
    if (const auto& error = workload->start_error()) {
      result.record.failures.push_back({"producer start", error->message, {}, {}});
    }
    Latch closed;
    std::string ignored;
    runtime.run([&] { workload->shutdown([&] { closed.release(); }); });
    world.wait(closed, ignored);
    runtime.run([&] {
      world.cluster().refresh();
      if (options.check_expectations) check_traces(scenario, profile, *checker, result);
      write_ledger();
    });
    world.stop();
    if (!result.record.failures.empty()) result.verdict = RunResult::Verdict::failed;
  }
  runtime.run([&] {
    workload.reset();
    runtime.set_trace(nullptr);
  });
  if (options.world == WorldKind::sim) result.trace_hash = trace.hash();
}

}  // namespace

RunResult run_scenario(const Scenario& scenario, const Profile& profile, const RunOptions& options) {
  RunResult result;
  result.profile = profile.name;
  result.world = options.world;
  result.seed = options.seed.value_or(scenario.seed);
  result.real_time = options.limits.real_time;
  result.record.explained = options.explain;
  const auto refuse = [&](std::string reason) {
    result.verdict = RunResult::Verdict::refused;
    result.reason = std::move(reason);
  };
  if (auto reason = unsupported(scenario)) {
    refuse(std::move(*reason));
  } else if (scenario.worlds && !scenario.worlds->has(world_name(options.world))) {
    refuse("the scenario is for " + scenario.worlds->only.front() + ": " + scenario.worlds->reason +
           "; run it with --world " + scenario.worlds->only.front());
  } else if (auto impossible = ScenarioWorld::cannot_run(options.world, scenario, options.limits)) {
    refuse(impossible->reason + "; run it with --world " + std::string(world_name(impossible->instead)));
  } else {
    // Tells the runs in one file apart; no event of this one, so not in its hash.
    TraceFile(options.trace).record({}, "rmqsim", "run", {{"scenario", scenario.name},
                                                          {"profile", profile.name},
                                                          {"world", world_name(options.world)},
                                                          {"seed", static_cast<std::int64_t>(result.seed)}});
    TraceFile trace(options.trace);  // outlives the world, which may have something to say until its end
    try {
      auto world = ScenarioWorld::make(options.world, scenario, result.seed, options.limits, result.record);
      run_in(*world, scenario, profile, options, trace, result);
    } catch (const boost::system::system_error& e) {
      refuse(std::string("the fakes could not start: ") + e.what());
    } catch (const ProcessError& e) {
      refuse(std::string("the fakes could not start: ") + e.what());
    }
  }
  return result;
}

}  // namespace rmqsim
