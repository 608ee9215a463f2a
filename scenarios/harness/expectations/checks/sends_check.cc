// Each selected send alone: its outcome, attempts, time, transaction, reply and exception. One failure per question,
// with the sends that answer it wrongly.
#include <set>

#include "scenarios/harness/expectations/checks/expectation_checks.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

std::string attempt_text(const AttemptRecord& attempt) {
  return attempt.broker + "/" + std::to_string(attempt.queue_id) + " " + attempt.outcome;
}

std::optional<std::string> differs(const std::string& found, const std::string& expected) {
  if (found == expected) return std::nullopt;
  return found;
}

std::optional<std::string> outside(const CountRange& range, std::uint64_t found) {
  if (range.contains(found)) return std::nullopt;
  return std::to_string(found);
}

template <class Items, class Text>
std::string list_text(const Items& items, const Text& text) {
  std::string joined;
  for (const auto& item : items) joined += (joined.empty() ? "" : ", ") + text(item);
  return "[" + joined + "]";
}

std::string itself(const std::string& name) { return name; }

/// The questions of one expectation, which all go to the same sends.
class SendQuestions {
 public:
  SendQuestions(const SendExpectation& e, const CheckedRun& run, Unmet& unmet) : e_(e), run_(run), unmet_(unmet) {}

  void ask() const {
    ask_result();
    ask_attempts();
    if (e_.elapsed) ask_elapsed(*e_.elapsed);
    if (e_.transaction) ask_transaction(*e_.transaction);
    ask_reply();
    if (e_.exception) ask_exception(*e_.exception);
  }

 private:
  template <class Wrong>
  void each(std::string_view what, const std::string& expected, const Wrong& wrong) const {
    unmet_.add_sends(run_.record, e_.sends, what, expected, wrong);
  }

  void ask_result() const {
    if (e_.outcome) {
      each("outcome", *e_.outcome, [&](const SendRecord& r) { return differs(r.outcome(), *e_.outcome); });
    }
    if (e_.broker) {
      each("broker", *e_.broker, [&](const SendRecord& r) {
        return differs(r.result ? r.result->message_queue.getBrokerName() : "none", *e_.broker);
      });
    }
    if (e_.queue_id) {
      const std::string expected = std::to_string(*e_.queue_id);
      each("queueId", expected, [&](const SendRecord& r) {
        return differs(r.result ? std::to_string(r.result->message_queue.getQueueId()) : "none", expected);
      });
    }
  }

  void ask_attempts() const {
    if (e_.attempt_count) {
      each("attempts", range_text(*e_.attempt_count),
           [&](const SendRecord& r) { return outside(*e_.attempt_count, r.attempts.size()); });
    }
    if (e_.attempts) {
      const std::string expected = list_text(*e_.attempts, [](const AttemptExpectation& a) {
        return a.broker + "/" + std::to_string(a.queue_id) + " " + a.outcome;
      });
      each("attempts", expected,
           [&](const SendRecord& r) { return differs(list_text(r.attempts, attempt_text), expected); });
    }
    if (e_.attempt_brokers) {
      const std::string expected = list_text(*e_.attempt_brokers, itself);
      each("attemptBrokers", expected, [&](const SendRecord& r) {
        return differs(list_text(r.attempts, [](const AttemptRecord& a) { return a.broker; }), expected);
      });
    }
  }

  void ask_elapsed(const DurationRange& allowed) const {
    const Duration late = run_.world.lateness();
    const DurationRange range{allowed.min, allowed.max + late};
    std::string expected = "[" + format_millis(allowed.min) + ", " + format_millis(allowed.max) + "] ms";
    if (late > Duration::zero()) expected += " and at most " + format_millis(late) + " late";
    each("elapsedMs", expected, [&](const SendRecord& r) -> std::optional<std::string> {
      if (r.completed() && range.contains(r.elapsed())) return std::nullopt;
      return r.completed() ? format_millis(r.elapsed()) : "INCOMPLETE";
    });
  }

  void ask_transaction(const TransactionExpectation& e) const {
    const auto end = [this](const SendRecord& r) {
      return r.transaction ? run_.world.cluster().transaction_end(r.transaction->uniq_key) : TransactionEnd{};
    };
    if (e.local) {
      each("transaction local", *e.local, [&](const SendRecord& r) {
        const bool ran = r.transaction && r.transaction->local;
        return differs(ran ? std::string(state_name(*r.transaction->local)) : "none", *e.local);
      });
    }
    if (e.broker) {
      each("transaction broker", *e.broker, [&](const SendRecord& r) { return differs(end(r).what, *e.broker); });
    }
    if (e.checks) {
      each("transaction checks", range_text(*e.checks),
           [&](const SendRecord& r) { return outside(*e.checks, end(r).checks); });
    }
    if (e.answered_by) {
      const std::set<std::string> wanted(e.answered_by->begin(), e.answered_by->end());
      const auto who = [](const std::set<std::string>& names) { return list_text(names, itself); };
      each("transaction answeredBy", who(wanted), [&](const SendRecord& r) {
        return differs(who(r.transaction ? r.transaction->answered_by : std::set<std::string>{}), who(wanted));
      });
    }
  }

  void ask_reply() const {
    if (e_.reply) {
      each("reply", "\"" + *e_.reply + "\"", [&](const SendRecord& r) {
        return differs(r.reply ? "\"" + *r.reply + "\"" : "none", "\"" + *e_.reply + "\"");
      });
    }
    if (e_.callbacks) {
      const std::string expected = list_text(*e_.callbacks, itself);
      each("callbacks", expected,
           [&](const SendRecord& r) { return differs(list_text(r.callbacks, itself), expected); });
    }
  }

  void ask_exception(const ExceptionExpectation& e) const {
    if (e.type) {
      each("exception type", *e.type, [&](const SendRecord& r) {
        return differs(r.error_type(), *e.type);
      });
    }
    if (e.response_code) {
      const std::string expected = std::to_string(*e.response_code);
      each("exception responseCode", expected, [&](const SendRecord& r) {
        return differs(r.error ? std::to_string(r.error->response_code) : "none", expected);
      });
    }
    if (e.message_contains) {
      const std::string& part = *e.message_contains;
      each("exception message", "it to contain \"" + part + "\"",
           [&](const SendRecord& r) -> std::optional<std::string> {
             if (r.error && r.error->message.find(part) != std::string::npos) return std::nullopt;
             return r.error ? "\"" + r.error->message.substr(0, 120) + "\"" : std::string("none");
           });
    }
  }

  const SendExpectation& e_;
  const CheckedRun& run_;
  Unmet& unmet_;
};

}  // namespace

void check(const SendExpectation& e, const CheckedRun& run, Unmet& unmet) { SendQuestions(e, run, unmet).ask(); }

}  // namespace rmqsim
