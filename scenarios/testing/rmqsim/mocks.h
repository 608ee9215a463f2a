// GoogleMock mocks of what users give to a producer. By themselves, so that only those who mock pay for gmock/gmock.h.
// Over TCP callbacks, checks and local transactions come from other threads; hooks run under the monitor and must not
// block.
#pragma once

#include <gmock/gmock.h>

#include <any>

#include "producer/client/api/transaction_mq_producer.h"

namespace rmqsim::test {

/// The `arg` of a call, as matchers and actions get it: it goes where a `const std::any&` does, SaveArg() into a
/// std::any as well, which is why it cannot be copied. Matchers of std::any itself do not compile with clang.
class AnyArg {
 public:
  AnyArg(const std::any& arg) : arg_(&arg) {}  // as an argument becomes one
  AnyArg(AnyArg&&) = default;
  operator const std::any&() const { return *arg_; }

 private:
  const std::any* arg_;
};

class MockSendCallback : public SendCallback {
 public:
  MOCK_METHOD(void, onSuccess, (const SendResult& result), (override));
  MOCK_METHOD(void, onException, (const MQException& exception), (override));
};

class MockRequestCallback : public RequestCallback {
 public:
  MOCK_METHOD(void, onSuccess, (const MessageExt* reply), (override));
  MOCK_METHOD(void, onException, (const MQException& exception), (override));
};

class MockMessageQueueSelector : public MessageQueueSelector {
 public:
  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message& message,
                                     const std::any& arg) override {
    return select(queues, message, AnyArg(arg));
  }
  MOCK_METHOD(std::optional<MessageQueue>, select,
              (const std::vector<MessageQueue>& queues, const Message& message, AnyArg arg));
};

class MockTransactionListener : public TransactionListener {
 public:
  std::optional<LocalTransactionState> executeLocalTransaction(const Message& message, const std::any& arg) override {
    return executeLocalTransaction(message, AnyArg(arg));
  }
  MOCK_METHOD(std::optional<LocalTransactionState>, executeLocalTransaction, (const Message& message, AnyArg arg));
  MOCK_METHOD(std::optional<LocalTransactionState>, checkLocalTransaction, (const MessageExt& message), (override));
};

class MockTransactionCheckListener : public TransactionCheckListener {
 public:
  MOCK_METHOD(std::optional<LocalTransactionState>, checkLocalTransactionState, (const MessageExt& message),
              (override));
};

class MockLocalTransactionExecuter : public LocalTransactionExecuter {
 public:
  std::optional<LocalTransactionState> executeLocalTransactionBranch(const Message& message,
                                                                     const std::any& arg) override {
    return executeLocalTransactionBranch(message, AnyArg(arg));
  }
  MOCK_METHOD(std::optional<LocalTransactionState>, executeLocalTransactionBranch,
              (const Message& message, AnyArg arg));
};

class MockSendMessageHook : public SendMessageHook {
 public:
  MockSendMessageHook() { ON_CALL(*this, hookName).WillByDefault(::testing::Return("MockSendMessageHook")); }
  MOCK_METHOD(std::string, hookName, (), (const, override));
  MOCK_METHOD(void, sendMessageBefore, (SendMessageContext & context), (override));
  MOCK_METHOD(void, sendMessageAfter, (SendMessageContext & context), (override));
};

class MockCheckForbiddenHook : public CheckForbiddenHook {
 public:
  MockCheckForbiddenHook() { ON_CALL(*this, hookName).WillByDefault(::testing::Return("MockCheckForbiddenHook")); }
  MOCK_METHOD(std::string, hookName, (), (const, override));
  MOCK_METHOD(void, checkForbidden, (CheckForbiddenContext & context), (override));
};

class MockEndTransactionHook : public EndTransactionHook {
 public:
  MockEndTransactionHook() { ON_CALL(*this, hookName).WillByDefault(::testing::Return("MockEndTransactionHook")); }
  MOCK_METHOD(std::string, hookName, (), (const, override));
  MOCK_METHOD(void, endTransaction, (EndTransactionContext & context), (override));
};

class MockRPCHook : public RPCHook {
 public:
  MOCK_METHOD(void, doBeforeRequest, (const std::string& remote_addr, RemotingCommand& request), (override));
  MOCK_METHOD(void, doAfterResponse,
              (const std::string& remote_addr, const RemotingCommand& request, RemotingCommand& response), (override));
};

}  // namespace rmqsim::test
