// The `do` of a fault rule, and which of its keys contradict each other.
#include <algorithm>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

using Kind = FaultTarget::Kind;

struct DelayRow {
  std::string_view key;
  DelayDistribution::Kind kind;
  std::string_view parameters;
  double max_b;
};

constexpr DelayRow kDelays[] = {
    {"uniform", DelayDistribution::Kind::uniform, "[low, high] in ms", kMaxTimeMs},
    {"normal", DelayDistribution::Kind::normal, "[mean, sd] in ms", kMaxTimeMs},
    {"lognormal", DelayDistribution::Kind::lognormal, "[median in ms, sigma]", 10},
    {"pareto", DelayDistribution::Kind::pareto, "[minimum in ms, alpha]", 1000},
};

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

std::optional<FaultMoment> parse_moment(ParseContext& context, const JsonNode& value, std::string_view before,
                                        std::string_view after) {
  const std::string_view names[] = {before, after};
  auto name = context.one_of(value, names, "moment");
  if (!name) return std::nullopt;
  return *name == before ? FaultMoment::before : FaultMoment::after;
}

/// `true`, for the keys that say all by being there.
void parse_flag(ParseContext& context, ObjectReader& reader, std::string_view key, bool& flag) {
  const JsonNode* value = reader.find(key);
  if (!value) return;
  auto given = context.boolean(*value);
  if (given && !*given) context.fail(*value, "leave the key out instead of saying false");
  flag = given.value_or(false);
}

void exclude(ParseContext& context, ObjectReader& reader, std::string_view key,
             std::span<const std::string_view> others, std::string_view reason) {
  const JsonNode* self = reader.find(key);
  if (!self) return;
  for (const JsonNode* other : reader.present(others)) {
    if (other != self) {
      context.fail_key(*other, in_quotes(other->key) + " contradicts " + in_quotes(key) + ": " + std::string(reason));
      return;
    }
  }
}

/// A connect has no answer; the connection can only be refused, swallowed or ended.
void check_connect(ParseContext& context, const JsonNode& value, ObjectReader& reader) {
  constexpr std::string_view kPossible[] = {"refuse", "blackhole", "close", "reset", "delayMs"};
  constexpr std::string_view kEnds[] = {"close", "reset"};
  for (const JsonNode* member : value.children) {
    bool possible = std::find(std::begin(kPossible), std::end(kPossible), member->key) != std::end(kPossible);
    if (shapes::action.has(member->key) && !possible) {
      context.fail_key(*member,
                       "a connect has no answer: only \"refuse\", \"blackhole\", \"close\" and \"reset\" are possible");
    }
  }
  const JsonNode* delay = reader.find("delayMs");
  if (delay && reader.present(kEnds).empty()) {
    context.fail_key(*delay, "on a connect \"delayMs\" needs \"close\" or \"reset\" beside it");
  }
}

/// A request of the broker's own: it can be lost or late, its connection can end; its answer is the client's.
void check_push(ParseContext& context, const JsonNode& value) {
  constexpr std::string_view kPossible[] = {"drop", "delayMs", "late", "close", "reset"};
  for (const JsonNode* member : value.children) {
    bool possible = std::find(std::begin(kPossible), std::end(kPossible), member->key) != std::end(kPossible);
    if (shapes::action.has(member->key) && !possible) {
      context.fail_key(*member, "the broker sends this request: only \"drop\", \"delayMs\", \"late\", \"close\" and "
                                "\"reset\" are possible");
    }
  }
}

bool is_push(const FaultTarget& on) {
  return on.kind == Kind::check_transaction || on.kind == Kind::push_reply ||
         (on.kind == Kind::code && (on.code == RequestCode::CHECK_TRANSACTION_STATE ||
                                    on.code == RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT));
}

void check_contradictions(ParseContext& context, const JsonNode& value, ObjectReader& reader, const FaultTarget& on) {
  constexpr std::string_view kEndings[] = {"respond", "storeThenRespond", "drop", "close", "reset", "garbage"};
  constexpr std::string_view kAnswerShapes[] = {"truncate", "chunk", "wrongOpaque", "duplicate", "late"};
  constexpr std::string_view kNotOnDrop[] = {"delayMs"};
  constexpr std::string_view kNotOnLate[] = {"delayMs"};
  constexpr std::string_view kNotOnTruncate[] = {"chunk", "duplicate"};
  if (value.children.empty()) context.fail(value, "expected something to do, for example {\"drop\": \"request\"}");
  if (!reader.at_most_one(kEndings)) return;
  for (std::string_view silent : {"drop", "close", "reset", "garbage"}) {
    exclude(context, reader, silent, kAnswerShapes, "there is no answer to change");
  }
  exclude(context, reader, "drop", kNotOnDrop, "there is no answer to delay");
  exclude(context, reader, "late", kNotOnLate, "it says itself how long");
  exclude(context, reader, "truncate", kNotOnTruncate, "the connection is closed after the first bytes");
  exclude(context, reader, "refuse", shapes::action.keys(), "a refused connection does nothing else");
  exclude(context, reader, "blackhole", shapes::action.keys(), "a black hole does nothing else");
  if (on.kind == Kind::connect) {
    check_connect(context, value, reader);
    return;
  }
  if (is_push(on)) return check_push(context, value);
  constexpr std::string_view kConnectOnly[] = {"refuse", "blackhole"};
  for (const JsonNode* member : reader.present(kConnectOnly)) {
    context.fail_key(*member, in_quotes(member->key) + " needs \"on\": \"connect\"");
  }
}

}  // namespace

FaultAction parse_action(ParseContext& context, const JsonNode& value, const FaultTarget& on) {
  FaultAction action;
  ObjectReader reader(context, value, shapes::action);
  if (!reader) return action;
  check_contradictions(context, value, reader, on);
  reader.get("delayMs", action.delay, [&](const JsonNode& n) { return parse_delay(context, n); });
  reader.get("respond", action.respond, [&](const JsonNode& n) { return parse_answer(context, n); });
  reader.get("storeThenRespond", action.store_then_respond,
             [&](const JsonNode& n) { return parse_answer(context, n); });
  reader.get("drop", action.drop, [&](const JsonNode& n) { return parse_moment(context, n, "request", "response"); });
  reader.get("close", action.close, [&](const JsonNode& n) { return parse_moment(context, n, "before", "after"); });
  reader.get("reset", action.reset, [&](const JsonNode& n) { return parse_moment(context, n, "before", "after"); });
  parse_flag(context, reader, "refuse", action.refuse);
  parse_flag(context, reader, "blackhole", action.blackhole);
  reader.integer("truncate", action.truncate);
  reader.integer("garbage", action.garbage);
  reader.integer("chunk", action.chunk);
  parse_flag(context, reader, "wrongOpaque", action.wrong_opaque);
  parse_flag(context, reader, "duplicate", action.duplicate);
  parse_flag(context, reader, "late", action.late);
  return action;
}

}  // namespace rmqsim
