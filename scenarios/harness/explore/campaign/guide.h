// Which trial is worth changing: one that showed what few others did. Parents are chosen by the inverse of how often
// the rarest of their features was met, so that a campaign stays where it is still learning. Deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "producer/transport/random.h"
#include "scenarios/harness/explore/campaign/lineage.h"
#include "scenarios/harness/explore/draw/drawing.h"
#include "scenarios/harness/explore/features.h"

namespace rmqsim {

class Guide {
 public:
  struct Parent {
    Lineage lineage;
    Trial trial;
    std::vector<Feature> features;  ///< those that it was the first to show
  };

  bool knows(Feature feature) const { return met_.contains(feature); }
  std::size_t features() const { return met_.size(); }
  const std::vector<Parent>& parents() const { return parents_; }

  void meet(Feature feature, std::uint64_t times) { met_[feature] += times; }
  void add(Parent parent);
  /// After what was met has changed: weighs the parents anew.
  void weigh();
  /// nullptr without parents.
  const Parent* choose(Random& random) const;

 private:
  std::unordered_map<Feature, std::uint64_t> met_;
  std::vector<Parent> parents_;
  std::vector<double> up_to_;  ///< weights of the parents up to each, added up
};

}  // namespace rmqsim
