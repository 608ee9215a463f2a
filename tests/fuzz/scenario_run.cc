// The whole of `rmqsim run`, a file in and a verdict out, in the simulation: what the parser lets through runs to an
// end in each of its profiles, within limits, comes to a verdict that its record bears out, can be reported in every
// form, and does the same when it is run again.
#include <algorithm>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

namespace {

// What is larger only takes longer.
constexpr std::uint64_t kMaxSends = 400;
constexpr std::uint64_t kMaxBytes = 1 << 22;
constexpr std::size_t kMaxServers = 8;
constexpr std::uint64_t kMaxQueues = 512;

std::uint64_t bytes_of(const MessageSpec& message) {
  std::uint64_t bytes = message.body.text ? message.body.text->size() : message.body.size;
  for (const auto& [name, value] : message.properties) bytes += name.size() + value.size();
  return bytes;
}

bool small(const Scenario& scenario) {
  if (scenario.send_count > kMaxSends) return false;
  if (scenario.cluster.brokers.size() + scenario.cluster.nameservers.size() > kMaxServers) return false;
  if (scenario.producers.size() + scenario.cluster.responders.size() > kMaxServers) return false;
  std::uint64_t queues = 0, bytes = 0, threads = 0;
  for (const TopicSpec& topic : scenario.cluster.topics) {
    for (const auto& [broker, count] : topic.queues) queues += static_cast<std::uint64_t>(std::max(count, 0));
  }
  for (const Step& step : scenario.steps) {
    threads = std::max<std::uint64_t>(threads, step.concurrency);
    if (const auto* send = std::get_if<SendStep>(&step.what)) {
      bytes += step.send_count * bytes_of(send->message) * std::max(send->batch, 1u);
      if (send->batch > kMaxSends) return false;
    } else if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) {
      bytes += step.send_count * bytes_of(transaction->message);
    } else if (const auto* request = std::get_if<RequestStep>(&step.what)) {
      bytes += step.send_count * bytes_of(request->message);
    }
    if (const auto* event = std::get_if<EventStep>(&step.what)) {
      const auto* route = std::get_if<SetRouteEvent>(&event->event);
      if (route == nullptr) continue;
      for (const auto& [broker, count] : route->topic.queues) queues += static_cast<std::uint64_t>(std::max(count, 0));
    }
  }
  return queues <= kMaxQueues && bytes <= kMaxBytes && threads <= 64;
}

void check(const RunResult& result) {
  const bool failed = result.verdict == RunResult::Verdict::failed;
  const bool passed = result.verdict == RunResult::Verdict::passed;
  if (passed && !result.record.failures.empty()) broken("scenario_run", "passed with failures");
  if (failed && result.record.failures.empty()) broken("scenario_run", "failed without a failure");
  if (!failed && !passed && result.reason.empty()) broken("scenario_run", "given up without a reason");
  if (result.reason.find("an exception ended the run") != std::string::npos) broken("scenario_run", result.reason);
}

}  // namespace

void scenario_run(std::string_view bytes) {
  const ParseResult parsed = parse_scenario(bytes, "-");
  if (!parsed.ok() || !small(*parsed.scenario)) return;
  std::vector<ReportEntry> runs;
  for (const std::string& name : parsed.scenario->profiles) {
    RunOptions options;
    options.limits.virtual_time = std::chrono::minutes(5);
    options.limits.events = 100'000;
    options.want_ledger = true;
    if (parsed.scenario->send_count > 0) options.explain = parsed.scenario->send_count - 1;
    RunResult result = run_scenario(*parsed.scenario, *find_profile(name), options);
    check(result);
    const RunResult again = run_scenario(*parsed.scenario, *find_profile(name), options);
    if (again.trace_hash != result.trace_hash || again.verdict != result.verdict || again.ledger != result.ledger) {
      broken("scenario_run", "another course the second time");
    }
    runs.push_back(report_run(*parsed.scenario, result, 0, {.verbose = true}));
  }
  report_json(runs);
  report_junit(runs);
  summary_text(runs, 0, {});
}

}  // namespace rmqsim::fuzz
