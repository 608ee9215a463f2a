#include "scenarios/harness/engine/checker.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "fake_broker/store/transactions.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "scenarios/harness/engine/stored_traces.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMaxEvidence = 3;

}  // namespace

std::string expectation_label(const SourceLocation& where) {
  std::string text;
  std::string_view pointer = where.pointer;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    if (index) {
      text += "[" + std::string(part) + "]";
    } else {
      text += (text.empty() ? "" : ".") + std::string(part);
    }
  }
  return text.empty() ? "expect" : text;
}

/// Applies one question to all selected sends and gathers those that answer wrongly into one failure.
class SendCheck {
 public:
  SendCheck(const RunRecord& record, const SendSelector& sends, const Expectation& whole, std::vector<Failure>& out)
      : record_(record), sends_(sends), whole_(whole), out_(out) {}

  /// `wrong` returns what was found instead, or nullopt.
  void each(std::string_view what, const std::string& expected,
            const std::function<std::optional<std::string>(const SendRecord&)>& wrong) const {
    std::uint64_t selected = 0;
    std::uint64_t failed = 0;
    std::string first;
    std::string numbers;
    Failure failure;
    for (const auto& [from, to] : sends_.ranges) {
      for (std::uint64_t i = from; i <= to && i < record_.sends.size(); ++i, ++selected) {
        const auto found = wrong(record_.sends[i]);
        if (!found) continue;
        if (failed++ == 0) first = *found;
        if (failed <= 5) numbers += (numbers.empty() ? "#" : ", #") + std::to_string(i);
        if (failure.evidence.size() < kMaxEvidence) failure.evidence.push_back(format_send(i, record_.sends[i]));
      }
    }
    if (failed == 0) return;
    if (failed > 5) numbers += ", ...";
    failure.check = expectation_label(whole_.where) + " sends \"" + sends_.text + "\" " + std::string(what);
    failure.message = "expected " + expected + ", got " + first + " in " + std::to_string(failed) + " of " +
                      std::to_string(selected) + " (" + numbers + ")";
    failure.where = whole_.where;
    out_.push_back(std::move(failure));
  }

 private:
  const RunRecord& record_;
  const SendSelector& sends_;
  const Expectation& whole_;
  std::vector<Failure>& out_;
};

namespace {

std::string range_text(const CountRange& range) {
  if (range.min == range.max) return std::to_string(range.min);
  return "[" + std::to_string(range.min) + ", " + std::to_string(range.max) + "]";
}

std::string attempt_text(const AttemptRecord& attempt) {
  return attempt.broker + "/" + std::to_string(attempt.queue_id) + " " + attempt.outcome;
}

std::optional<std::string> differs(const std::string& found, const std::string& expected) {
  if (found == expected) return std::nullopt;
  return found;
}

void add(std::vector<Failure>& out, const Expectation& whole, const std::string& what, const std::string& expected,
         const std::string& found) {
  out.push_back(
      {expectation_label(whole.where) + " " + what, "expected " + expected + ", got " + found, {}, whole.where});
}

}  // namespace

void Checker::check_transaction(const TransactionExpectation& e, const SendCheck& sends) const {
  const auto end = [this](const SendRecord& r) {
    return r.transaction ? world_.cluster().transaction_end(r.transaction->uniq_key) : TransactionEnd{};
  };
  if (e.local) {
    sends.each("transaction local", *e.local, [&](const SendRecord& r) {
      const bool ran = r.transaction && r.transaction->local;
      return differs(ran ? std::string(state_name(*r.transaction->local)) : "none", *e.local);
    });
  }
  if (e.broker) {
    sends.each("transaction broker", *e.broker, [&](const SendRecord& r) { return differs(end(r).what, *e.broker); });
  }
  if (e.checks) {
    sends.each("transaction checks", range_text(*e.checks), [&](const SendRecord& r) -> std::optional<std::string> {
      const std::uint64_t found = end(r).checks;
      if (e.checks->contains(found)) return std::nullopt;
      return std::to_string(found);
    });
  }
}

std::vector<Failure> Checker::check(const Expectation& expectation) const {
  std::vector<Failure> failures;
  std::visit([&](const auto& e) { check(e, expectation, failures); }, expectation.what);
  return failures;
}

void Checker::check(const SendExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  const SendCheck sends(record_, e.sends, whole, out);
  if (e.outcome) {
    sends.each("outcome", *e.outcome, [&](const SendRecord& r) { return differs(r.outcome(), *e.outcome); });
  }
  if (e.broker) {
    sends.each("broker", *e.broker, [&](const SendRecord& r) {
      return differs(r.result ? r.result->message_queue.getBrokerName() : "none", *e.broker);
    });
  }
  if (e.queue_id) {
    sends.each("queueId", std::to_string(*e.queue_id), [&](const SendRecord& r) {
      return differs(r.result ? std::to_string(r.result->message_queue.getQueueId()) : "none",
                     std::to_string(*e.queue_id));
    });
  }
  if (e.attempt_count) {
    sends.each("attempts", range_text(*e.attempt_count), [&](const SendRecord& r) -> std::optional<std::string> {
      if (e.attempt_count->contains(r.attempts.size())) return std::nullopt;
      return std::to_string(r.attempts.size());
    });
  }
  const auto list = [](const auto& items, const auto& text) {
    std::string joined;
    for (const auto& item : items) joined += (joined.empty() ? "" : ", ") + text(item);
    return "[" + joined + "]";
  };
  if (e.attempts) {
    const std::string expected = list(*e.attempts, [](const AttemptExpectation& a) {
      return a.broker + "/" + std::to_string(a.queue_id) + " " + a.outcome;
    });
    sends.each("attempts", expected,
               [&](const SendRecord& r) { return differs(list(r.attempts, attempt_text), expected); });
  }
  if (e.attempt_brokers) {
    const std::string expected = list(*e.attempt_brokers, [](const std::string& name) { return name; });
    sends.each("attemptBrokers", expected, [&](const SendRecord& r) {
      return differs(list(r.attempts, [](const AttemptRecord& a) { return a.broker; }), expected);
    });
  }
  if (e.elapsed) {
    const Duration late = world_.lateness();
    const DurationRange range{e.elapsed->min, e.elapsed->max + late};
    std::string expected = "[" + format_millis(e.elapsed->min) + ", " + format_millis(e.elapsed->max) + "] ms";
    if (late > Duration::zero()) expected += " and at most " + format_millis(late) + " late";
    sends.each("elapsedMs", expected, [&](const SendRecord& r) -> std::optional<std::string> {
      if (r.completed() && range.contains(r.elapsed())) return std::nullopt;
      return r.completed() ? format_millis(r.elapsed()) : "INCOMPLETE";
    });
  }
  if (e.transaction) check_transaction(*e.transaction, sends);
  if (e.reply) {
    sends.each("reply", "\"" + *e.reply + "\"", [&](const SendRecord& r) {
      return differs(r.reply ? "\"" + *r.reply + "\"" : "none", "\"" + *e.reply + "\"");
    });
  }
  if (e.callbacks) {
    const std::string expected = list(*e.callbacks, [](const std::string& name) { return name; });
    sends.each("callbacks", expected, [&](const SendRecord& r) {
      return differs(list(r.callbacks, [](const std::string& name) { return name; }), expected);
    });
  }
  if (!e.exception) return;
  if (e.exception->type) {
    sends.each("exception type", *e.exception->type, [&](const SendRecord& r) {
      return differs(r.error ? std::string(error_type_name(r.error->type)) : "none", *e.exception->type);
    });
  }
  if (e.exception->response_code) {
    const std::string expected = std::to_string(*e.exception->response_code);
    sends.each("exception responseCode", expected, [&](const SendRecord& r) {
      return differs(r.error ? std::to_string(r.error->response_code) : "none", expected);
    });
  }
  if (e.exception->message_contains) {
    const std::string& part = *e.exception->message_contains;
    sends.each("exception message", "it to contain \"" + part + "\"",
               [&](const SendRecord& r) -> std::optional<std::string> {
                 if (r.error && r.error->message.find(part) != std::string::npos) return std::nullopt;
                 return r.error ? "\"" + r.error->message.substr(0, 120) + "\"" : std::string("none");
               });
  }
}

void Checker::check(const CountsExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  std::map<std::string, std::uint64_t> found;
  for (const auto& [from, to] : e.sends.ranges) {
    for (std::uint64_t i = from; i <= to && i < record_.sends.size(); ++i) ++found[record_.sends[i].outcome()];
  }
  for (const auto& [outcome, range] : e.counts) {
    if (range.contains(found[outcome])) continue;
    add(out, whole, "sends \"" + e.sends.text + "\" count of " + outcome, range_text(range),
        std::to_string(found[outcome]));
  }
}

std::uint64_t Checker::count_requests(const std::string& server, const RequestCount& what) const {
  const auto seen = record_.servers.find(server);
  if (seen == record_.servers.end()) return 0;
  std::uint64_t count = 0;
  for (const auto& [key, n] : seen->second.requests) {
    if (what.on.matches_code(key.first) && (!what.topic || *what.topic == key.second)) count += n;
  }
  return count;
}

void Checker::check(const BrokerExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  const auto one = [&](const char* what, const CountRange& range, std::uint64_t found) {
    if (!range.contains(found)) {
      add(out, whole, "broker \"" + e.broker + "\" " + what, range_text(range), std::to_string(found));
    }
  };
  if (e.received) one("received", *e.received, record_.servers.at(e.broker).received_sends);
  if (e.stored) one("stored", *e.stored, world_.cluster().stored_requests(e.broker));
  const TransactionTotals totals = world_.cluster().transactions(e.broker);
  if (e.committed) one("transactions committed", *e.committed, totals.committed);
  if (e.rolled_back) one("transactions rolledBack", *e.rolled_back, totals.rolled_back);
  if (e.discarded) one("transactions discarded", *e.discarded, totals.discarded);
  if (e.pending) one("transactions pending", *e.pending, totals.pending);
  const Cluster::DelayedCounts delayed = world_.cluster().delayed(e.broker);
  if (e.delivered) one("delayed delivered", *e.delivered, delayed.delivered);
  if (e.recalled) one("delayed recalled", *e.recalled, delayed.recalled);
  if (e.requests) {
    one(("requests on " + e.requests->on_text).c_str(), e.requests->count, count_requests(e.broker, *e.requests));
  }
}

void Checker::check(const NameserverExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  const std::uint64_t found = count_requests(e.nameserver, e.requests);
  if (e.requests.count.contains(found)) return;
  add(out, whole, "nameserver \"" + e.nameserver + "\" requests on " + e.requests.on_text,
      range_text(e.requests.count), std::to_string(found));
}

void Checker::check(const FaultItemExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  ScenarioProducer* producer = workload_.started_producer(e.producer);
  const std::string what = "faultItem \"" + e.broker + "\" of \"" + e.producer + "\"";
  if (producer == nullptr) return add(out, whole, what, "a producer", "none: it was never started");
  const LatencyFaultTolerance& tolerance = producer->strategy().tolerance();
  const std::int64_t now = to_millis(world_.runtime().now());
  const auto word = [](bool b) { return std::string(b ? "true" : "false"); };
  if (e.available && tolerance.is_available(e.broker, now) != *e.available) {
    add(out, whole, what + " available", word(*e.available), word(!*e.available));
  }
  if (e.reachable && tolerance.is_reachable(e.broker) != *e.reachable) {
    add(out, whole, what + " reachable", word(*e.reachable), word(!*e.reachable));
  }
}

void Checker::check(const TraceExpectation& e, const Expectation& whole, std::vector<Failure>& out) const {
  std::uint64_t found = 0;
  std::string what = "traces";
  if (e.producer) what += " of \"" + *e.producer + "\"";
  if (e.topic) what += " about topic \"" + *e.topic + "\"";
  if (e.broker) what += " about broker \"" + *e.broker + "\"";
  if (e.success) what += *e.success ? " with success" : " without success";
  const ProducerSpec* producer = e.producer ? scenario_.find_producer(*e.producer) : nullptr;
  for (const StoredTrace& trace : stored_traces(world_.cluster())) {
    found += (producer == nullptr || trace.record.group == producer->group) &&
             (!e.topic || trace.record.topic == *e.topic) &&
             (!e.broker || world_.cluster().name_of(trace.record.store_host) == *e.broker) &&
             (!e.success || trace.record.success == *e.success);
  }
  if (!e.count.contains(found)) add(out, whole, what, range_text(e.count), std::to_string(found));
}

// ---- invariants

namespace {

/// One by one: a batch has several.
std::vector<std::string_view> split_keys(std::string_view keys) {
  std::vector<std::string_view> split;
  while (!keys.empty()) {
    split.push_back(keys.substr(0, keys.find(',')));
    keys.remove_prefix(std::min(keys.size(), split.back().size() + 1));
  }
  return split;
}

}  // namespace

MessageTotals Checker::totals() const {
  MessageTotals totals;
  for (const SendRecord& record : record_.sends) {
    if (record.kind == SendRecord::Kind::request) continue;  // what became of them is the reply
    if (record.kind == SendRecord::Kind::recall) continue;   // no message of its own
    auto keys = split_keys(record.result ? record.result->msg_id : record.msg_id);
    if (keys.empty() && record.transaction) keys = split_keys(record.transaction->uniq_key);
    totals.messages += std::max<std::size_t>(keys.size(), 1);
    totals.lost += keys.empty();  // it failed before it got a key
    for (const std::string_view key : keys) {
      const bool stored = world_.cluster().keeps(key);
      totals.lost += !stored;
      totals.acknowledged_lost += !stored && record.result;
      totals.acknowledgements_lost += stored && record.error;
    }
    // A half message is seen by nobody; a transaction is a duplicate when it was committed more than once.
    if (!record.transaction) continue;
    const std::uint64_t commits = world_.cluster().transaction_end(record.transaction->uniq_key).commits;
    totals.duplicates += commits > 1 ? commits - 1 : 0;
  }
  totals.duplicates += world_.cluster().duplicates();
  return totals;
}

// A sync send may overrun its budget by what its limits do not cover: the connect (quirk 13), and the route lookup
// (behaviour §6.3). An async timeout surfaces with the scan, up to 2.1 s late (behaviour §9.4.1).
bool Checker::within_time(const SendRecord& record) const {
  Duration allowed = millis(record.timeout_millis) + millis(100) + record.patience + world_.lateness();
  // The first scan runs 3.1 s after the start of the client.
  if (record.mode == CommunicationMode::ASYNC) allowed = std::max<Duration>(allowed + millis(2100), millis(3200));
  for (const AttemptRecord& attempt : record.attempts) {
    if (attempt.outcome == "CONNECT_FAILED") allowed += attempt.elapsed;
  }
  const TimePoint first = record.attempts.empty() ? record.end : record.attempts.front().start;
  allowed += first - record.start;
  return record.elapsed() <= allowed;
}

std::vector<Failure> Checker::check_invariants(std::size_t& checked) const {
  std::vector<Failure> failures;
  const auto each_send = [&](const char* name, const char* what, const auto& holds) {
    if (scenario_.invariant_off(name, profile_.name) != nullptr) return;
    ++checked;
    Failure failure;
    std::size_t broken = 0;
    for (std::uint64_t i = 0; i < record_.sends.size(); ++i) {
      if (holds(record_.sends[i])) continue;
      ++broken;
      if (failure.evidence.size() < kMaxEvidence) failure.evidence.push_back(format_send(i, record_.sends[i]));
    }
    if (broken == 0) return;
    failure.check = std::string("invariant ") + name;
    failure.message = std::string(what) + ": broken by " + std::to_string(broken) + " of " +
                      std::to_string(record_.sends.size()) + " sends";
    failures.push_back(std::move(failure));
  };
  each_send("send-completes-once", "every send completes exactly once",
            [](const SendRecord& r) { return r.completions == 1; });
  each_send("acknowledged-is-stored", "an acknowledged message is stored", [&](const SendRecord& r) {
    if (!r.result) return true;
    const auto keys = split_keys(r.result->msg_id);
    return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) { return world_.cluster().keeps(key); });
  });
  each_send("no-spent-budget", "nothing reaches a broker with a budget of zero or less", [](const SendRecord& r) {
    return std::all_of(r.attempts.begin(), r.attempts.end(), [](const AttemptRecord& a) {
      return a.timeout_millis > 0 || a.outcome == "CONNECT_FAILED" || a.outcome == "SENT";
    });
  });
  each_send("elapsed-within-timeout", "a send takes no longer than its timeout and the slack",
            [&](const SendRecord& r) { return !r.completed() || within_time(r); });
  each_send("attempts-within-retries", "a send makes at most one attempt more than it has retries",
            [](const SendRecord& r) { return static_cast<int>(r.attempts.size()) <= std::max(r.max_attempts, 1); });
  for (const char* name : {"response-table-empty", "no-orphan-timer"}) {
    if (scenario_.invariant_off(name, profile_.name) != nullptr) continue;
    ++checked;
    if (workload_.drained_at_the_end()) continue;
    failures.push_back(
        {std::string("invariant ") + name, "requests are still waiting for an answer at the end", {}, {}});
  }
  return failures;
}

}  // namespace rmqsim
