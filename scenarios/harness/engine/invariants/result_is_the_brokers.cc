// Nothing is made up: each answer in a send's record came over the wire to that message in the time of that attempt,
// and the result is one of them.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class ResultIsTheBrokers final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override {
    if (!said.key.empty() && !said.command.is_oneway()) asked_[{end.connection, said.command.opaque}] = said.key;
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    const auto asked = asked_.find({end.connection, command.opaque});
    if (asked == asked_.end()) return;
    answers_[std::move(asked->second)].push_back({std::string(end.server), command.code, end.at});
    asked_.erase(asked);  // what comes after the first is nobody's answer
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    std::set<std::string_view> unanswered;
    for (const auto& [where, key] : asked_) unanswered.insert(key);
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      // Sent in a batch, whose key is another, or not at all.
      if (!answers_.contains(r.msg_id) && !unanswered.contains(r.msg_id)) continue;
      for (const AttemptRecord& attempt : r.attempts) {
        const auto code = answered_code(attempt.outcome);
        if (code && !has_answer(run.scenario, r.msg_id, *code, attempt)) {
          breaches.send(i, r, "nobody answered " + attempt.outcome + " to its attempt at " + attempt.broker);
          break;
        }
      }
      const bool known = r.attempts.empty() || !r.result ||
                         std::any_of(r.attempts.begin(), r.attempts.end(),
                                     [&](const AttemptRecord& a) { return is_of(a.outcome, r.result->status); });
      if (!known) breaches.send(i, r, "no attempt ended with its result");
    }
  }

 private:
  struct Answer {
    std::string server;
    std::int32_t code;
    TimePoint at;
  };
  static std::optional<std::int32_t> answered_code(std::string_view outcome) {
    if (std::find(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes), outcome) != std::end(kAttemptOutcomes)) {
      return std::nullopt;
    }
    return response_code_by_name(outcome);
  }
  static bool is_of(std::string_view outcome, SendStatus status) {
    return outcome == (status == SendStatus::SEND_OK ? "SUCCESS" : send_status_name(status));
  }
  bool has_answer(const Scenario& scenario, const std::string& key, std::int32_t code,
                  const AttemptRecord& attempt) const {
    const auto answers = answers_.find(key);
    if (answers == answers_.end()) return false;
    return std::any_of(answers->second.begin(), answers->second.end(), [&](const Answer& answer) {
      // A second try of an async send may go elsewhere than to the broker that it is counted for (quirk 19).
      const BrokerSpec* broker = scenario.cluster.find_broker(answer.server);
      return answer.code == code && attempt.start <= answer.at && answer.at <= attempt.start + attempt.elapsed &&
             (broker == nullptr || broker->broker_name() == attempt.broker);
    });
  }

  /// By connection and opaque: keys of what has no answer yet.
  std::map<std::pair<std::uint64_t, std::int32_t>, std::string> asked_;
  std::unordered_map<std::string, std::vector<Answer>> answers_;  ///< by key
};

}  // namespace

std::unique_ptr<Invariant> make_result_is_the_brokers() { return std::make_unique<ResultIsTheBrokers>(); }

}  // namespace rmqsim
