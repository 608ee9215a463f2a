// Both generations of the algorithm stand here side by side; the profile's data chooses.
#include "producer/latency/mq_fault_strategy.h"

namespace rmqsim {

MQFaultStrategy::MQFaultStrategy(const Profile& profile, const QueueIndexSource* worst_index)
    : profile_(&profile), tolerance_(profile), which_item_worst_(worst_index), latency_max_(profile.latency_max),
      not_available_duration_(profile.not_available_duration) {}

std::optional<MessageQueue> MQFaultStrategy::select_one_message_queue(TopicPublishInfo& info,
                                                                      std::string_view last_broker, bool reset_index,
                                                                      ThreadId thread, std::int64_t now_millis,
                                                                      Selection* log) {
  if (log == nullptr) return choose(info, last_broker, reset_index, thread, now_millis, nullptr);
  log->now_millis = now_millis;
  log->thread = thread;
  log->latency_fault_tolerance = send_latency_fault_enable_;
  log->by_filters = profile_->select_by_filters;
  log->last_broker = last_broker;
  log->queues = info.queues().size();
  log->index_before = info.index().peek(thread);
  log->fault_items = {tolerance_.items().begin(), tolerance_.items().end()};
  log->chosen = choose(info, last_broker, reset_index, thread, now_millis, log);
  log->index_after = info.index().peek(thread);
  return log->chosen;
}

std::optional<MessageQueue> MQFaultStrategy::choose(TopicPublishInfo& info, std::string_view last_broker,
                                                    bool reset_index, ThreadId thread, std::int64_t now_millis,
                                                    Selection* log) {
  if (info.queues().empty()) return std::nullopt;
  if (!send_latency_fault_enable_) {
    return info.select_avoiding(last_broker, thread, log == nullptr ? nullptr : &log->log);
  }
  return profile_->select_by_filters ? select_by_filters(info, last_broker, reset_index, thread, now_millis, log)
                                     : select_by_scan(info, thread, now_millis, log);
}

std::optional<MessageQueue> MQFaultStrategy::select_by_filters(TopicPublishInfo& info, std::string_view last_broker,
                                                               bool reset_index, ThreadId thread,
                                                               std::int64_t now_millis, Selection* log) {
  SelectionLog* looks = log == nullptr ? nullptr : &log->log;
  if (reset_index) {
    info.index().reset(thread);
    if (log != nullptr) log->reset_to = info.index().peek(thread);
  }
  const auto is_last = [&](const MessageQueue& queue) {
    return !last_broker.empty() && queue.getBrokerName() == last_broker;
  };
  const auto unreachable = [&](const MessageQueue& queue) {
    return Objection{.last_broker = is_last(queue), .unreachable = !tolerance_.is_reachable(queue.getBrokerName())};
  };
  // Where nobody probes, nobody would find out that it answers again, and it would be avoided for ever.
  const bool avoids_unreachable = profile_->avoids_unreachable && start_detector_enable_;
  const auto unavailable = [&](const MessageQueue& queue) {
    return Objection{.last_broker = is_last(queue),
                     .isolated = !tolerance_.is_available(queue.getBrokerName(), now_millis),
                     .unreachable = avoids_unreachable && !tolerance_.is_reachable(queue.getBrokerName())};
  };
  begin_stage(looks, SelectionStage::available);
  if (const MessageQueue* queue = info.select_passing(unavailable, thread, looks)) return *queue;
  begin_stage(looks, SelectionStage::reachable);
  if (const MessageQueue* queue = info.select_passing(unreachable, thread, looks)) return *queue;
  if (profile_->avoids_unreachable) {
    const auto last_but_reachable = [&](const MessageQueue& queue) {
      return Objection{.unreachable = !tolerance_.is_reachable(queue.getBrokerName())};
    };
    begin_stage(looks, SelectionStage::last_but_reachable);
    if (const MessageQueue* queue = info.select_passing(last_but_reachable, thread, looks)) return *queue;
  }
  begin_stage(looks, SelectionStage::in_turn);
  return info.select(thread, looks);
}

namespace {

/// Math.abs(index++) % n with int32 overflow, as 4.9.8 walks on from `first`; what stays negative is 0.
std::size_t scan_position(std::int32_t first, std::size_t step, std::size_t n) {
  const auto index =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(step));
  return index == INT32_MIN ? 0 : static_cast<std::size_t>(index < 0 ? -index : index) % n;
}

}  // namespace

// 4.9.8: one increment, then a walk from there; the last broker is not avoided. When every broker is isolated, one of
// the better ones, on a queue of its own choosing.
std::optional<MessageQueue> MQFaultStrategy::select_by_scan(TopicPublishInfo& info, ThreadId thread,
                                                            std::int64_t now_millis, Selection* log) {
  SelectionLog* looks = log == nullptr ? nullptr : &log->log;
  const auto& queues = info.queues();
  const std::int32_t first = info.index().increment_and_get(thread);
  begin_stage(looks, SelectionStage::scan);
  for (std::size_t k = 0; k < queues.size(); ++k) {
    const MessageQueue& queue = queues[scan_position(first, k, queues.size())];
    if (looks != nullptr) looks->look(first, queue);
    if (tolerance_.is_available(queue.getBrokerName(), now_millis)) return queue;
    if (looks != nullptr) looks->pass_over({.isolated = true});
  }
  WorstChoice* worst = log == nullptr ? nullptr : &log->worst.emplace();
  // As in Java, the index over the worst brokers advances only when there is a half to choose from.
  const bool takes_turn = tolerance_.better_half() > 0;
  const std::int32_t turn = takes_turn ? which_item_worst_.increment_and_get(thread) : 0;
  const std::optional<std::string> broker =
      tolerance_.pick_one_at_least(turn, now_millis, worst == nullptr ? nullptr : &worst->ranking);
  if (worst != nullptr) {
    worst->half = tolerance_.better_half();
    if (takes_turn) worst->turn = turn;
    worst->broker = broker;
  }
  begin_stage(looks, SelectionStage::in_turn);
  if (!broker) return info.select(thread, looks);
  const std::int32_t writable = info.write_queue_nums(*broker);
  if (worst != nullptr) worst->writable_queues = writable;
  if (writable <= 0) {
    tolerance_.remove(*broker);
    return info.select(thread, looks);
  }
  begin_stage(looks, SelectionStage::worst);
  const MessageQueue& queue = info.select(thread, looks);
  return MessageQueue(queue.getTopic(), *broker, info.index().increment_and_get(thread) % writable);
}

std::int64_t MQFaultStrategy::update_fault_item(std::string_view broker, std::int64_t latency, bool isolation,
                                                bool reachable, std::int64_t now_millis) {
  const std::int64_t duration = compute_not_available_duration(isolation ? profile_->isolation_latency : latency);
  if (send_latency_fault_enable_) tolerance_.update_fault_item(broker, latency, duration, reachable, now_millis);
  return duration;
}

std::int64_t MQFaultStrategy::compute_not_available_duration(std::int64_t latency) const {
  for (std::size_t i = latency_max_.size(); i-- > 0;) {
    if (latency >= latency_max_[i]) return i < not_available_duration_.size() ? not_available_duration_[i] : 0;
  }
  return 0;
}

}  // namespace rmqsim
