#include "scenarios/harness/expectations/counts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/harness/expectations/sends.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr KeyRow kCountsExpectationRows[] = {
    {"sends", key::ref("sends"), "", R"("all")", "Which sends."},
    {"counts", key::ref("outcomeCounts"), "", key::required,
     "How many sends ended so; outcomes not named may occur any number of times."},
    kProfilesKey,
};

CountsExpectation parse_counts(ExpectationReader& from) {
  ParseContext& context = from.context;
  const JsonNode& counts = *from.value.find("counts");
  CountsExpectation expectation;
  if (context.expect_kind(counts, JsonNode::Kind::object)) {
    if (counts.children.empty()) context.fail(counts, "expected at least one outcome");
    for (const JsonNode* member : counts.children) {
      if (std::find(std::begin(kSendOutcomes), std::end(kSendOutcomes), member->key) == std::end(kSendOutcomes)) {
        context.fail_key(*member,
                         "unknown outcome " + in_quotes(member->key) + context.suggest(member->key, kSendOutcomes));
      } else if (auto range = context.count_range(*member)) {
        expectation.counts.emplace(member->key, *range);
      }
    }
  }
  if (from.scenario.send_count == 0 && context.sends_counted) {
    context.fail(from.value, "the scenario sends nothing");
  }
  expectation.sends = std::move(from.sends).value_or(SendSelector{});
  return expectation;
}

void write_counts(const CountsExpectation& e, ExpectationWriter& to) {
  if (!to.at_step) to.object.put("sends", sends_json(e.sends, to.scenario, to.scenario.send_count));
  nlohmann::ordered_json counts = nlohmann::ordered_json::object();
  for (const auto& [outcome, range] : e.counts) counts[outcome] = range_json(range);
  to.object.say("counts", counts);
}

std::optional<std::string_view> counts_are_unseen(const CountsExpectation&, const Scenario&) { return kUnseenOutcome; }

const SendSelector* counted_failures(const CountsExpectation& e) {
  const auto failed = e.counts.find("EXCEPTION");
  return failed != e.counts.end() && failed->second.max > 0 ? &e.sends : nullptr;
}

// counts_conflict() compares them: with those of other sends, too.
std::string no_common_counts(const CountsExpectation&, const CountsExpectation&) { return ""; }
std::vector<Fact> counts_facts(const CountsExpectation&) { return {}; }

}  // namespace

std::uint64_t CountsExpectation::least() const {
  std::uint64_t sum = 0;
  for (const auto& [outcome, range] : counts) sum += range.min;
  return sum;
}

std::string counts_conflict(const CountsExpectation& there, const CountsExpectation& here, There when) {
  const std::uint64_t common = there.sends.count_common(here.sends);
  if (common == 0) return "";
  const auto least = [&](const CountsExpectation& e, const CountRange& range) {
    const std::uint64_t others = e.sends.size() - common;
    return range.min > others ? range.min - others : 0;
  };
  const auto text = [](const CountsExpectation& e, const std::string& outcome, const CountRange& range) {
    return range_text(range) + " of " + std::to_string(e.sends.size()) + " sends end with " + outcome;
  };
  std::map<std::string, std::uint64_t> at_least;
  for (const auto& [outcome, range] : there.counts) at_least[outcome] = least(there, range);
  for (const auto& [outcome, range] : here.counts) {
    at_least[outcome] = std::max(at_least[outcome], least(here, range));
    for (const auto& [other, before] : there.counts) {
      const std::uint64_t then = least(there, before), now = least(here, range);
      const bool fewer = then > range.max || (when == There::at_once && now > before.max);
      const bool too_many = then > 0 && now > 0 && then + now > common;
      if (outcome == other ? !fewer : !too_many) continue;
      return text(there, other, before) + " there, " + text(here, outcome, range) + " here";
    }
  }
  std::uint64_t sum = 0;
  for (const auto& [outcome, n] : at_least) sum += n;
  if (sum <= common) return "";
  return "together they count at least " + std::to_string(sum) + " of " + std::to_string(common) + " sends";
}

namespace {

constexpr Shape kCountsExpectation{"countsExpectation", "Counts the selected sends (default all) by outcome.",
                                   kCountsExpectationRows};

constexpr Shape kStepCountsExpectation{"stepCountsExpectation", "Counts the sends of the step by outcome.",
                                       std::span(kCountsExpectationRows).subspan(1)};

}  // namespace

constinit const ExpectationRow<CountsExpectation> CountsExpectation::row{
    .key = "counts",
    .example = R"({"counts": {"SEND_OK": [4, 10], "EXCEPTION": [0, 1]}, "sends": "all"})",
    .shape = kCountsExpectation,
    .at_step = &kStepCountsExpectation,
    .parse = parse_counts,
    .write = write_counts,
    .judged = JudgedWhen::steps_ended,
    .moment = nullptr,
    .unseen = counts_are_unseen,
    .grants_failure = counted_failures,
    .common_subject = no_common_counts,
    .facts = counts_facts,
    .claims = claims_no_requests,
    .other_conflict = no_other_conflict,
};

}  // namespace rmqsim
