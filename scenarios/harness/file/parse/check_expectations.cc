// Expectations that cannot hold together: by what their rows say that each states (expectations/).
#include <algorithm>

#include "scenarios/harness/expectations/send_facts.h"
#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

/// More pairs than any scenario written by hand has; a hostile file gets no more.
constexpr std::size_t kMaxPairs = 2'000'000;

/// What an expectation states.
struct Stated {
  const Expectation* expectation = nullptr;
  std::vector<Fact> facts;
  std::vector<RequestClaim> claims;
  std::vector<CountsExpectation> counts;  ///< none, or how many of its sends end in which way
};

std::vector<CountsExpectation> counts_of(const Expectation& expectation) {
  if (const auto* counts = std::get_if<CountsExpectation>(&expectation.what)) return {*counts};
  const auto* sends = std::get_if<SendExpectation>(&expectation.what);
  if (sends == nullptr) return {};
  const std::uint64_t all = sends->sends.size();
  CountsExpectation counts{sends->sends, {}};
  if (const std::vector<std::string> ends = ends_of(*sends); !ends.empty()) {
    counts.counts[ends.front()] = {all, all};
  } else {
    for (const std::string_view outcome : no_ends_of(*sends)) counts.counts[std::string(outcome)] = {0, 0};
  }
  if (counts.counts.empty()) return {};
  return {std::move(counts)};
}

Stated stated_by(const Scenario& scenario, const Expectation& expectation) {
  return std::visit(
      [&](const auto& e) {
        return Stated{&expectation, e.row.facts(e), e.row.claims(e, scenario), counts_of(expectation)};
      },
      expectation.what);
}

/// Of two of one kind.
template <class E>
std::string conflict_of_kind(const Stated& there, const Stated& here, There when) {
  const E& one = std::get<E>(there.expectation->what);
  const E& other = std::get<E>(here.expectation->what);
  const std::string subject = E::row.common_subject(one, other);
  const std::string conflict = subject.empty() ? "" : facts_conflict(there.facts, here.facts, when);
  if (!conflict.empty()) return "about " + subject + ": " + conflict;
  return when == There::at_once ? E::row.other_conflict(one, other) : "";
}

std::string expectations_conflict(const Stated& there, const Stated& here, There when) {
  if (there.expectation->what.index() == here.expectation->what.index()) {
    std::string conflict = std::visit(
        [&](const auto& e) { return conflict_of_kind<std::decay_t<decltype(e)>>(there, here, when); },
        here.expectation->what);
    if (!conflict.empty()) return conflict;
  }
  for (const RequestClaim& one : there.claims) {
    for (const RequestClaim& other : here.claims) {
      if (std::string conflict = claims_conflict(one, other, when); !conflict.empty()) return conflict;
    }
  }
  const bool counted = std::holds_alternative<CountsExpectation>(there.expectation->what) ||
                       std::holds_alternative<CountsExpectation>(here.expectation->what);
  if (!counted || there.expectation == here.expectation) return "";  // by itself: check_ends
  for (const CountsExpectation& one : there.counts) {
    for (const CountsExpectation& other : here.counts) {
      const std::string conflict = counts_conflict(one, other, when);
      if (!conflict.empty()) return "about their number: " + conflict;
    }
  }
  return "";
}

bool in_common_profile(const Scenario& scenario, const Expectation& a, const Expectation& b) {
  return std::any_of(scenario.profiles.begin(), scenario.profiles.end(),
                     [&](const std::string& profile) { return a.applies_to(profile) && b.applies_to(profile); });
}

/// Expectations about one moment, in the order of time: those of each assert, and those of the end.
std::vector<std::vector<Stated>> moments_of(const Scenario& scenario) {
  std::vector<std::vector<Stated>> moments;
  std::vector<Stated> end;
  for (const Step& step : scenario.steps) {
    for (const Expectation& e : step.expect) end.push_back(stated_by(scenario, e));
    const auto* assertion = std::get_if<AssertStep>(&step.what);
    if (assertion == nullptr) continue;
    auto& now = moments.emplace_back();
    for (const Expectation& e : assertion->expect) now.push_back(stated_by(scenario, e));
  }
  for (const Expectation& e : scenario.expect) end.push_back(stated_by(scenario, e));
  std::stable_sort(end.begin(), end.end(), [](const Stated& a, const Stated& b) {
    const SourceLocation &one = a.expectation->where, &other = b.expectation->where;
    return std::pair(one.line, one.column) < std::pair(other.line, other.column);
  });
  moments.push_back(std::move(end));
  return moments;
}

class Contradictions {
 public:
  Contradictions(const Scenario& scenario, std::vector<Finding>& found) : scenario_(scenario), found_(found) {}

  void find() {
    const auto moments = moments_of(scenario_);
    for (auto now = moments.begin(); now != moments.end(); ++now) {
      for (auto here = now->begin(); here != now->end(); ++here) {
        bool told = any(now->begin(), std::next(here), *here, There::at_once);  // itself, too
        for (auto before = moments.begin(); before != now && !told; ++before) {
          told = any(before->begin(), before->end(), *here, There::earlier);
        }
      }
    }
  }

 private:
  using Place = std::vector<Stated>::const_iterator;

  /// Whether one of these contradicts it; the first that does is told of.
  bool any(Place from, Place to, const Stated& here, There when) {
    for (Place there = from; there != to; ++there) {
      if (++pairs_ > kMaxPairs) return true;
      const Expectation &one = *there->expectation, &other = *here.expectation;
      if (!in_common_profile(scenario_, one, other)) continue;
      const std::string conflict = expectations_conflict(*there, here, when);
      if (conflict.empty()) continue;
      const std::string whom = &one == &other ? "itself" : place_text(one.where);
      found_.push_back({other.where, "contradicts " + whom + " " + conflict});
      return true;
    }
    return false;
  }

  const Scenario& scenario_;
  std::vector<Finding>& found_;
  std::size_t pairs_ = 0;
};

}  // namespace

void check_expectations(const Scenario& scenario, std::vector<Finding>& found) {
  Contradictions(scenario, found).find();
}

}  // namespace rmqsim
