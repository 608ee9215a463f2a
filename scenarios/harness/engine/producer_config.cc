// One row per setting; scenarios/harness/file/producer_settings says which a running producer takes.
#include "scenarios/harness/engine/producer_config.h"

#include <algorithm>
#include <array>

#include "producer/client/held/produce_accumulator.h"
#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {
namespace {

struct Target {
  ClientConfig& client;
  ProducerSettings& settings;
  DefaultMQProducerImpl* running;  // nullptr: not made yet
  ProduceAccumulator* accumulator() const { return running == nullptr ? nullptr : running->accumulator(); }
};
using Setter = void (*)(Target, const ConfigValue&);

struct Row {
  std::string_view name;
  Setter set;  // null: lives in the strategy
};

std::int64_t number(const ConfigValue& value) { return std::get<std::int64_t>(value); }
bool flag(const ConfigValue& value) { return std::get<bool>(value); }
const std::string& text(const ConfigValue& value) { return std::get<std::string>(value); }
int small(const ConfigValue& value) { return static_cast<int>(number(value)); }

constexpr std::array kRows{
    Row{"accessChannel",
        [](Target t, const ConfigValue& v) {
          t.client.setAccessChannel(text(v) == "CLOUD" ? AccessChannel::CLOUD : AccessChannel::LOCAL);
        }},
    Row{"addRetryResponseCode",
        [](Target t, const ConfigValue& v) {
          for (std::int32_t code : std::get<std::vector<std::int32_t>>(v))
            t.settings.retry_response_codes.push_back(code);
        }},
    Row{"autoBatch", [](Target t, const ConfigValue& v) { t.settings.auto_batch = flag(v); }},
    Row{"backPressureForAsyncSendNum",
        [](Target t, const ConfigValue& v) {
          if (t.running != nullptr) return t.running->set_back_pressure_for_async_send_num(number(v));
          t.settings.back_pressure_for_async_send_num = number(v);
        }},
    Row{"backPressureForAsyncSendSize",
        [](Target t, const ConfigValue& v) {
          if (t.running != nullptr) return t.running->set_back_pressure_for_async_send_size(number(v));
          t.settings.back_pressure_for_async_send_size = number(v);
        }},
    Row{"batchMaxBytes",
        [](Target t, const ConfigValue& v) {
          t.settings.batch_max_bytes = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_batch_max_bytes(number(v));
        }},
    Row{"batchMaxDelayMs",
        [](Target t, const ConfigValue& v) {
          t.settings.batch_max_delay_ms = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_batch_max_delay_ms(number(v));
        }},
    Row{"clientIP", [](Target t, const ConfigValue& v) { t.client.setClientIP(text(v)); }},
    Row{"clientCallbackExecutorThreads",
        [](Target t, const ConfigValue& v) {
          t.client.setClientCallbackExecutorThreads(static_cast<std::size_t>(number(v)));
        }},
    Row{"compressLevel", [](Target t, const ConfigValue& v) { t.settings.compress_level = small(v); }},
    Row{"compressMsgBodyOverHowmuch",
        [](Target t, const ConfigValue& v) { t.settings.compress_msg_body_over_howmuch = number(v); }},
    Row{"compressType",
        [](Target t, const ConfigValue& v) { t.settings.compress_type = *compression_type_by_name(text(v)); }},
    Row{"createTopicKey", [](Target t, const ConfigValue& v) { t.settings.create_topic_key = text(v); }},
    Row{"defaultTopicQueueNums",
        [](Target t, const ConfigValue& v) { t.settings.default_topic_queue_nums = small(v); }},
    Row{"enableHeartbeatChannelEventListener",
        [](Target t, const ConfigValue& v) { t.client.setEnableHeartbeatChannelEventListener(flag(v)); }},
    Row{"enableStreamRequestType",
        [](Target t, const ConfigValue& v) { t.client.setEnableStreamRequestType(flag(v)); }},
    Row{"language", [](Target t, const ConfigValue& v) { t.client.setLanguage(language_by_name(text(v))); }},
    Row{"persistConsumerOffsetInterval",
        [](Target t, const ConfigValue& v) { t.client.setPersistConsumerOffsetInterval(number(v)); }},
    Row{"useHeartbeatV2", [](Target t, const ConfigValue& v) { t.client.setUseHeartbeatV2(flag(v)); }},
    Row{"detectInterval", [](Target t, const ConfigValue& v) { t.client.setDetectInterval(number(v)); }},
    Row{"detectTimeout", [](Target t, const ConfigValue& v) { t.client.setDetectTimeout(number(v)); }},
    Row{"enableBackpressureForAsyncMode",
        [](Target t, const ConfigValue& v) { t.settings.enable_backpressure_for_async_mode = flag(v); }},
    Row{"enableTrace", [](Target t, const ConfigValue& v) { t.client.setEnableTrace(flag(v)); }},
    Row{"heartbeatBrokerInterval",
        [](Target t, const ConfigValue& v) { t.client.setHeartbeatBrokerInterval(number(v)); }},
    Row{"instanceName", [](Target t, const ConfigValue& v) { t.client.setInstanceName(text(v)); }},
    Row{"latencyMax", nullptr},
    Row{"maxMessageSize", [](Target t, const ConfigValue& v) { t.settings.max_message_size = number(v); }},
    Row{"mqClientApiTimeout", [](Target t, const ConfigValue& v) { t.client.setMqClientApiTimeout(number(v)); }},
    Row{"namespace", [](Target t, const ConfigValue& v) { t.client.setNamespace(text(v)); }},
    Row{"namespaceV2", [](Target t, const ConfigValue& v) { t.client.setNamespaceV2(text(v)); }},
    Row{"notAvailableDuration", nullptr},
    Row{"pollNameServerInterval",
        [](Target t, const ConfigValue& v) { t.client.setPollNameServerInterval(number(v)); }},
    Row{"retryAnotherBrokerWhenNotStoreOK",
        [](Target t, const ConfigValue& v) { t.settings.retry_another_broker_when_not_store_ok = flag(v); }},
    Row{"retryTimesWhenSendAsyncFailed",
        [](Target t, const ConfigValue& v) { t.settings.retry_times_when_send_async_failed = small(v); }},
    Row{"retryTimesWhenSendFailed",
        [](Target t, const ConfigValue& v) { t.settings.retry_times_when_send_failed = small(v); }},
    Row{"sendLatencyEnable", nullptr},  // too late: a producer reads it when it is made (quirk 34)
    Row{"sendLatencyFaultEnable", nullptr},
    Row{"sendMsgMaxTimeoutPerRequest",
        [](Target t, const ConfigValue& v) { t.settings.send_msg_max_timeout_per_request = number(v); }},
    Row{"sendMsgTimeout", [](Target t, const ConfigValue& v) { t.settings.send_msg_timeout = number(v); }},
    Row{"startDetectorEnable", nullptr},
    Row{"totalBatchMaxBytes",
        [](Target t, const ConfigValue& v) {
          t.settings.total_batch_max_bytes = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_total_batch_max_bytes(number(v));
        }},
    Row{"topics",
        [](Target t, const ConfigValue& v) { t.settings.topics = std::get<std::vector<std::string>>(v); }},
    Row{"traceMsgBatchNum", [](Target t, const ConfigValue& v) { t.client.setTraceMsgBatchNum(small(v)); }},
    Row{"traceTopic", [](Target t, const ConfigValue& v) { t.client.setTraceTopic(text(v)); }},
    Row{"unitMode", [](Target t, const ConfigValue& v) { t.client.setUnitMode(flag(v)); }},
    Row{"unitName", [](Target t, const ConfigValue& v) { t.client.setUnitName(text(v)); }},
    Row{"useTLS", [](Target t, const ConfigValue& v) { t.client.setUseTLS(flag(v)); }},
    Row{"vipChannelEnabled", [](Target t, const ConfigValue& v) { t.client.setVipChannelEnabled(flag(v)); }},
};

const Row* find_row(std::string_view name) {
  const auto it = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
  return it == kRows.end() ? nullptr : &*it;
}

}  // namespace

bool applies_setting(std::string_view name) { return find_row(name) != nullptr; }

namespace {

void apply(const ProducerConfig& config, const Profile& profile, const Target& target,
           std::vector<std::string>& notes) {
  for (const auto& [name, value] : config.values) {
    const Row* row = find_row(name);
    const ProducerSetting* setting = find_producer_setting(name);
    const bool known = setting == nullptr || !setting->since_5 || profile.has_max_timeout_per_request;
    const bool too_late = name == "sendLatencyEnable" ||
                          (profile.detector_keeps_defaults && (name == "detectInterval" || name == "detectTimeout"));
    if (!known || too_late) notes.push_back(name + " has no effect in " + std::string(profile.name));
    if (row != nullptr && row->set != nullptr) row->set(target, value);
  }
}

}  // namespace

void apply_config(const ProducerConfig& config, const Profile& profile, ClientConfig& client,
                  ProducerSettings& settings, std::vector<std::string>& notes) {
  apply(config, profile, {client, settings, nullptr}, notes);
}

void apply_config(const ProducerConfig& config, DefaultMQProducerImpl& running, std::vector<std::string>& notes) {
  ClientConfig unused;
  apply(config, running.profile(), {unused, running.settings(), &running}, notes);
  apply_config(config, running.strategy());
}

void apply_config(const ProducerConfig& config, MQFaultStrategy& strategy) {
  if (const auto* on = config.get<bool>("sendLatencyFaultEnable")) strategy.setSendLatencyFaultEnable(*on);
  if (const auto* on = config.get<bool>("startDetectorEnable")) strategy.setStartDetectorEnable(*on);
  if (const auto* ms = config.get<std::vector<std::int64_t>>("latencyMax")) strategy.setLatencyMax(*ms);
  if (const auto* ms = config.get<std::vector<std::int64_t>>("notAvailableDuration")) {
    strategy.setNotAvailableDuration(*ms);
  }
}

}  // namespace rmqsim
