// What a campaign does with one trial: makes it, runs it, takes away what rescued it, and now and then runs it twice.
// Values in, values out: the same lineage of the same campaign gives the same outcome wherever and whenever that is
// asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/guide.h"
#include "scenarios/harness/explore/campaign/lineage.h"
#include "scenarios/harness/explore/draw/drawing.h"
#include "scenarios/harness/explore/trial.h"

namespace rmqsim {

struct ExplorerOptions {
  std::uint64_t seed = 1;  ///< the campaign's
  bool guidance = true;    ///< changes what showed something new; without it there are no features
  bool rescue = true;      ///< takes away what rescued a trial
  bool hashed = false;     ///< TrialOutcome::hash
  /// Told of each scenario before it is run, and of its profile.
  std::function<void(const Scenario&, const std::string&)> before_run;
};

/// Something broke, and by this scenario.
struct Found {
  Violation violation;
  Scenario scenario;
};

/// A run that, made twice, left two traces.
struct Deviation {
  Scenario scenario;
  std::string profile;
  std::string difference;  ///< the first lines that differ, or why there are none
};

struct TrialOutcome {
  std::uint64_t runs = 0;   ///< without those that were made again
  std::uint64_t twice = 0;  ///< those
  std::uint64_t refused = 0;  ///< scenarios that could not be run: drawing should not make any
  std::uint64_t hash = 0;     ///< of all traces, if wanted
  std::uint64_t sometimes = 0;      ///< properties that some run had, a bit each
  std::vector<Feature> features;    ///< sorted, each once
  std::vector<Found> found;         ///< a signature once
  std::optional<Deviation> deviation;
};

class Explorer {
 public:
  /// `drawing` stays.
  Explorer(const Drawing& drawing, ExplorerOptions options);

  /// What trial `number` is made of: itself, or, when there is something to change, one that is changed.
  Lineage lineage(std::uint64_t number, const Guide& guide) const;
  Trial trial(const Lineage& lineage) const;
  TrialOutcome explore(const Trial& trial) const;

 private:
  class Runs;
  Random stream(std::uint64_t number, std::string_view name) const;

  const Drawing& drawing_;
  ExplorerOptions options_;
};

/// The first line of two traces that differs, both; empty when none does.
std::string first_difference(const std::string& one, const std::string& other);

}  // namespace rmqsim
