// The `do` of a fault rule. What it may hold, and what of that goes together, is said by the rows of fault_action.h.
#include <algorithm>
#include <utility>
#include <vector>

#include "scenarios/harness/file/parse/delay_rows.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

using Kind = FaultTarget::Kind;

std::optional<DelayDistribution> parse_delay(ParseContext& context, const JsonNode& value) {
  if (value.kind != JsonNode::Kind::object) {
    auto time = context.time(value);
    if (!time) return std::nullopt;
    return DelayDistribution{DelayDistribution::Kind::fixed, value.real, 0};
  }
  ObjectReader reader(context, value, shapes::delay);
  auto members = reader.present(shapes::delay.keys());
  if (!reader.at_most_one(shapes::delay.keys())) return std::nullopt;
  if (members.empty()) {
    if (value.children.empty()) context.fail(value, "expected a distribution, for example {\"uniform\": [10, 20]}");
    return std::nullopt;
  }
  const JsonNode& pair = *members[0];
  const DelayRow& row =
      *std::find_if(std::begin(kDelays), std::end(kDelays), [&](auto& r) { return r.key == pair.key; });
  if (pair.kind != JsonNode::Kind::array || pair.children.size() != 2) {
    context.fail(pair, "expected " + std::string(row.parameters));
    return std::nullopt;
  }
  auto a = context.number(*pair.children[0], 0, kMaxTimeMs);
  auto b = context.number(*pair.children[1], 0, row.max_b);
  if (!a || !b) return std::nullopt;
  if (row.kind == DelayDistribution::Kind::uniform && *a > *b) {
    context.fail(pair, "the range ends before it begins");
    return std::nullopt;
  }
  if (row.kind == DelayDistribution::Kind::pareto && *b == 0) {
    context.fail(*pair.children[1], "alpha must be greater than 0");
    return std::nullopt;
  }
  return DelayDistribution{row.kind, *a, *b};
}

std::optional<FaultAnswer> parse_answer(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::answer);
  if (!reader) return std::nullopt;
  FaultAnswer answer;
  if (reader.require("code")) {
    reader.get("code", answer.code, [&](const JsonNode& n) { return context.response_code(n); });
  }
  reader.text("remark", answer.remark);
  return answer;
}

std::optional<FaultArgument> parse_argument(ParseContext& context, const JsonNode& value, const FaultActionRow& row) {
  const auto argument = [](auto parsed) -> std::optional<FaultArgument> {
    return parsed ? std::optional<FaultArgument>(std::move(*parsed)) : std::nullopt;
  };
  switch (row.argument) {
    case FaultArgumentKind::time:
      return argument(parse_delay(context, value));
    case FaultArgumentKind::answer:
      return argument(parse_answer(context, value));
    case FaultArgumentKind::moment: {
      const auto name = context.one_of(value, row.moments, "moment");
      if (!name) return std::nullopt;
      return *name == row.moments[0] ? FaultMoment::before : FaultMoment::after;
    }
    case FaultArgumentKind::bytes: {
      const auto count = context.integer(value, row.least, kMaxBytes);
      if (!count) return std::nullopt;
      return static_cast<std::uint32_t>(*count);
    }
    case FaultArgumentKind::percent: {
      const auto percent = context.number(value, row.least, 100);
      if (percent && *percent > row.least) return *percent;
      if (percent) context.fail(value, "must be greater than " + std::to_string(row.least));
      return std::nullopt;
    }
    case FaultArgumentKind::flag:
      break;
  }
  const auto given = context.boolean(value);
  if (given && !*given) context.fail(value, "leave the key out instead of saying false");
  if (!given.value_or(false)) return std::nullopt;
  return std::monostate{};
}

/// The keys of these rows as a sentence names them: `"a", "b" and "c"`.
std::string listed(const std::vector<const FaultActionRow*>& rows, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) text += i + 1 == rows.size() ? " " + std::string(last) + " " : ", ";
    text += in_quotes(rows[i]->key);
  }
  return text;
}

std::vector<const FaultActionRow*> possible_on(unsigned places) {
  std::vector<const FaultActionRow*> rows;
  for (const FaultActionRow& row : fault_actions()) {
    if ((row.possible & places) != 0) rows.push_back(&row);
  }
  return rows;
}

/// Why `row` is not possible on what the rule looks at; empty: it is.
std::string impossible(const FaultActionRow& row, const FaultTarget& on) {
  if (on.kind == Kind::connect) {
    if ((row.possible & (kOnConnect | kBesideOnConnect)) != 0) return {};
    return "a connect has no answer: only " + listed(possible_on(kOnConnect), "and") + " are possible";
  }
  if (on.is_link()) {
    if ((row.possible & kOnLink) != 0) return {};
    return "a link has no answer: only " + listed(possible_on(kOnLink), "and") + " are possible";
  }
  if (on.is_push()) {
    if ((row.possible & kOnPushes) != 0) return {};
    return "the broker sends this request: only " + listed(possible_on(kOnPushes), "and") + " are possible";
  }
  const std::string where = only_possible_on(row, "\"");
  return where.empty() ? "" : in_quotes(row.key) + " needs \"on\": " + where;
}

/// What `row` needs one of beside it on a connect.
std::vector<const FaultActionRow*> companions(const FaultActionRow& row) {
  std::vector<const FaultActionRow*> rows = possible_on(kOnConnect);
  std::erase_if(rows, [&](const FaultActionRow* other) { return fault_contradiction(*other, row).has_value(); });
  return rows;
}

/// Takes the keys in file order, so that of two that contradict each other the second is in question.
class ActionChecker {
 public:
  ActionChecker(ParseContext& context, const JsonNode& value) : context_(context), value_(value) {}

  /// Reports why a key cannot stand where it stands.
  void take(const JsonNode& member, const FaultActionRow& row, const FaultTarget& on) {
    if (const std::string why = impossible(row, on); !why.empty()) return context_.fail_key(member, why);
    for (const FaultActionRow* earlier : taken_) {
      if (earlier == &row) return;  // the key is there twice, which is told elsewhere
      const auto c = fault_contradiction(*earlier, row);
      if (!c) continue;
      context_.fail_key(*value_.find(c->wrong->key), in_quotes(c->wrong->key) + " contradicts " +
                                                         in_quotes(c->with->key) + (c->reason.empty() ? "" : ": ") +
                                                         std::string(c->reason));
      return;
    }
    taken_.push_back(&row);
  }

  /// On a connect, what only goes beside another action.
  void check_companions() {
    for (const FaultActionRow* row : taken_) {
      if ((row->possible & kBesideOnConnect) == 0) continue;
      const auto needed = companions(*row);
      const auto there = [&](const FaultActionRow* other) {
        return std::find(taken_.begin(), taken_.end(), other) != taken_.end();
      };
      if (std::any_of(needed.begin(), needed.end(), there)) continue;
      context_.fail_key(*value_.find(row->key),
                        "on a connect " + in_quotes(row->key) + " needs " + listed(needed, "or") + " beside it");
    }
  }

 private:
  ParseContext& context_;
  const JsonNode& value_;
  std::vector<const FaultActionRow*> taken_;
};

}  // namespace

FaultAction parse_action(ParseContext& context, const JsonNode& value, const FaultTarget& on) {
  FaultAction action;
  ObjectReader reader(context, value, shapes::action);
  if (!reader) return action;
  if (value.children.empty()) context.fail(value, "expected something to do, for example {\"drop\": \"request\"}");
  ActionChecker checker(context, value);
  for (const JsonNode* member : value.children) {
    const FaultActionRow* row = find_fault_action(member->key);
    if (row == nullptr) continue;  // reported by the reader
    checker.take(*member, *row, on);
    if (auto argument = parse_argument(context, *member, *row)) action.add(*row, std::move(*argument));
  }
  if (on.kind == Kind::connect) checker.check_companions();
  return action;
}

}  // namespace rmqsim
