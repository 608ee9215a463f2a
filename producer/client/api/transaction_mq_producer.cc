// The listener runs outside of the monitor: in the sender's thread, or on the check executor.
#include "producer/client/api/transaction_mq_producer.h"

#include <stdexcept>
#include <utility>

#include "producer/client/send/send_observer.h"

namespace rmqsim {
namespace {

/// nullopt: the listener answered null.
std::optional<LocalOutcome> call_listener(SendObserver* observer,
                                          const std::function<std::optional<LocalTransactionState>()>& listener) {
  const auto threw = [observer](std::string_view what) {
    if (observer != nullptr) observer->threw(std::current_exception());
    return local_exception(what);
  };
  try {
    if (const auto state = listener()) return LocalOutcome{*state, {}};
    return std::nullopt;
  } catch (const std::exception& e) {
    return threw(e.what());
  } catch (...) {
    return threw("null");
  }
}

}  // namespace

TransactionMQProducer::~TransactionMQProducer() {
  // No check may reach an object that is half gone; those that run now have the executor's end to finish.
  runtime().run([this] {
    if (impl()) impl()->set_check_handler(nullptr);
  });
  check_executor_.reset();
}

void TransactionMQProducer::start() {
  if (!check_executor_) check_executor_ = executor_service_;
  if (!check_executor_) {
    ExecutorOptions options;
    options.name = "TransactionCheckExecutor";
    options.threads = check_threads_;
    options.queue_capacity = check_queue_;
    check_executor_ = runtime().make_executor(std::move(options));
  }
  DefaultMQProducer::start();
  runtime().run([this] {
    impl()->set_check_handler([this](std::shared_ptr<TransactionCheck> check) {
      return check_executor_->execute([&runtime = runtime(), impl = impl(), listener = listener_,
                                       check_listener = check_listener_, check = std::move(check)] {
        if (!check_listener && !listener) return;  // Java only logs
        const auto outcome = call_listener(impl->settings().observer.get(), [&] {
          return check_listener ? check_listener->checkLocalTransactionState(check->message)
                                : listener->checkLocalTransaction(check->message);
        });
        // Null is a NullPointerException that the executor swallows: the broker hears nothing.
        if (outcome) runtime.run([&] { answer_transaction_check(impl, *check, *outcome); });
      });
    });
  });
}

void TransactionMQProducer::shutdown() {
  DefaultMQProducer::shutdown();
  if (check_executor_) check_executor_->shutdown();
}

TransactionSendResult TransactionMQProducer::sendMessageInTransaction(Message& message, std::any arg) {
  if (!listener_) throw_mq_error(client_exception(profile(), "TransactionListener is null"));
  return send_in_transaction(
      message, [listener = listener_, &arg](const Message& m) { return listener->executeLocalTransaction(m, arg); });
}

TransactionSendResult TransactionMQProducer::sendMessageInTransaction(
    Message& message, std::shared_ptr<LocalTransactionExecuter> executer, std::any arg) {
  if (!profile().has_transaction_executer) {
    throw std::logic_error("a local transaction executer is not in " + std::string(profile().name) +
                           "; set a TransactionListener");
  }
  if (!check_listener_) throw_mq_error(client_exception(profile(), "localTransactionBranchCheckListener is null"));
  if (!executer && !listener_) throw_mq_error(client_exception(profile(), "tranExecutor is null"));
  return send_in_transaction(message, [this, executer, &arg](const Message& m) {
    return executer ? executer->executeLocalTransactionBranch(m, arg) : listener_->executeLocalTransaction(m, arg);
  });
}

TransactionSendResult TransactionMQProducer::send_in_transaction(Message& message, const Branch& branch) {
  // Two waits: for the half message, then, after the local transaction has run in this thread, for the end.
  struct Wait {
    Latch stored;
    Latch ended;
    LocalDone local_done;
    TransactionOutcome outcome;
  };
  require_may_block();
  started();
  auto wait = std::make_shared<Wait>();
  runtime().run([&] {
    send_message_in_transaction(
        impl(), message,
        [wait](Message&, LocalDone done) {
          wait->local_done = std::move(done);
          wait->stored.release();
        },
        [wait](TransactionOutcome& outcome) {
          wait->outcome = std::move(outcome);
          wait->stored.release();
          wait->ended.release();
        });
  });
  runtime().run_until(wait->stored);
  LocalDone local_done;
  runtime().run([&] { local_done = std::move(wait->local_done); });
  if (local_done) {
    const LocalOutcome outcome =
        call_listener(settings().observer.get(), [&] { return branch(message); }).value_or(LocalOutcome{});
    runtime().run([&] { std::exchange(local_done, nullptr)(outcome); });
    runtime().run_until(wait->ended);
  }
  if (wait->outcome.error) throw_mq_error(std::move(*wait->outcome.error));
  return std::move(*wait->outcome.result);
}

}  // namespace rmqsim
