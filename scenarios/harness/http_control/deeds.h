// What was done to the servers since faults began: rules with the time for which they were in force, and events. So
// that a scenario can be written that does it again. Times count from the first step. Under the monitor.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/transport/time.h"
#include "scenarios/harness/file/step.h"

namespace rmqsim {

struct RuleLife {
  FaultRule rule;
  std::optional<Duration> from;  ///< none: it was there from the beginning
  std::optional<Duration> to;    ///< none: it is still there
};

struct DoneEvent {
  Duration at{0};
  EventStep step;
};

class Deeds {
 public:
  /// Of rules and of events; later ones are counted as left out.
  static constexpr std::size_t kMax = 2000;

  void rule_added(const FaultRule& rule, std::optional<Duration> at);
  void rule_removed(std::string_view id, Duration at);
  void happened(Duration at, EventStep step);
  /// Something that no scenario can say, in words.
  void left_out(const std::string& what) { ++left_out_[what]; }

  const std::vector<RuleLife>& rules() const { return rules_; }
  const std::vector<DoneEvent>& events() const { return events_; }
  /// " Left out: gates (1), …"; empty: nothing.
  std::string left_out_text() const;
  /// Whether nothing was done between the two.
  bool quiet(Duration from, Duration to) const;

 private:
  std::vector<RuleLife> rules_;
  std::vector<DoneEvent> events_;
  std::map<std::string, std::size_t> left_out_;
};

}  // namespace rmqsim
