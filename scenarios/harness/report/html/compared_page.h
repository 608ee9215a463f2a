// The page of `--compare-profiles`: figures of all scenarios, and each scenario's profiles on one axis of time with the
// first decision that differs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/report/compare.h"
#include "scenarios/harness/report/html/page.h"

namespace rmqsim {

class ComparedPage {
 public:
  explicit ComparedPage(std::size_t most = kMostPageData) : most_(most) {}

  /// Of the scenario that is compared now: what compare_profiles() is to call.
  TakeCompared taker();
  /// It is compared; one that was left out is forgotten again.
  void end(const ComparedScenario& compared);
  std::string html(const std::vector<ComparedScenario>& scenarios, const std::string& rerun) const;

 private:
  struct Run {
    const Profile* profile;
    RunResult result;
  };
  struct Entry {
    std::vector<std::size_t> runs;  ///< places in data_; empty: no room
    std::string differs;            ///< a JSON array
  };

  const std::size_t most_;
  std::size_t bytes_ = 0;
  std::vector<Run> now_;
  std::vector<Entry> entries_;  ///< of the scenarios that were not left out
  std::vector<std::string> data_;
};

}  // namespace rmqsim
