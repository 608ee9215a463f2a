#include "scenarios/harness/explore/shrink/shrinker.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/explore/shrink/cause.h"
#include "scenarios/harness/explore/shrink/scenario_parts.h"
#include "scenarios/harness/explore/shrink/simpler_forms.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace {

/// More rounds than any scenario needs; a change that another one takes back ends here.
constexpr int kMaxRounds = 12;
/// A run may have four times the events of what is smallest so far, and these always: one that has more is no simpler
/// example, and most such never end.
constexpr std::uint64_t kFewEvents = 20'000;
/// Of all runs of a shrink, half a minute or more: ends with what it has after so many.
constexpr std::uint64_t kAllEvents = 50'000'000;

bool loads(const std::string& text) { return parse_scenario(text, "", {.judge_idle = false}).ok(); }

std::size_t count_expectations(const Scenario& scenario) {
  std::size_t count = scenario.expect.size();
  for (const Step& step : scenario.steps) {
    const auto* const assertion = std::get_if<AssertStep>(&step.what);
    count += step.expect.size() + (assertion != nullptr ? assertion->expect.size() : 0);
  }
  return count;
}

class Search {
 public:
  Search(const Scenario& scenario, const Signature& signature, const ShrinkOptions& options)
      : signature_(signature),
        profile_(look_up(find_profile(signature.profile), signature.profile)),
        options_(options),
        best_(scenario) {}

  Shrunk run() {
    bool fixpoint = false;
    if (!begin()) return end(fixpoint);
    cut_after_violation();
    for (int round = 0; round < kMaxRounds && !fixpoint && !stopped(); ++round) {
      const std::string before = text_;
      thresholds_.clear();
      for (const PartKind& kind : part_kinds()) remove_parts(kind);
      if (!signature_.of_expectation()) take(changed([](Scenario& s) { s.expect.clear(); }));
      for (const Change& change : simpler_forms(best_)) take(changed(change));
      for (const ScenarioNumber& number : numbers_of(best_)) make_small(number);
      fixpoint = text_ == before;
    }
    return end(fixpoint);
  }

 private:
  bool stopped() {
    stopped_ |= runs_ >= options_.max_runs || events_ >= kAllEvents || (options_.stop && options_.stop());
    return stopped_;
  }
  Scenario changed(const Change& change) const {
    Scenario candidate = best_;
    change(candidate);
    return candidate;
  }

  TrialResult trial(const Scenario& scenario, bool features = false) {
    ++runs_;
    if (options_.progress) options_.progress(runs_, text_.size());
    if (options_.player) return options_.player->play(scenario, profile_);
    TrialOptions options;
    options.features = features;
    options.expectations = signature_.of_expectation();
    options.max_events = most_events_;
    TrialResult result = run_trial(scenario, profile_, options);
    events_ += result.run.world_events;
    return result;
  }
  void allow_events(std::uint64_t of_the_best) {
    most_events_ = std::clamp(4 * of_the_best, kFewEvents, kMostTrialEvents);
  }
  void note_others(const TrialResult& result, const Scenario& scenario, const std::string& text) {
    for (const Violation& violation : result.violations) {
      const bool cut_off = violation.signature.invariant == "inconclusive" && most_events_ < kMostTrialEvents;
      // That what is left of a file does not meet its expectation in another way is no news.
      const bool same_expectation =
          signature_.of_expectation() && violation.signature.invariant == signature_.invariant;
      if (violation.signature == signature_ || cut_off || same_expectation) continue;
      const auto [other, fresh] = others_.try_emplace(violation.signature, text.size(), scenario);
      if (!fresh && text.size() < other->second.first) other->second = {text.size(), scenario};
    }
  }
  bool breaks(const Scenario& candidate, const std::string& text) {
    if (passing_.contains(text)) return false;
    if (stopped()) return false;
    const TrialResult result = trial(candidate);
    note_others(result, candidate, text);
    const auto broken = std::find_if(result.violations.begin(), result.violations.end(),
                                     [&](const Violation& v) { return v.signature == signature_; });
    if (broken == result.violations.end()) {
      passing_.insert(text);
      return false;
    }
    violation_ = *broken;
    candidate_events_ = result.run.world_events;
    return true;
  }
  /// Goes on with the candidate if that breaks the same.
  bool take(Scenario candidate) {
    if (candidate.cluster.brokers.empty() || candidate.cluster.nameservers.empty()) return false;
    if (keeps_sends_ && candidate.send_count != best_.send_count) return false;
    std::string text = scenario_text(candidate);
    if (text == text_ || unreadable_.contains(text)) return text == text_;
    const Violation before = violation_;
    if (!breaks(candidate, text)) return false;
    if (readable_ && !loads(text)) {
      unreadable_.insert(std::move(text));
      violation_ = before;
      return false;
    }
    best_ = std::move(candidate);
    text_ = std::move(text);
    allow_events(candidate_events_);
    return true;
  }

  /// Leaves out what decides nothing in a run, so that the rest can be taken to pieces. False when nothing breaks.
  bool begin() {
    text_ = scenario_text(best_);
    readable_ = false;
    if (!breaks(best_, text_)) return false;
    allow_events(candidate_events_);
    const Failure& failure = violation_.failure;
    keeps_sends_ = signature_.of_expectation() && !failure.send && !failure.got.ends_with(kTooMany) &&
                   !is_start_failure(failure);
    Scenario bare = best_;
    bare.worlds.reset();
    bare.references.clear();
    bare.concerns.clear();
    bare.profiles = {signature_.profile};
    if (bare.name.empty()) bare.name = "finding";
    if (bare.why.empty()) bare.why = signature_.text();
    std::erase_if(bare.invariants_off, [&](const InvariantOff& off) { return !off.applies_to(signature_.profile); });
    for (FaultRule& rule : bare.faults) rule.may_be_idle = false;  // what must be is said in the end
    for (Step& step : bare.steps) step.may_be_idle = false;
    expect_only(bare, signature_.invariant);
    make_whole(bare);
    readable_ = loads(scenario_text(bare));
    if (!readable_ && !signature_.of_expectation()) {
      grant_failures(bare);
      readable_ = loads(scenario_text(bare));
    }
    if (!take(std::move(bare))) readable_ = loads(text_);
    return true;
  }
  void cut_after_violation() {
    if (!violation_.failure.send) return;
    const std::uint64_t send = *violation_.failure.send;
    Scenario cut = best_;
    std::erase_if(cut.steps, [&](const Step& step) { return step.first_send > send; });
    make_whole(cut);
    take(std::move(cut));
  }

  /// Halves, quarters, … single ones, from the last to the first.
  void remove_parts(const PartKind& kind) {
    for (std::size_t chunk = kind.count(best_); chunk > 0; chunk /= 2) {
      for (std::size_t end = kind.count(best_); end > 0;) {
        const std::size_t begin = end > chunk ? end - chunk : 0;
        const std::size_t count = kind.count(best_);
        std::vector<bool> gone(count, false);
        std::fill(gone.begin() + static_cast<std::ptrdiff_t>(begin), gone.begin() + static_cast<std::ptrdiff_t>(end),
                  true);
        if (!kind.needed || end - begin < count) {
          take(changed([&](Scenario& s) { kind.remove(s, gone); }));
        }
        end = std::min(begin, kind.count(best_));
      }
    }
  }

  bool take_number(const ScenarioNumber& number, double value) {
    return take(changed([&](Scenario& s) { number.set(s, value); }));
  }
  /// Down to the least that still breaks, and from there to the next round number.
  void make_small(const ScenarioNumber& number) {
    if (number.value <= number.least || take_number(number, number.least) || options_.player) return;
    double passes = number.least, breaks = number.value;
    while (breaks - passes > 1 && !stopped()) {
      const double middle = std::floor((passes + breaks) / 2);
      (take_number(number, middle) ? breaks : passes) = middle;
    }
    // What could not be tried, such as a count that leaves out the send that is expected to fail, passes nothing.
    const Scenario below = changed([&](Scenario& s) { number.set(s, passes); });
    const std::string text = scenario_text(below);
    const bool tried = passing_.contains(text) && (!readable_ || loads(text)) &&
                       count_expectations(below) == count_expectations(best_);
    thresholds_.push_back({number.name, passes, passes + 1 < breaks || !tried});
    for (const double unit : {1000.0, 500.0, 100.0, 50.0, 10.0}) {
      const double round = std::ceil(breaks / unit) * unit;
      if (round <= 2 * breaks && take_number(number, round)) return;
    }
  }

  Shrunk end(bool fixpoint) {
    Shrunk shrunk;
    shrunk.signature = signature_;
    shrunk.certified = fixpoint && !stopped_;
    CauseSearch search{best_, signature_, profile_, {}, {}, {}, {}};
    search.trial = [this](const Scenario& scenario, bool decisions) { return trial(scenario, decisions); };
    if (options_.player) search.explain = options_.player->explain;
    search.thresholds = thresholds_;
    if (fixpoint) search.needed = needed_parts();
    shrunk.cause = find_cause(search);
    shrunk.scenario = best_;
    allow_idle(shrunk.scenario, trial(shrunk.scenario).run.record);
    shrunk.violation = violation_;
    shrunk.runs = runs_;
    for (auto& [signature, other] : others_) shrunk.others.emplace_back(signature, std::move(other.second));
    return shrunk;
  }
  /// In the last round each of them was tried alone.
  std::vector<CauseSearch::Needed> needed_parts() const {
    std::vector<CauseSearch::Needed> needed;
    for (const PartKind& kind : part_kinds()) {
      const std::size_t count = kind.count(best_);
      for (std::size_t i = 0; i < count && kind.telling && (!kind.needed || count > 1); ++i) {
        std::vector<bool> gone(count, false);
        gone[i] = true;
        Scenario without = changed([&](Scenario& s) { kind.remove(s, gone); });
        if (!passing_.contains(scenario_text(without))) continue;
        needed.push_back({kind.what, kind.name(best_, i), std::move(without)});
      }
    }
    return needed;
  }

  const Signature signature_;
  const Profile& profile_;
  const ShrinkOptions& options_;
  Scenario best_;
  std::string text_;  ///< of the best
  Violation violation_;
  /// What servers have of fewer sends is less, which is no mistake: where they should have more, all sends stay.
  bool keeps_sends_ = false;
  bool readable_ = true;  ///< the best one is, and so shall be what follows
  std::set<std::string> passing_, unreadable_;
  std::map<Signature, std::pair<std::size_t, Scenario>> others_;
  std::vector<CauseSearch::Threshold> thresholds_;
  std::size_t runs_ = 0;
  std::uint64_t events_ = 0, candidate_events_ = 0, most_events_ = kMostTrialEvents;
  bool stopped_ = false;
};

}  // namespace

Shrunk shrink(const Scenario& scenario, const Signature& signature, const ShrinkOptions& options) {
  return Search(scenario, signature, options).run();
}

}  // namespace rmqsim
