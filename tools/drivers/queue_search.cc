#include "tools/drivers/queue_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "tools/drivers/milliseconds.h"

namespace rmqsim {
namespace {

/// More values than this are not tried for a draw.
constexpr std::int32_t kMaxValues = 60;
/// Draws of one scenario that are searched for, further ones are 0; and runs of one search.
struct Bounds {
  std::size_t draws, runs;
};
constexpr Bounds kOneThread{24, 600}, kPools{100, 4000};
/// Seeds that are tried for the order of nameservers.
constexpr std::uint64_t kMaxOrders = 8;

class Search {
 public:
  Search(const Scenario& scenario, const Profile& profile, std::uint64_t seed, const RunRecord& record,
         const SeenAttempts& seen, const Drawn& drawn, bool pools)
      : scenario_(scenario),
        profile_(profile),
        record_(record),
        seen_(seen),
        drawn_(drawn),
        pools_(pools),
        bounds_(pools ? kPools : kOneThread),
        seeds_{seed} {
    for (std::uint64_t other = 1; drawn.nameservers && other <= kMaxOrders; ++other) seeds_.push_back(other);
  }

  const std::vector<std::uint64_t>& seeds() const { return seeds_; }
  /// With each order of nameservers on from what agrees longest so far.
  QueueExplanation go() {
    const bool draws = drawn_.queues || drawn_.other_queues;
    for (const std::uint64_t seed : seeds_) {
      limit_ = runs_ + bounds_.runs / seeds_.size();
      ModelStart first{best_.start.draws, !drawn_.queues, seed, pools_};
      if (draws && !first.draws) first.draws.emplace();
      const Tried tried = try_start(std::move(first));
      if (draws) follow(tried);
      if (reached_ == kEverything || !best_.why_not.empty()) break;
    }
    if (reached_ == kEverything) look_aside();
    return std::move(best_);
  }
  /// Until that send there may have been more draws, or ways to draw, than it tried.
  bool ended_before(const Difference& difference) const {
    std::size_t draws = 0;  // an attempt takes two at most: its thread is new, and begins anew
    for (std::uint64_t i = 0; i <= difference.send; ++i) draws += 2 * std::max<std::size_t>(seen_[i].size(), 1);
    return draws > bounds_.draws || runs_ >= limit_;
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
    while (next.draws->size() < std::min(from.draws, bounds_.draws) && !done()) {
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
    for (const std::uint64_t seed : seeds_) others.push_back({best_.start.draws, best_.start.keep_given, seed, pools_});
    for (std::int32_t value = 0; best_.start.draws && gathers(scenario_) && value < number_of_values(); ++value) {
      others.push_back({std::vector{value}, best_.start.keep_given, best_.start.seed, pools_});
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
  const bool pools_;
  const Bounds bounds_;
  std::vector<std::uint64_t> seeds_;
  QueueExplanation best_;
  Place reached_{};
  std::size_t runs_ = 0, limit_ = 0;
};

/// Whether a pool may share this send's turn: an async one that takes the next queue.
const SendStep* pooled(const Step& step) {
  const auto* send = std::get_if<SendStep>(&step.what);
  const bool takes_turn = send != nullptr && send->mode == CommunicationMode::ASYNC && !send->queue && !send->selector;
  return takes_turn ? send : nullptr;
}

/// A thread takes its queues in turn, so threads that begin anywhere use them about equally often. Whose use of them is
/// so uneven that chance makes it less than once in ten thousand takes no turns, whatever its pool. Only where nothing
/// but turns decides: `turns` says which queues these are, `pools` what was taken, as far as it explains that.
bool takes_no_turns(const Scenario& scenario, const ModelRun& turns, const QueueExplanation& pools) {
  const std::uint64_t end = pools.difference ? pools.difference->send : UINT64_MAX;
  constexpr double kDeviations = 4;
  using Queue = std::pair<std::string, std::int32_t>;
  std::map<std::pair<std::string, std::string>, std::map<Queue, double>> used;
  for (const Step& step : scenario.steps) {
    if (std::holds_alternative<EventStep>(step.what)) return false;
    const SendStep* const send = pooled(step);
    if (send == nullptr) continue;
    const ProducerSpec* const producer = scenario.find_producer(send->producer);
    const bool* const avoids = producer == nullptr ? nullptr : producer->config.get<bool>("sendLatencyFaultEnable");
    if (avoids != nullptr && *avoids) continue;
    auto& queues = used[{send->producer, send->message.topic}];
    for (std::uint64_t i = step.first_send; i < std::min(end, step.first_send + step.send_count); ++i) {
      const auto& in_turn = turns.result.record.sends[i].attempts;
      const auto& taken = pools.model->result.record.sends[i].attempts;
      if (!in_turn.empty()) queues[{in_turn.front().broker, in_turn.front().queue_id}] += 0;
      if (!taken.empty()) queues[{taken.front().broker, taken.front().queue_id}] += 1;
    }
  }
  return std::any_of(used.begin(), used.end(), [](const auto& topic) {
    double all = 0, least = std::numeric_limits<double>::max(), most = 0;
    for (const auto& [queue, times] : topic.second) {
      all += times;
      least = std::min(least, times);
      most = std::max(most, times);
    }
    return most - least > kDeviations * std::sqrt(all);
  });
}

/// Leaves no difference that other times explain, or that milliseconds may have made.
void look_at_other_times(const Scenario& scenario, const Profile& profile, const RunRecord& record,
                         const SeenAttempts& seen, const Search& search, QueueExplanation& best) {
  if (!best.difference || !best.model) return;
  OtherTimes others = at_other_times(scenario, profile, record, seen, best, search.seeds());
  if (others.same) {
    best.model = std::move(others.same);
    best.difference.reset();
    best.at_its_times = true;
  } else if (others.from && *others.from <= best.difference->send) {
    best.milliseconds = others.from;
    best.difference.reset();
  }
}

QueueExplanation nearest(const Scenario& scenario, const Profile& profile, std::uint64_t seed, const RunRecord& record,
                         const SeenAttempts& seen, const Drawn& drawn) {
  Search one_thread(scenario, profile, seed, record, seen, drawn, false);
  QueueExplanation best = one_thread.go();
  look_at_other_times(scenario, profile, record, seen, one_thread, best);
  const bool has_pooled = std::any_of(scenario.steps.begin(), scenario.steps.end(), pooled);
  if (!best.difference || !best.model || !best.start.draws || !has_pooled) return best;
  Search pools(scenario, profile, seed, record, seen, drawn, true);
  QueueExplanation other = pools.go();
  if (!other.model || takes_no_turns(scenario, *best.model, other)) return best;
  look_at_other_times(scenario, profile, record, seen, pools, other);
  if (other.difference && pools.ended_before(*other.difference)) {
    other.unsearched = other.difference->send;
    other.difference.reset();
  }
  return other;
}

std::set<std::string> missed_by(const ModelRun& model) {
  std::set<std::string> missed;
  for (const Failure& failure : model.result.record.failures) missed.insert(failure.where.pointer);
  return missed;
}

}  // namespace

QueueExplanation explain_queues(const Scenario& scenario, const Profile& profile, std::uint64_t seed,
                                const RunRecord& record, const SeenAttempts& seen, const Drawn& drawn) {
  QueueExplanation best = nearest(scenario, profile, seed, record, seen, drawn);
  if (!best.model || (best.chance.empty() && missed_by(*best.model).empty())) return best;
  ModelStart as_written;
  as_written.seed = seed;
  std::string why_not;
  if (const auto model = run_model(scenario, profile, as_written, why_not)) best.never = missed_by(*model);
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
  if (start.pools) text += " in threads of a pool";
  if (at_its_times) text += start.draws ? " and begins its sends as late" : " that begins its sends as late";
  if (milliseconds) text += "; from send #" + std::to_string(*milliseconds) + " on milliseconds decide";
  if (unsearched) text += "; from send #" + std::to_string(*unsearched) + " on its threads drew too much to search for";
  return text;
}

}  // namespace rmqsim
