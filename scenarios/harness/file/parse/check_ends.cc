// What no send of its kind can have: how it ends, and what is told of that. A request has no queue of a result, and
// what was sent oneway no reply.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "scenarios/harness/expectations/send_facts.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/sent_requests.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// More steps to look at than any scenario written by hand has; a hostile file gets no more.
constexpr std::size_t kMaxLooks = 4'000'000;

/// How a send may end that does not fail.
enum class End : std::uint8_t { status, sent, reply, recalled };

struct SendKind {
  std::string_view name;
  End end;
  bool transaction = false;
  bool callbacks = false;
  // What the file says of the sends of one step; what it does not say is possible.
  std::string local = {};                          ///< what the listener answers; empty: there is none
  const std::set<std::string>* brokers = nullptr;  ///< that may give a result
  std::optional<std::int32_t> queues = {};         ///< of the topic at most
};

SendKind kind_of_sends(const Step& step) {
  if (std::holds_alternative<TransactionStep>(step.what)) return {"a transaction", End::status, true};
  if (std::holds_alternative<RecallStep>(step.what)) return {"a recall", End::recalled};
  if (const auto* request = std::get_if<RequestStep>(&step.what)) {
    if (request->mode == CommunicationMode::SYNC) return {"a sync request", End::reply};
    return {"an async request", End::reply, false, true};
  }
  const auto* send = std::get_if<SendStep>(&step.what);
  if (send != nullptr && send->mode == CommunicationMode::ONEWAY) return {"sent oneway", End::sent};
  return {"a plain send", End::status};
}

bool ends_so(const SendKind& kind, std::string_view outcome) {
  if (outcome == "EXCEPTION") return true;
  if (is_send_status(outcome)) return kind.end == End::status;
  return outcome == (kind.end == End::sent       ? "SENT"
                     : kind.end == End::reply    ? "REPLY"
                     : kind.end == End::recalled ? "RECALLED"
                                                 : "");
}

/// The sends of all steps, and what of them the file settles.
struct AllSends {
  explicit AllSends(const Scenario& all) : scenario(all), topics(sent_topics(all)) {
    most_attempts = most_requests_of_a_send(all);
    const bool created = topics_are_created(all);
    for (const Step& step : all.steps) {
      SendKind& kind = kinds.emplace_back(kind_of_sends(step));
      const TopicUse use = topic_use(step);
      if (use.topic == nullptr) continue;
      const ProducerSpec& producer = look_up(all.find_producer(*use.producer), *use.producer);
      const std::string topic = producer.on_wire(*use.topic);
      if (const auto sent = topics.find(topic); sent != topics.end()) kind.brokers = &sent->second;
      if (!created) kind.queues = most_queues(all, topic);
      const auto* transaction = std::get_if<TransactionStep>(&step.what);
      if (transaction != nullptr && (!producer.listener || producer.listener->there)) {
        kind.local = kTransactionStates[static_cast<std::size_t>(transaction->local)];
      }
    }
  }

  const Scenario& scenario;
  SentTopics topics;
  std::vector<SendKind> kinds;  ///< one per step
  std::uint64_t most_attempts = 0;
};

/// Of a send that is none, all of this is as of a transaction of which no broker heard.
bool needs_transaction(const TransactionExpectation& e) {
  return e.local || (e.broker && *e.broker != "nothing") || (e.checks && e.checks->min > 0) ||
         (e.answered_by && !e.answered_by->empty());
}

/// What an expectation may say that there is none of, where its sends can have some.
struct Possession {
  std::string_view key;
  bool (*is_said)(const SendExpectation& e);
  bool (*is_had)(const SendKind& kind);
};
constexpr auto kMakesAttempts = [](const SendKind& kind) { return kind.end != End::recalled; };
constexpr Possession kPossessions[] = {
    {"attempts", [](const SendExpectation& e) { return e.attempt_count || e.attempts; }, kMakesAttempts},
    {"attemptBrokers", [](const SendExpectation& e) { return e.attempt_brokers.has_value(); }, kMakesAttempts},
    {"transaction", [](const SendExpectation& e) { return e.transaction.has_value(); },
     [](const SendKind& kind) { return kind.transaction; }},
    {"callbacks", [](const SendExpectation& e) { return e.callbacks.has_value(); },
     [](const SendKind& kind) { return kind.callbacks; }},
};

/// The key that no send of the kind can meet, with the value where that decides; empty: there is none.
std::string unmet_by(const SendKind& kind, const SendExpectation& e) {
  if (e.outcome && !ends_so(kind, *e.outcome)) return in_quotes("outcome") + " " + in_quotes(*e.outcome);
  if (e.broker && kind.end != End::status) return in_quotes("broker");
  if (e.queue_id && kind.end != End::status) return in_quotes("queueId");
  const bool attempts = (e.attempt_count && e.attempt_count->min > 0) || (e.attempts && !e.attempts->empty());
  if (attempts && kind.end == End::recalled) return in_quotes("attempts");
  if (e.attempt_brokers && !e.attempt_brokers->empty() && kind.end == End::recalled) return in_quotes("attemptBrokers");
  if (e.transaction && needs_transaction(*e.transaction) && !kind.transaction) return in_quotes("transaction");
  if (e.reply && kind.end != End::reply) return in_quotes("reply");
  if (e.callbacks && !e.callbacks->empty() && !kind.callbacks) return in_quotes("callbacks");
  return "";
}

/// Why no send of the step can meet it, `has …`, though others of its kind could; empty: one may.
std::string unmet_there(const SendKind& kind, const SendExpectation& e, std::uint64_t most_attempts) {
  if (e.broker && kind.brokers != nullptr && !kind.brokers->contains(*e.broker)) {
    return "has no result from " + in_quotes(*e.broker) + ": no route of its topic leads there";
  }
  if (e.queue_id && kind.queues && *e.queue_id >= *kind.queues) {
    return "has no result from queue " + std::to_string(*e.queue_id) + ": its topic has " +
           std::to_string(*kind.queues) + (*kind.queues == 1 ? " queue" : " queues") + ", counted from 0";
  }
  const std::uint64_t attempts = std::max(
      {e.attempt_count ? e.attempt_count->min : 0, e.attempts ? static_cast<std::uint64_t>(e.attempts->size()) : 0,
       e.attempt_brokers ? static_cast<std::uint64_t>(e.attempt_brokers->size()) : 0});
  if (attempts > most_attempts) return "makes at most " + std::to_string(most_attempts) + " attempts";
  if (!kind.transaction || !e.transaction || !e.transaction->local || *e.transaction->local == kind.local) return "";
  return kind.local.empty() ? "has no listener" : "has a listener that answers " + in_quotes(kind.local);
}

std::vector<const Expectation*> all_expectations(const Scenario& scenario) {
  std::vector<const Expectation*> all;
  const auto take = [&](const std::vector<Expectation>& list) {
    for (const Expectation& e : list) all.push_back(&e);
  };
  for (const Step& step : scenario.steps) {
    take(step.expect);
    if (const auto* assertion = std::get_if<AssertStep>(&step.what)) take(assertion->expect);
  }
  take(scenario.expect);
  return all;
}

SendSelector sends_of(const Step& step) { return {"", {{step.first_send, step.first_send + step.send_count - 1}}}; }

template <class Visit>
void each_sending_step(const AllSends& all, const SendSelector& sends, const Visit& visit) {
  for (std::size_t i = 0; i < all.scenario.steps.size(); ++i) {
    const Step& step = all.scenario.steps[i];
    if (step.send_count == 0) continue;
    const SendSelector own = sends_of(step);
    if (const auto first = sends.first_common(own)) visit(all.kinds[i], *first, sends.count_common(own));
  }
}

void check_end(const AllSends& all, const Expectation& e, const SendExpectation& sends, std::vector<Finding>& found) {
  const auto find = [&](const std::string& key, std::uint64_t send, const SendKind& kind) {
    const std::string which = "send " + std::to_string(send) + " is " + std::string(kind.name);
    found.push_back({e.where, "there can be no " + key + ": " + which});
  };
  std::optional<std::pair<std::uint64_t, SendKind>> first;
  bool wrong = false;
  bool had[std::size(kPossessions)] = {};
  each_sending_step(all, sends.sends, [&](const SendKind& kind, std::uint64_t send, std::uint64_t) {
    if (!first) first.emplace(send, kind);
    for (std::size_t i = 0; i < std::size(kPossessions); ++i) had[i] = had[i] || kPossessions[i].is_had(kind);
    if (wrong) return;
    const std::string key = unmet_by(kind, sends);
    wrong = !key.empty();
    if (wrong) return find(key, send, kind);
    const std::string why = unmet_there(kind, sends, all.most_attempts);
    wrong = !why.empty();
    if (wrong) found.push_back({e.where, "cannot be: send " + std::to_string(send) + " " + why});
  });
  for (std::size_t i = 0; first && !wrong && i < std::size(kPossessions); ++i) {
    wrong = kPossessions[i].is_said(sends) && !had[i];
    if (wrong) find(in_quotes(kPossessions[i].key), first->first, first->second);
  }
}

void check_count(const AllSends& all, const Expectation& e, const CountsExpectation& counts,
                 std::vector<Finding>& found) {
  if (const std::uint64_t least = counts.least(); least > counts.sends.size()) {
    found.push_back({e.where, "counts at least " + std::to_string(least) + " of " +
                                  std::to_string(counts.sends.size()) + " sends"});
  }
  bool in_vain = e.grants_failure() == nullptr;
  for (const auto& one : counts.counts) {
    const std::string& outcome = one.first;
    const auto& range = one.second;
    std::uint64_t most = 0;
    each_sending_step(all, counts.sends, [&](const SendKind& kind, std::uint64_t, std::uint64_t count) {
      if (ends_so(kind, outcome)) most += count;
    });
    in_vain = in_vain && range.min == 0 && range.max >= most;
    if (range.min <= most || range.min > counts.sends.size()) continue;
    found.push_back({e.where, "counts at least " + std::to_string(range.min) + " with " + outcome + ", and " +
                                  std::to_string(most) + " of the " + std::to_string(counts.sends.size()) +
                                  " sends can end so"});
  }
  if (in_vain) found.push_back({e.where, "however its sends end, its counts hold: it says nothing"});
}

}  // namespace

void check_ends(const Scenario& scenario, std::vector<Finding>& found) {
  const AllSends all(scenario);
  std::size_t looks = 0;
  for (const Expectation* e : all_expectations(scenario)) {
    if ((looks += scenario.steps.size()) > kMaxLooks) return;
    if (const auto* sends = std::get_if<SendExpectation>(&e->what)) check_end(all, *e, *sends, found);
    if (const auto* counts = std::get_if<CountsExpectation>(&e->what)) check_count(all, *e, *counts, found);
  }
}

}  // namespace rmqsim
