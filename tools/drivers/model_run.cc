#include "tools/drivers/model_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "producer/route/thread_local_index.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "tools/drivers/seen_attempts.h"

namespace rmqsim {
namespace {

/// Requests of one run that are remembered.
constexpr std::size_t kMaxRequests = 1'000'000;
/// Threads of a pool: for each send, and for the answers to its attempts.
constexpr std::size_t kThreadsOfASend = 4, kMaxThreads = 1000;

}  // namespace

std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, const ModelStart& start,
                                  std::string& why_not) {
  Scenario copy = scenario;
  std::size_t threads = 1;
  for (const Step& step : scenario.steps) threads += start.pools ? kThreadsOfASend * step.send_count : 0;
  threads = std::min(threads, kMaxThreads);
  const auto draws = std::make_shared<QueueIndexDraws>();
  if (start.draws) draws->values = *start.draws;
  for (ProducerSpec& producer : copy.producers) {
    if (start.draws && !(start.keep_given && producer.queue_index)) producer.queue_index = {0, {}, {}, draws, threads};
  }
  std::optional<RequestJournal> journal;
  RunOptions options;
  options.seed = start.seed;
  options.judge_idle = false;
  options.want_ledger = true;
  options.on_cluster = [&journal](Cluster& cluster) {
    auto& local = dynamic_cast<LocalCluster&>(cluster);
    journal.emplace(&local.observer(), kMaxRequests);
    local.set_observer(*journal);
  };
  ModelRun model{run_scenario(copy, profile, options), {}, 0};
  model.draws = draws->taken;
  using Verdict = RunResult::Verdict;
  if (model.result.verdict == Verdict::refused || model.result.verdict == Verdict::inconclusive || !journal) {
    why_not = "virtual time cannot play it: " + model.result.reason;
    return std::nullopt;
  }
  const RunRecord& record = model.result.record;
  model.seen = seen_attempts(copy, record, *journal, [&](std::uint64_t i) {
    const SendRecord& send = record.sends[i];
    return std::pair(send.start, send.end);
  });
  return model;
}

}  // namespace rmqsim
