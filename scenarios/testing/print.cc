// How values read in a failed test.
#include <map>
#include <ostream>

#include "producer/remoting/codes.h"
#include "producer/transport/time.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/testing/account.h"

namespace rmqsim::test {
namespace {

/// Sends of a list that are shown.
constexpr std::size_t kShownSends = 20;

std::string millis_text(double ms) { return format_millis(fractional_millis(ms)); }

}  // namespace

std::ostream& operator<<(std::ostream& out, const Attempt& attempt) {
  return out << attempt.broker << "/" << attempt.queue_id << " " << attempt.outcome << " "
             << millis_text(attempt.elapsed_ms);
}

std::ostream& operator<<(std::ostream& out, const Exception& exception) {
  out << exception.type;
  if (exception.response_code && *exception.response_code != -1) out << " " << *exception.response_code;
  out << " \"" << exception.message.substr(0, exception.message.find('\n')) << '"';
  return exception.cause_type.empty() ? out : out << ", caused by " << exception.cause_type;
}

std::ostream& operator<<(std::ostream& out, const TransactionFate& fate) {
  out << (fate.local.empty() ? "no local transaction" : "local " + fate.local) << ", " << end_name(fate.broker);
  return fate.checks == 0 ? out : out << " after " << fate.checks << (fate.checks == 1 ? " scan" : " scans");
}

std::ostream& operator<<(std::ostream& out, const Send& send) { return out << line_of(send); }

std::ostream& operator<<(std::ostream& out, const Sends& sends) {
  if (sends.empty()) return out << "no sends";
  out << sends.size() << (sends.size() == 1 ? " send" : " sends");
  std::map<std::string_view, std::size_t> outcomes;
  for (const Send& send : sends) ++outcomes[send.outcome];
  const char* before = ": ";
  for (const auto& [outcome, count] : outcomes) {
    out << before << count << " " << outcome;
    before = ", ";
  }
  return out;
}

void PrintTo(const Sends& sends, std::ostream* out) {
  *out << sends;
  std::size_t shown = 0;
  for (const Send& send : sends) {
    if (++shown > kShownSends) {
      *out << "\n    ... and " << sends.size() - kShownSends << " more";
      return;
    }
    *out << "\n    " << send;
  }
}

std::ostream& operator<<(std::ostream& out, const Isolation& isolation) {
  out << isolation.producer << ": ";
  if (isolation.isolated) {
    out << "isolated for another " << millis_text(isolation.for_ms) << " ms";
  } else {
    out << "not isolated";
  }
  if (!isolation.reachable) out << ", not reached last time";
  return out << ", latency " << millis_text(isolation.latency_ms) << " ms";
}

std::ostream& operator<<(std::ostream& out, const BrokerCounts& counts) {
  return out << "stored " << counts.stored << " of " << counts.received;
}

std::ostream& operator<<(std::ostream& out, const RuleActs& rule) {
  return out << "rule " << rule.id << ": matched " << rule.matched << ", acted " << rule.acted;
}

std::ostream& operator<<(std::ostream& out, const Record& record) {
  out << record.sends();
  const char* before = "; ";
  for (const std::string& broker : record.brokers()) {
    out << before << broker << " " << record.broker(broker);
    before = ", ";
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const Contradiction& contradiction) {
  out << contradiction.check << ": " << contradiction.message;
  for (const std::string& line : contradiction.evidence) out << "\n   " << line;
  return out;
}

std::ostream& operator<<(std::ostream& out, const ScenarioRun& run) {
  out << "a run that " << (run.passed() ? "passed" : run.verdict() == "failed" ? "failed" : "was " + run.verdict());
  return out << ": " << static_cast<const Record&>(run);
}

}  // namespace rmqsim::test
