// Matchers of one send. What is said of a send that does not match is said here once: its line, and why.
#include "scenarios/testing/rmqsim/matchers.h"

#include <algorithm>
#include <ostream>

#include "producer/remoting/codes.h"
#include "scenarios/harness/expectations/sends.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/testing/account.h"
#include "scenarios/testing/after_tasks.h"

namespace rmqsim::test {
namespace {

constexpr std::string_view kNotYet[] = {"INCOMPLETE"};

template <class Words>
void require_word(std::string_view what, std::string_view word, const Words& words) {
  if (std::find(std::begin(words), std::end(words), word) != std::end(words)) return;
  const std::vector<std::string_view> known(std::begin(words), std::end(words));
  throw std::invalid_argument("no " + std::string(what) + " is called " + in_quotes(word) + suggestion(word, known));
}

/// A broker that the send's cluster does not have.
void require_broker(const Send& send, std::string_view broker) {
  if (!send.account) return;
  const std::vector<BrokerSpec>& brokers = send.account->scenario.cluster.brokers;
  std::vector<std::string> names;
  for (const BrokerSpec& one : brokers) names.push_back(one.name);
  if (std::find(names.begin(), names.end(), broker) == names.end()) Account::unknown("broker", broker, names);
}

/// Response codes may be numbers.
void require_attempt_outcome(std::string_view outcome) {
  if (!outcome.empty() && outcome.find_first_not_of("0123456789") == std::string_view::npos) return;
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  std::vector<std::string_view> words(codes, codes + count);
  words.insert(words.end(), std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes));
  require_word("outcome of an attempt", outcome, words);
}

std::string joined(const std::vector<std::string>& words, const char* none) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? none : text;
}

std::string times_text(double ms) { return format_millis(fractional_millis(ms)) + " ms"; }

/// A matcher of one send made of a question and its words.
class Asks final : public ::testing::MatcherInterface<const Send&> {
 public:
  using Question = std::function<bool(const Send&, std::ostream&)>;
  Asks(std::string yes, std::string no, Question question)
      : yes_(std::move(yes)), no_(std::move(no)), question_(std::move(question)) {}
  bool MatchAndExplain(const Send& send, ::testing::MatchResultListener* listener) const override {
    std::ostringstream text;
    const bool holds = question_(send, text);
    *listener << text.str();
    return holds;
  }
  void DescribeTo(std::ostream* out) const override { *out << yes_; }
  void DescribeNegationTo(std::ostream* out) const override { *out << no_; }

 private:
  std::string yes_, no_;
  Question question_;
};

SendMatcher asks(std::string yes, std::string no, Asks::Question question) {
  return ::testing::MakeMatcher(new Asks(std::move(yes), std::move(no), std::move(question)));
}

template <class T>
std::string words_of(const ::testing::Matcher<T>& matcher) {
  std::ostringstream text;
  matcher.DescribeTo(&text);
  return text.str();
}

std::vector<std::string> brokers_of(const Send& send) {
  std::vector<std::string> brokers;
  for (const Attempt& attempt : send.attempts) brokers.push_back(attempt.broker);
  return brokers;
}

std::vector<std::string> outcomes_of(const Send& send) {
  std::vector<std::string> outcomes;
  for (const Attempt& attempt : send.attempts) outcomes.push_back(attempt.outcome);
  return outcomes;
}

}  // namespace

// ---- outcomes

OutcomeMatcher::OutcomeMatcher(std::string_view outcome) : outcome_(outcome) {
  std::vector<std::string_view> words(std::begin(kSendOutcomes), std::end(kSendOutcomes));
  words.insert(words.end(), std::begin(kNotYet), std::end(kNotYet));
  require_word("outcome of a send", outcome, words);
}
OutcomeMatcher HasOutcome(std::string_view outcome) { return OutcomeMatcher(outcome); }

bool OutcomeMatcher::MatchAndExplain(const Send& send, std::ostream* out) const {
  if (out != nullptr) *out << "which ended with " << send.outcome;
  return send.outcome == outcome_;
}
bool OutcomeMatcher::MatchAndExplain(const SendResult& result, std::ostream* out) const {
  if (out != nullptr) *out << "whose status is " << result.status;
  return send_status_name(result.status) == outcome_;
}
void OutcomeMatcher::DescribeTo(std::ostream* out) const { *out << "ended with " << outcome_; }
void OutcomeMatcher::DescribeNegationTo(std::ostream* out) const { *out << "did not end with " << outcome_; }

// ---- exceptions

std::int32_t code_of(std::string_view name) {
  if (const auto code = response_code_by_name(name)) return *code;
  std::vector<std::string_view> names;
  for (const ClientCode& code : kClientCodes) {
    if (code.name == name) return code.code;
    names.push_back(code.name);
  }
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  names.insert(names.end(), codes, codes + count);
  throw std::invalid_argument("no code is called " + in_quotes(name) + suggestion(name, names));
}

namespace {

std::string code_name(std::int32_t code) {
  for (const ClientCode& known : kClientCodes) {
    if (known.code == code) return std::string(known.name);
  }
  return response_code_name(code);
}

bool is_type(std::string_view type, ErrorType of) {
  return type == error_type_name(of) || (type == "RemotingException" && is_remoting(of));
}

}  // namespace

ThrewMatcher::ThrewMatcher(std::string_view type, std::optional<std::int32_t> code,
                           ::testing::Matcher<const std::string&> text)
    : type_(type), code_(code), text_(std::move(text)) {
  require_word("exception", type, kExceptionTypes);
}

bool ThrewMatcher::MatchAndExplain(const Send& send, std::ostream* out) const {
  if (!send.exception) {
    if (out != nullptr) *out << "which threw nothing and ended with " << send.outcome;
    return false;
  }
  const Exception& exception = *send.exception;
  if (out != nullptr) *out << "which threw " << exception;
  const bool remoting = type_ == "RemotingException" && exception.type.starts_with("Remoting");
  return (remoting || exception.type == type_) && (!code_ || exception.response_code == code_) &&
         text_.Matches(exception.message);
}

bool ThrewMatcher::MatchAndExplain(const MQException& exception, std::ostream* out) const {
  if (out != nullptr) *out << "which is " << exception;
  return is_type(type_, exception.error().type) && (!code_ || exception.error().response_code == *code_) &&
         text_.Matches(exception.getMessage());
}

void ThrewMatcher::describe(std::ostream* out) const {
  *out << type_;
  if (code_) *out << " " << *code_ << " (" << code_name(*code_) << ")";
  const std::string words = words_of(text_);
  if (words != "is anything") *out << " with a text that " << words;
}
void ThrewMatcher::DescribeTo(std::ostream* out) const {
  *out << "threw ";
  describe(out);
}
void ThrewMatcher::DescribeNegationTo(std::ostream* out) const {
  *out << "did not throw ";
  describe(out);
}

// ---- the course of a send

SendMatcher attempted_on(std::vector<std::string> brokers) {
  const std::string words = joined(brokers, "no broker");
  return asks("was attempted on " + words, "was not attempted on " + words,
              [brokers = std::move(brokers)](const Send& send, std::ostream& out) {
                for (const std::string& broker : brokers) require_broker(send, broker);
                out << "which was attempted on " << joined(brokers_of(send), "no broker");
                return brokers_of(send) == brokers;
              });
}

SendMatcher attempts_ended(std::vector<std::string> outcomes) {
  for (const std::string& outcome : outcomes) require_attempt_outcome(outcome);
  const std::string words = joined(outcomes, "no attempt");
  return asks("had attempts that ended " + words, "had attempts that did not end " + words,
              [outcomes = std::move(outcomes)](const Send& send, std::ostream& out) {
                out << "whose attempts ended " << joined(outcomes_of(send), "not, as there were none");
                return outcomes_of(send) == outcomes;
              });
}

SendMatcher Retried() {
  return asks("was tried again", "was not tried again", [](const Send& send, std::ostream& out) {
    out << "which had " << send.attempts.size() << (send.attempts.size() == 1 ? " attempt" : " attempts");
    return send.attempts.size() > 1;
  });
}

SendMatcher Retried(::testing::Matcher<std::size_t> times) {
  const std::string words = words_of(times);
  return asks("was tried again a number of times that " + words, "was not tried again a number of times that " + words,
              [times = std::move(times)](const Send& send, std::ostream& out) {
                const std::size_t again = send.attempts.empty() ? 0 : send.attempts.size() - 1;
                out << "which was tried again " << again << (again == 1 ? " time" : " times");
                return times.Matches(again);
              });
}

SendMatcher TookBetween(double min_ms, double max_ms) {
  if (span_of(min_ms) > span_of(max_ms)) {
    throw std::invalid_argument("nothing takes " + times_text(min_ms) + " or more and " + times_text(max_ms) +
                                " or less");
  }
  const std::string words = times_text(min_ms) + " to " + times_text(max_ms);
  return asks("took " + words, "did not take " + words, [min_ms, max_ms](const Send& send, std::ostream& out) {
    if (!send.elapsed_ms) {
      out << "which never ended";
      return false;
    }
    out << "which took " << times_text(*send.elapsed_ms);
    return min_ms <= *send.elapsed_ms && *send.elapsed_ms <= max_ms;
  });
}

namespace {

SendMatcher sent_to(std::string_view broker, std::optional<std::int32_t> queue_id) {
  const std::string place = std::string(broker) + (queue_id ? "/" + std::to_string(*queue_id) : "");
  return asks("has a result of " + place, "has no result of " + place,
              [broker = std::string(broker), queue_id](const Send& send, std::ostream& out) {
                require_broker(send, broker);
                if (send.broker.empty()) {
                  out << "which has no result and ended with " << send.outcome;
                } else {
                  out << "whose result is of " << send.broker << "/" << send.queue_id.value_or(-1);
                }
                return send.broker == broker && (!queue_id || send.queue_id == queue_id);
              });
}

}  // namespace

SendMatcher SentTo(std::string_view broker) { return sent_to(broker, std::nullopt); }
SendMatcher SentTo(std::string_view broker, std::int32_t queue_id) { return sent_to(broker, queue_id); }

SendMatcher GotReply(::testing::Matcher<const std::string&> body) {
  const std::string words = words_of(body);
  return asks("got a reply that " + words, "got no reply that " + words,
              [body = std::move(body)](const Send& send, std::ostream& out) {
                if (!send.reply) {
                  out << "which got no reply and ended with " << send.outcome;
                  return false;
                }
                out << "whose reply is \"" << *send.reply << '"';
                return body.Matches(*send.reply);
              });
}

SendMatcher EndedAtBroker(std::string_view end) {
  require_word("end of a transaction", end, kTransactionEnds);
  return asks("is a transaction that ended " + end_name(end), "is no transaction that ended " + end_name(end),
              [end = std::string(end)](const Send& send, std::ostream& out) {
                if (!send.transaction) {
                  out << "which is no transaction";
                  return false;
                }
                out << "whose transaction is " << *send.transaction;
                return send.transaction->broker == end;
              });
}

}  // namespace rmqsim::test
