// The sends of a cluster's own producers, as a run would note them: who began what when, with its attempts, its
// decisions and its outcome. Under the monitor, but for watch() and threw(). Internal to this room.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/api/hooks.h"
#include "producer/client/send/send_observer.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim::test {

class SendLog : public std::enable_shared_from_this<SendLog> {
 public:
  /// Writes addresses in a text as names.
  using Symbolic = std::function<std::string(std::string text)>;
  /// Told what callbacks and listeners throw. Any thread.
  using Threw = std::function<void(const std::exception_ptr& error)>;
  SendLog(Runtime& runtime, Symbolic symbolic, Threw threw)
      : runtime_(runtime), symbolic_(std::move(symbolic)), threw_(std::move(threw)) {}

  struct Entry {
    std::string producer;
    rmqsim::SendStep call;  ///< as a step of a scenario would say it
    SendRecord record;
    DecisionLog decisions;
    std::string correlation_id;  ///< of a request
  };

  /// For a producer's settings.
  std::shared_ptr<SendObserver> observer(std::string producer);
  /// Tells of its transactions what the listener answered.
  std::shared_ptr<EndTransactionHook> transaction_hook(std::string producer);

  SendHandler watch(const std::string& producer, const Message& message, SendCall& call, SendHandler handler,
                    const ProducerSettings& settings);
  void replied(std::string_view correlation_id, const MessageExt& reply);
  void local_ended(const std::string& producer, const EndTransactionContext& context);
  void threw(const std::exception_ptr& error) { threw_(error); }

  const std::deque<Entry>& entries() const { return entries_; }
  /// Sends whose outcome is not known.
  std::size_t under_way() const { return under_way_; }

 private:
  void ended(Entry& entry, const SendOutcome& outcome);

  Runtime& runtime_;
  Symbolic symbolic_;
  Threw threw_;
  std::deque<Entry> entries_;  ///< which stay where they are
  std::size_t under_way_ = 0;
};

}  // namespace rmqsim::test
