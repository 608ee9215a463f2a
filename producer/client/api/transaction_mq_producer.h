// A producer of transactional messages (org.apache.rocketmq.client.producer.TransactionMQProducer): the message becomes
// visible only if the local transaction commits, and a broker that did not hear how it ended asks.
//
//     TransactionMQProducer producer{"please_rename_unique_group_name"};
//     producer.setNamesrvAddr("127.0.0.1:9876");
//     producer.setTransactionListener(std::make_shared<MyListener>());
//     producer.start();
//     TransactionSendResult result = producer.sendMessageInTransaction(Message("TopicTest", "TagA", "paid"), order);
//
// Everything else is as with DefaultMQProducer, worlds included.
#pragma once

#include <any>
#include <cstddef>
#include <memory>
#include <string>

#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/transaction_listener.h"
#include "producer/client/transaction/transaction_send.h"

namespace rmqsim {

class TransactionMQProducer : public DefaultMQProducer {
 public:
  using DefaultMQProducer::DefaultMQProducer;
  ~TransactionMQProducer() override;

  /// Makes the check executor, unless the user set one, and starts.
  void start() override;
  /// Also shuts the check executor down, the user's own included, as Java does.
  void shutdown() override;

  /// Blocks until the half message is stored, the listener has run (in this thread) and END_TRANSACTION was handed
  /// over. The message loses its delay level and gets TRAN_MSG, PGROUP and UNIQ_KEY. Throws MQClientException: no
  /// listener, a bad message, or `send message Exception` with the send's own exception as cause. What the listener
  /// throws is reported to the broker, not here.
  TransactionSendResult sendMessageInTransaction(Message& message, std::any arg) override;
  using DefaultMQProducer::sendMessageInTransaction;
  /// java-4.9.8 only, and deprecated there; needs a TransactionCheckListener. std::logic_error in other profiles, whose
  /// clients have no such overload.
  TransactionSendResult sendMessageInTransaction(Message& message, std::shared_ptr<LocalTransactionExecuter> executer,
                                                 std::any arg);

  const std::shared_ptr<TransactionListener>& getTransactionListener() const { return listener_; }
  void setTransactionListener(std::shared_ptr<TransactionListener> listener) { listener_ = std::move(listener); }
  void setTransactionCheckListener(std::shared_ptr<TransactionCheckListener> listener) {
    check_listener_ = std::move(listener);
  }
  // Of the check executor; before start(). Java adds threads above the minimum only when the queue is full; here the
  // minimum is all there are.
  std::size_t getCheckThreadPoolMinSize() const { return check_threads_; }
  void setCheckThreadPoolMinSize(std::size_t threads) { check_threads_ = threads; }
  std::size_t getCheckRequestHoldMax() const { return check_queue_; }
  void setCheckRequestHoldMax(std::size_t checks) { check_queue_ = checks; }
  /// Instead of the producer's own; its tasks must not be run under the monitor. Before start(), as in Java.
  void setExecutorService(std::shared_ptr<Executor> executor) { executor_service_ = std::move(executor); }

 private:
  using Branch = std::function<std::optional<LocalTransactionState>(const Message&)>;
  TransactionSendResult send_in_transaction(Message& message, const Branch& branch);

  std::shared_ptr<TransactionListener> listener_;
  std::shared_ptr<TransactionCheckListener> check_listener_;
  std::shared_ptr<Executor> executor_service_;  // the user's
  std::shared_ptr<Executor> check_executor_;    // the one that is used, set by start()
  std::size_t check_threads_ = 1;
  std::size_t check_queue_ = 2000;
};

}  // namespace rmqsim
