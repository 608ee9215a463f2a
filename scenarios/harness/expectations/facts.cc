#include "scenarios/harness/expectations/facts.h"

#include <utility>

#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

std::string fact_value(const Fact& fact) {
  if (fact.text) return in_quotes(*fact.text);
  if (fact.min == fact.max) return std::to_string(fact.min);
  return "[" + std::to_string(fact.min) + ", " + std::to_string(fact.max) + "]";
}

bool contradict(const Fact& a, const Fact& b) {
  if (a.about != b.about) return false;
  if (a.text && b.text) return *a.text != *b.text;
  return !a.text && !b.text && (a.max < b.min || b.max < a.min);
}

}  // namespace

Fact text_fact(std::string about, std::string text) { return {std::move(about), std::move(text), 0, 0}; }

Fact range_fact(std::string about, const CountRange& range) {
  return {std::move(about), std::nullopt, static_cast<std::int64_t>(range.min), static_cast<std::int64_t>(range.max)};
}

std::string facts_conflict(const std::vector<Fact>& there, const std::vector<Fact>& here) {
  for (const Fact& one : there) {
    for (const Fact& other : here) {
      if (contradict(one, other))
        return one.about + " is " + fact_value(one) + " there, " + fact_value(other) + " here";
    }
  }
  return "";
}

}  // namespace rmqsim
