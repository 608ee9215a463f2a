// A producer behind its public face (DefaultMQProducerImpl, behaviour §2, §3.2): lifecycle, publish table,
// fault strategy, and the start of every send. The public class, the scenario engine and the tools use it alike.
// Everything but the functions marked "any thread" runs under the monitor.
#pragma once

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "producer/client/api/client_config.h"
#include "producer/client/api/message.h"
#include "producer/client/api/producer_settings.h"
#include "producer/client/api/send_callback.h"
#include "producer/client/instance/mq_client_instance.h"
#include "producer/client/request/request_future_holder.h"
#include "producer/client/send/send_operation.h"
#include "producer/latency/mq_fault_strategy.h"
#include "producer/remoting/bodies/message_id.h"

namespace rmqsim {

class AsyncTraceDispatcher;
class BackPressure;
class BrokerDetector;
class HeldSends;
class ProduceAccumulator;
class SendTask;
struct BatchCallbacks;

/// One call of the send family.
struct SendCall {
  CommunicationMode mode = CommunicationMode::SYNC;
  SendPath path = SendPath::default_path;
  std::int64_t timeout_millis = 3000;
  std::optional<MessageQueue> queue;                  ///< SendPath::queue
  std::shared_ptr<MessageQueueSelector> selector;     ///< SendPath::selector
  std::any arg;
  bool may_batch = false;  ///< an overload without timeout, which autoBatch turns over to the accumulator (§2.1)
  bool unheard = false;    ///< as in SendSpec
  DecisionLog* decisions = nullptr;  ///< gets what was decided and why; must outlive the send
};

/// A broker's question about a transaction of this producer's group, as its listener gets it.
struct TransactionCheck {
  std::string address;  ///< remote end of the connection that the question came on
  MessageExt message;
  CheckTransactionStateRequestHeader header;
};
/// Sees to it that the listener answers; called under the monitor. False when the check executor is full or shut down.
using CheckHandler = Function<bool(std::shared_ptr<TransactionCheck>)>;

/// How a send ended: a result, an error, or neither (a oneway send).
struct SendOutcome {
  SendResult* result = nullptr;  ///< valid during the call; the handler may take it over
  std::optional<MQError> error;
  const std::vector<AttemptRecord>* attempts =
      nullptr;  ///< valid during the call; see ProducerSettings::record_attempts
  /// The outcome was told before; only `attempts` is news: a oneway request turned out not to have left.
  bool amended = false;
  /// The error came before anything was invoked: Java's ASYNC send throws it instead of calling back.
  bool before_invoke = false;
  /// What gives back-pressure's permits back; a handler that calls user code takes it and calls it just before, else
  /// it is called when the handler returns. nullptr: there are none.
  Task* permits = nullptr;
  /// Shared by the members of one asynchronous auto-batch; nullptr for other sends.
  std::shared_ptr<BatchCallbacks>* batch = nullptr;
  const Message* message = nullptr;  ///< as sent, valid during the call; none: the send failed before it began
};
/// Called under the monitor; once, or twice where Java calls onException twice (quirk 22).
using SendHandler = Function<void(SendOutcome&)>;

class DefaultMQProducerImpl final : public MQProducerInner,
                                    public std::enable_shared_from_this<DefaultMQProducerImpl> {
 public:
  DefaultMQProducerImpl(Runtime& runtime, Transport& transport, const Profile& profile, std::string group,
                        ClientConfig config, ProducerSettings settings);
  ~DefaultMQProducerImpl() override;

  /// §3.2. Inline and without network traffic unless topics are configured: then their routes are looked up first, one
  /// after the other. A nameserver that fails there leaves START_FAILED, and the group registered.
  using StartedHandler = Function<void(std::optional<MQError>)>;
  void start(StartedHandler handler);
  /// For a producer without topics.
  std::optional<MQError> start();
  /// §3.11; `done` is called when brokers have been told and the instance, if nobody else uses it, is shut down.
  void shutdown(Task done);
  /// Leaves the instance without telling anybody; what is in flight fails if nobody else uses the instance.
  void abandon();

  /// SYNC and ONEWAY sends: `message` must live until the handler is called.
  void send(Message& message, SendCall&& call, SendHandler handler);
  /// The same unseen by an observer: of what another call wanted sent.
  void send_direct(Message& message, SendCall&& call, SendHandler handler);
  /// ASYNC sends; any thread. An error is thrown to the caller in Java (`executor rejected `).
  std::optional<MQError> send_async(Message message, SendCall&& call, SendHandler handler);
  /// invokeMessageQueueSelector (§2.5): the queue that a send with this selector would go to. `message` and `selector`
  /// must live until the handler is called.
  using QueueHandler = Function<void(std::variant<MessageQueue, MQError>)>;
  void invoke_message_queue_selector(Message& message, MessageQueueSelector& selector, const std::any& arg,
                                     std::int64_t timeout_millis, QueueHandler handler);
  /// Whether send_async does all that an async send needs; else it goes through begin_async. Any thread.
  bool plain_async() const;
  /// ASYNC sends with everything that may be wanted of them: auto-batch, back-pressure, an executor of the user's.
  /// `returned` is called when Java's call would have returned, inline when there is nothing to wait for, with the
  /// error that it would have thrown.
  using ReturnedHandler = Function<void(std::optional<MQError>)>;
  void begin_async(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned);
  void begin_async_direct(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned);
  /// Whether begin_async would have to wait for permits.
  bool waits_for_permits(const Message& message, const SendCall& call) const;

  /// Limits of back-pressure; may be changed at run time (§2.6). Its switch is in settings().
  void set_back_pressure_for_async_send_num(std::int64_t limit);
  void set_back_pressure_for_async_send_size(std::int64_t limit);
  /// What it has left of its permits.
  const BackPressure& back_pressure() const;
  /// nullptr before start, and in versions without auto-batch.
  ProduceAccumulator* accumulator();
  /// Runs the preparation of async sends from now on; nullptr: the producer's own threads.
  void set_async_sender_executor(std::shared_ptr<Executor> executor);
  /// What waits before it begins.
  HeldSends& held() { return *held_; }
  /// Gives the message its UNIQ_KEY, unless it has one.
  void set_uniq_id(Message& message);

  /// MQClientException when the messages cannot be one batch. Any thread.
  std::variant<Message, MQError> batch(std::vector<Message>& messages);

  /// What makes this a transactional producer: checks go there. nullptr: there is no listener (any more).
  void set_check_handler(CheckHandler handler) { check_handler_ = std::move(handler); }

  using PublishInfoHandler = Function<void(std::shared_ptr<TopicPublishInfo>, std::optional<MQError>)>;
  /// §4.2; inline when the topic is cached.
  void try_to_find_topic_publish_info(const std::string& topic, PublishInfoHandler handler);
  /// Unless it is running.
  std::optional<MQError> state_error() const;

  const std::string& group() const { return group_; }
  /// "" = none (§1.7).
  const std::string& name_space() const { return name_space_; }
  // Hooks run in order of registration; to be registered before the first send (§7.6). Of nullptr they throw Java's
  // NullPointerException, as a RuntimeException.
  void registerSendMessageHook(std::shared_ptr<SendMessageHook> hook);
  void registerCheckForbiddenHook(std::shared_ptr<CheckForbiddenHook> hook);
  void registerEndTransactionHook(std::shared_ptr<EndTransactionHook> hook);

  ProducerSettings& settings() { return settings_; }
  MQFaultStrategy& strategy() { return strategy_; }
  MQClientInstance* instance() { return instance_.get(); }
  /// Requests whose reply has not come and is still waited for.
  std::size_t waiting_for_replies() const;
  const Profile& profile() const { return profile_; }
  ServiceState state() const { return state_; }
  const ClientConfig& config() const { return config_; }

  /// The traces of this producer; nullptr unless enabled and started. For tests.
  AsyncTraceDispatcher* trace_dispatcher() { return trace_dispatcher_.get(); }
  /// The topic's own publish info, asking the nameserver for it if it is not there; no default route is taken (§10.6).
  void find_topic_route(const std::string& topic, Function<void(std::shared_ptr<TopicPublishInfo>)> handler);

  // MQProducerInner
  PublishTable& publish_table() override { return publish_table_; }
  std::optional<MQError> check_transaction_state(const std::string& address, MessageExt message,
                                                 CheckTransactionStateRequestHeader header) override;
  const std::string& create_topic_key() const override { return settings_.create_topic_key; }
  std::int32_t default_topic_queue_nums() const override { return settings_.default_topic_queue_nums; }

 private:
  friend class SendTask;
  friend class RequestTask;
  /// State, message, and queue against message (§2.3).
  std::optional<MQError> check(const Message& message, const SendCall& call) const;
  void shutdown_rest(Task done);
  std::optional<MQError> begin_start();
  void resolve_topics(std::size_t next, StartedHandler handler);
  void end_start();
  void start_detector();
  void start_trace();
  /// The user's names as the cluster knows them (§1.7).
  void enter_namespace(Message& message, SendCall& call) const;
  /// What a selector sees is without the namespace, and its answer gets it again (§2.5).
  std::optional<MessageQueue> call_selector(MessageQueueSelector& selector, const TopicPublishInfo& info,
                                            const Message& message, const std::any& arg) const;

  Runtime& runtime_;
  Transport& transport_;
  const Profile& profile_;
  std::string group_;
  ClientConfig config_;
  ProducerSettings settings_;
  std::string name_space_;                          // the producer's; "" = none
  std::optional<std::string> instance_name_space_;  // of the instance, which may be another's; "" is not nullopt
  QueueIndexSource worst_index_source_;
  MQFaultStrategy strategy_;
  std::shared_ptr<MQClientInstance> instance_;
  std::unique_ptr<UniqIdGenerator> uniq_ids_;
  std::shared_ptr<BrokerDetector> detector_;
  PublishTable publish_table_;
  std::shared_ptr<AsyncTraceDispatcher> trace_dispatcher_;
  std::unique_ptr<HeldSends> held_;
  ServiceState state_ = ServiceState::CREATE_JUST;
  bool registered_ = false;  ///< the instance knows this producer
  CheckHandler check_handler_;
  std::shared_ptr<RequestFutureHolder> futures_;  ///< set by start()
};

}  // namespace rmqsim
