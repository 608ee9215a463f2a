// Expectations that cannot hold together: by what their rows say that each states (expectations/).
#include <algorithm>
#include <set>

#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

/// More pairs than any scenario written by hand has; a hostile file gets no more.
constexpr std::size_t kMaxPairs = 2'000'000;

/// Of two of one kind.
template <class E>
std::string facts_conflict_of(const E& there, const E& here) {
  const std::string subject = E::row.common_subject(there, here);
  if (subject.empty()) return "";
  const std::string conflict = facts_conflict(E::row.facts(there), E::row.facts(here));
  return conflict.empty() ? "" : "about " + subject + ": " + conflict;
}

std::vector<RequestClaim> claims_of(const Expectation& expectation) {
  return std::visit([](const auto& e) { return e.row.claims(e); }, expectation.what);
}

bool in_common_profile(const Scenario& scenario, const Expectation& a, const Expectation& b) {
  return std::any_of(scenario.profiles.begin(), scenario.profiles.end(),
                     [&](const std::string& profile) { return a.applies_to(profile) && b.applies_to(profile); });
}

std::string expectations_conflict(const Expectation& a, const Expectation& b) {
  const auto of_one_kind = [&](const auto& question) {
    if (a.what.index() != b.what.index()) return std::string();
    return std::visit(
        [&](const auto& there) { return question(there, std::get<std::decay_t<decltype(there)>>(b.what)); }, a.what);
  };
  std::string conflict =
      of_one_kind([](const auto& there, const auto& here) { return facts_conflict_of(there, here); });
  for (const RequestClaim& there : claims_of(a)) {
    for (const RequestClaim& here : claims_of(b)) {
      if (conflict.empty()) conflict = claims_conflict(there, here);
    }
  }
  if (!conflict.empty()) return conflict;
  return of_one_kind([](const auto& there, const auto& here) { return there.row.other_conflict(there, here); });
}

/// Expectations about one moment: those of the end, and those of each assert.
template <class Visit>
void each_moment(const Scenario& scenario, const Visit& visit) {
  std::vector<const Expectation*> end;
  for (const Step& step : scenario.steps) {
    for (const Expectation& e : step.expect) end.push_back(&e);
    const auto* assertion = std::get_if<AssertStep>(&step.what);
    if (assertion == nullptr) continue;
    std::vector<const Expectation*> now;
    for (const Expectation& e : assertion->expect) now.push_back(&e);
    visit(now);
  }
  for (const Expectation& e : scenario.expect) end.push_back(&e);
  std::stable_sort(end.begin(), end.end(), [](const Expectation* a, const Expectation* b) {
    return std::pair(a->where.line, a->where.column) < std::pair(b->where.line, b->where.column);
  });
  visit(end);
}

}  // namespace

void check_expectations(const Scenario& scenario, std::vector<Finding>& found) {
  std::size_t pairs = 0;
  each_moment(scenario, [&](const std::vector<const Expectation*>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t k = 0; k <= i; ++k) {  // itself, too
        if (++pairs > kMaxPairs) return;
        if (!in_common_profile(scenario, *all[k], *all[i])) continue;
        const std::string conflict = expectations_conflict(*all[k], *all[i]);
        if (conflict.empty()) continue;
        const std::string whom = k == i ? "itself" : place_text(all[k]->where);
        found.push_back({all[i]->where, "contradicts " + whom + " " + conflict});
        break;
      }
    }
  });
}

void check_counts(const Scenario& scenario, std::vector<Finding>& found) {
  std::size_t pairs = 0;
  std::set<const Expectation*> seen;  // of two counts the later one is told of
  each_moment(scenario, [&](const std::vector<const Expectation*>& all) {
    for (const Expectation* one : all) {
      seen.insert(one);
      const auto* counts = std::get_if<CountsExpectation>(&one->what);
      if (counts == nullptr) continue;
      if (const std::uint64_t least = counts->least(); least > counts->sends.size()) {
        found.push_back({one->where, "counts at least " + std::to_string(least) + " of " +
                                         std::to_string(counts->sends.size()) + " sends"});
      }
      for (const Expectation* other : all) {
        if (++pairs > kMaxPairs) return;
        if (other == one || !in_common_profile(scenario, *one, *other)) continue;
        std::string conflict;
        if (const auto* sends = std::get_if<SendExpectation>(&other->what)) {
          conflict = counts_conflict(*counts, *sends);
        } else if (const auto* more = std::get_if<CountsExpectation>(&other->what);
                   more != nullptr && seen.contains(other)) {
          conflict = counts_conflict(*more, *counts);
        }
        if (conflict.empty()) continue;
        found.push_back({one->where, "contradicts " + place_text(other->where) + ": " + conflict});
        break;
      }
    }
  });
}

}  // namespace rmqsim
