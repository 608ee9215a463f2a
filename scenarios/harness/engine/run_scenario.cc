#include "scenarios/harness/engine/run_scenario.h"

#include <boost/system/system_error.hpp>
#include <set>

#include "scenarios/harness/capture/packet_log.h"
#include "scenarios/harness/cluster/child_process.h"
#include "scenarios/harness/engine/idle.h"
#include "scenarios/harness/engine/judging/invariant_table.h"
#include "scenarios/harness/engine/workload.h"
#include "scenarios/harness/events/event_merge.h"
#include "scenarios/harness/events/run_events.h"
#include "scenarios/harness/events/trace_hash.h"
#include "scenarios/harness/report/ledger.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {

std::string_view verdict_name(RunResult::Verdict verdict) {
  switch (verdict) {
    case RunResult::Verdict::passed: return "passed";
    case RunResult::Verdict::failed: return "failed";
    case RunResult::Verdict::inconclusive: return "inconclusive";
    case RunResult::Verdict::refused: return "refused";
  }
  return "failed";
}

std::ostream& operator<<(std::ostream& out, RunResult::Verdict verdict) { return out << verdict_name(verdict); }

namespace {

void check_one(const Expectation& expectation, const Checker& checker, RunResult& result) {
  ++result.expectations_checked;
  for (Failure& failure : checker.check(expectation)) result.record.failures.push_back(std::move(failure));
}

/// Of `expect`, those that are judged at that moment and name none of their own.
void check_expect(const Scenario& scenario, const Profile& profile, const Checker& checker, JudgedWhen when,
                  RunResult& result) {
  for (const Expectation& expectation : scenario.expect) {
    const bool now = expectation.judged() == when && !expectation.moment();
    if (now && expectation.applies_to(profile.name)) check_one(expectation, checker, result);
  }
}

void check_expectations(const Scenario& scenario, const Profile& profile, const Checker& checker, RunResult& result) {
  for (const Step& step : scenario.steps) {
    for (const Expectation& expectation : step.expect) {
      if (expectation.applies_to(profile.name)) check_one(expectation, checker, result);
    }
  }
  check_expect(scenario, profile, checker, JudgedWhen::steps_ended, result);
}

/// What the run's servers and producers know at its end and nobody can ask them later.
void keep_stored(const Scenario& scenario, const Cluster& cluster, RunRecord& record) {
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    record.servers[broker.name].stored_sends = cluster.stored_requests(broker.name);
  }
  if (const std::uint64_t forgotten = cluster.forgotten(); forgotten > 0) {
    record.notes.push_back("brokers forgot " + std::to_string(forgotten) +
                           " messages to bound their memory: which of these were lost or doubled is not known");
  }
}

void keep_fault_items(const Scenario& scenario, Workload& workload, TimePoint now, RunRecord& record) {
  record.fault_items_at = now;
  for (const ProducerSpec& spec : scenario.producers) {
    ScenarioProducer* producer = workload.started_producer(spec.name);
    if (producer == nullptr) continue;
    for (const auto& [broker, item] : producer->strategy().tolerance().items()) {
      record.fault_items[spec.name][broker] = item;
    }
  }
}

void check_invariants(const Scenario& scenario, const Profile& profile, ScenarioWorld& world, const Workload& workload,
                      InvariantSet& invariants, RunResult& result) {
  Cluster& cluster = world.cluster();
  const JudgedRun run{scenario,
                      profile,
                      result.record,
                      world.lateness(),
                      workload.clients_at_the_end(),
                      [&cluster](std::string_view key) { return cluster.may_keep(key); },
                      cluster.repeated()};
  result.invariants_checked = invariants.size();
  result.record.route_changes = invariants.route_changes();
  for (Failure& failure : invariants.judge(run)) result.record.failures.push_back(std::move(failure));
}

template <class Visit>
void each_log(RunRecord& record, const Visit& visit) {
  visit(record.decisions);
  for (DecisionLog& log : record.every_decision) visit(log);
}

void give_up(RunResult& result, std::string why) {
  result.verdict = RunResult::Verdict::inconclusive;
  result.reason = std::move(why);
}

/// The workload of a run and who checks it. Whatever ends the run, an exception too, they go under the monitor and
/// before the world does; what their producers still have to say then concerns nobody.
struct Stage {
  Stage(ScenarioWorld& w, RunResult& r, const Scenario& scenario, const Profile& profile)
      : world(w), result(r), invariants(scenario, profile) {}
  ~Stage() {
    world.runtime().run([this] {
      world.runtime().set_trace(nullptr);
      result.record.onlooker = nullptr;
      world.watch(nullptr);
      std::vector<std::size_t> sizes;
      each_log(result.record, [&](DecisionLog& log) { sizes.push_back(log.size()); });
      checker.reset();
      workload.reset();
      auto size = sizes.begin();
      each_log(result.record, [&](DecisionLog& log) { log.erase(log.begin() + std::ptrdiff_t(*size++), log.end()); });
    });
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  ScenarioWorld& world;
  RunResult& result;
  Latch done;              ///< the steps are over, or an exception ended them
  Latch closed;            ///< the producers are shut down, or an exception ended that
  std::string exception;   ///< that ended the run
  InvariantSet invariants;
  std::unique_ptr<Workload> workload;
  std::unique_ptr<Checker> checker;
  std::set<const Expectation*> judged;  ///< of those about a moment
};

/// Waits for the latch. False, with the reason in the result, when the run has to be given up: then nothing of it
/// happens any more.
bool await(Stage& stage, Latch& latch) {
  bool reached = stage.world.wait(latch, stage.result.reason);
  stage.world.runtime().run([&] {
    if (!stage.exception.empty()) {
      reached = false;
      give_up(stage.result, "an exception ended the run: " + stage.exception);
    }
    if (!reached) stage.workload->end();
  });
  return reached;
}

void run_in(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, const RunOptions& options,
            RunResult& result) {
  Runtime& runtime = world.runtime();
  Stage stage(world, result, scenario, profile);
  world.watch_machine();
  runtime.run([&] {
    if (options.on_cluster) options.on_cluster(world.cluster());
    world.watch(&stage.invariants, result.record.onlooker);
    const auto on_assert = [&](const Expectation& expectation) {
      if (!options.check_expectations) return;
      world.cluster().refresh();
      stage.judged.insert(&expectation);
      check_one(expectation, *stage.checker, result);
    };
    stage.workload = std::make_unique<Workload>(world, scenario, profile, result.record, on_assert,
                                                [&stage](const std::string& what) {
                                                  stage.exception = what;
                                                  stage.done.release();
                                                  stage.closed.release();
                                                });
    stage.checker = std::make_unique<Checker>(scenario, world, *stage.workload, result.record);
    if (!world.stopped()) stage.workload->begin([&stage] { stage.done.release(); });
  });
  const bool finished = await(stage, stage.done);
  result.lateness = world.lateness();
  runtime.run([&] {
    const bool begun = result.record.first_step != TimePoint{};
    result.virtual_time = begun ? runtime.now() - result.record.first_step : Duration::zero();
    world.cluster().refresh();
    keep_fault_items(scenario, *stage.workload, runtime.now(), result.record);
    for (SendRecord& send : result.record.sends) {
      if (send.transaction) send.transaction->end = world.cluster().transaction_end(send.transaction->uniq_key);
    }
    if (finished && options.judge_idle) note_unasked(scenario, result.record);
    if (finished && options.check_expectations) check_expectations(scenario, profile, *stage.checker, result);
    if (finished) check_invariants(scenario, profile, world, *stage.workload, stage.invariants, result);
    each_log(result.record, [&](DecisionLog& log) { make_symbolic(log, world.cluster()); });
    result.totals = stage.checker->totals();
  });
  const auto write_ledger = [&] {
    if (!options.want_ledger) return;
    result.ledger = ledger_json(scenario, profile.name, options.world, result.seed, result.record, world.cluster());
  };
  if (!finished) {
    result.verdict = RunResult::Verdict::inconclusive;
    return runtime.run([&] {
      take_rule_counts(scenario, world.cluster(), result.record);
      keep_stored(scenario, world.cluster(), result.record);
      write_ledger();
    });
  }
  runtime.run([&] { stage.workload->shutdown([&stage] { stage.closed.release(); }); });
  const bool closed = await(stage, stage.closed);
  runtime.run([&] {
    world.cluster().refresh();
    if (closed && options.check_expectations) {
      check_expect(scenario, profile, *stage.checker, JudgedWhen::producers_shut_down, result);
    }
    take_rule_counts(scenario, world.cluster(), result.record);
    keep_stored(scenario, world.cluster(), result.record);
    if (closed && options.check_expectations && options.judge_idle) {
      judge_idle(scenario, profile.name, result.record);
      judge_unasked(scenario, profile.name, result.record);
      judge_unreached(scenario, profile.name, stage.judged, result.virtual_time, result.record);
    }
    write_ledger();
  });
  if (options.part) world.stop();
  if (!closed) result.verdict = RunResult::Verdict::inconclusive;
  if (result.record.failures.empty()) return;
  result.verdict = RunResult::Verdict::failed;
  if (const Duration stalled = world.stalled(); stalled > Duration::zero()) {
    result.record.notes.push_back("the machine kept a thread of this run waiting for " + format_millis(stalled) +
                                  " ms: what rests on shorter times may be its doing");
  }
}

std::shared_ptr<PacketLog> make_packet_log() {
  auto log = std::make_shared<PacketLog>();
  log->set_limit(PacketLog::kUsualLimit);
  return log;
}

}  // namespace

RunResult run_scenario(const Scenario& scenario, const Profile& profile, const RunOptions& options) {
  RunResult result;
  result.profile = profile.name;
  result.world = options.world;
  result.seed = options.seed.value_or(scenario.seed);
  result.real_time = options.limits.real_time;
  result.record.explained = options.explain;
  RunEvents events(options.trace, options.keep_events ? &result.events : nullptr);  // outlives the world, as the hash
  const bool decisions = options.every_decision || (events.anybody() && !options.explain);
  if (decisions) result.record.every_decision.resize(scenario.send_count);
  if (!decisions && options.world != WorldKind::sim) result.record.under_way.resize(scenario.send_count);
  note_unjudged(scenario, profile.name, result.record);
  if (options.world == WorldKind::sim) note_shared_ids(scenario, result.record);
  const auto refuse = [&](std::string reason) {
    result.verdict = RunResult::Verdict::refused;
    result.reason = std::move(reason);
  };
  if (scenario.worlds && !scenario.worlds->has(world_name(options.world))) {
    refuse("the scenario is for " + scenario.worlds->only.front() + ": " + scenario.worlds->reason +
           "; run it with --world " + scenario.worlds->only.front());
  } else if (auto impossible = ScenarioWorld::cannot_run(options.world, scenario, options.limits)) {
    refuse(impossible->reason + "; run it with --world " + std::string(world_name(impossible->instead)));
  } else {
    // Tells the runs in one file apart; no event of this one, so not in its hash.
    events.record({}, "rmqsim", "run", {{"scenario", scenario.name},
                                        {"profile", profile.name},
                                        {"world", world_name(options.world)},
                                        {"seed", static_cast<std::int64_t>(result.seed)}});
    std::optional<EventMerge> merge;
    if (options.world == WorldKind::process && events.anybody()) merge.emplace(events);
    result.record.merge = merge ? &*merge : nullptr;
    TraceSink* const onlooker = merge ? static_cast<TraceSink*>(&*merge) : events.anybody() ? &events : nullptr;
    TraceHash hash(onlooker);
    const auto packets = options.keep_packets ? make_packet_log() : nullptr;
    result.packets = packets;
    result.record.packets = packets.get();
    const bool hashed = options.hashed && options.world == WorldKind::sim;
    std::unique_ptr<ScenarioWorld> world;
    bool started = false;
    try {
      world = ScenarioWorld::make(options.world, scenario, result.seed, options.limits, options.stop, result.record);
      Runtime& runtime = world->runtime();
      events.set_origin(world->began());
      hash.set_origin(world->began());
      runtime.run([&] { runtime.set_trace(hashed ? &hash : onlooker); });
      result.record.onlooker = onlooker;
      world->start();
      started = true;
      run_in(*world, scenario, profile, options, result);
    } catch (const std::exception& e) {
      const bool no_fakes = !started && (dynamic_cast<const boost::system::system_error*>(&e) != nullptr ||
                                         dynamic_cast<const ProcessError*>(&e) != nullptr);
      const bool stopped = options.stop != nullptr && options.stop->reason() != nullptr;
      if (no_fakes && !stopped) refuse(std::string("the fakes could not start: ") + e.what());
      if (no_fakes && stopped) give_up(result, options.stop->reason());
      if (!no_fakes) give_up(result, std::string("an exception ended the run: ") + e.what());
    }
    const auto look_away = [&result] {
      result.record.onlooker = nullptr;
      result.record.merge = nullptr;
      result.record.packets = nullptr;
    };
    // The servers' threads look at these until the world is gone.
    if (world) world->runtime().run(look_away);
    if (!world) look_away();
    if (merge) merge->finish();
    if (packets && packets->full()) {
      result.record.notes.emplace_back("more went over the network than a capture keeps: it ends after 256 MiB");
    }
    if (hashed) result.trace_hash = hash.value();
    if (world) result.world_events = world->events();
  }
  return result;
}

}  // namespace rmqsim
