#include "tools/drivers/judging/client_requests.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "producer/remoting/namespace_util.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/report/render.h"
#include "tools/drivers/driven_run.h"
#include "tools/drivers/judging/told_step.h"

namespace rmqsim {
namespace {

/// A request that its client has given up may be written down after what was told of it.
constexpr Duration kGivenUp = millis(50);

/// A server that stands still, or a network, reads a request long after it was sent.
bool requests_may_be_late(const Scenario& scenario) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(),
                     [](const FaultRule& rule) { return !rule.on.is_request(); }) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const Step& step) {
           const auto* event = std::get_if<EventStep>(&step.what);
           return event != nullptr && (std::holds_alternative<PauseEvent>(event->event) ||
                                       std::holds_alternative<PartitionEvent>(event->event));
         });
}

/// By when each request of it has begun; none: one may begin at any time. A request goes on being sent when its reply
/// is there, and nobody says when a one-way message leaves.
std::optional<TimePoint> over_by(const SendRecord& send, TimePoint heard_at) {
  const bool waits = send.kind == SendRecord::Kind::send || send.kind == SendRecord::Kind::transaction;
  if (!waits || !send.completed() || send.mode == CommunicationMode::ONEWAY) return std::nullopt;
  if (!send.error) return heard_at;
  if (send.mode == CommunicationMode::ASYNC) return std::nullopt;
  return heard_at + kGivenUp;
}

std::string in_namespace(const ProducerSpec& producer, const std::string& name) {
  const std::string* const name_space = producer.config.get<std::string>("namespace");
  return NamespaceUtil::wrapNamespace(name_space == nullptr ? "" : *name_space, name);
}

Failure about(std::uint64_t i, const RunRecord& record, const std::string& what) {
  return {std::string(kClientMessages),
          "#" + std::to_string(i) + ": " + what,
          {format_send(i, record.sends[i])},
          {},
          {},
          i};
}

Failure unasked(const RunRecord& record, const std::vector<JournalEntry>& requests) {
  const JournalEntry& first = requests.front();
  std::string text = std::string(first.server) + " was sent a message that nobody asked for, to " +
                     in_quotes(first.topic) + (first.key.empty() ? "" : " with the key " + in_quotes(first.key)) +
                     ", " + format_latency(first.at - record.first_step) + " after the first step began";
  if (requests.size() > 1) text += ", and " + plural(requests.size() - 1, "further one", "further ones");
  return {std::string(kClientMessages), std::move(text), {}, {}};
}

std::optional<Failure> after_its_result(const RunRecord& record, const JoinedRequests& requests,
                                        const SurelyUnderWay& under_way) {
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    if (requests.of_sends[i].empty()) continue;
    const auto over = over_by(record.sends[i], under_way(i).second);
    const JournalEntry& last = requests.of_sends[i].back();
    if (!over || last.at <= *over) continue;
    return about(i, record,
                 std::string(last.server) + " was sent its message once more, " +
                     format_latency(last.at - under_way(i).second) + " after the client said " +
                     record.sends[i].outcome());
  }
  return std::nullopt;
}

/// Empty: it is that one. Names in journals are cut.
std::string other_than(const std::string& what, std::string_view seen, std::string_view wanted) {
  if (seen == wanted.substr(0, RequestJournal::kMaxText)) return "";
  return what + in_quotes(seen) + " instead of " + in_quotes(wanted);
}

std::optional<Failure> to_or_from_others(const Scenario& scenario, const RunRecord& record,
                                         const JoinedRequests& requests) {
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const Step& step = scenario.steps[record.sends[i].step];
    const MessageSpec* const message = told_message(step);
    const std::string* const name = told_producer(step);
    const ProducerSpec* const producer = name == nullptr ? nullptr : scenario.find_producer(*name);
    if (message == nullptr || producer == nullptr) continue;
    const std::string topic = in_namespace(*producer, message->topic), group = in_namespace(*producer, producer->group);
    for (const JournalEntry& request : requests.of_sends[i]) {
      std::string what = other_than("to the topic ", request.topic, topic);
      if (what.empty()) what = other_than("by the group ", request.group, group);
      if (!what.empty()) return about(i, record, std::string(request.server) + " was sent its message " + what);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Failure> wrong_requests(const Scenario& scenario, const RunRecord& record, const JoinedRequests& requests,
                                    const SurelyUnderWay& under_way) {
  std::vector<Failure> wrong;
  if (!requests.nobodys.empty()) wrong.push_back(unasked(record, requests.nobodys));
  if (!requests_may_be_late(scenario)) {
    if (auto late = after_its_result(record, requests, under_way)) wrong.push_back(std::move(*late));
  }
  if (auto other = to_or_from_others(scenario, record, requests)) wrong.push_back(std::move(*other));
  return wrong;
}

std::optional<Failure> lost_one_way(const RunRecord& record, bool unplaced, const ModelRun& model) {
  const bool quiet =
      record.events.empty() && std::all_of(record.rules.begin(), record.rules.end(),
                                           [](const RuleRecord& rule) { return rule.counts.acted == 0; });
  for (std::uint64_t i = 0; quiet && i < record.sends.size() && i < model.seen.size(); ++i) {
    const SendRecord& send = record.sends[i];
    const bool sent = send.mode == CommunicationMode::ONEWAY && send.completed() && !send.error;
    const bool known = !send.msg_id.empty() || !unplaced;
    if (sent && known && send.attempts.empty() && !model.seen[i].empty()) {
      return about(i, record, "the client says SENT, and no server got it");
    }
  }
  return std::nullopt;
}

}  // namespace rmqsim
