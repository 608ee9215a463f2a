#include "scenarios/harness/engine/judging/queue_walk.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/heard_routes.h"

namespace rmqsim {
namespace {

/// A try that ends in its connect takes a turn and is in no ledger; but it takes time, or all of the timeout.
bool may_hide_a_try(const JudgedRun& run, const SendRecord& send) {
  const Duration unseen = send.elapsed() - send.attempts[0].elapsed;
  return comes_after_an_unseen_try(send, 0) || send.timeout_millis < 50 ||
         unseen > millis(20) + 8 * run.scenario.network.one_way + run.lateness;
}

bool clean(const JudgedRun& run, const SendRecord& send) {
  return send.completions == 1 && !send.error && send.attempts.size() == 1 &&
         (send.attempts[0].outcome == "SUCCESS" || send.attempts[0].outcome == "SENT") && !may_hide_a_try(run, send);
}

/// Whether its queues are taken in turn by one thread: several threads, or who sends instead of the caller, each have a
/// position of their own.
bool walks(const JudgedRun& run, const Step& step, const SendStep& send) {
  if (step.concurrency != 1 || send.queue || send.selector) return false;
  if (!run.has_own_client(send.producer) || run.ever(send.producer, "autoBatch", true) ||
      run.ever_set(send.producer, "namespace")) {
    return false;
  }
  // A try may be ended in its connect at any time then, and the next one has another queue.
  if (run.ever_set(send.producer, "sendMsgMaxTimeoutPerRequest")) return false;
  if (send.mode != CommunicationMode::ASYNC) return true;
  const ProducerSpec* spec = run.scenario.find_producer(send.producer);
  return spec->queue_index && !run.ever(send.producer, "enableBackpressureForAsyncMode", true);
}

/// Whether another step of that producer may have taken turns between the sends of this one.
bool disturbed(const JudgedRun& run, std::size_t index, const std::string& producer) {
  const auto& sends = run.record.sends;
  // Retries take turns as well.
  const auto span = [&](const Step& step) {
    TimePoint end = sends[step.first_send].start;
    for (std::uint64_t i = step.first_send; i < step.first_send + step.send_count; ++i) {
      end = std::max(end, sends[i].completed() ? sends[i].end : TimePoint::max());
    }
    return std::pair(sends[step.first_send].start, end);
  };
  const Step& own = run.scenario.steps[index];
  const auto [first, last] = span(own);
  for (const Step& other : run.scenario.steps) {
    if (&other == &own || other.send_count == 0 || (!own.background && !other.background)) continue;
    if (run.producer_of(sends[other.first_send]) != producer) continue;
    const auto [begin, end] = span(other);
    if (begin <= last && first <= end) return true;
  }
  return false;
}

/// The route by which the sends from `first` to `last` are made; nullptr: it may have changed meanwhile.
const HeardRoute* one_route(const JudgedRun& run, const RouteTalk& talk, Duration timeout, TimePoint first,
                            TimePoint last) {
  const RouteAnswer* before = nullptr;
  const HeardRoute* route = nullptr;
  bool sure = true;  // that the client took it
  for (const RouteAnswer& answer : talk.answers) {
    if (answer.at > last + run.lateness) break;
    const bool changes = before == nullptr || before->body != answer.body;
    if (before != nullptr && (changes || !sure)) sure = answer.in_time(timeout);
    before = &answer;
    if (!changes) continue;
    // A list that is made anew begins at a random place.
    if (answer.at + run.lateness >= first) return nullptr;
    route = HeardRoutes::route(answer);
    if (route == nullptr) return nullptr;
  }
  return sure ? route : nullptr;
}

void add_walks(const JudgedRun& run, const SendStep& send, const Step& step, std::vector<QueueWalk>& walks) {
  const RouteTalk* talk = run.routes->talk(send.producer, send.message.topic);
  if (talk == nullptr) return;
  const Duration timeout = millis(run.number(send.producer, "mqClientApiTimeout", 3000));
  const auto keep = [&](std::vector<std::uint64_t>& sends) {
    if (sends.size() < 2) return sends.clear();
    const auto& all = run.record.sends;
    const HeardRoute* route =
        one_route(run, *talk, timeout, all[sends.front()].start, all[sends.back()].attempts[0].start);
    if (route != nullptr && route->plain && !route->writable.empty()) {
      QueueWalk walk{send.producer, sends, {}};
      for (const auto& [broker, queues] : route->writable) {
        for (std::int32_t id = 0; id < queues; ++id) walk.queues.emplace_back(broker, id);
      }
      walks.push_back(std::move(walk));
    }
    sends.clear();
  };
  std::vector<std::uint64_t> sends;
  for (std::uint64_t i = step.first_send; i < step.first_send + step.send_count; ++i) {
    const SendRecord& record = run.record.sends[i];
    if (!clean(run, record)) {
      keep(sends);
      continue;
    }
    // Where the list changes a walk ends and another begins.
    const auto changed = std::any_of(talk->answers.begin(), talk->answers.end(), [&](const RouteAnswer& answer) {
      return !sends.empty() && answer.at >= run.record.sends[sends.back()].start && answer.at <= record.start &&
             answer.body != talk->answers.front().body;
    });
    if (changed) keep(sends);
    sends.push_back(i);
  }
  keep(sends);
}

}  // namespace

std::optional<std::size_t> QueueWalk::place(const SendRecord& send) const {
  const auto at = std::find(queues.begin(), queues.end(),
                            std::pair(send.attempts[0].broker, send.attempts[0].queue_id));
  if (at == queues.end()) return std::nullopt;
  return static_cast<std::size_t>(at - queues.begin());
}

std::size_t QueueWalk::jumps(const RunRecord& record) const {
  std::size_t jumps = 0;
  for (std::size_t k = 1; k < sends.size(); ++k) {
    const auto before = place(record.sends[sends[k - 1]]);
    const auto now = place(record.sends[sends[k]]);
    jumps += !before || !now || (*before + 1) % queues.size() != *now ? 1 : 0;
  }
  return jumps;
}

std::vector<QueueWalk> queue_walks(const JudgedRun& run) {
  std::vector<QueueWalk> found;
  for (std::size_t index = 0; index < run.scenario.steps.size(); ++index) {
    const Step& step = run.scenario.steps[index];
    const auto* send = std::get_if<SendStep>(&step.what);
    if (send == nullptr || step.send_count < 2 || !walks(run, step, *send)) continue;
    if (run.record.sends[step.first_send].completions == 0 || disturbed(run, index, send->producer)) continue;
    add_walks(run, *send, step, found);
  }
  return found;
}

}  // namespace rmqsim
