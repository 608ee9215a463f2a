// Outcomes of RemotingClient's requests: as what they fail, when, and on whose behalf they are completed. What needs a
// channel is in remoting_client.cc.
#include <algorithm>
#include <memory>
#include <utility>

#include "producer/remoting/remoting_client.h"

namespace rmqsim {

/// In 5.x a sync request waits on a future whose failure it wraps in another of the same kind (behaviour §9.3).
MQError RemotingClient::send_failure(bool sync, const std::string& remote, WireOutcome outcome) const {
  MQError error = remoting_send_request_exception(remote, outcome);
  if (!sync || !profile_.sync_failures_nest) return error;
  return remoting_send_request_exception(remote, outcome, std::make_shared<const MQError>(std::move(error)));
}

MQError RemotingClient::connect_error(const std::string& address) const {
  if (!address.empty()) return remoting_connect_exception(address);
  const bool list = profile_.tries_every_nameserver && name_servers_.size() > 0;
  return remoting_connect_exception(list ? name_servers_.to_string() : "null");
}

/// Whether the outcome of that sync request must wait because users' callbacks hold every thread (quirk 37). It stays
/// in the table for its deadline, and nothing else completes it any more.
bool RemotingClient::outcome_waits(std::int32_t opaque) {
  if (!profile_.sync_completes_on_callback_threads || shut_down_ || !callback_slots_->busy()) return false;
  PendingRequest* request = table_.find(opaque);
  if (request == nullptr || !request->sync) return false;
  request->outcome_waits = true;
  return true;
}

/// Whether the wait is over, though its timer has not woken it yet: it times out, whatever still comes. After a
/// shutdown no timer would.
bool RemotingClient::too_late(const PendingRequest& pending, std::int32_t opaque) {
  if (!pending.over(runtime_.now())) return false;
  if (shut_down_) on_timeout(opaque);
  return true;
}

void RemotingClient::arm_deadline_timer() {
  const auto next = table_.next_deadline();
  if (!next || (deadline_armed_ && *deadline_armed_ <= *next)) return;
  deadline_armed_ = next;
  deadline_timer_->expires_at(*next, [this] {
    deadline_armed_.reset();
    for (const std::int32_t opaque : table_.expired(runtime_.now())) on_timeout(opaque);
    arm_deadline_timer();
  });
}

/// Runs the handler on behalf of the thread that Java would run it on: an async completion belongs to the callback
/// executor (behaviour §3.6), a sync one to whoever waits.
void RemotingClient::complete(PendingRequest& request, InvokeResult result) {
  result.written = request.begin;
  ThreadScope scope(runtime_, request.sync ? request.caller
                                           : callback_threads_[next_callback_thread_++ % callback_threads_.size()]);
  request.handler(result);
}

// The wheel of 5.x fires at the end of the 100 ms tick that the time falls in, counted from its start; 4.9.8 has a
// java.util.Timer at fixed rate (behaviour §3.5).
void RemotingClient::arm_scan() {
  TimePoint at = next_scan_;
  if (profile_.scan_on_wheel) {
    const auto tick = millis(100);
    at = started_ + ((next_scan_ - started_) / tick + 1) * tick;
  }
  scan_timer_->expires_at(at, [this] {
    scan();
    if (!running_) return;
    next_scan_ = profile_.scan_on_wheel ? runtime_.now() + millis(1000) : next_scan_ + millis(1000);
    arm_scan();
  });
}

void RemotingClient::scan() {
  for (const std::int32_t opaque : table_.scan(runtime_.now())) {
    auto request = table_.take(opaque);
    if (!request) continue;
    MQError error = remoting_timeout_exception(request->remote, request->timeout_millis);
    if (request->peer_closed) error.wire = WireOutcome::connection_closed;
    complete(*request, {.error = &error});
  }
  close_idle_channels();
}

}  // namespace rmqsim
