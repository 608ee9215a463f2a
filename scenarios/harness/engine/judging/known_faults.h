// What a producer that isolates brokers surely knows of them, by what became of its sends (behaviour §5.5, §6.2). Told
// carefully, and of the filters alone that 5.x brought: where a detector probes, settings change, or a try may have
// reached no record (quirk 70), nothing is sure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

/// Stretches of time, asked about by the thousand: no question looks at all of them.
class Stretches {
 public:
  void add(TimePoint from, TimePoint to) { all_.push_back({to, from, from}); }
  /// After the last add().
  void sort();
  /// Whether one begins before `at` and ends at `since` or later.
  bool any(TimePoint at, TimePoint since) const;
  std::size_t ending_at(TimePoint to) const;
  /// Begins before `at` and ends after `since`.
  bool any_after(TimePoint at, TimePoint since) const;

 private:
  struct Stretch {
    TimePoint to, from;
    TimePoint earliest;  ///< beginning, of this one and those that end later
  };
  std::vector<Stretch> all_;
};

class KnownFaults {
 public:
  KnownFaults(const JudgedRun& run, const std::string& producer);

  /// Its isolation, which a slow answer or a failed attempt began, is not over.
  bool surely_isolated(std::string_view broker, TimePoint at) const;
  /// The last that was heard of it is that it refused; without a detector that alone counts as not reachable.
  bool surely_unreachable(std::string_view broker, TimePoint at) const;
  bool surely_reachable(std::string_view broker, TimePoint at) const;
  /// Whether the k-th attempt of a send surely follows the one before it in the record, with no try between them.
  bool follows(const SendRecord& send, std::size_t k) const;

 private:
  struct Heard {
    std::string_view broker;
    TimePoint from, to;
    Duration isolated{0};  ///< from its end on, at least
    bool refused = false, reachable = false;
  };
  struct Doubt {
    TimePoint from, to;
    bool in_loop;  ///< of a sync send, whose hidden tries leave a broker reachable
  };
  void hear(const SendRecord& send);
  Heard heard_of(const AttemptRecord& attempt, bool in_loop) const;
  Duration least_isolation(std::int64_t latency) const;
  bool refuses(const std::string& outcome) const;

  const JudgedRun& run_;
  const ProducerSpec* producer_;
  bool sure_ = false;
  /// What is known of one broker.
  struct Known {
    std::vector<std::pair<TimePoint, TimePoint>> isolated;  ///< surely, both included; sorted, none touches another
    std::vector<TimePoint> refused;                         ///< ends of refusals, sorted
    Stretches heard;                                        ///< every attempt
    TimePoint unreachable = TimePoint::max();               ///< beginning of the first attempt that is no good news
  };
  void note(const Heard& heard);
  void doubt(const Doubt& doubt);
  void sort();

  std::map<std::string_view, Known> brokers_;
  Stretches doubts_;                              ///< when there may have been a try that nobody saw
  TimePoint first_lone_doubt_ = TimePoint::max();  ///< of a try that would leave a broker unreachable
};

}  // namespace rmqsim
