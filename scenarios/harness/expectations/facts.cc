#include "scenarios/harness/expectations/facts.h"

#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

bool contradict(const Fact& there, const Fact& here, There when) {
  if (there.about != here.about) return false;
  if (when == There::earlier && there.later == Later::changes) return false;
  if (!there.range || !here.range) return !there.range && !here.range && there.value != here.value;
  const bool less_here = here.range->second < there.range->first;
  if (when == There::earlier && there.later == Later::grows) return less_here;
  return less_here || there.range->second < here.range->first;
}

}  // namespace

Fact text_fact(std::string_view about, const std::string& text, Later later) {
  return {about, in_quotes(text), std::nullopt, later};
}

Fact range_fact(std::string_view about, const CountRange& range, Later later) {
  return {about, range_text(range),
          std::pair(static_cast<std::int64_t>(range.min), static_cast<std::int64_t>(range.max)), later};
}

std::string facts_conflict(const std::vector<Fact>& there, const std::vector<Fact>& here, There when) {
  for (const Fact& one : there) {
    for (const Fact& other : here) {
      if (contradict(one, other, when)) {
        return std::string(one.about) + " is " + one.value + " there, " + other.value + " here";
      }
    }
  }
  return "";
}

}  // namespace rmqsim
