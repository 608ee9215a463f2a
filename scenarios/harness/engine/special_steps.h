// The steps `transaction`, `request` and `recall` of a workload, the listener that answers checks as the scenario says,
// and the responders that answer requests. All under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "scenarios/harness/engine/workload.h"

namespace rmqsim {

class SpecialSteps {
 public:
  explicit SpecialSteps(Workload& workload);
  ~SpecialSteps();

  /// Makes a producer that is about to be started a transactional one, if the scenario has transactions of its group.
  void prepare(const ProducerSpec& spec);
  void start_responders();
  /// Runs the step on these application threads and finishes it.
  void begin(std::size_t index, const std::vector<ThreadId>& threads);

  std::vector<ScenarioProducer*> responders();
  void abandon();

 private:
  struct Run;
  struct AppThread;
  struct Responder;

  void next(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread);
  void transaction(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t i);
  void request(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t i);
  /// Of the message that the send with this number sent.
  std::string topic_of(std::uint64_t number) const;
  void recall(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t i);
  void called_back(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t number,
                   RequestOutcome& outcome);
  void ended(const std::shared_ptr<Run>& run, const std::shared_ptr<AppThread>& thread);
  void answer_check(const std::string& producer, const TransactionCheck& check);
  SendRecord* find_transaction(std::string_view uniq_key, const TransactionStep*& step);
  void consume(std::string_view topic, std::string_view record);
  void reply(Responder& responder, const MessageExt& request, std::uint64_t i);

  Workload& workload_;
  RunScope& run_;
  std::map<std::string, RunScope::Pool, std::less<>> check_executors_;
  std::unordered_map<std::string, std::uint64_t> transactions_;  ///< UNIQ_KEY → number of the send
  std::map<std::uint64_t, const Message*> in_flight_;            ///< half messages, which may not have their key yet
  std::vector<std::unique_ptr<Responder>> responders_;
};

}  // namespace rmqsim
