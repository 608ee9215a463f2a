// The public transactional producer in a simulated world: commit, rollback, checks, what listeners may do wrong.
#include "producer/client/api/transaction_mq_producer.h"

#include "tests/producer/sim_cluster.h"

namespace rmqsim {
namespace transaction_mq_producer_test {

using State = LocalTransactionState;

struct Listener : TransactionListener {
  std::optional<State> executeLocalTransaction(const Message& message, const std::any& arg) override {
    ++executed;
    transaction_id = message.getTransactionId();
    if (const int* number = std::any_cast<int>(&arg)) argument = *number;
    if (throws) throw std::runtime_error("local tx failed");
    return local;
  }
  std::optional<State> checkLocalTransaction(const MessageExt& message) override {
    checked.push_back(message.getMsgId() + " " + message.getTopic() + " " + message.getBody());
    if (throws) throw std::runtime_error("no idea");
    return check;
  }
  std::optional<State> local = State::COMMIT_MESSAGE;
  std::optional<State> check = State::COMMIT_MESSAGE;
  bool throws = false;
  int executed = 0;
  int argument = 0;
  std::string transaction_id;
  std::vector<std::string> checked;
};

class Transactions : public SimCluster {
 protected:
  using SimCluster::SimCluster;
  std::unique_ptr<TransactionMQProducer> started(const Profile& profile = default_profile(),
                                                 const std::string& group = "g", const std::string& node = "client") {
    auto producer = make<TransactionMQProducer>(profile, group, node);
    producer->setTransactionListener(listener_);
    producer->start();
    return producer;
  }
  TransactionTotals totals() const { return broker().state().half_messages.totals(); }
  std::size_t ends() const { return seen_.count("broker-a END_TRANSACTION T"); }
  std::size_t checks() const { return seen_.count("broker-a CHECK_TRANSACTION_STATE T"); }
  std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
};

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const MQClientException& e) {
    return e.getErrorMessage();
  } catch (const MQException& e) {
    return std::string(error_type_name(e.error().type)) + ": " + e.what();
  }
  return "none";
}

TEST_F(Transactions, CommittedMessagesBecomeVisibleAndOthersDoNot) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    auto producer = started(*find_profile(profile), std::string("g") + profile[5]);
    const std::uint64_t before = broker().store().stored_in_topic("T");
    Message message("T", "TagA", "paid");
    const TransactionSendResult result = producer->sendMessageInTransaction(message, 7);
    EXPECT_EQ(result.getSendStatus(), SendStatus::SEND_OK);
    EXPECT_EQ(result.getLocalTransactionState(), State::COMMIT_MESSAGE);
    EXPECT_EQ(result.getMsgId(), message.uniq_key());
    EXPECT_EQ(listener_->transaction_id, message.uniq_key());
    EXPECT_EQ(listener_->argument, 7);
    runtime_.run_for(millis(10));
    EXPECT_EQ(broker().store().stored_in_topic("T"), before + 1);
    listener_->local = State::ROLLBACK_MESSAGE;
    producer->sendMessageInTransaction(Message("T", "unpaid"), {});
    runtime_.run_for(millis(10));
    EXPECT_EQ(broker().store().stored_in_topic("T"), before + 1);
    listener_->local = State::COMMIT_MESSAGE;
    producer->shutdown();
  }
  EXPECT_EQ(totals().committed, 2u);
  EXPECT_EQ(totals().rolled_back, 2u);
  EXPECT_EQ(totals().pending, 0u);
  EXPECT_EQ(ends(), 4u);
}

class TransactionsOf : public Transactions, public testing::WithParamInterface<const char*> {};

TEST_P(TransactionsOf, UnknownSendersAreAskedUntilTheyKnow) {
  auto producer = started(*find_profile(GetParam()));
  listener_->local.reset();  // Java's null
  listener_->check = State::UNKNOW;
  Message message("T", "order");
  EXPECT_EQ(producer->sendMessageInTransaction(message, {}).getLocalTransactionState(), State::UNKNOW);
  runtime_.run_for(millis(2500));
  EXPECT_EQ(listener_->checked, std::vector<std::string>(1, std::string(message.uniq_key()) + " T order"));
  listener_->check = State::COMMIT_MESSAGE;
  runtime_.run_for(millis(5000));
  EXPECT_EQ(listener_->checked.size(), 2u);
  EXPECT_EQ(ends(), 3u);
  EXPECT_EQ(totals().committed, 1u);
}

INSTANTIATE_TEST_SUITE_P(EveryProfile, TransactionsOf, testing::Values("java-5.3.3", "java-4.9.8"),
                         [](auto& info) { return info.index == 0 ? "v5" : "v4"; });

TEST_F(Transactions, AListenerThatThrowsCountsAsUnknown) {
  auto producer = started();
  listener_->throws = true;
  EXPECT_EQ(producer->sendMessageInTransaction(Message("T", "b"), {}).getLocalTransactionState(), State::UNKNOW);
  runtime_.run_for(millis(2500));
  EXPECT_EQ(listener_->checked.size(), 1u);
  EXPECT_EQ(ends(), 2u);
  EXPECT_EQ(totals().pending, 1u);
}

TEST_F(Transactions, ACheckAnsweredNullSendsNothing) {
  auto producer = started();
  listener_->local = State::UNKNOW;
  listener_->check.reset();
  producer->sendMessageInTransaction(Message("T", "b"), {});
  runtime_.run_for(millis(2500));
  EXPECT_EQ(listener_->checked.size(), 1u);
  EXPECT_EQ(ends(), 1u);
}

TEST_F(Transactions, AnExecutorThatIsSetAfterTheStartChangesNothingNorDoesNone) {
  auto producer = started();
  producer->setExecutorService(nullptr);
  listener_->local = State::UNKNOW;
  producer->sendMessageInTransaction(Message("T", "b"), {});
  runtime_.run_for(millis(2500));
  EXPECT_EQ(listener_->checked.size(), 1u);
  EXPECT_EQ(totals().committed, 1u);
}

TEST_F(Transactions, TheBrokerGivesUpAfterTheLastCheckAndMovesTheMessage) {
  auto producer = started();
  listener_->local = State::UNKNOW;
  listener_->check = State::UNKNOW;
  producer->sendMessageInTransaction(Message("T", "b"), {});
  runtime_.run_for(millis(10'000));
  EXPECT_EQ(listener_->checked.size(), 3u);
  EXPECT_EQ(totals().discarded, 1u);
  EXPECT_EQ(broker().store().stored_in_topic("TRANS_CHECK_MAX_TIME_TOPIC"), 1u);
  EXPECT_EQ(broker().store().stored_in_topic("T"), 0u);
}

TEST_F(Transactions, AnotherInstanceOfTheGroupAnswersForOneThatIsGone) {
  auto one = started();
  listener_->local = State::UNKNOW;
  auto two = started(default_profile(), "g", "other");
  listener_->check = State::COMMIT_MESSAGE;
  Message hello("T", "so that the broker knows it");
  two->send(hello);
  one->sendMessageInTransaction(Message("T", "b"), {});
  one->shutdown();
  runtime_.run_for(millis(3000));
  EXPECT_EQ(totals().committed, 1u);
}

TEST_F(Transactions, AProducerThatIsNotTransactionalLeavesChecksUnanswered) {
  auto producer = make<DefaultMQProducer>();
  producer->start();
  Message half("T", "b");
  half.put_property("TRAN_MSG", "true");
  half.put_property("PGROUP", "g");
  producer->send(half);
  runtime_.run_for(millis(2500));
  EXPECT_EQ(checks(), 1u);
  EXPECT_EQ(ends(), 0u);
  producer->shutdown();
}

TEST_F(Transactions, InANamespaceAreAboutTheTopicThatTheCallerNamed) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    auto producer = make<TransactionMQProducer>(*find_profile(profile), std::string("g") + profile[5]);
    producer->setNamespace("ten_of_ten");
    producer->setTransactionListener(listener_);
    producer->start();
    EXPECT_EQ(error_of([&] { producer->sendMessageInTransaction(Message(std::string(120, 't'), "b"), {}); }),
              "The specified topic is longer than topic max length 127.")
        << "with the namespace, and before anything is sent";
    listener_->local = State::UNKNOW;
    listener_->check = State::COMMIT_MESSAGE;
    listener_->checked.clear();
    Message message("T", "order");
    producer->sendMessageInTransaction(message, {});
    runtime_.run_for(millis(2500));
    EXPECT_EQ(listener_->checked, std::vector<std::string>(1, std::string(message.uniq_key()) + " T order"));
  }
  EXPECT_EQ(broker().store().stored_in_topic("ten_of_ten%T"), 2u);
}

TEST_F(Transactions, ThrowWhatJavaThrows) {
  auto plain = make<DefaultMQProducer>();
  EXPECT_EQ(error_of([&] { plain->sendMessageInTransaction(Message("T", "b"), {}); }),
            "RuntimeException: sendMessageInTransaction not implement, please use TransactionMQProducer class");
  auto producer = make<TransactionMQProducer>();
  EXPECT_EQ(error_of([&] { producer->sendMessageInTransaction(Message("T", "b"), {}); }),
            "TransactionListener is null");
  producer->setTransactionListener(listener_);
  // The state is looked at by the send only, so its error is wrapped.
  try {
    producer->sendMessageInTransaction(Message("T", "b"), {});
    FAIL();
  } catch (const MQClientException& e) {
    EXPECT_EQ(e.getErrorMessage(), "send message Exception");
    EXPECT_TRUE(e.getCause()->message.starts_with("The producer service state not OK, CREATE_JUST"));
  }
  producer->start();
  EXPECT_EQ(error_of([&] { producer->sendMessageInTransaction(Message("", "b"), {}); }),
            "The specified topic is blank");
  EXPECT_EQ(error_of([&] { producer->sendMessageInTransaction(Message("NoSuchTopic!", "b"), {}); }),
            "The specified topic[NoSuchTopic!] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$");
  EXPECT_EQ(listener_->executed, 0);
}

TEST_F(Transactions, TheOldCheckListenerGoesBeforeTheNewOne) {
  struct Old : TransactionCheckListener {
    std::optional<State> checkLocalTransactionState(const MessageExt&) override { return State::ROLLBACK_MESSAGE; }
  };
  auto producer = started();
  producer->setTransactionCheckListener(std::make_shared<Old>());
  listener_->local = State::UNKNOW;
  producer->sendMessageInTransaction(Message("T", "b"), {});
  runtime_.run_for(millis(3000));
  EXPECT_TRUE(listener_->checked.empty());
  EXPECT_EQ(totals().rolled_back, 1u);
}

TEST_F(Transactions, TheExecuterOf498NeedsACheckListenerAndIsUnknownTo533) {
  struct Executer : LocalTransactionExecuter {
    std::optional<State> executeLocalTransactionBranch(const Message&, const std::any&) override {
      return State::COMMIT_MESSAGE;
    }
  };
  struct Old : TransactionCheckListener {
    std::optional<State> checkLocalTransactionState(const MessageExt&) override { return State::COMMIT_MESSAGE; }
  };
  const auto executer = std::make_shared<Executer>();
  auto producer = make<TransactionMQProducer>(*find_profile("java-4.9.8"));
  producer->start();
  Message message("T", "b");
  EXPECT_EQ(error_of([&] { producer->sendMessageInTransaction(message, executer, {}); }),
            "localTransactionBranchCheckListener is null");
  producer->setTransactionCheckListener(std::make_shared<Old>());
  EXPECT_EQ(error_of([&] {
              producer->sendMessageInTransaction(message, std::shared_ptr<LocalTransactionExecuter>(), {});
            }),
            "tranExecutor is null");
  EXPECT_EQ(producer->sendMessageInTransaction(message, executer, {}).getLocalTransactionState(),
            State::COMMIT_MESSAGE);
  EXPECT_THROW(started()->sendMessageInTransaction(message, executer, {}), std::logic_error);
}

}  // namespace transaction_mq_producer_test
}  // namespace rmqsim
