#include "scenarios/harness/explore/features.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <type_traits>
#include <variant>

#include "scenarios/harness/report/explain.h"

namespace rmqsim {
namespace {

/// FNV-1a over small numbers.
class Mix {
 public:
  template <class T>
  Mix& operator<<(T value) {
    hash_ = (hash_ ^ static_cast<std::uint64_t>(value)) * 0x100000001b3;
    hash_ ^= hash_ >> 29;
    return *this;
  }
  Feature value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// How much of the timeout an attempt began with: none, below 10 %, below 50 %, the rest; and whether it may take less.
unsigned budget_bucket(const decision::Attempted& attempt) {
  const std::int64_t left = attempt.timeout - attempt.cost;
  unsigned bucket = 3;
  if (left <= 0) {
    bucket = 0;
  } else if (left * 10 < attempt.timeout) {
    bucket = 1;
  } else if (left * 2 < attempt.timeout) {
    bucket = 2;
  }
  return bucket * 2 + (attempt.capped ? 1 : 0);
}

/// 0: none, then ever longer isolations.
unsigned isolation_level(std::int64_t duration) {
  unsigned level = 0;
  for (const std::int64_t bound : {0, 30'000, 60'000, 120'000, 180'000, 600'000}) level += duration > bound ? 1 : 0;
  return level;
}

unsigned hit_bucket(std::size_t hits) { return hits < 4 ? static_cast<unsigned>(hits) : hits < 8 ? 4 : 5; }

/// Walks the decisions of one send; brokers are known by when they were first used.
class SendWalk {
 public:
  explicit SendWalk(unsigned mode) : mode_(mode) {}

  Feature operator()(const Decision& decision) {
    Mix mix;
    mix << mode_ << decision.what.index() << attempt_ << budget_;
    std::visit([&](const auto& what) { add(mix, what); }, decision.what);
    return mix.value();
  }

 private:
  void add(Mix& mix, const decision::RouteFound& found) { mix << std::min<std::size_t>(found.queues, 5); }
  void add(Mix& mix, const decision::QueueChosen& chosen) {
    const Selection& selection = chosen.selection;
    unsigned isolated = 0, unreachable = 0;
    for (const auto& [broker, item] : selection.fault_items) {
      isolated += item.available(selection.now_millis) ? 0 : 1;
      unreachable += item.reachable ? 0 : 1;
    }
    mix << std::min(isolated, 3u) << std::min(unreachable, 3u) << selection.worst.has_value()
        << selection.latency_fault_tolerance;
    if (!selection.log.looks().empty()) mix << static_cast<unsigned>(selection.log.looks().back().stage);
    if (!selection.chosen) return;
    const auto item = selection.fault_items.find(selection.chosen->getBrokerName());
    mix << (selection.chosen->getBrokerName() == selection.last_broker);
    if (item == selection.fault_items.end()) return;
    mix << item->second.available(selection.now_millis) << item->second.reachable;
  }
  void add(Mix& mix, const decision::Attempted& attempt) {
    attempt_ = static_cast<unsigned>(std::clamp(attempt.attempt, 0, 6));
    budget_ = budget_bucket(attempt);
    mix << attempt_ << budget_ << std::min(attempt.total, 6) << use_of(attempt.queue.getBrokerName());
  }
  void add(Mix& mix, const decision::Judged& judged) {
    mix << static_cast<unsigned>(judged.by) << static_cast<unsigned>(judged.outcome)
        << static_cast<unsigned>(judged.verdict.next) << judged.thrown << judged.retry_not_store_ok;
    if (judged.status) mix << static_cast<unsigned>(*judged.status);
  }
  void add(Mix& mix, const decision::FaultItemUpdated& update) {
    mix << update.enabled << update.isolation << isolation_level(update.duration) << update.before.has_value();
    if (update.after) mix << update.after->reachable;
  }
  void add(Mix& mix, const decision::AsyncRetry& retry) {
    mix << std::min(retry.retry, 6) << retry.asked << retry.needs_time << (retry.left > 0)
        << (retry.retry > retry.allowed);
  }
  void add(Mix& mix, const decision::Resent& resent) {
    attempt_ = std::min(attempt_ + 1, 6u);
    mix << use_of(resent.broker) << (resent.given > 0);
  }
  void add(Mix& mix, const decision::Ended& ended) {
    mix << static_cast<unsigned>(ended.reason) << ended.earlier_result << ended.error.has_value();
    if (ended.status) mix << static_cast<unsigned>(*ended.status);
  }

  unsigned use_of(std::string_view broker) {
    const auto used = std::find(used_.begin(), used_.end(), broker);
    const auto use = static_cast<unsigned>(used - used_.begin());
    if (used == used_.end()) used_.push_back(broker);
    return std::min(use, 3u);
  }

  const unsigned mode_;
  unsigned attempt_ = 0;
  unsigned budget_ = 0;
  std::vector<std::string_view> used_;
};

}  // namespace

std::vector<Feature> features_of(const Scenario&, const RunRecord& record) {
  std::map<Feature, std::size_t> hits;
  Feature end_before = 0;  // of the send before
  for (std::size_t i = 0; i < record.every_decision.size(); ++i) {
    const SendRecord& send = record.sends[i];
    SendWalk walk(static_cast<unsigned>(send.mode) * 4 + static_cast<unsigned>(send.kind));
    Feature before = 0;
    for (const Decision& decision : record.every_decision[i]) {
      const Feature feature = walk(decision);
      ++hits[feature];
      ++hits[(Mix() << 1 << before << feature).value()];  // an edge
      before = feature;
    }
    ++hits[(Mix() << 2 << end_before << before).value()];
    end_before = before;
  }
  std::vector<Feature> features;
  features.reserve(hits.size());
  for (const auto& [feature, count] : hits) features.push_back((Mix() << 3 << feature << hit_bucket(count)).value());
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

std::string last_decision(const DecisionLog& decisions) {
  for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) {
    if (const auto* ended = std::get_if<decision::Ended>(&decision->what)) return std::string(name_of(ended->reason));
  }
  return {};
}

}  // namespace rmqsim
