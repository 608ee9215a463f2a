#include "scenarios/harness/expectations/send_facts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "scenarios/harness/expectations/sends.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

template <class List, class Text>
std::string joined_text(const List& list, const Text& text) {
  std::string joined;
  for (const auto& item : list) joined += (joined.empty() ? "" : ", ") + text(item);
  return joined;
}

std::string itself(const std::string& name) { return name; }

std::string milliseconds(const DurationRange& range) {
  return "[" + time_json(range.min).dump() + ", " + time_json(range.max).dump() + "]";
}

/// What an attempt came to that gave the result of a send; empty: a send that ended so has none.
std::string_view attempt_behind(std::string_view outcome) {
  if (outcome == "SEND_OK") return "SUCCESS";
  return is_send_status(outcome) ? outcome : "";
}

bool has_result(const SendExpectation& e) {
  return e.broker || e.queue_id || (e.outcome && is_send_status(*e.outcome));
}

/// Whether it says of the send's attempts what nothing changes any more. One that was sent oneway can still turn out
/// not to have been, and a request can be over before its attempts are.
bool attempts_are_final(const SendExpectation& e) {
  const auto under_way = [](const AttemptExpectation& a) { return a.outcome == "INCOMPLETE"; };
  if (e.attempts && std::any_of(e.attempts->begin(), e.attempts->end(), under_way)) return false;
  const std::vector<std::string> ends = ends_of(e);
  return has_result(e) ||
         std::any_of(ends.begin(), ends.end(), [](const auto& end) { return end != "SENT" && end != "REPLY"; });
}

void add_attempt_facts(const SendExpectation& e, std::vector<Fact>& facts) {
  constexpr std::string_view kNumber = "the number of attempts", kBrokers = "the brokers of its attempts";
  const Later later = attempts_are_final(e) ? Later::stays : Later::changes;
  const auto number = [&](std::size_t n) { facts.push_back(range_fact(kNumber, {n, n}, later)); };
  if (e.attempt_count) facts.push_back(range_fact(kNumber, *e.attempt_count, later));
  if (e.attempts) {
    facts.push_back(text_fact("attempts", joined_text(*e.attempts, [](const AttemptExpectation& a) {
                                return a.broker + "/" + std::to_string(a.queue_id) + " " + a.outcome;
                              }), later));
    const auto brokers = joined_text(*e.attempts, [](const AttemptExpectation& a) { return a.broker; });
    facts.push_back(text_fact(kBrokers, brokers, later));
    number(e.attempts->size());
  }
  if (e.attempt_brokers) {
    facts.push_back(text_fact(kBrokers, joined_text(*e.attempt_brokers, itself), later));
    number(e.attempt_brokers->size());
  }
}

/// Whether no attempt can have given the send its result: at its broker and queue, with its status, as far as they are
/// known.
bool is_result_of_none(const SendExpectation& result, const SendExpectation& other) {
  if (!has_result(result)) return false;
  const auto gave = [&](const AttemptExpectation& a) {
    return (!result.broker || a.broker == *result.broker) && (!result.queue_id || a.queue_id == *result.queue_id) &&
           (!result.outcome || a.outcome == attempt_behind(*result.outcome));
  };
  const bool none_made = (other.attempt_count && other.attempt_count->max == 0) ||
                         (other.attempt_brokers && other.attempt_brokers->empty());
  const bool none_of_these = other.attempts && std::none_of(other.attempts->begin(), other.attempts->end(), gave);
  const bool none_there = result.broker && other.attempt_brokers &&
                          std::find(other.attempt_brokers->begin(), other.attempt_brokers->end(), *result.broker) ==
                              other.attempt_brokers->end();
  return none_made || none_of_these || none_there;
}

/// Whether several sends may be one request.
bool gathers_messages(const Scenario& scenario) {
  const auto gathers = [](const ProducerConfig& config) {
    const auto* on = config.get<bool>("autoBatch");
    return on != nullptr && *on;
  };
  return std::any_of(scenario.producers.begin(), scenario.producers.end(),
                     [&](const ProducerSpec& producer) { return gathers(producer.config); }) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
           const auto* event = std::get_if<EventStep>(&step.what);
           const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
           return set != nullptr && gathers(set->config);
         });
}

}  // namespace

std::string common_send(const SendExpectation& a, const SendExpectation& b) {
  const auto send = a.sends.first_common(b.sends);
  return send ? "send " + std::to_string(*send) : "";
}

std::vector<std::string> ends_of(const SendExpectation& e) {
  std::vector<std::string> ends;
  if (e.outcome) ends.push_back(*e.outcome);
  if (e.exception) ends.emplace_back("EXCEPTION");
  if (e.reply) ends.emplace_back("REPLY");
  // A request with a callback is over when it has more to say than that it was stored.
  if (e.callbacks) {
    const auto last = std::find_if(e.callbacks->begin(), e.callbacks->end(), [](auto& c) { return c != "STORED"; });
    if (last != e.callbacks->end()) ends.emplace_back(*last == "REPLY" ? "REPLY" : "EXCEPTION");
  }
  return ends;
}

std::vector<std::string_view> no_ends_of(const SendExpectation& e) {
  std::vector<std::string_view> none;
  SendExpectation result;
  result.broker = e.broker;
  result.queue_id = e.queue_id;
  for (const std::string_view outcome : kSendOutcomes) {
    result.outcome = outcome;
    if (is_send_status(outcome) ? is_result_of_none(result, e) : has_result(e)) none.push_back(outcome);
  }
  return none;
}

std::vector<Fact> send_facts(const SendExpectation& e) {
  std::vector<Fact> facts;
  const auto text = [&](std::string_view about, const std::string& value, Later later = Later::stays) {
    facts.push_back(text_fact(about, value, later));
  };
  for (const std::string& end : ends_of(e)) {
    text("outcome", end);
    if (!is_send_status(end)) text("a result", "there is none");
  }
  if (has_result(e)) text("a result", "there is one");
  if (e.broker) text("broker", *e.broker);
  if (e.queue_id) {
    const auto queue = static_cast<std::uint64_t>(*e.queue_id);
    facts.push_back(range_fact("queueId", {queue, queue}, Later::stays));
  }
  add_attempt_facts(e, facts);
  if (e.elapsed) {
    const std::pair range(e.elapsed->min.count(), e.elapsed->max.count());
    facts.push_back({"elapsedMs", milliseconds(*e.elapsed), range, Later::stays});
  }
  if (e.exception && e.exception->type) text("exception type", *e.exception->type);
  std::optional<std::int32_t> code = e.exception ? e.exception->response_code : std::nullopt;
  if (e.exception && e.exception->type && has_no_code(*e.exception->type)) code = -1;
  if (code) text("exception responseCode", std::to_string(*code));
  if (e.transaction) {
    if (e.transaction->local) text("transaction local", *e.transaction->local);
    if (e.transaction->broker) text("transaction broker", *e.transaction->broker, Later::changes);
    if (const auto& checks = e.transaction->checks) {
      facts.push_back(range_fact("transaction checks", *checks, Later::changes));
    }
    if (const auto& who = e.transaction->answered_by) {
      text("transaction answeredBy", joined_text(*who, itself), Later::changes);
      // A check goes to one producer.
      const auto least = static_cast<std::int64_t>(who->size());
      facts.push_back({"transaction checks", range_text({who->size(), kNoMost}), std::pair(least, INT64_MAX)});
    }
  }
  if (e.reply) text("reply", *e.reply);
  if (e.callbacks) text("callbacks", joined_text(*e.callbacks, itself), Later::changes);
  return facts;
}

std::string result_conflict(const SendExpectation& there, const SendExpectation& here) {
  if (!is_result_of_none(there, here) && !is_result_of_none(here, there)) return "";
  const std::string send = common_send(there, here);
  return send.empty() ? "" : "about " + send + ": none of its attempts can have given it its result";
}

std::vector<RequestClaim> send_claims(const SendExpectation& e, const Scenario& scenario) {
  std::vector<RequestClaim> claims;
  const std::uint64_t least = gathers_messages(scenario) ? 1 : e.sends.size();
  const auto claim = [&](const std::string& broker, std::string_view of_one, std::string_view of_some) {
    const std::string because = least == 1 ? "send " + std::to_string(e.sends.at(0)) + " " + std::string(of_one)
                                           : std::to_string(least) + " sends " + std::string(of_some);
    claims.push_back(claim_of_sends(broker, least, because));
  };
  if (e.broker) claim(*e.broker, "has its result from it", "have their results from it");
  if (!e.attempts) return claims;
  std::set<std::string_view> answered;
  for (const AttemptExpectation& attempt : *e.attempts) {
    if (attempt.outcome != "SUCCESS" || !answered.insert(attempt.broker).second) continue;
    claim(attempt.broker, "had an answer from it", "had an answer from it");
  }
  return claims;
}

}  // namespace rmqsim
