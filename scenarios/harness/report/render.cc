#include "scenarios/harness/report/render.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {

std::string SendRecord::outcome() const {
  if (!completed()) return "INCOMPLETE";
  if (error) return "EXCEPTION";
  if (kind == Kind::request) return "REPLY";
  if (kind == Kind::recall) return "RECALLED";
  return result ? std::string(send_status_name(result->status)) : "SENT";
}

std::string SendRecord::error_type() const {
  if (!error) return "none";
  return foreign_type.empty() ? std::string(error_type_name(error->type)) : foreign_type;
}

std::string end_name(std::string_view end) {
  return end == "rolledBack" ? "rolled back" : end == "nothing" ? "never stored" : std::string(end);
}

std::string format_scans(std::uint64_t scans, std::uint64_t asked) {
  const auto times = [](std::uint64_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  return times(scans, "scan") + ", " + (asked == 0 ? "nobody asked" : times(asked, "question"));
}

std::string format_transaction(const SendRecord& record) {
  const TransactionRecord& transaction = *record.transaction;
  std::string text = transaction.local ? "local " + std::string(state_name(*transaction.local))
                     : transaction.rolled_back_unseen ? "rolled back unseen" : "no local transaction";
  text += ", " + end_name(transaction.end.what);
  if (transaction.end.commits > 1) text += " " + std::to_string(transaction.end.commits) + " times";
  if (transaction.end.checks == 0) return text;
  text += " after " + format_scans(transaction.end.checks, transaction.end.asked);
  if (transaction.end.asked == 0) return text;
  std::string who;
  for (const std::string& name : transaction.answered_by) who += (who.empty() ? ", answered by " : ", ") + name;
  return text + (who.empty() ? ", no answer" : who);
}

std::string format_rule_counts(const RuleCounts& counts) {
  return "matched " + std::to_string(counts.matched) + ", acted " + std::to_string(counts.acted);
}

std::string_view state_name(TransactionState state) { return kTransactionStates[static_cast<std::size_t>(state)]; }

std::string format_millis(Duration d) {
  char text[40];
  const double millis = to_fractional_millis(d);
  std::snprintf(text, sizeof text, "%.1f", std::abs(millis) < 0.05 ? 0.0 : millis);  // never "-0.0"
  return text;
}

std::string format_latency(Duration d) {
  if (d >= millis(1) || d < Duration::zero()) return format_millis(d) + " ms";
  return std::to_string((d + std::chrono::nanoseconds(500)).count() / 1000) + " µs";
}

std::string format_attempt(const AttemptRecord& attempt) {
  return attempt.broker + "/" + std::to_string(attempt.queue_id) + " " + attempt.outcome + " " +
         format_latency(attempt.elapsed);
}

std::string format_attempts(const SendRecord& record) {
  if (record.recalls) return "(recall of #" + std::to_string(*record.recalls) + ")";
  std::string text;
  for (const AttemptRecord& attempt : record.attempts) {
    if (!text.empty()) text += "   ";
    text += format_attempt(attempt);
  }
  if (!text.empty()) return text;
  if (record.completed()) return "(no attempt)";
  return record.begun() ? "(under way)" : "(not begun)";
}

namespace {

/// On one line.
std::string format_error(const std::string& type, const std::string& message, std::size_t width) {
  return harmless(type + " " + message.substr(0, message.find('\n')), width);
}

}  // namespace

std::vector<std::string> format_causes(const SendRecord& record, std::size_t width) {
  std::vector<std::string> causes;
  const MQError* cause = record.error ? record.error->cause.get() : nullptr;
  for (; cause != nullptr; cause = cause->cause.get()) {
    causes.push_back(format_error(std::string(error_type_name(cause->type)), cause->message, width));
  }
  return causes;
}

std::string format_outcome(const SendRecord& record, std::size_t width) {
  if (!record.error && record.transaction && record.completed()) {
    return record.outcome() + ", " + format_transaction(record);
  }
  return record.error ? format_error(record.error_type(), record.error->message, width) : record.outcome();
}

std::string format_send(std::uint64_t i, const SendRecord& record) {
  return "#" + std::to_string(i) + "  " + format_attempts(record) + " -> " + format_outcome(record);
}

std::string format_wall(double millis) {
  char text[32];
  std::snprintf(text, sizeof text,
                millis < 10      ? "%.1f ms"
                : millis < 10000 ? "%.0f ms"
                                 : "%.0f s",
                millis < 10000 ? millis : millis / 1000);
  return text;
}

std::string plural(std::uint64_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

}  // namespace rmqsim
