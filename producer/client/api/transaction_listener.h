// What a user of transactional messages gives and gets (org.apache.rocketmq.client.producer): the local transaction and
// the answers to checks, both of which may block and may throw, and the result of the send.
#pragma once

#include <any>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

#include "producer/client/api/message_ext.h"
#include "producer/client/api/send_result.h"

namespace rmqsim {

enum class LocalTransactionState : std::uint8_t { COMMIT_MESSAGE, ROLLBACK_MESSAGE, UNKNOW };

inline std::string_view local_transaction_state_name(LocalTransactionState state) {
  switch (state) {
    case LocalTransactionState::COMMIT_MESSAGE: return "COMMIT_MESSAGE";
    case LocalTransactionState::ROLLBACK_MESSAGE: return "ROLLBACK_MESSAGE";
    case LocalTransactionState::UNKNOW: return "UNKNOW";
  }
  return "UNKNOW";
}

/// nullopt stands for Java's null: UNKNOW from the local transaction, no answer at all from a check. An exception
/// counts as UNKNOW in both, and its text goes to the broker.
class TransactionListener {
 public:
  virtual ~TransactionListener() = default;
  /// In the sending thread, once the half message is stored; getTransactionId() is set.
  virtual std::optional<LocalTransactionState> executeLocalTransaction(const Message& message, const std::any& arg) = 0;
  /// On the check executor. The same transaction may be checked again after it was answered.
  virtual std::optional<LocalTransactionState> checkLocalTransaction(const MessageExt& message) = 0;
};

/// The older form of checks, which goes before a TransactionListener's when both are set.
class TransactionCheckListener {
 public:
  virtual ~TransactionCheckListener() = default;
  virtual std::optional<LocalTransactionState> checkLocalTransactionState(const MessageExt& message) = 0;
};

/// The older form of the local transaction, given with each send; java-4.9.8 only.
class LocalTransactionExecuter {
 public:
  virtual ~LocalTransactionExecuter() = default;
  virtual std::optional<LocalTransactionState> executeLocalTransactionBranch(const Message& message,
                                                                             const std::any& arg) = 0;
};

/// offsetMsgId and regionId stay empty, as Java leaves them null (behaviour §10.1, step 9).
class TransactionSendResult : public SendResult {
 public:
  LocalTransactionState getLocalTransactionState() const { return local_transaction_state; }

  LocalTransactionState local_transaction_state = LocalTransactionState::UNKNOW;
};

std::ostream& operator<<(std::ostream& out, LocalTransactionState state);
std::ostream& operator<<(std::ostream& out, const TransactionSendResult& result);

}  // namespace rmqsim
