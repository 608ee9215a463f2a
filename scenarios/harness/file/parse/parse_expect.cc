// expect, assert and the `expect` of a step: what must hold, and about which sends.
#include <algorithm>
#include <charconv>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMaxRanges = 10'000;

std::optional<std::uint64_t> parse_index(std::string_view text) {
  std::uint64_t n = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// "3", "0-9", "0-2,7,9-" (to the last); nullopt when it is not of that form.
std::optional<std::vector<std::pair<std::uint64_t, std::uint64_t>>> parse_ranges(std::string_view text,
                                                                                 std::uint64_t count) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  while (ranges.size() < kMaxRanges) {
    std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
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
  return std::nullopt;
}

SendSelector range_selector(std::string text, std::uint64_t first, std::uint64_t count) {
  return {std::move(text), {{first, first + count - 1}}};
}

std::optional<std::string> attempt_outcome(ParseContext& context, const JsonNode& value) {
  auto name = context.text(value);
  if (!name) return std::nullopt;
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  std::vector<std::string_view> known(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes));
  known.insert(known.end(), codes, codes + count);
  bool number = !name->empty() && name->find_first_not_of("0123456789") == std::string::npos;
  if (number || std::find(known.begin(), known.end(), *name) != known.end()) return name;
  context.fail(value, "unknown outcome " + in_quotes(*name) + context.suggest(*name, known));
  return std::nullopt;
}

void parse_attempts(ParseContext& context, const JsonNode& value, SendExpectation& send) {
  bool range = value.kind == JsonNode::Kind::array && !value.children.empty() && value.children[0]->is_number();
  if (range || value.is_number()) {
    send.attempt_count = context.count_range(value);
    return;
  }
  if (!context.expect_kind(value, JsonNode::Kind::array, "a count or a list of [broker, queueId, outcome]")) return;
  send.attempts.emplace();
  for (const JsonNode* item : value.children) {
    if (item->kind != JsonNode::Kind::array || item->children.size() != 3) {
      context.fail(*item, "expected [broker, queueId, outcome]");
      continue;
    }
    auto broker = context.reference(*item->children[0], context.broker_names);
    auto queue = context.integer(*item->children[1], 0, INT32_MAX);
    auto outcome = attempt_outcome(context, *item->children[2]);
    if (broker && queue && outcome) send.attempts->push_back({*broker, static_cast<std::int32_t>(*queue), *outcome});
  }
}

std::optional<std::int32_t> exception_code(ParseContext& context, const JsonNode& value) {
  if (value.kind == JsonNode::Kind::string) {
    for (const ClientCode& known : kClientCodes) {
      if (known.name == value.text) return known.code;
    }
    return context.response_code(value);
  }
  auto code = context.integer(value, -1, INT32_MAX);
  return code ? std::optional(static_cast<std::int32_t>(*code)) : std::nullopt;
}

std::optional<ExceptionExpectation> parse_exception(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::exception);
  if (!reader) return std::nullopt;
  if (value.children.empty()) context.fail(value, "expected \"type\", \"responseCode\" or \"messageContains\"");
  ExceptionExpectation exception;
  reader.get("type", exception.type,
             [&](const JsonNode& n) { return context.one_of(n, kExceptionTypes, "exception"); });
  reader.get("responseCode", exception.response_code, [&](const JsonNode& n) { return exception_code(context, n); });
  reader.text("messageContains", exception.message_contains);
  return exception;
}

TransactionExpectation parse_transaction(ParseContext& context, const JsonNode& value) {
  TransactionExpectation transaction;
  ObjectReader reader(context, value, shapes::transactionExpectation);
  if (!reader) return transaction;
  if (value.children.empty()) context.fail(value, "expected \"local\", \"broker\" or \"checks\"");
  reader.get("local", transaction.local,
             [&](const JsonNode& n) { return context.one_of(n, kTransactionStates, "transaction state"); });
  reader.get("broker", transaction.broker,
             [&](const JsonNode& n) { return context.one_of(n, kTransactionEnds, "end of a transaction"); });
  reader.get("checks", transaction.checks, [&](const JsonNode& n) { return context.count_range(n); });
  return transaction;
}

std::optional<std::vector<std::string>> parse_callbacks(ParseContext& context, const JsonNode& value) {
  if (!context.expect_kind(value, JsonNode::Kind::array)) return std::nullopt;
  std::vector<std::string> callbacks;
  for (const JsonNode* item : value.children) {
    if (auto name = context.one_of(*item, kRequestCallbacks, "callback")) callbacks.push_back(*name);
  }
  return callbacks;
}

SendExpectation parse_send(ParseContext& context, const JsonNode& value, ObjectReader& reader) {
  SendExpectation send;
  constexpr std::string_view kAbout[] = {"outcome",   "broker",    "queueId",     "attempts", "attemptBrokers",
                                         "elapsedMs", "exception", "transaction", "reply",    "callbacks"};
  if (reader.present(kAbout).empty()) context.fail(value, "states nothing about its sends, for example \"outcome\"");
  reader.get("outcome", send.outcome, [&](const JsonNode& n) { return context.one_of(n, kSendOutcomes, "outcome"); });
  reader.get("broker", send.broker, [&](const JsonNode& n) { return context.reference(n, context.broker_names); });
  reader.integer("queueId", send.queue_id);
  if (const JsonNode* attempts = reader.find("attempts")) parse_attempts(context, *attempts, send);
  const JsonNode* brokers = reader.find("attemptBrokers");
  if (brokers && context.expect_kind(*brokers, JsonNode::Kind::array)) {
    send.attempt_brokers.emplace();
    for (const JsonNode* item : brokers->children) {
      if (auto name = context.reference(*item, context.broker_names)) send.attempt_brokers->push_back(*name);
    }
  }
  reader.get("elapsedMs", send.elapsed, [&](const JsonNode& n) { return context.time_range(n); });
  reader.get("exception", send.exception, [&](const JsonNode& n) { return parse_exception(context, n); });
  reader.get("transaction", send.transaction,
             [&](const JsonNode& n) { return std::optional(parse_transaction(context, n)); });
  reader.text("reply", send.reply);
  reader.get("callbacks", send.callbacks, [&](const JsonNode& n) { return parse_callbacks(context, n); });
  if (send.exception && send.outcome && *send.outcome != "EXCEPTION") {
    context.fail(*reader.find("exception"), "a send with outcome " + in_quotes(*send.outcome) + " has no exception");
  }
  return send;
}

CountsExpectation parse_counts(ParseContext& context, const JsonNode& counts) {
  CountsExpectation expectation;
  if (!context.expect_kind(counts, JsonNode::Kind::object)) return expectation;
  if (counts.children.empty()) context.fail(counts, "expected at least one outcome");
  for (const JsonNode* member : counts.children) {
    if (std::find(std::begin(kSendOutcomes), std::end(kSendOutcomes), member->key) == std::end(kSendOutcomes)) {
      context.fail_key(*member,
                       "unknown outcome " + in_quotes(member->key) + context.suggest(member->key, kSendOutcomes));
    } else if (auto range = context.count_range(*member)) {
      expectation.counts.emplace(member->key, *range);
    }
  }
  return expectation;
}

/// `requests` with `on` (default any) and `topic`.
std::optional<RequestCount> parse_requests(ParseContext& context, ObjectReader& reader) {
  RequestCount requests;
  requests.on.kind = FaultTarget::Kind::any;
  requests.on_text = "any";
  if (const JsonNode* on = reader.find("on")) {
    if (auto target = parse_target(context, *on)) requests.on = *target;
    requests.on_text = on->text;
    if (requests.on.kind == FaultTarget::Kind::connect) context.fail(*on, "a connect is not a request");
  }
  reader.get("topic", requests.topic, [&](const JsonNode& n) { return context.reference(n, context.topics); });
  auto range = context.count_range(*reader.find("requests"));
  if (!range) return std::nullopt;
  requests.count = *range;
  return requests;
}

BrokerExpectation parse_broker(ParseContext& context, const JsonNode& value, ObjectReader& reader) {
  BrokerExpectation broker;
  broker.broker = context.reference(*reader.find("broker"), context.brokers).value_or("");
  auto count = [&](const JsonNode& n) { return context.count_range(n); };
  reader.get("received", broker.received, count);
  reader.get("stored", broker.stored, count);
  if (reader.find("requests")) {
    broker.requests = parse_requests(context, reader);
  } else {
    for (std::string_view key : {"on", "topic"}) {
      if (const JsonNode* member = reader.find(key)) context.fail_key(*member, in_quotes(key) + " needs \"requests\"");
    }
  }
  if (const JsonNode* transactions = reader.find("transactions")) {
    ObjectReader inner(context, *transactions, shapes::brokerTransactions);
    if (inner && transactions->children.empty()) context.fail(*transactions, "expected at least one count");
    auto range = [&](const JsonNode& n) { return context.count_range(n); };
    inner.get("committed", broker.committed, range);
    inner.get("rolledBack", broker.rolled_back, range);
    inner.get("discarded", broker.discarded, range);
    inner.get("pending", broker.pending, range);
  }
  if (const JsonNode* delayed = reader.find("delayed")) {
    ObjectReader inner(context, *delayed, shapes::brokerDelayed);
    if (inner && delayed->children.empty()) context.fail(*delayed, "expected at least one count");
    inner.get("delivered", broker.delivered, count);
    inner.get("recalled", broker.recalled, count);
  }
  constexpr std::string_view kAbout[] = {"received", "stored", "requests", "transactions", "delayed"};
  if (reader.present(kAbout).empty()) {
    context.fail(value, "expected \"received\", \"stored\", \"requests\", \"transactions\" or \"delayed\"");
  }
  return broker;
}

TraceExpectation parse_traces(ParseContext& context, ObjectReader& reader) {
  TraceExpectation traces;
  reader.get("traces", traces.count, [&](const JsonNode& n) { return context.count_range(n); });
  reader.get("producer", traces.producer, [&](const JsonNode& n) { return context.reference(n, context.producers); });
  reader.text("topic", traces.topic);
  reader.get("broker", traces.broker, [&](const JsonNode& n) { return context.reference(n, context.broker_names); });
  reader.boolean("success", traces.success);
  return traces;
}

FaultItemExpectation parse_fault_item(ParseContext& context, const JsonNode& value, ObjectReader& reader) {
  FaultItemExpectation item;
  item.broker = context.reference(*reader.find("faultItem"), context.broker_names).value_or("");
  if (const JsonNode* producer = reader.find("producer")) {
    item.producer = context.reference(*producer, context.producers).value_or("");
  } else if (context.producers.names.size() == 1) {
    item.producer = context.producers.names.front();
  } else if (context.producers.complete) {
    context.fail(value, "missing key \"producer\"");
  }
  reader.time("atMs", item.at);
  reader.boolean("available", item.available);
  reader.boolean("reachable", item.reachable);
  if (!item.available && !item.reachable) context.fail(value, "expected \"available\" or \"reachable\"");
  return item;
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
  const Shape* shape = nullptr;
  if (step) {
    shape = value.find("counts") ? &shapes::stepCountsExpectation : &shapes::stepSendExpectation;
  } else if (value.find("counts")) {
    shape = &shapes::countsExpectation;
  } else if (value.find("sends")) {
    shape = &shapes::sendExpectation;
  } else if (value.find("faultItem")) {
    shape = &shapes::faultItemExpectation;
  } else if (value.find("traces")) {
    shape = &shapes::traceExpectation;
  } else if (value.find("nameserver")) {
    shape = &shapes::nameserverExpectation;
  } else if (value.find("broker")) {
    shape = &shapes::brokerExpectation;
  } else {
    constexpr std::string_view kSubjects[] = {"sends", "counts", "broker", "nameserver", "faultItem", "traces"};
    std::string near = value.children.empty() ? "" : context.suggest(value.children[0]->key, kSubjects);
    context.fail(value,
                 "expected one of \"sends\", \"counts\", \"broker\", \"nameserver\", \"faultItem\", \"traces\"" + near);
    return std::nullopt;
  }
  ObjectReader reader(context, value, *shape);
  Expectation expectation;
  expectation.where = context.where(value);
  if (const JsonNode* in = reader.find("in")) expectation.profiles = context.profiles(*in);
  std::optional<SendSelector> sends;
  if (step) {
    std::string text = step->name.empty() ? "step " + std::to_string(step - scenario.steps.data()) : step->name;
    sends = range_selector(std::move(text), step->first_send, step->send_count);
  } else if (const JsonNode* given = reader.find("sends")) {
    sends = parse_send_selector(context, *given, scenario);
  } else if (scenario.send_count > 0) {
    sends = range_selector("all", 0, scenario.send_count);
  }
  if (shape == &shapes::countsExpectation || shape == &shapes::stepCountsExpectation) {
    CountsExpectation counts = parse_counts(context, *value.find("counts"));
    if (scenario.send_count == 0 && context.sends_counted) context.fail(value, "the scenario sends nothing");
    counts.sends = std::move(sends).value_or(SendSelector{});
    expectation.what = std::move(counts);
  } else if (shape == &shapes::sendExpectation || shape == &shapes::stepSendExpectation) {
    SendExpectation send = parse_send(context, value, reader);
    send.sends = std::move(sends).value_or(SendSelector{});
    expectation.what = std::move(send);
  } else if (shape == &shapes::brokerExpectation) {
    expectation.what = parse_broker(context, value, reader);
  } else if (shape == &shapes::nameserverExpectation) {
    NameserverExpectation nameserver;
    nameserver.nameserver = context.reference(*value.find("nameserver"), context.nameservers).value_or("");
    if (reader.require("requests")) {
      if (auto requests = parse_requests(context, reader)) nameserver.requests = std::move(*requests);
    }
    expectation.what = std::move(nameserver);
  } else if (shape == &shapes::traceExpectation) {
    expectation.what = parse_traces(context, reader);
  } else {
    expectation.what = parse_fault_item(context, value, reader);
  }
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
      if (auto expectation = parse_expectation(context, *item, scenario, about))
        target->push_back(std::move(*expectation));
    }
  }
}

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
    scenario.invariants_off.push_back(std::move(off));
  }
}

}  // namespace rmqsim
