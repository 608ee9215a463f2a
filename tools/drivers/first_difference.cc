#include "tools/drivers/first_difference.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "producer/profile/profile.h"

namespace rmqsim {
namespace {

/// Who answers a request sooner than this does so side by side with the broker that stored it.
constexpr Duration kAtOnce = millis(50);
constexpr std::string_view kStored = kRequestCallbacks[0], kReply = kRequestCallbacks[1];

std::string place(const AttemptRecord& attempt) { return attempt.broker + "/" + std::to_string(attempt.queue_id); }

std::string ending(const SendRecord& record) {
  if (!record.error) return record.outcome();
  const bool code = record.error->response_code != -1;
  return record.error_type() + (code ? " (" + std::to_string(record.error->response_code) + ")" : "");
}

/// A reply and the broker's answer that the request is stored come side by side, and which is first is chance.
bool is_answered_at_once(const Scenario& scenario, std::uint64_t i) {
  for (const Step& step : scenario.steps) {
    const auto* request = std::get_if<RequestStep>(&step.what);
    if (request == nullptr || i < step.first_send || i >= step.first_send + step.send_count) continue;
    const auto& responders = scenario.cluster.responders;
    return std::any_of(responders.begin(), responders.end(), [&](const ResponderSpec& responder) {
      return responder.topic == request->message.topic && responder.delay < kAtOnce;
    });
  }
  return false;
}

/// How a sync request ends by that chance where its caller waits no longer than for the send (behaviour §10.2).
bool ends_by_chance(const SendRecord& record) {
  const bool timeout = record.error && record.error->type == ErrorType::RequestTimeoutException;
  return record.mode == CommunicationMode::SYNC && (timeout || record.reply);
}

/// Java's exceptions without a code have -1 there.
bool same_ending(const SendRecord& a, const SendRecord& b, bool at_once, bool ends_with_send) {
  if (at_once && ends_with_send && ends_by_chance(a) && ends_by_chance(b)) return true;
  if (a.outcome() != b.outcome()) return false;
  if (a.error && (a.error_type() != b.error_type() || a.error->response_code != b.error->response_code)) return false;
  auto ours = a.callbacks, theirs = b.callbacks;
  // Behind the reply the acknowledgement tells it once more, before it nothing yet.
  for (auto* const words : {&ours, &theirs}) {
    if (at_once && a.reply) std::replace(words->begin(), words->end(), std::string(kStored), std::string(kReply));
  }
  if (a.reply != b.reply || ours != theirs) return false;
  return !a.transaction || !b.transaction ||
         (a.transaction->local == b.transaction->local && a.transaction->end.what == b.transaction->end.what);
}

/// Sends whose queue a random selector chose, or that threads raced for, tell nothing.
bool comparable(const Scenario& scenario, std::uint64_t i) {
  if (gathers(scenario)) return false;
  for (const Step& step : scenario.steps) {
    if (i < step.first_send || i >= step.first_send + step.send_count) continue;
    if (step.concurrency > 1) return false;
    const auto* send = std::get_if<SendStep>(&step.what);
    return send == nullptr || !send->selector || send->selector->kind != SelectorSpec::Kind::random;
  }
  return true;
}

bool is_side_by_side(const SendRecord& a, const SendRecord& b) {
  const auto end = [](const SendRecord& send) { return send.completed() ? send.end : TimePoint::max(); };
  return a.start < end(b) && b.start < end(a);
}

/// Of what is side by side, and of one-way sends, whose keys nobody told, nobody knows which is whose.
bool may_be_anothers(const RunRecord& record, std::uint64_t i) {
  const SendRecord& send = record.sends[i];
  if (!send.msg_id.empty()) return false;
  const bool async_request = send.kind == SendRecord::Kind::request && send.mode == CommunicationMode::ASYNC;
  if (async_request || send.mode == CommunicationMode::ONEWAY) return true;
  return std::any_of(record.sends.begin(), record.sends.end(), [&](const SendRecord& other) {
    return &other != &send && other.start != TimePoint{} && other.msg_id.empty() && is_side_by_side(send, other);
  });
}

std::optional<Difference> other_attempts(std::uint64_t i, const std::vector<AttemptRecord>& seen,
                                         const std::vector<AttemptRecord>& wanted, const std::string& profile) {
  const std::string name = "send #" + std::to_string(i);
  const std::size_t n = std::max(seen.size(), wanted.size());
  for (std::size_t k = 0; k < n; ++k) {
    const std::string which = "attempt " + std::to_string(k + 1);
    if (k >= seen.size()) {
      const std::string what = k == 0 ? " reaches no broker, where " + profile + " tries "
                                      : " is not tried again after " + seen[k - 1].outcome + " at " +
                                            place(seen[k - 1]) + ", where " + profile + " tries ";
      const std::string kind = k == 0 ? "reaches-no-broker" : "not-retried-after-" + seen[k - 1].outcome;
      return Difference{i, k, name + what + place(wanted[k]), kind};
    }
    if (k >= wanted.size()) {
      const std::string what =
          k == 0 ? " goes to " + place(seen[k]) + ", where " + profile + " reaches no broker"
                 : " is tried again at " + place(seen[k]) + " after " + seen[k - 1].outcome + ", where " + profile +
                       " gives up";
      return Difference{i, k, name + what, k == 0 ? "reaches-a-broker" : "retried-after-" + seen[k - 1].outcome};
    }
    if (seen[k].broker != wanted[k].broker || seen[k].queue_id != wanted[k].queue_id) {
      return Difference{i, k, name + ", " + which + " goes to " + place(seen[k]) + ", where " + profile + " goes to " +
                                  place(wanted[k]),
                        k == 0 ? "another-first-queue" : "another-queue-after-" + seen[k - 1].outcome};
    }
    if (seen[k].outcome != wanted[k].outcome) {
      return Difference{i, k, name + ", " + which + " at " + place(seen[k]) + " ends with " + seen[k].outcome +
                                  ", where " + profile + " has " + wanted[k].outcome,
                        "attempt-ends-" + seen[k].outcome + "-for-" + wanted[k].outcome};
    }
  }
  return std::nullopt;
}

Difference other_ending(std::uint64_t i, std::size_t attempts, const SendRecord& a, const SendRecord& b,
                        const std::string& profile) {
  std::string theirs = ending(a), ours = ending(b);
  const std::string kind = "ends-" + theirs + "-for-" + ours;
  if (theirs == ours && a.transaction && b.transaction) {
    theirs += ", " + a.transaction->end.what;
    ours += ", " + b.transaction->end.what;
  }
  if (theirs == ours) theirs += " and another reply or other callbacks";
  return {i, attempts, "send #" + std::to_string(i) + " ends with " + theirs + ", where " + profile + " has " + ours,
          kind};
}

}  // namespace

bool gathers(const Scenario& scenario) {
  return std::any_of(scenario.producers.begin(), scenario.producers.end(), [](const ProducerSpec& producer) {
    const bool* gathers = producer.config.get<bool>("autoBatch");
    return gathers != nullptr && *gathers;
  });
}

std::optional<Difference> first_difference(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen,
                                           const ModelRun& model) {
  const auto& wanted = model.result.record.sends;
  const Profile* const profile = find_profile(model.result.profile);
  const bool ends_with_send = profile != nullptr && profile->request_ends_with_send;
  for (std::uint64_t i = 0; i < record.sends.size() && i < wanted.size(); ++i) {
    const SendRecord& send = record.sends[i];
    if (!comparable(scenario, i) || may_be_anothers(record, i)) continue;
    if (auto other = other_attempts(i, seen[i], model.seen[i], model.result.profile)) return other;
    if (same_ending(send, wanted[i], is_answered_at_once(scenario, i), ends_with_send)) continue;
    return other_ending(i, std::max(seen[i].size(), model.seen[i].size()), send, wanted[i], model.result.profile);
  }
  return std::nullopt;
}

}  // namespace rmqsim
