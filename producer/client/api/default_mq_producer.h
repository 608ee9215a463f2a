// The producer as users know it (org.apache.rocketmq.client.producer.DefaultMQProducer). Over TCP it needs nothing but
// a group and a nameserver address; in a simulated world the same code takes that world in its constructor:
//
//     DefaultMQProducer producer{"please_rename_unique_group_name"};
//     producer.setNamesrvAddr("127.0.0.1:9876");
//     producer.start();
//     SendResult result = producer.send(Message("TopicTest", "TagA", "Hello RocketMQ"));
//     producer.shutdown();
//
// Any thread may call all functions, in a simulated world only its own. Blocking ones throw those of exceptions.h, and
// std::logic_error when called inside a handler of the world (callbacks of asynchronous sends over TCP are not such).
#pragma once

#include <any>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/admin/query_message.h"
#include "producer/client/api/client_config.h"
#include "producer/client/api/message.h"
#include "producer/client/api/producer_settings.h"
#include "producer/client/api/request_callback.h"
#include "producer/client/api/send_callback.h"
#include "producer/client/api/send_result.h"
#include "producer/client/api/transaction_listener.h"
#include "producer/client/request/request_task.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/transport/default_world.h"

namespace rmqsim {

class DefaultMQProducer : public ClientConfig {
 public:
  /// Owns a TCP world.
  explicit DefaultMQProducer(std::string producer_group, const Profile& profile = default_profile());
  /// Lives in the given world, which must outlive it.
  DefaultMQProducer(Runtime& runtime, Transport& transport, std::string producer_group,
                    const Profile& profile = default_profile());
  /// As in Java: with a hook on every request (may be null), and with message trace to `customized_trace_topic`, or to
  /// RMQ_SYS_TRACE_TOPIC when that is empty.
  DefaultMQProducer(std::string producer_group, std::shared_ptr<RPCHook> rpc_hook, bool enable_msg_trace = false,
                    std::string customized_trace_topic = {}, const Profile& profile = default_profile());
  DefaultMQProducer(Runtime& runtime, Transport& transport, std::string producer_group,
                    std::shared_ptr<RPCHook> rpc_hook, bool enable_msg_trace = false,
                    std::string customized_trace_topic = {}, const Profile& profile = default_profile());
  /// Without shutdown(): closes the connections, tells nobody, and fails what is in flight.
  virtual ~DefaultMQProducer();
  DefaultMQProducer(const DefaultMQProducer&) = delete;
  DefaultMQProducer& operator=(const DefaultMQProducer&) = delete;

  /// Throws MQClientException: bad group, started before, group already registered with the same client id.
  virtual void start();
  /// Unregisters from all brokers (up to mqClientApiTimeout for each that does not answer) and closes. Nothing unless
  /// running.
  virtual void shutdown();

  // Synchronous sends: block until the broker has answered, retrying as configured. `timeout` in milliseconds over all
  // tries; default sendMsgTimeout. The message gets its UNIQ_KEY. Queue and selector sends are not retried.
  SendResult send(Message& message);
  SendResult send(Message&& message) { return send(message); }
  SendResult send(Message& message, std::int64_t timeout);
  SendResult send(Message&& message, std::int64_t timeout) { return send(message, timeout); }
  SendResult send(Message& message, const MessageQueue& queue);
  SendResult send(Message&& message, const MessageQueue& queue) { return send(message, queue); }
  SendResult send(Message& message, const MessageQueue& queue, std::int64_t timeout);
  SendResult send(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg);
  SendResult send(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                  std::int64_t timeout);
  SendResult send(std::vector<Message>& messages);
  SendResult send(std::vector<Message>& messages, std::int64_t timeout);
  SendResult send(std::vector<Message>& messages, const MessageQueue& queue);
  SendResult send(std::vector<Message>& messages, const MessageQueue& queue, std::int64_t timeout);

  // Asynchronous sends: return at once; the callback runs on the callback executor. Throw only where Java does. Without
  // a callback nobody hears how they ended; but those without a timeout then block in java-5.3.3, as Java's do, and
  // throw a RuntimeException for a failure (§2.1).
  void send(Message message, std::shared_ptr<SendCallback> callback);
  void send(Message message, std::shared_ptr<SendCallback> callback, std::int64_t timeout);
  void send(Message message, const MessageQueue& queue, std::shared_ptr<SendCallback> callback);
  void send(Message message, const MessageQueue& queue, std::shared_ptr<SendCallback> callback, std::int64_t timeout);
  void send(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
            std::shared_ptr<SendCallback> callback);
  void send(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
            std::shared_ptr<SendCallback> callback, std::int64_t timeout);
  void send(std::vector<Message>& messages, std::shared_ptr<SendCallback> callback);
  void send(std::vector<Message>& messages, std::shared_ptr<SendCallback> callback, std::int64_t timeout);
  void send(std::vector<Message>& messages, const MessageQueue& queue, std::shared_ptr<SendCallback> callback);
  void send(std::vector<Message>& messages, const MessageQueue& queue, std::shared_ptr<SendCallback> callback,
            std::int64_t timeout);

  // One-way sends: no answer is awaited, no error of the broker is ever seen.
  void sendOneway(Message& message);
  void sendOneway(Message&& message) { sendOneway(message); }
  void sendOneway(Message& message, const MessageQueue& queue);
  void sendOneway(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg);

  // Requests (RIP-16): the message is sent, and whoever consumes it answers. `timeout` in milliseconds for everything.
  // Throw RequestTimeoutException (10006) when no reply came, which in java-5.3.3 is as soon as the request is stored
  // unless the reply was faster (behaviour §10.2, quirk 61); MQClientException when it could not be sent; and
  // what sends throw. The message gets CORRELATION_ID, REPLY_TO_CLIENT, TTL and UNIQ_KEY.
  MessageExt request(Message& message, std::int64_t timeout);
  MessageExt request(Message& message, const MessageQueue& queue, std::int64_t timeout);
  MessageExt request(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                     std::int64_t timeout);
  // Block while Java does: for the route, and until the request is handed over. What is thrown then is reported again
  // by the callback, if there is one, once the time is over, as in Java.
  void request(Message message, std::shared_ptr<RequestCallback> callback, std::int64_t timeout);
  void request(Message message, const MessageQueue& queue, std::shared_ptr<RequestCallback> callback,
               std::int64_t timeout);
  void request(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
               std::shared_ptr<RequestCallback> callback, std::int64_t timeout);

  /// Takes a timer message back, by SendResult::getRecallHandle(); returns its id. One try with sendMsgTimeout. Throws
  /// MQClientException (bad topic or handle, no broker), MQBrokerException and remoting exceptions; in java-4.9.8,
  /// which cannot do it, RuntimeException.
  std::string recallMessage(const std::string& topic, const std::string& recall_handle);

  /// Throws RuntimeException: this is TransactionMQProducer's.
  virtual TransactionSendResult sendMessageInTransaction(Message& message, std::any arg);
  TransactionSendResult sendMessageInTransaction(Message&& message, std::any arg) {
    return sendMessageInTransaction(message, std::move(arg));
  }

  // MQAdmin (§2.9): all block, up to 6 s per request, and throw MQClientException.
  std::vector<MessageQueue> fetchPublishMessageQueues(const std::string& topic);
  /// On all masters of the route of `key`; four queues with TBW102 is what brokers make themselves.
  void createTopic(const std::string& key, const std::string& new_topic, std::int32_t queue_num,
                   std::int32_t topic_sys_flag = 0);
  std::int64_t maxOffset(const MessageQueue& queue);
  std::int64_t minOffset(const MessageQueue& queue);
  /// Offset of the first message stored at `timestamp` (ms) or later.
  std::int64_t searchOffset(const MessageQueue& queue, std::int64_t timestamp);
  /// ms; -1 for an empty queue.
  std::int64_t earliestMsgStoreTime(const MessageQueue& queue);
  /// By the broker's id, SendResult::getOffsetMsgId(), or the message's own, SendResult::getMsgId().
  MessageExt viewMessage(const std::string& topic, const std::string& msg_id);
  /// Messages with `key` among their KEYS, stored from `begin` to `end` (ms), up to `max_num` from each broker. Waits
  /// up to 24 s; MQClientException with code 208 when there is none.
  QueryResult queryMessage(const std::string& topic, const std::string& key, std::int32_t max_num, std::int64_t begin,
                           std::int64_t end);

  const std::string& getProducerGroup() const { return group_; }
  void setProducerGroup(std::string group) { group_ = std::move(group); }
  /// Topics whose routes start() looks up, waiting for them; 5.2+. Not before start() in a handler of the world.
  const std::vector<std::string>& getTopics() const { return settings().topics; }
  void setTopics(std::vector<std::string> topics) { settings().topics = std::move(topics); }
  const std::string& getCreateTopicKey() const { return settings().create_topic_key; }
  void setCreateTopicKey(std::string key) { settings().create_topic_key = std::move(key); }
  std::int32_t getDefaultTopicQueueNums() const { return settings().default_topic_queue_nums; }
  void setDefaultTopicQueueNums(std::int32_t n) { settings().default_topic_queue_nums = n; }
  std::int64_t getSendMsgTimeout() const { return settings().send_msg_timeout; }
  void setSendMsgTimeout(std::int64_t ms) { settings().send_msg_timeout = ms; }
  std::int64_t getSendMsgMaxTimeoutPerRequest() const { return settings().send_msg_max_timeout_per_request; }
  void setSendMsgMaxTimeoutPerRequest(std::int64_t ms) { settings().send_msg_max_timeout_per_request = ms; }
  std::int64_t getCompressMsgBodyOverHowmuch() const { return settings().compress_msg_body_over_howmuch; }
  void setCompressMsgBodyOverHowmuch(std::int64_t bytes) { settings().compress_msg_body_over_howmuch = bytes; }
  int getCompressLevel() const { return settings().compress_level; }
  void setCompressLevel(int level) { settings().compress_level = level; }
  CompressionType getCompressType() const { return settings().compress_type; }
  void setCompressType(CompressionType type) { settings().compress_type = type; }
  int getRetryTimesWhenSendFailed() const { return settings().retry_times_when_send_failed; }
  void setRetryTimesWhenSendFailed(int n) { settings().retry_times_when_send_failed = n; }
  int getRetryTimesWhenSendAsyncFailed() const { return settings().retry_times_when_send_async_failed; }
  void setRetryTimesWhenSendAsyncFailed(int n) { settings().retry_times_when_send_async_failed = n; }
  bool isRetryAnotherBrokerWhenNotStoreOK() const { return settings().retry_another_broker_when_not_store_ok; }
  void setRetryAnotherBrokerWhenNotStoreOK(bool on) { settings().retry_another_broker_when_not_store_ok = on; }
  std::int64_t getMaxMessageSize() const { return settings().max_message_size; }
  void setMaxMessageSize(std::int64_t bytes) { settings().max_message_size = bytes; }
  void addRetryResponseCode(std::int32_t code) { settings().retry_response_codes.push_back(code); }
  const std::vector<std::int32_t>& getRetryResponseCodes() const { return settings().retry_response_codes; }
  bool isSendSmartMsg() const { return settings().send_smart_msg; }
  void setSendSmartMsg(bool v2) { settings().send_smart_msg = v2; }
  bool isSendLatencyFaultEnable() const;
  /// May be switched at run time.
  void setSendLatencyFaultEnable(bool on);

  /// ms of latency, ascending, and ms for which a broker that took so long is avoided (§5.5); may be changed at run
  /// time. The lengths should be equal; see MQFaultStrategy.
  const std::vector<std::int64_t>& getLatencyMax() const {
    return latency_max_ ? *latency_max_ : profile_.latency_max;
  }
  void setLatencyMax(std::vector<std::int64_t> ms);
  const std::vector<std::int64_t>& getNotAvailableDuration() const {
    return not_available_duration_ ? *not_available_duration_ : profile_.not_available_duration;
  }
  void setNotAvailableDuration(std::vector<std::int64_t> ms);

  /// Probes brokers that failed, 5.1.4+ (§5.7); may be switched at run time.
  bool isStartDetectorEnable() const { return start_detector_enable_; }
  void setStartDetectorEnable(bool on);

  /// For registering hooks; before start() too.
  DefaultMQProducerImpl& getDefaultMQProducerImpl() { return started(); }

  /// Lets an asynchronous send wait, in its caller's thread and within its timeout, while too many are under way;
  /// 5.1.1+ (§2.6). May be switched at run time; inside a handler of the world, where nobody can wait, a send for which
  /// there is no room throws std::logic_error instead.
  bool isEnableBackpressureForAsyncMode() const { return settings().enable_backpressure_for_async_mode; }
  void setEnableBackpressureForAsyncMode(bool on) { settings().enable_backpressure_for_async_mode = on; }
  /// Sends under way, at least 10; may be changed at run time.
  std::int64_t getBackPressureForAsyncSendNum() const { return settings().back_pressure_for_async_send_num; }
  void setBackPressureForAsyncSendNum(std::int64_t limit);
  /// Bytes of body under way, at least 1 MiB; may be changed at run time. A larger message always times out.
  std::int64_t getBackPressureForAsyncSendSize() const { return settings().back_pressure_for_async_send_size; }
  void setBackPressureForAsyncSendSize(std::int64_t limit);

  /// Gathers what is sent without a timeout and sends it as batches; 5.1.4+ (§10.5). False before start(), as in Java.
  bool getAutoBatch() const;
  void setAutoBatch(bool on) { settings().auto_batch = on; }
  /// Limits of the accumulator, which all producers of one client id share: ms that a message waits at most (1 to
  /// 30000), bytes of body after which a batch is sent (1 to 2 MiB), and bytes beyond which messages go by themselves.
  /// The setters throw std::invalid_argument with Java's texts; the getters are 0 before start(), and
  /// getTotalBatchMaxBytes() tells the size of a batch, as in Java.
  std::int64_t getBatchMaxDelayMs() const;
  void batchMaxDelayMs(std::int64_t ms);
  std::int64_t getBatchMaxBytes() const;
  void batchMaxBytes(std::int64_t bytes);
  std::int64_t getTotalBatchMaxBytes() const { return getBatchMaxBytes(); }
  void totalBatchMaxBytes(std::int64_t bytes);

  /// Prepares asynchronous sends on this executor instead of the producer's own threads. It stays the user's: no
  /// shutdown of the producer ends it. Before the first send that is to use it.
  void setAsyncSenderExecutor(std::shared_ptr<Executor> executor);
  /// Runs the callbacks of all producers of this client id on this executor, which stays the user's; what it refuses
  /// runs on the producer's own. Java's NullPointerException, as a RuntimeException, before start().
  void setCallbackExecutor(std::shared_ptr<Executor> executor);

  /// For the engine and for tests: round-robin starts, attempt records, remoting options. Before start().
  ProducerSettings& settings() { return impl_ ? impl_->settings() : settings_; }
  const ProducerSettings& settings() const { return const_cast<DefaultMQProducer*>(this)->settings(); }
  /// nullptr before start().
  const std::shared_ptr<DefaultMQProducerImpl>& impl() const { return impl_; }
  Runtime& runtime() { return *runtime_; }
  const Profile& profile() const { return profile_; }

 protected:
  DefaultMQProducerImpl& started();
  void require_may_block() const;

 private:
  SendResult send_sync(Message& message, SendCall&& call);
  void send_async(Message message, SendCall&& call, std::shared_ptr<SendCallback> callback, bool errors_to_callback);
  void fail_async(MQError error, const std::shared_ptr<SendCallback>& callback, bool errors_to_callback);
  std::optional<MQError> begin_async(Message message, SendCall&& call, SendHandler handler);
  void send_oneway(Message& message, SendCall call);
  /// §2.1, where the selector runs first: in the calling thread, with a budget of its own.
  std::variant<MessageQueue, MQError> select_queue(Message& message, MessageQueueSelector& selector,
                                                   const std::any& arg);
  MessageExt request_sync(Message& message, RequestCall call);
  void request_async(Message message, RequestCall call, std::shared_ptr<RequestCallback> callback);
  Message batch(std::vector<Message>& messages);

  std::unique_ptr<OwnedWorld> world_;  // first, so that it goes last
  Runtime* runtime_;
  Transport* transport_;
  const Profile& profile_;
  std::string group_;
  ProducerSettings settings_;
  bool send_latency_fault_enable_ = false;
  bool start_detector_enable_ = false;
  std::optional<std::vector<std::int64_t>> latency_max_;  // nullopt: the profile's
  std::optional<std::vector<std::int64_t>> not_available_duration_;
  std::shared_ptr<Executor> async_sender_executor_;  // the user's
  std::unique_ptr<Executor> callback_executor_;
  std::shared_ptr<DefaultMQProducerImpl> impl_;
};

}  // namespace rmqsim
