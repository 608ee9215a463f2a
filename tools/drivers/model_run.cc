#include "tools/drivers/model_run.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "scenarios/harness/cluster/local_cluster.h"
#include "tools/drivers/milliseconds.h"
#include "tools/drivers/seen_attempts.h"

namespace rmqsim {
namespace {

/// More starts than this are not tried, nor more runs in one search.
constexpr std::int32_t kMaxStarts = 60;
constexpr std::size_t kMaxRuns = 400;
/// Resets that one scenario needs; their values are found one after the other.
constexpr std::size_t kMaxResets = 12;
/// Seeds that are tried for the order of nameservers.
constexpr std::uint64_t kMaxOrders = 8;
/// Starts that are followed further when none explains everything alone.
constexpr std::size_t kFollowed = 3;
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
      : scenario_(scenario), profile_(profile), seed_(seed), record_(record), seen_(seen), drawn_(drawn) {}

  QueueExplanation go() {
    std::vector<std::uint64_t> seeds{seed_};
    for (std::uint64_t seed = 1; drawn_.nameservers && seed <= kMaxOrders; ++seed) seeds.push_back(seed);
    if (!drawn_.queues && !drawn_.other_queues) {
      for (std::size_t k = 0; k < seeds.size() && !done(); ++k) try_start({std::nullopt, false, seeds[k]});
      return std::move(best_);
    }
    std::vector<std::pair<Place, ModelStart>> starts;
    for (const std::uint64_t seed : seeds) {
      for (std::int32_t start = 0; start < number_of_starts() && !done(); ++start) {
        const ModelStart tried = from(start, {0}, seed);
        starts.push_back({try_start(tried), tried});
      }
    }
    std::stable_sort(starts.begin(), starts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t k = 0; k < std::min(starts.size(), kFollowed) && !done(); ++k) follow(starts[k].second);
    return std::move(best_);
  }

 private:
  using Place = std::pair<std::uint64_t, std::size_t>;
  static constexpr Place kEverything{UINT64_MAX, 0};

  ModelStart from(std::int32_t start, std::vector<std::int32_t> resets, std::uint64_t seed) const {
    return {QueueIndexSpec{start, std::move(resets), {}}, !drawn_.queues, seed};
  }

  bool done() const { return reached_ == kEverything || runs_ >= kMaxRuns || !best_.why_not.empty(); }

  /// How far the run with it agrees with what was seen.
  Place try_start(const ModelStart& start) {
    ++runs_;
    auto model = run_model(scenario_, profile_, start, best_.why_not);
    if (!model) return {};
    auto difference = first_difference(scenario_, record_, seen_, *model);
    const Place reached = difference ? Place{difference->send, difference->attempt} : kEverything;
    if (!best_.model || reached > reached_) {
      reached_ = reached;
      best_.model = std::move(model);
      best_.difference = std::move(difference);
      best_.start = start;
    }
    return reached;
  }

  /// One reset after the other, each at the value that agrees longest.
  void follow(const ModelStart& first) {
    std::vector<std::int32_t> resets;
    Place before{};
    while (resets.size() < kMaxResets && !done()) {
      std::pair<Place, std::int32_t> longest{{}, 0};
      resets.push_back(0);
      for (std::int32_t value = 0; value < number_of_starts() && !done(); ++value) {
        resets.back() = value;
        const Place reached = try_start(from(first.index->start, resets, first.seed));
        if (reached > longest.first) longest = {reached, value};
      }
      resets.back() = longest.second;
      if (longest.first <= before) return;
      before = longest.first;
    }
  }

  /// As many as there may be different ones.
  std::int32_t number_of_starts() const {
    std::int64_t all = 1;
    for (const TopicSpec& topic : scenario_.cluster.topics) {
      std::int64_t queues = 0;
      for (const auto& [broker, n] : topic.queues) queues += n;
      if (queues > 0) all = std::min<std::int64_t>(std::lcm(all, queues), kMaxStarts);
    }
    return static_cast<std::int32_t>(std::max<std::int64_t>(all, 4));
  }

  const Scenario& scenario_;
  const Profile& profile_;
  const std::uint64_t seed_;
  const RunRecord& record_;
  const SeenAttempts& seen_;
  const Drawn drawn_;
  QueueExplanation best_;
  Place reached_{};
  std::size_t runs_ = 0;
};

}  // namespace

std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, const ModelStart& start,
                                  std::string& why_not) {
  Scenario copy = scenario;
  for (ProducerSpec& producer : copy.producers) {
    if (start.index && !(start.keep_given && producer.queue_index)) producer.queue_index = *start.index;
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
  ModelRun model{run_scenario(copy, profile, options), {}};
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
  if (start.index) {
    const auto& resets = start.index->resets;
    text += " that starts at " + std::to_string(start.index->start);
    const bool used = resets.size() > 1 || resets.front() != 0;
    for (std::size_t k = 0; used && k < resets.size(); ++k) {
      text += (k == 0 ? ", resets " : ", ") + std::to_string(resets[k]);
    }
  }
  if (milliseconds) text += "; from send #" + std::to_string(*milliseconds) + " on milliseconds decide";
  return text;
}

}  // namespace rmqsim
