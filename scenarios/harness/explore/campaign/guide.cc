#include "scenarios/harness/explore/campaign/guide.h"

#include <algorithm>
#include <utility>

namespace rmqsim {
namespace {

/// Further ones say little about a parent, and are looked up each time.
constexpr std::size_t kFeaturesOfParent = 16;
constexpr std::size_t kParents = 4096;

}  // namespace

void Guide::add(Parent parent) {
  if (parents_.size() >= kParents || parent.features.empty()) return;
  if (parent.features.size() > kFeaturesOfParent) parent.features.resize(kFeaturesOfParent);
  parents_.push_back(std::move(parent));
}

void Guide::weigh() {
  up_to_.clear();
  double sum = 0;
  for (const Parent& parent : parents_) {
    std::uint64_t rarest = ~std::uint64_t{0};
    for (const Feature feature : parent.features) {
      const auto met = met_.find(feature);
      rarest = std::min(rarest, met == met_.end() ? 1 : std::max<std::uint64_t>(met->second, 1));
    }
    up_to_.push_back(sum += 1.0 / static_cast<double>(rarest));
  }
}

const Guide::Parent* Guide::choose(Random& random) const {
  if (up_to_.empty()) return nullptr;
  const auto at = std::upper_bound(up_to_.begin(), up_to_.end(), random.uniform(0, up_to_.back()));
  return &parents_[std::min(static_cast<std::size_t>(at - up_to_.begin()), up_to_.size() - 1)];
}

}  // namespace rmqsim
