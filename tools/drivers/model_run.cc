#include "tools/drivers/model_run.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "producer/route/thread_local_index.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "tools/drivers/milliseconds.h"
#include "tools/drivers/seen_attempts.h"

namespace rmqsim {
namespace {

/// More values than this are not tried for a draw, nor more runs in one search.
constexpr std::int32_t kMaxValues = 60;
constexpr std::size_t kMaxRuns = 600;
/// Draws of one scenario that are searched for; further ones are 0.
constexpr std::size_t kMaxDraws = 24;
/// Seeds that are tried for the order of nameservers.
constexpr std::uint64_t kMaxOrders = 8;
/// Requests of one run that are remembered.
constexpr std::size_t kMaxRequests = 1'000'000;

std::string place(const AttemptRecord& attempt) { return attempt.broker + "/" + std::to_string(attempt.queue_id); }

std::string ending(const SendRecord& record) {
  if (!record.error) return record.outcome();
  const bool code = record.error->response_code != -1;
  return record.error_type() + (code ? " (" + std::to_string(record.error->response_code) + ")" : "");
}

/// Java's exceptions without a code have -1 there.
bool same_ending(const SendRecord& a, const SendRecord& b) {
  if (a.outcome() != b.outcome()) return false;
  if (a.error && (a.error_type() != b.error_type() || a.error->response_code != b.error->response_code)) return false;
  if (a.reply != b.reply || a.callbacks != b.callbacks) return false;
  return !a.transaction || !b.transaction ||
         (a.transaction->local == b.transaction->local && a.transaction->end.what == b.transaction->end.what);
}

/// Messages that are gathered share requests, and whose they are nobody can tell.
bool gathers(const Scenario& scenario) {
  return std::any_of(scenario.producers.begin(), scenario.producers.end(), [](const ProducerSpec& producer) {
    const bool* gathers = producer.config.get<bool>("autoBatch");
    return gathers != nullptr && *gathers;
  });
}

/// Sends whose queue a random selector chose, or that threads raced for, tell nothing.
bool comparable(const Scenario& scenario, std::uint64_t i) {
  if (gathers(scenario)) return false;
  for (const Step& step : scenario.steps) {
    if (i < step.first_send || i >= step.first_send + step.send_count) continue;
    if (step.concurrency > 1) return false;
    const auto* send = std::get_if<SendStep>(&step.what);
    return send == nullptr || !send->selector || send->selector->kind != SelectorSpec::Kind::random;
  }
  return true;
}

/// Of requests side by side, and of one-way sends, whose keys nobody told, nobody knows which is whose.
bool may_be_anothers(const SendRecord& send) {
  const bool side_by_side = send.kind == SendRecord::Kind::request && send.mode == CommunicationMode::ASYNC;
  return (side_by_side || send.mode == CommunicationMode::ONEWAY) && send.msg_id.empty();
}

std::optional<Difference> difference_of(std::uint64_t i, const SendRecord& a, const std::vector<AttemptRecord>& seen,
                                        const SendRecord& b, const std::vector<AttemptRecord>& wanted,
                                        const std::string& profile) {
  const std::string name = "send #" + std::to_string(i);
  const std::size_t n = std::max(seen.size(), wanted.size());
  for (std::size_t k = 0; k < n; ++k) {
    const std::string which = "attempt " + std::to_string(k + 1);
    if (k >= seen.size()) {
      const std::string what = k == 0 ? " reaches no broker, where " + profile + " tries "
                                      : " is not tried again after " + seen[k - 1].outcome + " at " +
                                            place(seen[k - 1]) + ", where " + profile + " tries ";
      const std::string kind = k == 0 ? "reaches-no-broker" : "not-retried-after-" + seen[k - 1].outcome;
      return Difference{i, k, name + what + place(wanted[k]), kind};
    }
    if (k >= wanted.size()) {
      const std::string what =
          k == 0 ? " goes to " + place(seen[k]) + ", where " + profile + " reaches no broker"
                 : " is tried again at " + place(seen[k]) + " after " + seen[k - 1].outcome + ", where " + profile +
                       " gives up";
      return Difference{i, k, name + what, k == 0 ? "reaches-a-broker" : "retried-after-" + seen[k - 1].outcome};
    }
    if (seen[k].broker != wanted[k].broker || seen[k].queue_id != wanted[k].queue_id) {
      return Difference{i, k, name + ", " + which + " goes to " + place(seen[k]) + ", where " + profile + " goes to " +
                                  place(wanted[k]),
                        k == 0 ? "another-first-queue" : "another-queue-after-" + seen[k - 1].outcome};
    }
    if (seen[k].outcome != wanted[k].outcome) {
      return Difference{i, k, name + ", " + which + " at " + place(seen[k]) + " ends with " + seen[k].outcome +
                                  ", where " + profile + " has " + wanted[k].outcome,
                        "attempt-ends-" + seen[k].outcome + "-for-" + wanted[k].outcome};
    }
  }
  if (same_ending(a, b)) return std::nullopt;
  std::string theirs = ending(a), ours = ending(b);
  const std::string kind = "ends-" + theirs + "-for-" + ours;
  if (theirs == ours && a.transaction && b.transaction) {
    theirs += ", " + a.transaction->end.what;
    ours += ", " + b.transaction->end.what;
  }
  if (theirs == ours) {
    theirs += " and another reply or other callbacks";
  }
  return Difference{i, n, name + " ends with " + theirs + ", where " + profile + " has " + ours, kind};
}

class Search {
 public:
  Search(const Scenario& scenario, const Profile& profile, std::uint64_t seed, const RunRecord& record,
         const SeenAttempts& seen, const Drawn& drawn)
      : scenario_(scenario), profile_(profile), record_(record), seen_(seen), drawn_(drawn), seeds_{seed} {
    for (std::uint64_t other = 1; drawn.nameservers && other <= kMaxOrders; ++other) seeds_.push_back(other);
  }

  /// With each order of nameservers on from what agrees longest so far.
  QueueExplanation go() {
    const bool draws = drawn_.queues || drawn_.other_queues;
    for (const std::uint64_t seed : seeds_) {
      limit_ = runs_ + kMaxRuns / seeds_.size();
      ModelStart first{best_.start.draws, !drawn_.queues, seed};
      if (draws && !first.draws) first.draws.emplace();
      const Tried tried = try_start(std::move(first));
      if (draws) follow(tried);
      if (reached_ == kEverything || !best_.why_not.empty()) break;
    }
    if (reached_ == kEverything) look_aside();
    return std::move(best_);
  }

 private:
  using Place = std::pair<std::uint64_t, std::size_t>;
  static constexpr Place kEverything{UINT64_MAX, 0};

  struct Tried {
    ModelStart start;
    Place reached;          ///< how far the run agrees with what was seen
    std::size_t draws = 0;  ///< that it took
  };
  struct Longer {
    Place reached;
    std::int32_t value = 0;  ///< of the draw
    std::size_t draws = 0;
  };

  bool done() const { return reached_ == kEverything || runs_ >= limit_ || !best_.why_not.empty(); }

  Tried try_start(ModelStart start) {
    ++runs_;
    auto model = run_model(scenario_, profile_, start, best_.why_not);
    if (!model) return {std::move(start), {}, 0};
    auto difference = first_difference(scenario_, record_, seen_, *model);
    const Place reached = difference ? Place{difference->send, difference->attempt} : kEverything;
    const std::size_t draws = model->draws;
    if (!best_.model || reached > reached_) {
      reached_ = reached;
      best_.model = std::move(model);
      best_.difference = std::move(difference);
      best_.start = start;
    }
    return {std::move(start), reached, draws};
  }

  /// Depth first: the values of the next draw with which the run agrees for longer, the longest first; else one after
  /// it decides.
  void follow(const Tried& from) {
    ModelStart next = from.start;
    while (next.draws->size() < std::min(from.draws, kMaxDraws) && !done()) {
      std::vector<Longer> longer;
      next.draws->push_back(0);
      for (std::int32_t value = 1; value < number_of_values() && !done(); ++value) {
        next.draws->back() = value;
        const Tried tried = try_start(next);
        if (tried.reached > from.reached) longer.push_back({tried.reached, value, tried.draws});
      }
      std::stable_sort(longer.begin(), longer.end(),
                       [](const Longer& a, const Longer& b) { return a.reached > b.reached; });
      for (const Longer& one : longer) {
        next.draws->back() = one.value;
        follow({next, one.reached, one.draws});
      }
      next.draws->back() = 0;
    }
  }

  /// Decisions do not tell which nameserver was asked, nor where gathered messages went.
  void look_aside() {
    std::vector<ModelStart> others;
    for (const std::uint64_t seed : seeds_) others.push_back({best_.start.draws, best_.start.keep_given, seed});
    for (std::int32_t value = 0; best_.start.draws && gathers(scenario_) && value < number_of_values(); ++value) {
      others.push_back({std::vector{value}, best_.start.keep_given, best_.start.seed});
    }
    for (std::size_t k = 0; others.size() > 1 && k < others.size(); ++k) {
      std::string why_not;
      const auto model = run_model(scenario_, profile_, others[k], why_not);
      if (!model || first_difference(scenario_, record_, seen_, *model)) continue;
      for (const Failure& failure : model->result.record.failures) best_.chance.insert(failure.where.pointer);
    }
  }

  /// As many as there may be different ones.
  std::int32_t number_of_values() const {
    std::int64_t all = 1;
    for (const TopicSpec& topic : scenario_.cluster.topics) {
      std::int64_t queues = 0;
      for (const auto& [broker, n] : topic.queues) queues += n;
      if (queues > 0) all = std::min<std::int64_t>(std::lcm(all, queues), kMaxValues);
    }
    return static_cast<std::int32_t>(std::max<std::int64_t>(all, 4));
  }

  const Scenario& scenario_;
  const Profile& profile_;
  const RunRecord& record_;
  const SeenAttempts& seen_;
  const Drawn drawn_;
  std::vector<std::uint64_t> seeds_;
  QueueExplanation best_;
  Place reached_{};
  std::size_t runs_ = 0, limit_ = 0;
};

}  // namespace

std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, const ModelStart& start,
                                  std::string& why_not) {
  Scenario copy = scenario;
  const auto draws = std::make_shared<QueueIndexDraws>();
  if (start.draws) draws->values = *start.draws;
  for (ProducerSpec& producer : copy.producers) {
    if (start.draws && !(start.keep_given && producer.queue_index)) producer.queue_index = {0, {}, {}, draws};
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
    // Our own requests tell no key, and wait for replies side by side: what they sent tells them apart.
    const bool asks = send.kind == SendRecord::Kind::request && !send.attempts.empty();
    if (!asks) return std::pair(send.start, send.end);
    return std::pair(send.attempts.front().start, send.attempts.back().start + send.attempts.back().elapsed);
  });
  return model;
}

std::optional<Difference> first_difference(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen,
                                           const ModelRun& model) {
  const auto& wanted = model.result.record.sends;
  for (std::uint64_t i = 0; i < record.sends.size() && i < wanted.size(); ++i) {
    if (!comparable(scenario, i) || may_be_anothers(record.sends[i])) continue;
    auto difference =
        difference_of(i, record.sends[i], seen[i], wanted[i], model.seen[i], std::string(model.result.profile));
    if (difference) return difference;
  }
  return std::nullopt;
}

QueueExplanation explain_queues(const Scenario& scenario, const Profile& profile, std::uint64_t seed,
                                const RunRecord& record, const SeenAttempts& seen, const Drawn& drawn) {
  QueueExplanation best = Search(scenario, profile, seed, record, seen, drawn).go();
  if (!best.difference || !best.model) return best;
  const auto from = where_milliseconds_decide(scenario, profile, record, best);
  if (from && *from <= best.difference->send) {
    best.milliseconds = from;
    best.difference.reset();
  }
  return best;
}

std::string QueueExplanation::text(std::string_view profile) const {
  if (!why_not.empty()) return "queues: not compared with " + std::string(profile) + ": " + why_not;
  if (difference) return "queues: nearest to " + std::string(profile) + ", and differs: " + difference->text;
  std::string text = "queues: as " + std::string(profile);
  if (start.draws) {
    text += " that draws " + (start.draws->empty() ? std::string("0") : std::string());
    const auto& draws = *start.draws;
    for (std::size_t k = 0; k < draws.size(); ++k) text += (k == 0 ? "" : ", ") + std::to_string(draws[k]);
  }
  if (milliseconds) text += "; from send #" + std::to_string(*milliseconds) + " on milliseconds decide";
  return text;
}

}  // namespace rmqsim
