// expect, assert and the `expect` of a step: what must hold, and about which sends.
#include <algorithm>
#include <charconv>

#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMaxRanges = 10'000;

/// The text without the blanks around it.
std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<std::uint64_t> parse_index(std::string_view text) {
  text = trim(text);
  std::uint64_t n = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// "3", "0-9", "0-2, 7, 9-" (to the last); nullopt when it is not of that form.
std::optional<std::vector<std::pair<std::uint64_t, std::uint64_t>>> parse_ranges(std::string_view text,
                                                                                 std::uint64_t count) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (;;) {
    std::size_t comma = text.find(',');
    std::string_view part = trim(text.substr(0, comma));
    std::size_t dash = part.find('-');
    auto first = parse_index(part.substr(0, dash));
    auto last = dash == std::string_view::npos ? first
                : dash + 1 == part.size()      ? std::optional(std::max<std::uint64_t>(count, 1) - 1)
                                               : parse_index(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    ranges.emplace_back(*first, *last);
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

SendSelector range_selector(std::string text, std::uint64_t first, std::uint64_t count) {
  return {std::move(text), {{first, first + count - 1}}};
}

/// A kind, and the form in which it stands where it was found.
struct KindFound {
  std::string_view key;
  const Shape* shape;
  void (*parse)(ExpectationReader& from, Expectation::What& what);
};

template <class E>
KindFound found_kind(const ExpectationRow<E>& row, const Shape& shape) {
  return {row.key, &shape, [](ExpectationReader& from, Expectation::What& what) { what = E::row.parse(from); }};
}

/// The kind whose key is there. The key of one may be a member of another, whose key tells then; of two that have
/// nothing to do with each other, the first tells.
std::optional<KindFound> kind_of(const JsonNode& value) {
  std::optional<KindFound> told;
  each_expectation_row([&](const auto& row) {
    if (value.find(row.key) && (!told || row.shape.has(told->key))) told = found_kind(row, row.shape);
  });
  return told;
}

/// Of those that are about the sends of a step: the one whose key is there, or else the one that has none there.
std::optional<KindFound> kind_at_step(const JsonNode& value) {
  std::optional<KindFound> told;
  each_expectation_row([&](const auto& row) {
    if (row.at_step == nullptr) return;
    const bool has_key = row.at_step->has(row.key);
    if (has_key ? value.find(row.key) != nullptr : !told) told = found_kind(row, *row.at_step);
  });
  return told;
}

std::vector<std::string_view> kind_keys() {
  std::vector<std::string_view> keys;
  each_expectation_row([&](const auto& row) { keys.push_back(row.key); });
  return keys;
}

}  // namespace

std::optional<SendSelector> parse_send_selector(ParseContext& context, const JsonNode& value,
                                                const Scenario& scenario) {
  std::uint64_t count = scenario.send_count;
  if (!context.sends_counted) return std::nullopt;
  if (count == 0) {
    context.fail(value, "the scenario sends nothing");
    return std::nullopt;
  }
  std::string text;
  if (value.kind == JsonNode::Kind::integer) {
    auto n = context.integer(value, 0, kMaxSends);
    if (!n) return std::nullopt;
    text = std::to_string(*n);
  } else {
    if (!context.expect_kind(value, JsonNode::Kind::string,
                             "\"all\", a number, ranges like \"0-9\", or a step's name")) {
      return std::nullopt;
    }
    text = value.text;
  }
  if (text == "all") return range_selector(text, 0, count);
  auto ranges = parse_ranges(text, count);
  if (!ranges) {
    std::vector<std::string> names{"all"};
    for (const Step& step : scenario.steps) {
      if (step.send_count > 0 && !step.name.empty()) names.push_back(step.name);
      if (!step.name.empty() && step.name == text && step.send_count > 0) {
        return range_selector(text, step.first_send, step.send_count);
      }
    }
    context.fail(value, "expected \"all\", a number, ranges like \"0-9\", or a sending step's name, found " +
                            in_quotes(text) + context.suggest(text, names));
    return std::nullopt;
  }
  if (ranges->size() > kMaxRanges) {
    context.fail(value, std::to_string(ranges->size()) + " ranges; at most " + std::to_string(kMaxRanges));
    return std::nullopt;
  }
  std::sort(ranges->begin(), ranges->end());
  for (std::size_t i = 0; i < ranges->size(); ++i) {
    auto [first, last] = (*ranges)[i];
    std::string problem;
    if (std::max(first, last) >= count) problem = "the last send is number " + std::to_string(count - 1);
    // "600-" of 500 ends at the last one there is.
    if (first > last && first < count) problem = "a range ends before it begins";
    if (problem.empty() && i > 0 && first <= (*ranges)[i - 1].second) problem = "a send is named twice";
    if (problem.empty()) continue;
    context.fail(value, problem + ", found " + in_quotes(text));
    return std::nullopt;
  }
  return SendSelector{text, std::move(*ranges)};
}

std::optional<Expectation> parse_expectation(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                                             const Step* step) {
  if (!context.expect_kind(value, JsonNode::Kind::object)) return std::nullopt;
  const std::optional<KindFound> kind = step ? kind_at_step(value) : kind_of(value);
  if (!kind) {
    const std::vector<std::string_view> keys = kind_keys();
    std::string all;
    for (const std::string_view key : keys) all += (all.empty() ? "" : ", ") + in_quotes(key);
    const std::string meant = value.children.empty() ? "" : context.suggest(value.children[0]->key, keys);
    // Which are known is said already.
    context.fail(value, "expected one of " + all + (meant.starts_with("; did you mean") ? meant : ""));
    return std::nullopt;
  }
  ObjectReader reader(context, value, *kind->shape);
  Expectation expectation;
  expectation.where = context.where(value);
  if (const JsonNode* in = reader.find("in")) expectation.profiles = context.profiles(*in);
  ExpectationReader from{context, value, reader, scenario, std::nullopt};
  if (step) {
    std::string text = step->name.empty() ? "step " + std::to_string(step - scenario.steps.data()) : step->name;
    from.sends = range_selector(std::move(text), step->first_send, step->send_count);
  } else if (const JsonNode* given = reader.find("sends")) {
    from.sends = parse_send_selector(context, *given, scenario);
  } else if (scenario.send_count > 0) {
    from.sends = range_selector("all", 0, scenario.send_count);
  }
  kind->parse(from, expectation.what);
  return expectation;
}

void parse_expectations(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                        std::vector<Expectation>& target) {
  if (!context.expect_kind(value, JsonNode::Kind::array)) return;
  for (const JsonNode* item : value.children) {
    if (auto expectation = parse_expectation(context, *item, scenario, nullptr))
      target.push_back(std::move(*expectation));
  }
}

void parse_step_expectations(ParseContext& context, const JsonNode& steps, Scenario& scenario) {
  if (steps.kind != JsonNode::Kind::array) return;
  for (std::size_t i = 0; i < steps.children.size() && i < scenario.steps.size(); ++i) {
    Step& step = scenario.steps[i];
    const JsonNode& node = *steps.children[i];
    const JsonNode* value = node.kind == JsonNode::Kind::object ? node.find("assert") : nullptr;
    std::vector<Expectation>* target = &step.expect;
    const Step* about = &step;
    if (auto* assertion = std::get_if<AssertStep>(&step.what); assertion && value) {
      target = &assertion->expect;
      about = nullptr;
    } else {
      value = node.kind == JsonNode::Kind::object ? node.find("expect") : nullptr;
    }
    if (!value || (about && step.send_count == 0)) continue;
    std::vector<const JsonNode*> items{value};
    if (value->kind == JsonNode::Kind::array) items = value->children;
    if (items.empty()) context.fail(*value, "expected at least one expectation");
    for (const JsonNode* item : items) {
      auto expectation = parse_expectation(context, *item, scenario, about);
      if (!expectation) continue;
      if (!about && expectation->moment()) {
        context.fail_key(look_up(item->find("atMs"), "atMs"),
                         "an assert is judged when its step comes; \"atMs\" belongs beside \"assert\"");
      }
      target->push_back(std::move(*expectation));
    }
  }
}

namespace {

/// Whether it is turned off already for some of the profiles.
bool is_off(const Scenario& scenario, const InvariantOff& off) {
  return std::any_of(scenario.profiles.begin(), scenario.profiles.end(), [&](const std::string& profile) {
    return off.applies_to(profile) && scenario.invariant_off(off.name, profile) != nullptr;
  });
}

}  // namespace

void parse_invariants(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  ObjectReader reader(context, value, shapes::invariants);
  const JsonNode* list = reader.find("off");
  if (!list || !context.expect_kind(*list, JsonNode::Kind::array)) return;
  std::vector<std::string_view> names;
  for (const InvariantInfo& invariant : kInvariants) names.push_back(invariant.name);
  for (const JsonNode* item : list->children) {
    InvariantOff off;
    off.where = context.where(*item);
    ObjectReader entry(context, *item, shapes::invariantOff);
    if (!entry) continue;
    if (const JsonNode* name = entry.require("name")) {
      off.name = context.one_of(*name, names, "invariant").value_or("");
    }
    if (entry.require("reason")) entry.text("reason", off.reason);
    if (const JsonNode* in = entry.find("in")) off.profiles = context.profiles(*in);
    if (is_off(scenario, off)) context.fail(*item, in_quotes(off.name) + " is off already");
    scenario.invariants_off.push_back(std::move(off));
  }
}

}  // namespace rmqsim
