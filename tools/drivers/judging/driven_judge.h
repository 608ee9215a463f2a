// Judges a run with a driver in one profile: expectations at their moments, invariants that servers and results can
// tell, and in the end what of it counts. All under the monitor.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/engine/checker.h"
#include "scenarios/harness/engine/workload.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "tools/drivers/driven_run.h"
#include "tools/drivers/judging/joined_requests.h"

namespace rmqsim {

class DrivenJudge {
 public:
  DrivenJudge(const Scenario& scenario, const Profile& profile, HostedCluster& cluster);

  /// Of an assertion, or one that names this moment.
  void now(const Expectation& expectation);
  void steps_ended();
  void producers_shut_down(const JoinedRequests& requests, const SurelyUnderWay& under_way);

  /// What was found goes into the result, which has its explanation. `free_start`: expectations may rest on a first
  /// queue that this client did not have. `compare`: that its decisions are not those of the profile is a failure.
  void sum_up(DrivenResult& one, bool free_start, bool compare);

 private:
  struct Judged {
    const Expectation* expectation;
    bool about_attempts = false;
    bool nothing_else = false;       ///< it says nothing but that
    std::vector<Failure> failures;   ///< of the whole
    std::vector<Failure> otherwise;  ///< of what it says about other things than attempts
  };

  void judge(const Expectation& expectation);
  void judge_invariants();
  void judge_results();
  void judge_times();
  void judge_messages(const JoinedRequests& requests, const SurelyUnderWay& under_way);
  void sum_up_one(const Judged& judged, const DrivenResult& one, bool free_start, RunResult& into) const;

  const Scenario& scenario_;
  const Profile& profile_;
  HostedCluster& cluster_;
  Workload nobody_;  ///< who has fault items to be asked about: none
  Checker checker_;
  std::vector<Judged> judged_;
  std::vector<Failure> broken_;
  std::size_t invariants_ = 0;
  bool unplaced_ = false;  ///< requests
};

}  // namespace rmqsim
