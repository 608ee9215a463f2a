// From a violation to files in the campaign's folder: the scenario as it was drawn at once, then the shrunk one, read
// and run again. Whoever is killed in between leaves what he has.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>

#include "scenarios/harness/explore/campaign/campaign_rows.h"
#include "scenarios/harness/explore/campaign/explorer.h"

namespace rmqsim {

/// Writes a scenario that was drawn, under a name that it takes, and says how it is called in the folder. Throws when
/// it cannot be written.
std::string save_drawn(const std::string& folder, std::string name, Scenario scenario, const std::string& profile);

struct FindingOptions {
  std::string folder;
  bool shrink = true;
};

/// In a worker: those of one batch. Rows are written as soon as there are any.
class Findings {
 public:
  /// `known` were found before, and are not looked at again.
  Findings(FindingOptions options, std::set<Signature> known, std::ostream& rows);

  struct When {
    Lineage lineage;
    std::uint64_t runs = 0;
    double seconds = 0;
  };
  void take(const Found& found, const When& when);
  void take(const Deviation& deviation, const Lineage& lineage);
  std::size_t count() const { return count_; }

 private:
  void shrink_it(const Found& found, FindingRow row, const When& when);

  const FindingOptions options_;
  std::set<Signature> known_;
  std::map<std::string, std::size_t> of_invariant_;
  std::ostream& rows_;
  std::size_t count_ = 0;
};

}  // namespace rmqsim
