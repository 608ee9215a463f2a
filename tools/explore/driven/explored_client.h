// Another client that a campaign explores: what its driver says that it is, which trials are drawn for it, and how what
// is found is made small. Workers explore it in real time.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tools/explore/batch.h"
#include "tools/explore/driven/blackboard.h"
#include "tools/explore/driven/driven_trials.h"
#include "tools/explore/driven/short_drawing.h"
#include "tools/explore/findings.h"

namespace rmqsim {

/// Makes findings of another client small, by real runs.
class DrivenBench final : public FindingBench {
 public:
  DrivenBench(const DrivenTrials& trials, Blackboard& blackboard) : trials_(trials), blackboard_(blackboard) {}

  Shrinking shrinking(const Signature& signature) const override;
  std::string distrust(const std::string& text, const Signature& signature) const override;
  std::vector<std::string> check(const std::string& path, const Signature& signature, bool first) const override;

 private:
  const DrivenTrials& trials_;
  Blackboard& blackboard_;
};

class ExploredClient {
 public:
  /// `profiles` empty: what its driver says that it follows, else the invariants alone, by the rules of the first
  /// profile. Throws std::invalid_argument, in words, when it cannot play the templates.
  ExploredClient(std::string command, DriverHello hello, std::vector<Scenario> templates,
                 std::vector<std::string> profiles);

  const std::vector<std::string>& profiles() const { return profiles_; }
  /// That its decisions are compared with the profile's.
  bool compares() const { return compares_; }
  const ShortDrawing& drawing() const { return drawing_; }
  const DrivenTrials& trials() const { return trials_; }
  /// Of all workers, while they are at it.
  Blackboard::Counts& counts() { return blackboard_.counts(); }
  /// In a worker, as explore_batch().
  void explore(const Batch& batch, const BatchWork& work, std::ostream& rows);

 private:
  const bool compares_;
  const std::vector<std::string> profiles_;
  const ShortDrawing drawing_;
  const DrivenTrials trials_;
  Blackboard blackboard_;
  const DrivenBench bench_;
};

}  // namespace rmqsim
