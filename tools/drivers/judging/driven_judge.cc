#include "tools/drivers/judging/driven_judge.h"

#include <algorithm>
#include <iterator>

#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/engine/idle.h"
#include "scenarios/harness/engine/judging/invariant_table.h"
#include "scenarios/harness/report/render.h"
#include "tools/drivers/judging/client_requests.h"
#include "tools/drivers/judging/stored_contents.h"

namespace rmqsim {
namespace {

/// What results and servers can tell. The others are about connections, timers and tables of the client, or restate
/// what a profile decides, with which decisions are compared anyway.
constexpr std::string_view kToldByServers[] = {"send-completes-once", "acknowledged-is-stored",
                                               "elapsed-within-timeout", "attempts-within-retries",
                                               "duplicate-needs-doubt"};
constexpr std::string_view kResultIsTheBrokers = "result-is-the-brokers";

constexpr const char* kAtAnotherQueue = "it rests on queues or nameservers that this client drew otherwise";
constexpr const char* kUnseenAttempts = "an attempt of it reached no server, so only the client knows of it";
constexpr const char* kOwnTable = "what a client's table says of brokers only it knows";
constexpr const char* kWhoAnswered = "which producer of a group answered a check only the client knows";

/// What a driver's clock may be wrong by, which may count whole milliseconds.
constexpr Duration kTellingSlack = millis(20);

const InvariantInfo& info_of(std::string_view name) {
  return *std::find_if(std::begin(kInvariants), std::end(kInvariants),
                       [&](const auto& one) { return one.name == name; });
}

/// Connects are not seen, and a send may wait for one as long as it likes.
bool connects_may_take_time(const Scenario& scenario) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(),
                     [](const FaultRule& rule) { return rule.on.kind == FaultTarget::Kind::connect; }) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const Step& step) {
           const auto* event = std::get_if<EventStep>(&step.what);
           return event != nullptr && (std::holds_alternative<CrashEvent>(event->event) ||
                                       std::holds_alternative<PauseEvent>(event->event));
         });
}

/// A broker that sends a client away (GO_AWAY) is left and asked anew, which is no retry of the send's.
RunRecord without_sent_away(RunRecord record) {
  for (SendRecord& send : record.sends) {
    std::erase_if(send.attempts, [](const AttemptRecord& attempt) { return attempt.outcome == "GO_AWAY"; });
  }
  return record;
}

bool same_place(const AttemptRecord& a, const AttemptRecord& b) {
  return a.broker == b.broker && a.queue_id == b.queue_id && a.outcome == b.outcome;
}

/// Whether the model made attempts, in the sends that are selected, that no server saw.
bool has_unseen(const SendSelector& sends, const ModelRun& model) {
  const auto& record = model.result.record.sends;
  for (const auto& [from, to] : sends.ranges) {
    for (std::uint64_t i = from; i <= to && i < record.size(); ++i) {
      const auto& real = record[i].attempts;
      const auto& seen = model.seen[i];
      if (real.size() != seen.size() || !std::equal(real.begin(), real.end(), seen.begin(), same_place)) return true;
    }
  }
  return false;
}

}  // namespace

DrivenJudge::DrivenJudge(const Scenario& scenario, const Profile& profile, HostedCluster& cluster)
    : scenario_(scenario),
      profile_(profile),
      cluster_(cluster),
      nobody_(cluster.world(), scenario, profile, cluster.record(), [](const Expectation&) {}),
      checker_(scenario, cluster.world(), nobody_, cluster.record()) {}

void DrivenJudge::judge(const Expectation& expectation) {
  Judged one{&expectation, false, false, {}, {}};
  if (const auto* sends = std::get_if<SendExpectation>(&expectation.what)) {
    one.about_attempts = sends->attempts || sends->attempt_brokers || sends->attempt_count;
    one.nothing_else = !sends->outcome && !sends->broker && !sends->queue_id && !sends->elapsed && !sends->exception &&
                       !sends->transaction && !sends->reply && !sends->callbacks;
  }
  one.failures = checker_.check(expectation);
  if (one.about_attempts && !one.nothing_else) {
    Expectation rest = expectation;
    auto& sends = std::get<SendExpectation>(rest.what);
    sends.attempts.reset();
    sends.attempt_brokers.reset();
    sends.attempt_count.reset();
    one.otherwise = checker_.check(rest);
  }
  judged_.push_back(std::move(one));
}

void DrivenJudge::now(const Expectation& expectation) {
  if (expectation.applies_to(profile_.name)) judge(expectation);
}

void DrivenJudge::steps_ended() {
  for (const Step& step : scenario_.steps) {
    for (const Expectation& expectation : step.expect) now(expectation);
  }
  for (const Expectation& expectation : scenario_.expect) {
    if (expectation.judged() == JudgedWhen::steps_ended && !expectation.moment()) now(expectation);
  }
  judge_invariants();
  judge_results();
  judge_times();
}

void DrivenJudge::producers_shut_down(const JoinedRequests& requests, const SurelyUnderWay& under_way) {
  for (const Expectation& expectation : scenario_.expect) {
    if (expectation.judged() == JudgedWhen::producers_shut_down && !expectation.moment()) now(expectation);
  }
  judge_messages(requests, under_way);
}

void DrivenJudge::judge_invariants() {
  const Cluster& cluster = cluster_.world().cluster();
  const auto run_of = [&](const RunRecord& record) {
    return JudgedRun{scenario_,
                     profile_,
                     record,
                     cluster_.world().lateness(),
                     {},
                     [&cluster](std::string_view key) { return cluster.may_keep(key); },
                     cluster.repeated()};
  };
  const JudgedRun run = run_of(cluster_.record());
  const RunRecord counted = without_sent_away(cluster_.record());
  for (const std::string_view name : kToldByServers) {
    if (scenario_.invariant_off(name, profile_.name) != nullptr) continue;
    if (name == "elapsed-within-timeout" && connects_may_take_time(scenario_)) continue;
    if (name == "duplicate-needs-doubt" && gathers(scenario_)) continue;  // whose attempts they were nobody can tell
    ++invariants_;
    Breaches breaches(info_of(name));
    make_invariant(name)->judge(name == "attempts-within-retries" ? run_of(counted) : run, breaches);
    if (!breaches.empty()) broken_.push_back(breaches.failure(run.record.sends.size()));
  }
}

/// By what servers answered, where Java's clients are asked what they heard.
void DrivenJudge::judge_results() {
  if (scenario_.invariant_off(kResultIsTheBrokers, profile_.name) != nullptr) return;
  ++invariants_;
  Breaches breaches(info_of(kResultIsTheBrokers));
  const RunRecord& record = cluster_.record();
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const SendRecord& send = record.sends[i];
    if (!send.result || send.attempts.empty()) continue;
    const std::string wanted = send.outcome() == "SEND_OK" ? "SUCCESS" : send.outcome();
    const MessageQueue& queue = send.result->message_queue;
    const bool answered = std::any_of(send.attempts.begin(), send.attempts.end(), [&](const AttemptRecord& attempt) {
      return attempt.outcome == wanted && attempt.broker == queue.getBrokerName() &&
             attempt.queue_id == queue.getQueueId();
    });
    if (!answered) {
      breaches.send(
          i, send,
          "nobody answered " + wanted + " at " + queue.getBrokerName() + "/" + std::to_string(queue.getQueueId()));
    }
  }
  if (!breaches.empty()) broken_.push_back(breaches.failure(record.sends.size()));
}

/// A call lasts at least from its first request to the last answer that it heard of, whatever is late; of what it may
/// have given up, or need not wait for, nobody knows when it heard.
void DrivenJudge::judge_times() {
  const RunRecord& record = cluster_.record();
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const SendRecord& send = record.sends[i];
    if (!send.completed() || send.attempts.empty()) continue;
    const bool waits = send.kind != SendRecord::Kind::request && send.mode != CommunicationMode::ONEWAY && !send.error;
    const AttemptRecord& last = send.attempts.back();
    if (!waits || last.outcome == "TIMEOUT") continue;
    const Duration served = last.start + last.elapsed - send.attempts.front().start;
    if (served <= send.elapsed() + kTellingSlack) continue;
    broken_.push_back({std::string(kClientTimes),
                       "#" + std::to_string(i) + ": it says that it took " + format_millis(send.elapsed()) +
                           " ms, and from its first request to the last answer " + format_millis(served) + " ms passed",
                       {format_send(i, send)},
                       {},
                       {},
                       i});
    return;
  }
}

void DrivenJudge::judge_messages(const JoinedRequests& requests, const SurelyUnderWay& under_way) {
  unplaced_ = requests.unplaced;
  auto wrong = wrong_requests(scenario_, cluster_.record(), requests, under_way);
  broken_.insert(broken_.end(), std::make_move_iterator(wrong.begin()), std::make_move_iterator(wrong.end()));
  auto& servers = dynamic_cast<LocalCluster&>(cluster_.world().cluster());
  if (auto other = wrong_contents(scenario_, cluster_.record(), servers)) broken_.push_back(std::move(*other));
}

void DrivenJudge::sum_up_one(const Judged& judged, const DrivenResult& one, bool free_start, RunResult& into) const {
  const Expectation& expectation = *judged.expectation;
  const std::string what = expectation_label(expectation.where);
  const ModelRun* model = one.explanation.model ? &*one.explanation.model : nullptr;
  if (std::holds_alternative<FaultItemExpectation>(expectation.what)) {
    into.not_judged.push_back({what, kOwnTable});
    return;
  }
  // What the profile misses from where the file begins as well does not rest on where a client began.
  const std::string& pointer = expectation.where.pointer;
  const bool free = free_start && model != nullptr && !one.explanation.never.contains(pointer);
  const auto is_about_it = [&](const Failure& failure) { return failure.where.pointer == pointer; };
  const bool elsewhere = free && std::any_of(model->result.record.failures.begin(),
                                             model->result.record.failures.end(), is_about_it);
  const bool by_chance = free && !judged.failures.empty() && one.explanation.chance.contains(pointer);
  if (elsewhere || by_chance) {
    into.not_judged.push_back({what, kAtAnotherQueue});
    return;
  }
  const auto* sends = std::get_if<SendExpectation>(&expectation.what);
  if (sends != nullptr && sends->transaction && sends->transaction->answered_by) {
    into.not_judged.push_back({what, kWhoAnswered});
    return;
  }
  const bool unseen = judged.about_attempts && model != nullptr && has_unseen(sends->sends, *model);
  if (unseen) into.not_judged.push_back({what + " attempts", kUnseenAttempts});
  if (unseen && judged.nothing_else) return;
  ++into.expectations_checked;
  const auto& failures = unseen ? judged.otherwise : judged.failures;
  into.record.failures.insert(into.record.failures.end(), failures.begin(), failures.end());
}

void DrivenJudge::sum_up(DrivenResult& one, bool free_start, bool compare) {
  RunResult& result = one.run;
  const QueueExplanation& explanation = one.explanation;
  result.totals = checker_.totals();
  result.invariants_checked = invariants_;
  result.record.failures.insert(result.record.failures.end(), broken_.begin(), broken_.end());
  if (explanation.model) {
    if (auto lost = lost_one_way(result.record, unplaced_, *explanation.model)) {
      result.record.failures.push_back(std::move(*lost));
    }
  }
  for (const Judged& judged : judged_) sum_up_one(judged, one, free_start, result);
  one.drew_elsewhere = std::any_of(result.not_judged.begin(), result.not_judged.end(),
                                   [](const auto& entry) { return entry.reason == kAtAnotherQueue; });
  if (compare && explanation.difference) {
    const std::uint64_t i = explanation.difference->send;
    Failure failure{std::string(kClientDecisions), explanation.difference->text, {}, {}, {}, i};
    failure.evidence.push_back("client: " + format_send(i, result.record.sends[i]));
    if (explanation.model) {
      failure.evidence.push_back(result.profile + ": " + format_send(i, explanation.model->result.record.sends[i]));
    }
    result.record.failures.push_back(std::move(failure));
  }
  if (compare && !explanation.difference) result.record.notes.push_back(explanation.text(result.profile));
  // A rule that the profile itself does not reach from there says nothing about this client.
  RunRecord idle;
  idle.rules = result.record.rules;
  idle.idle_events = result.record.idle_events;
  idle.servers = result.record.servers;
  for (std::size_t i = 0; explanation.model && free_start && i < idle.rules.size(); ++i) {
    const auto& rules = explanation.model->result.record.rules;
    if (i < rules.size() && rules[i].counts.acted == 0) idle.rules[i].counts.known = false;
  }
  judge_idle(scenario_, profile_.name, idle);
  judge_unasked(scenario_, profile_.name, idle);
  for (Failure& failure : idle.failures) result.record.failures.push_back(std::move(failure));
  result.record.notes.push_back(std::to_string(std::size(kInvariants) - invariants_) +
                                " invariants are about what only a client knows, and were not judged");
  result.verdict = result.record.failures.empty() ? RunResult::Verdict::passed : RunResult::Verdict::failed;
}

}  // namespace rmqsim
