// From a violation to files in the campaign's folder: the scenario as it was drawn at once, then the shrunk one, read
// and run again. Whoever is killed in between leaves what he has.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/campaign_rows.h"
#include "scenarios/harness/explore/campaign/explorer.h"
#include "scenarios/harness/explore/shrink/shrinker.h"

namespace rmqsim {

/// Writes a scenario that was drawn, under a name that it takes, and says how it is called in the folder. Throws when
/// it cannot be written.
std::string save_drawn(const std::string& folder, std::string name, Scenario scenario, const std::string& profile);

/// Who makes findings small and looks at them again: our own producer, unless another client is explored.
class FindingBench {
 public:
  virtual ~FindingBench() = default;

  struct Shrinking {
    ShrinkOptions options;
    std::chrono::seconds patience;
  };
  virtual Shrinking shrinking(const Signature& signature) const;
  /// Why the text of a smaller scenario is not to be the finding, before it is written; empty: it is.
  virtual std::string distrust(const std::string& text, const Signature& signature) const;
  /// How the file fared when it was read and run again. `first`: the invariant was not found before.
  virtual std::vector<std::string> check(const std::string& path, const Signature& signature, bool first) const;
};

/// Of those that are known, what is to be made small by who goes on: nobody came to an end with it, and of its
/// invariant there are not enough that are small.
std::vector<FindingRow> left_to_shrink(const std::map<Signature, FindingRow>& findings);
/// Where a signature's scenario lies as it was drawn.
std::string drawn_file(const Signature& signature);
/// How large it is.
void describe(const Scenario& scenario, FindingRow& row);

struct FindingOptions {
  std::string folder;
  bool shrink = true;
  const FindingBench* bench = nullptr;  ///< null: our own producer
  std::function<void(unsigned seconds)> alarm = ::alarm;  ///< ends the process if what follows takes longer
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
  /// Of one that was left as it was drawn, by who was killed or interrupted while he made it small.
  void make_small(FindingRow row);
  std::size_t count() const { return count_; }

 private:
  const FindingBench& bench() const;
  void shrink_it(const Scenario& drawn, FindingRow row);
  void end_as_drawn(FindingRow row, std::string why);

  const FindingOptions options_;
  std::set<Signature> known_;
  std::map<std::string, std::size_t> of_invariant_;
  std::ostream& rows_;
  std::size_t count_ = 0;
};

}  // namespace rmqsim
