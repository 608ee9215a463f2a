// The steps `transaction`, and the listener that answers checks as they say. All under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "scenarios/harness/engine/steps/step_context.h"

namespace rmqsim {

class TransactionSteps {
 public:
  explicit TransactionSteps(const StepContext& context) : context_(context) {}

  /// Makes a producer that is about to be started a transactional one, if the scenario has transactions of its group.
  void prepare(const ProducerSpec& spec);
  /// Performs the step; its context's pacer is told when it is finished.
  void begin(const TransactionStep& step, std::size_t index);
  /// No check is answered any more.
  void abandon() { check_executors_.clear(); }

 private:
  void send_one(const TransactionStep& step, const TurnPtr& turn);
  void run_local(const TransactionStep& step, std::uint64_t number, const Message& message, LocalDone done);
  void completed(const TransactionStep& step, const StepPacer::Turn& turn, TransactionOutcome& outcome);
  void answer_check(const std::string& producer, const TransactionCheck& check);
  /// Of the transaction whose half message has that key; nullptr for a stranger's.
  SendRecord* find(std::string_view uniq_key, const TransactionStep*& step);

  StepContext context_;
  std::map<std::string, RunScope::Pool, std::less<>> check_executors_;
  std::unordered_map<std::string, std::uint64_t> transactions_;  ///< UNIQ_KEY → number of the send
  std::map<std::uint64_t, const Message*> in_flight_;            ///< half messages, which may not have their key yet
};

}  // namespace rmqsim
