#include "producer/client/send/send_operation.h"

#include <algorithm>
#include <utility>

#include "producer/remoting/codes.h"

namespace rmqsim {

SendOperation::SendOperation(const Profile& profile, MQFaultStrategy& strategy, SendSpec spec)
    : profile_(profile), strategy_(strategy), spec_(std::move(spec)) {}

SendAction SendOperation::resume(SendEvent&& event, TimePoint now, ThreadId thread) {
  now_ = now;
  thread_ = thread;
  return std::visit([this](auto& e) { return on(e); }, event);
}

SendAction SendOperation::on(send_event::Begin&) {
  first_millis_ = to_millis(now_);
  if (spec_.path == SendPath::queue) return attempt(*spec_.queue, spec_.timeout_millis, 0);
  return send_action::FindPublishInfo{};
}

SendAction SendOperation::on(send_event::PublishInfoFound& event) {
  if (event.info == nullptr || !event.info->ok()) {
    note([&] { return decision::RouteFound{}; });
    if (!event.has_name_server) {
      return raise(EndReason::no_name_server,
                   client_exception(profile_, ClientErrorCode::NO_NAME_SERVER_EXCEPTION,
                                    "No name server address, please set it." + faq_suffix(profile_)));
    }
    if (spec_.path == SendPath::selector) {
      return raise(EndReason::no_route,
                   client_exception(profile_, "No route info for this topic, " + spec_.topic));
    }
    MQError error =
        client_exception(profile_, "No route info of this topic: " + spec_.topic + faq_suffix(profile_));
    error.response_code = ClientErrorCode::NOT_FOUND_TOPIC_EXCEPTION;
    return raise(EndReason::no_route, std::move(error));
  }
  info_ = event.info;
  note([&] { return decision::RouteFound{info_->queues().size()}; });
  if (spec_.path == SendPath::selector) return send_action::CallSelector{};
  total_ = spec_.mode == CommunicationMode::SYNC ? 1 + spec_.settings.retries : 1;
  if (total_ < 0) {  // `new String[timesTotal]` (§6.6)
    return raise(EndReason::impossible_retries, runtime_exception(ErrorType::RuntimeException, std::to_string(total_)));
  }
  return next_attempt();
}

SendAction SendOperation::on(send_event::LookupFailed& event) {
  return raise(EndReason::lookup_failed, std::move(event.error));
}

SendAction SendOperation::on(send_event::QueueSelected& event) {
  const std::int64_t cost = to_millis(now_) - first_millis_;
  if (spec_.timeout_millis < cost) {
    return raise(EndReason::selector_took_too_long, remoting_too_much_request_exception("sendSelectImpl call timeout"));
  }
  if (!event.queue) {
    return raise(EndReason::selector_chose_nothing, client_exception(profile_, "select message queue return null."));
  }
  info_ = nullptr;  // the kernel gets no publish info, so an async retry stays on the same broker (§8.4)
  return attempt(std::move(*event.queue), spec_.timeout_millis - cost, cost);
}

SendAction SendOperation::on(send_event::SelectorThrew& event) {
  return raise(EndReason::selector_threw,
               client_exception(profile_, "select message queue threw exception.",
                                std::make_shared<const MQError>(std::move(event.cause))));
}

// ---- the loop of sendDefaultImpl (§6.1)

SendAction SendOperation::next_attempt() {
  if (times_ >= total_) return finish_loop(EndReason::attempts_used_up);
  const std::string_view last_broker = queue_ ? std::string_view(queue_->getBrokerName()) : std::string_view();
  const std::int64_t now = to_millis(now_);
  std::optional<MessageQueue> selected = select_queue(last_broker, times_ > 0);
  if (!selected) return finish_loop(EndReason::no_queue);
  if (times_ > 0) brokers_before_.push_back(std::move(broker_sent_));
  broker_sent_ = selected->getBrokerName();
  const std::int64_t cost = now - first_millis_;
  if (spec_.timeout_millis < cost) {  // strict: with equality the loop goes on with nothing left (quirk 12)
    call_timeout_ = true;
    return finish_loop(EndReason::budget_spent);
  }
  const bool async = spec_.mode == CommunicationMode::ASYNC && profile_.async_retry_prepares_anew;
  const int tries_after = async ? spec_.settings.retries : total_ - times_ - 1;
  const std::int64_t timeout = capped(spec_.timeout_millis - cost, tries_after, broker_sent_);
  return attempt(std::move(*selected), timeout, cost);
}

/// What a try at `broker` may take of what is left; the last one may take it all. Where no other broker has the topic
/// there is none to leave a share to: asking the same one again would only cut its answer off.
std::int64_t SendOperation::capped(std::int64_t left, int tries_after, std::string_view broker) const {
  if (tries_after <= 0) return left;
  const std::int64_t cap = spec_.settings.max_timeout_per_request;
  if (profile_.has_max_timeout_per_request && cap > -1) return std::min(left, cap);
  if (!profile_.caps_every_try || !has_broker_besides(broker)) return left;
  return std::max<std::int64_t>(left / (tries_after + 1), std::min<std::int64_t>(left, 1));  // never nothing
}

bool SendOperation::has_broker_besides(std::string_view broker) const {
  if (info_ == nullptr) return false;
  const auto& queues = info_->queues();
  return std::any_of(queues.begin(), queues.end(),
                     [broker](const MessageQueue& queue) { return queue.getBrokerName() != broker; });
}

SendAction SendOperation::attempt(MessageQueue queue, std::int64_t timeout_millis, std::int64_t cost) {
  loop_begin_ = attempt_begin_ = now_;
  attempt_timeout_ = timeout_millis;
  async_broker_ = broker_of(queue);
  queue_ = std::move(queue);
  begin_record(async_broker_);
  note([&] {
    const bool anew = spec_.mode == CommunicationMode::ASYNC && profile_.async_retry_prepares_anew;
    const bool capped = timeout_millis < spec_.timeout_millis - cost;
    return decision::Attempted{*queue_, times_ + 1 + async_retries_, anew ? 1 + spec_.settings.retries : total_,
                               spec_.timeout_millis, cost, timeout_millis, capped,
                               capped && spec_.settings.max_timeout_per_request < 0};
  });
  return send_action::Attempt{*queue_, timeout_millis};
}

SendAction SendOperation::on(send_event::HandedOver&) {
  // sendDefaultImpl counts the dispatch of an async or oneway request as a success (§8.5).
  if (spec_.path == SendPath::default_path) {
    const Verdict handed_over{.updates_fault = profile_.hand_over_counts_as_success, .next = Next::return_result};
    note_judged(JudgedBy::hand_over, AttemptOutcome::ok, handed_over, queue_->getBrokerName(), nullptr, nullptr);
    update_fault(handed_over, queue_->getBrokerName(), loop_begin_);
  }
  handed_over_ = true;
  if (spec_.mode != CommunicationMode::ONEWAY) return send_action::Wait{};
  end_record("SENT");
  note([&] { return decision::Ended{EndReason::oneway_sent, false, elapsed_millis()}; });
  return send_action::Sent{};
}

SendAction SendOperation::on(send_event::Answered& event) {
  const AttemptOutcome outcome = classify(*event.result);
  end_record(outcome == AttemptOutcome::ok ? "SUCCESS" : send_status_name(event.result->status));
  const EndReason reason = outcome == AttemptOutcome::ok ? EndReason::answered : EndReason::status_returned;
  if (spec_.mode == CommunicationMode::ASYNC) {
    const Verdict verdict = judge_after_hand_over(profile_, outcome, false);
    note_judged(JudgedBy::after_hand_over, outcome, verdict, async_broker_, event.result, nullptr);
    update_fault(verdict, async_broker_, latency_begin(event.written));
    return return_result(reason, event.result);
  }
  if (spec_.path != SendPath::default_path) {
    note_judged(JudgedBy::no_table, outcome, {}, queue_->getBrokerName(), event.result, nullptr);
    return return_result(reason, event.result);
  }
  const Verdict verdict = judge_in_loop(profile_, strategy_.isStartDetectorEnable(), outcome);
  note_judged(JudgedBy::loop, outcome, verdict, queue_->getBrokerName(), event.result, nullptr);
  update_fault(verdict, queue_->getBrokerName(), attempt_begin_);
  const bool retry =
      verdict.next == Next::retry_if_not_store_ok && spec_.settings.retry_another_broker_when_not_store_ok;
  if (!retry) return return_result(reason, event.result);
  earlier_result_ = std::move(*event.result);
  ++times_;
  return next_attempt();
}

SendAction SendOperation::on(send_event::Failed& event) {
  if (spec_.mode == CommunicationMode::ONEWAY && handed_over_) {
    if (!attempts_.empty()) attempts_.pop_back();
    note([&] { return decision::Ended{EndReason::oneway_never_left, false, elapsed_millis(), {}, event.error}; });
    return send_action::Amend{};
  }
  end_record(event.error);
  // A retry that is prepared anew can fail before it is handed over again.
  if (event.handed_over || handed_over_) {
    return after_hand_over(std::move(event.error), event.thrown, event.written);
  }
  if (spec_.path == SendPath::default_path) return after_loop_failure(std::move(event.error));
  note_judged(JudgedBy::no_table, classify(event.error, spec_.settings), {}, queue_->getBrokerName(), nullptr,
              &event.error);
  return raise(EndReason::single_attempt_failed, std::move(event.error));
}

SendAction SendOperation::after_loop_failure(MQError error) {
  const AttemptOutcome outcome = classify(error, spec_.settings);
  const Verdict verdict = judge_in_loop(profile_, strategy_.isStartDetectorEnable(), outcome);
  note_judged(JudgedBy::loop, outcome, verdict, queue_->getBrokerName(), nullptr, &error);
  update_fault(verdict, queue_->getBrokerName(), attempt_begin_);
  switch (verdict.next) {
    case Next::retry:
      last_error_ = std::move(error);
      ++times_;
      return next_attempt();
    case Next::result_or_raise:
      if (earlier_result_) return return_result(EndReason::code_not_retried, &*earlier_result_);
      return raise(EndReason::code_not_retried, std::move(error));
    default: return raise(EndReason::unchecked_error, std::move(error));
  }
}

SendAction SendOperation::finish_loop(EndReason reason) {
  if (earlier_result_) return return_result(reason, &*earlier_result_);  // hides every later failure (§6.5)
  return raise(reason, final_error());
}

SendAction SendOperation::raise(EndReason reason, MQError error) {
  note([&] { return decision::Ended{reason, false, elapsed_millis(), {}, error}; });
  return send_action::Raise{std::move(error)};
}

SendAction SendOperation::return_result(EndReason reason, SendResult* result) {
  note([&] {
    const bool earlier = earlier_result_ && result == &*earlier_result_;
    return decision::Ended{reason, earlier, elapsed_millis(), result->status};
  });
  return send_action::Return{result};
}

// §6.6.
MQError SendOperation::final_error() const {
  if (call_timeout_) return remoting_too_much_request_exception("sendDefaultImpl call timeout");
  std::string text = "Send [" + std::to_string(times_) + "] times, still failed, cost [" +
                     std::to_string(elapsed_millis()) + "]ms, Topic: " + spec_.topic +
                     ", BrokersSent: [";
  for (int i = 0; i < total_; ++i) {
    if (i > 0) text += ", ";
    const auto slot = static_cast<std::size_t>(i);
    if (slot < brokers_before_.size()) {
      text += brokers_before_[slot];
    } else {
      text += slot == brokers_before_.size() && !broker_sent_.empty() ? broker_sent_ : "null";
    }
  }
  text += "]" + faq_suffix(profile_);
  MQError error = client_exception(profile_, std::move(text),
                                   last_error_ ? std::make_shared<const MQError>(*last_error_) : nullptr);
  if (!last_error_) return error;
  switch (last_error_->type) {
    case ErrorType::MQBrokerException: error.response_code = last_error_->response_code; break;
    case ErrorType::RemotingConnectException: error.response_code = ClientErrorCode::CONNECT_BROKER_EXCEPTION; break;
    case ErrorType::RemotingTimeoutException: error.response_code = ClientErrorCode::ACCESS_BROKER_TIMEOUT; break;
    case ErrorType::MQClientException: error.response_code = ClientErrorCode::BROKER_NOT_EXIST_EXCEPTION; break;
    default: break;
  }
  return error;
}

// ---- async, after the request was handed over (§8.4)

SendAction SendOperation::after_hand_over(MQError error, bool thrown, std::optional<TimePoint> written) {
  const AttemptOutcome outcome = classify(error, spec_.settings);
  const bool overlooked = spec_.unheard && error.wire == WireOutcome::answered;
  const Verdict verdict =
      overlooked ? Verdict{.updates_fault = true} : judge_after_hand_over(profile_, outcome, thrown);
  note_judged(JudgedBy::after_hand_over, outcome, verdict, async_broker_, nullptr, &error, thrown);
  const TimePoint counted_from = latency_begin(written);
  update_fault(verdict, async_broker_, counted_from);
  const std::int64_t cost = to_millis(now_) - to_millis(attempt_begin_);
  MQError shown = wrap(verdict.wrap, std::move(error), cost, counted_from);
  // What counts for a retry that is prepared anew is the whole send's budget.
  if (!profile_.async_retry_prepares_anew) attempt_timeout_ -= cost;
  return resend_or_raise(std::move(shown), verdict.next == Next::retry);
}

SendAction SendOperation::resend_or_raise(MQError error, bool retry) {
  ++async_retries_;
  const bool in_time = !profile_.async_retry_needs_time || attempt_timeout_ > 0;
  note([&] {
    const bool anew = profile_.async_retry_prepares_anew;
    return decision::AsyncRetry{async_retries_, spec_.settings.retries, retry, profile_.async_retry_needs_time,
                                anew ? spec_.timeout_millis - elapsed_millis() : attempt_timeout_};
  });
  if (!retry) return raise(EndReason::async_not_retried, std::move(error));
  if (async_retries_ > spec_.settings.retries) return raise(EndReason::async_retries_used_up, std::move(error));
  if (!in_time) return raise(EndReason::async_no_time_left, std::move(error));
  if (profile_.async_retry_prepares_anew) return try_anew(std::move(error));
  if (info_ != nullptr) {
    // On the thread that noticed the failure, hence with that thread's round-robin position.
    const auto selected = select_queue(async_broker_, false);
    if (selected) async_broker_ = broker_of(*selected);
  }
  attempt_begin_ = now_;
  begin_record(async_broker_);
  note([&] { return decision::Resent{async_broker_, queue_->getQueueId(), attempt_timeout_}; });
  return send_action::Resend{async_broker_, attempt_timeout_};
}

/// The queue is one that the chosen broker has, and the address is looked up as for a first try.
SendAction SendOperation::try_anew(MQError error) {
  const std::int64_t cost = elapsed_millis();
  const std::int64_t left = spec_.timeout_millis - cost;
  if (left <= 0) return raise(EndReason::async_no_time_left, std::move(error));
  std::optional<MessageQueue> queue = queue_;
  if (info_ != nullptr) queue = select_queue(async_broker_, true);
  if (!queue) return raise(EndReason::no_queue, std::move(error));
  const std::int64_t timeout = capped(left, spec_.settings.retries - async_retries_, queue->getBrokerName());
  return attempt(std::move(*queue), timeout, cost);
}

TimePoint SendOperation::latency_begin(std::optional<TimePoint> written) const {
  return profile_.async_latency_from_write && written ? *written : attempt_begin_;
}

MQError SendOperation::wrap(Wrap how, MQError error, std::int64_t cost, TimePoint counted_from) const {
  if (how == Wrap::none) return error;
  std::string text;
  switch (how) {
    case Wrap::send_request_failed: text = "send request failed"; break;
    case Wrap::wait_response_timeout:
      text = profile_.async_timeout_text_has_cost
                 ? "wait response timeout, cost=" + std::to_string(cost)
                 : "wait response timeout " +
                       std::to_string(attempt_timeout_ - (to_millis(counted_from) - to_millis(attempt_begin_))) + "ms";
      break;
    default: text = profile_.async_unknown; break;
  }
  if (!profile_.async_failures_have_cause) return client_exception(profile_, std::move(text));
  return client_exception(profile_, std::move(text), std::make_shared<const MQError>(std::move(error)));
}

// ---- bookkeeping

void SendOperation::update_fault(const Verdict& verdict, const std::string& broker, TimePoint begin) {
  if (!verdict.updates_fault) return;
  const std::int64_t latency = to_millis(now_) - to_millis(begin);
  if (spec_.decisions == nullptr) {
    strategy_.update_fault_item(broker, latency, verdict.isolation, verdict.reachable, to_millis(now_));
    return;
  }
  const auto item = [&]() -> std::optional<FaultItem> {
    const FaultItem* found = strategy_.tolerance().find(broker);
    return found == nullptr ? std::nullopt : std::optional(*found);
  };
  decision::FaultItemUpdated update{broker, strategy_.isSendLatencyFaultEnable(), latency, verdict.isolation};
  update.before = item();
  update.duration =
      strategy_.update_fault_item(broker, latency, verdict.isolation, verdict.reachable, to_millis(now_));
  update.after = item();
  note([&] { return std::move(update); });
}

std::string SendOperation::broker_of(const MessageQueue& queue) {
  return spec_.broker_of ? spec_.broker_of(queue) : queue.getBrokerName();
}

std::optional<MessageQueue> SendOperation::select_queue(std::string_view last_broker, bool reset_index) {
  const std::int64_t now = to_millis(now_);
  if (spec_.decisions == nullptr) {
    return strategy_.select_one_message_queue(*info_, last_broker, reset_index, thread_, now);
  }
  decision::QueueChosen choice;
  auto selected =
      strategy_.select_one_message_queue(*info_, last_broker, reset_index, thread_, now, &choice.selection);
  note([&] { return std::move(choice); });
  return selected;
}

void SendOperation::note_judged(JudgedBy by, AttemptOutcome outcome, const Verdict& verdict, const std::string& broker,
                                const SendResult* result, const MQError* error, bool thrown) {
  if (spec_.decisions == nullptr) return;
  decision::Judged judged{by, broker, outcome};
  if (result != nullptr) judged.status = result->status;
  if (error != nullptr) judged.error = *error;
  judged.thrown = thrown;
  judged.elapsed = to_millis(now_) - to_millis(attempt_begin_);
  judged.verdict = verdict;
  judged.retry_not_store_ok = spec_.settings.retry_another_broker_when_not_store_ok;
  note([&] { return std::move(judged); });
}

void SendOperation::begin_record(const std::string& broker) {
  recording_ = spec_.record_attempts;
  if (!recording_) return;
  attempts_.push_back(
      {broker, queue_->getQueueId(), now_, {}, attempt_timeout_, "INCOMPLETE", times_ + 1 + async_retries_});
}

void SendOperation::end_record(std::string_view outcome) {
  if (!std::exchange(recording_, false)) return;
  attempts_.back().elapsed = now_ - attempts_.back().start;
  attempts_.back().outcome = outcome;
}

void SendOperation::end_record(const MQError& error) {
  switch (error.wire) {
    case WireOutcome::connect_failed:
      // A ledger of oneway sends shows what servers could see.
      if (spec_.mode != CommunicationMode::ONEWAY) return end_record("CONNECT_FAILED");
      [[fallthrough]];
    case WireOutcome::none:
      if (std::exchange(recording_, false)) attempts_.pop_back();
      return;
    case WireOutcome::send_failed: return end_record("SEND_FAILED");
    case WireOutcome::connection_closed: return end_record("CONNECTION_CLOSED");
    case WireOutcome::timeout: return end_record("TIMEOUT");
    case WireOutcome::answered: return end_record(response_code_name(error.response_code));
  }
}

}  // namespace rmqsim
