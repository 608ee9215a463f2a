// Settings that all clients share (org.apache.rocketmq.client.ClientConfig, behaviour §1). A client instance
// keeps a copy: later changes do not reach it, as in Java.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "producer/route/message_queue.h"

namespace rmqsim {

enum class AccessChannel : std::uint8_t { LOCAL, CLOUD };

class ClientConfig {
 public:
  /// `a:9876;b:9876`; an endpoint like `http://MQ_INST_1_2.host:80` names a namespace as well.
  /// Default: environment variable NAMESRV_ADDR, read when the world is the machine's own.
  const std::string& getNamesrvAddr() const { return namesrv_addr_; }
  void setNamesrvAddr(std::string value) {
    namesrv_addr_ = std::move(value);
    namespace_initialized_ = false;
  }
  /// Part of the client id; default: the machine's address.
  const std::string& getClientIP() const { return client_ip_; }
  void setClientIP(std::string value) { client_ip_ = std::move(value); }
  /// `DEFAULT` becomes `<pid>#<nanoseconds>` at start, so that two producers with default settings share nothing.
  const std::string& getInstanceName() const { return instance_name_; }
  void setInstanceName(std::string value) { instance_name_ = std::move(value); }
  const std::string& getUnitName() const { return unit_name_; }
  void setUnitName(std::string value) { unit_name_ = std::move(value); }
  bool isUnitMode() const { return unit_mode_; }
  void setUnitMode(bool value) { unit_mode_ = value; }
  /// Milliseconds between route polls.
  std::int64_t getPollNameServerInterval() const { return poll_name_server_interval_; }
  void setPollNameServerInterval(std::int64_t ms) { poll_name_server_interval_ = ms; }
  /// Milliseconds between heartbeats.
  std::int64_t getHeartbeatBrokerInterval() const { return heartbeat_broker_interval_; }
  void setHeartbeatBrokerInterval(std::int64_t ms) { heartbeat_broker_interval_ = ms; }
  /// Milliseconds between two rounds of the task that persists offsets; it runs in producers too and does nothing.
  std::int64_t getPersistConsumerOffsetInterval() const { return persist_consumer_offset_interval_; }
  void setPersistConsumerOffsetInterval(std::int64_t ms) { persist_consumer_offset_interval_ = ms; }
  /// Milliseconds for route lookup, heartbeat and unregistration.
  std::int64_t getMqClientApiTimeout() const { return mq_client_api_timeout_; }
  void setMqClientApiTimeout(std::int64_t ms) { mq_client_api_timeout_ = ms; }
  /// Sends go to port − 2 (§1.8).
  bool isVipChannelEnabled() const { return vip_channel_enabled_; }
  void setVipChannelEnabled(bool value) { vip_channel_enabled_ = value; }
  /// Milliseconds that a probe of the detector may take, and between two probes of a broker; 5.1.4+ (§5.7). Read when
  /// the producer starts.
  std::int64_t getDetectTimeout() const { return detect_timeout_; }
  void setDetectTimeout(std::int64_t ms) { detect_timeout_ = ms; }
  std::int64_t getDetectInterval() const { return detect_interval_; }
  void setDetectInterval(std::int64_t ms) { detect_interval_ = ms; }
  /// Heartbeats that leave subscriptions out where the broker knows them (§3.8); 5.x.
  bool isUseHeartbeatV2() const { return use_heartbeat_v2_; }
  void setUseHeartbeatV2(bool value) { use_heartbeat_v2_ = value; }
  /// A heartbeat as soon as a connection to a known broker is there (§3.9); 5.2+.
  bool isEnableHeartbeatChannelEventListener() const { return enable_heartbeat_channel_event_listener_; }
  void setEnableHeartbeatChannelEventListener(bool value) { enable_heartbeat_channel_event_listener_ = value; }
  /// Adds `@STREAM` to the client id and the ext field `ReqT` to every request.
  bool isEnableStreamRequestType() const { return enable_stream_request_type_; }
  void setEnableStreamRequestType(bool value) { enable_stream_request_type_ = value; }
  /// Put into heartbeats only; all other requests say JAVA.
  LanguageCode getLanguage() const { return language_; }
  void setLanguage(LanguageCode value) { language_ = value; }
  /// Whom to ask for nameservers over HTTP when namesrvAddr is empty (§1.6): `http://domain:8080/rocketmq/subGroup`.
  /// Java's system properties rocketmq.namesrv.domain and rocketmq.namesrv.domain.subgroup; here the environment
  /// variables ROCKETMQ_NAMESRV_DOMAIN and ROCKETMQ_NAMESRV_DOMAIN_SUBGROUP. "" as domain: nobody is asked.
  const std::string& getNamesrvDomain() const { return namesrv_domain_; }
  void setNamesrvDomain(std::string value) { namesrv_domain_ = std::move(value); }
  const std::string& getNamesrvDomainSubgroup() const { return namesrv_domain_subgroup_; }
  void setNamesrvDomainSubgroup(std::string value) { namesrv_domain_subgroup_ = std::move(value); }
  /// Prefixed to topics and groups (§1.7); nullopt differs from "" (quirk 54). Unless set, it is what the endpoint in
  /// namesrvAddr says.
  std::optional<std::string> getNamespace() const;
  void setNamespace(std::optional<std::string> value) {
    namespace_ = std::move(value);
    namespace_initialized_ = true;
  }
  /// Sent beside every request instead of being put into names; 5.x only.
  const std::string& getNamespaceV2() const { return namespace_v2_; }
  void setNamespaceV2(std::string value) { namespace_v2_ = std::move(value); }
  /// TLS on every connection (§1.9). In a simulated world bytes are not enciphered, and it changes nothing.
  bool isUseTLS() const { return use_tls_; }
  void setUseTLS(bool value) { use_tls_ = value; }
  /// Where message traces go: CLOUD means a topic of its own per region.
  AccessChannel getAccessChannel() const { return access_channel_; }
  void setAccessChannel(AccessChannel value) { access_channel_ = value; }
  /// Message trace (§10.6). In Java 4.9.8 a parameter of the constructor.
  bool isEnableTrace() const { return enable_trace_; }
  void setEnableTrace(bool value) { enable_trace_ = value; }
  /// "" = RMQ_SYS_TRACE_TOPIC.
  const std::string& getTraceTopic() const { return trace_topic_; }
  void setTraceTopic(std::string value) { trace_topic_ = std::move(value); }
  /// Traces that are sent together, at most 20; 5.x only.
  int getTraceMsgBatchNum() const { return trace_msg_batch_num_; }
  void setTraceMsgBatchNum(int n) { trace_msg_batch_num_ = n; }
  /// 0 = number of processors.
  std::size_t getClientCallbackExecutorThreads() const { return client_callback_executor_threads_; }
  void setClientCallbackExecutorThreads(std::size_t n) { client_callback_executor_threads_ = n; }

  /// A topic, group or queue as the cluster knows it, and back (§1.7); unchanged without a namespace.
  std::string withNamespace(std::string_view resource) const;
  std::string withoutNamespace(std::string_view resource) const;
  MessageQueue queueWithNamespace(MessageQueue queue) const;
  std::vector<MessageQueue> queuesWithNamespace(std::vector<MessageQueue> queues) const;

  /// A copy, and the way back, of what Java copies: everything but accessChannel, traceMsgBatchNum and whether a
  /// namespace was set, so that a copy without one reads the endpoint's again (§1.1).
  ClientConfig cloneClientConfig() const;
  void resetClientConfig(const ClientConfig& other);

  /// clientIP@instanceName[@unitName] (§1.3).
  std::string buildMQClientId() const;

 protected:
  std::string namesrv_addr_;
  std::string client_ip_;
  std::string instance_name_ = "DEFAULT";
  std::string unit_name_;
  std::int64_t poll_name_server_interval_ = 30000;
  std::int64_t heartbeat_broker_interval_ = 30000;
  std::int64_t mq_client_api_timeout_ = 3000;
  std::int64_t persist_consumer_offset_interval_ = 5000;
  std::string namesrv_domain_;
  std::string namesrv_domain_subgroup_ = "nsaddr";
  LanguageCode language_ = LanguageCode::JAVA;
  bool use_heartbeat_v2_ = false;
  bool enable_heartbeat_channel_event_listener_ = true;
  bool enable_stream_request_type_ = false;
  std::int64_t detect_timeout_ = 200;
  std::int64_t detect_interval_ = 2000;
  std::size_t client_callback_executor_threads_ = 0;
  std::optional<std::string> namespace_;
  std::string namespace_v2_;
  std::string trace_topic_;
  int trace_msg_batch_num_ = 10;
  AccessChannel access_channel_ = AccessChannel::LOCAL;
  bool namespace_initialized_ = false;
  bool use_tls_ = false;
  bool enable_trace_ = false;
  bool unit_mode_ = false;
  bool vip_channel_enabled_ = false;
};

/// MixAll.brokerVIPChannel: the same host, port − 2. Unchanged when off or when the text has no port.
std::string broker_vip_channel(bool enabled, std::string address);

}  // namespace rmqsim
