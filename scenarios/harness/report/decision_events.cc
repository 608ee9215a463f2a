#include "scenarios/harness/report/decision_events.h"

#include "scenarios/harness/report/explain.h"

namespace rmqsim {
namespace {

struct AsEvent {
  std::int64_t i;

  std::optional<EventData> operator()(const decision::RouteFound& d) const {
    return event::RouteFound{i, static_cast<std::int64_t>(d.queues)};
  }
  std::optional<EventData> operator()(const decision::QueueChosen& d) const {
    const Selection& selection = d.selection;
    std::string unavailable;
    for (const auto& [broker, item] : selection.fault_items) {
      if (item.available(selection.now_millis) && item.reachable) continue;
      unavailable += (unavailable.empty() ? "" : ",") + broker;
    }
    return event::QueueChosen{i,
                              selection.chosen ? selection.chosen->getBrokerName() : std::string(),
                              selection.chosen ? selection.chosen->getQueueId() : -1,
                              static_cast<std::int64_t>(selection.queues),
                              selection.last_broker,
                              std::move(unavailable)};
  }
  std::optional<EventData> operator()(const decision::Attempted& d) const {
    return event::AttemptBegins{i, d.attempt, d.total, d.queue.getBrokerName(), d.queue.getQueueId(), d.cost, d.given};
  }
  std::optional<EventData> operator()(const decision::Judged& d) const {
    const std::string_view next = d.by == JudgedBy::no_table ? std::string_view() : name_of(d.verdict.next);
    return event::Judged{i, d.broker, std::string(name_of(d.outcome)), std::string(next)};
  }
  std::optional<EventData> operator()(const decision::Resent& d) const {
    return event::Resent{i, d.broker, d.queue_id, d.given};
  }
  std::optional<EventData> operator()(const decision::Ended& d) const {
    return event::Ended{i, std::string(name_of(d.reason)), d.cost};
  }
  std::optional<EventData> operator()(const decision::FaultItemUpdated&) const { return std::nullopt; }
  std::optional<EventData> operator()(const decision::AsyncRetry&) const { return std::nullopt; }
};

}  // namespace

std::optional<EventData> as_event(std::int64_t send, const Decision& decision) {
  return std::visit(AsEvent{send}, decision.what);
}

}  // namespace rmqsim
