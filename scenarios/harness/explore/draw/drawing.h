// Thinks of trials: which scenario is trial t of a campaign. Pure: a trial depends on the campaign's seed, its number,
// the templates and the profiles, so that any trial can be run alone, on any machine, in any order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "producer/transport/random.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct Trial {
  std::uint64_t number = 0;
  Scenario scenario;  ///< whole: send_count, first_send, ids of rules; its seed is the trial's own
  std::string profile;
};

/// What a template gives a trial: no expectations, which speak of the file as it was, and rules that may be idle.
Scenario as_template(Scenario scenario);

/// Each can be left out, to see what it is worth.
struct DrawOptions {
  bool exhaustive = true;  ///< the small scope, between what is drawn
  bool swarm = true;       ///< else every trial may use everything
  bool boundaries = true;  ///< else times are uniform
  bool rescue = true;
};

class Drawing {
 public:
  /// Without templates: the built-in one. `profiles` are names of rows of the profile table, at least one.
  Drawing(std::vector<Scenario> templates, std::vector<std::string> profiles, DrawOptions options);
  ~Drawing();

  /// How many trials enumerate the small scope, the same ones in every campaign.
  std::uint64_t small_scope() const;
  /// Whether that trial is of the small scope; others are drawn. Until it is through they take turns, 32 of each: what
  /// one fault shows is found as soon as what needs many, and every shard gets of both.
  bool enumerates(std::uint64_t number) const;
  Trial trial(std::uint64_t campaign_seed, std::uint64_t number) const;
  /// A change of that scenario: a fault more, less or elsewhere, another time, mode, setting or count.
  Scenario variation(const Scenario& parent, Random& random) const;
  /// Of a run that ended well although something went wrong in it: the scenario in which what rescued it breaks as
  /// well. Empty when nothing rescued it. The caller repeats it a few times within one trial.
  std::vector<Scenario> without_rescue(const Scenario& scenario, const RunRecord& record) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace rmqsim
