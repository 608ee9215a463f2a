// How events and actions of a send read in a failed test: in the words of producer/behaviour.
#include <ostream>

#include "producer/client/send/send_operation.h"

namespace rmqsim {
namespace {

std::ostream& print_written(std::ostream& out, const std::optional<TimePoint>& written) {
  return written ? out << ", written at " << to_millis(*written) << " ms" : out;
}

}  // namespace

namespace send_event {

std::ostream& operator<<(std::ostream& out, const Begin&) { return out << "begin"; }
std::ostream& operator<<(std::ostream& out, const PublishInfoFound& event) {
  if (event.info != nullptr && event.info->ok()) return out << "found " << event.info->queues().size() << " queues";
  return out << "found no route" << (event.has_name_server ? "" : ", there being no nameserver");
}
std::ostream& operator<<(std::ostream& out, const LookupFailed& event) {
  return out << "lookup failed: " << event.error;
}
std::ostream& operator<<(std::ostream& out, const QueueSelected& event) {
  out << "selected ";
  return event.queue ? out << *event.queue : out << "null";
}
std::ostream& operator<<(std::ostream& out, const SelectorThrew& event) {
  return out << "selector threw " << event.cause;
}
std::ostream& operator<<(std::ostream& out, const HandedOver&) { return out << "handed over"; }
std::ostream& operator<<(std::ostream& out, const Answered& event) {
  return print_written(out << "answered " << send_status_name(event.result->status), event.written);
}
std::ostream& operator<<(std::ostream& out, const Failed& event) {
  out << "failed" << (event.handed_over ? " after the hand-over" : "") << (event.thrown ? ", thrown" : "") << ": "
      << event.error;
  return print_written(out, event.written);
}
std::ostream& operator<<(std::ostream& out, const SendEvent& event) {
  return std::visit([&out](const auto& e) -> std::ostream& { return out << e; }, event);
}

}  // namespace send_event

namespace send_action {

std::ostream& operator<<(std::ostream& out, const FindPublishInfo&) { return out << "find the publish info"; }
std::ostream& operator<<(std::ostream& out, const CallSelector&) { return out << "call the selector"; }
std::ostream& operator<<(std::ostream& out, const Attempt& action) {
  return out << "attempt " << action.queue << " within " << action.timeout_millis << " ms";
}
std::ostream& operator<<(std::ostream& out, const Resend& action) {
  return out << "resend to " << action.broker_name << " within " << action.timeout_millis << " ms";
}
std::ostream& operator<<(std::ostream& out, const Wait&) { return out << "wait"; }
std::ostream& operator<<(std::ostream& out, const Return& action) {
  return out << "return " << send_status_name(action.result->status);
}
std::ostream& operator<<(std::ostream& out, const Raise& action) { return out << "raise " << action.error; }
std::ostream& operator<<(std::ostream& out, const Sent&) { return out << "sent"; }
std::ostream& operator<<(std::ostream& out, const Amend&) { return out << "amend: it never left"; }
std::ostream& operator<<(std::ostream& out, const SendAction& action) {
  return std::visit([&out](const auto& a) -> std::ostream& { return out << a; }, action);
}

}  // namespace send_action

std::ostream& operator<<(std::ostream& out, const AttemptRecord& attempt) {
  return out << attempt.broker << "/" << attempt.queue_id << " " << attempt.outcome << " after "
             << to_fractional_millis(attempt.elapsed) << " ms";
}

}  // namespace rmqsim
