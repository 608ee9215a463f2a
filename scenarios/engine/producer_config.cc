// See the header. One row per setting; a row without `runtime` cannot be changed by setConfig.
#include "scenarios/engine/producer_config.h"

#include <algorithm>
#include <array>

#include "producer/client/produce_accumulator.h"
#include "scenarios/file/producer_settings.h"

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
  bool at_run_time;
  Setter set;  // null: lives in the strategy
};

std::int64_t number(const ConfigValue& value) { return std::get<std::int64_t>(value); }
bool flag(const ConfigValue& value) { return std::get<bool>(value); }
const std::string& text(const ConfigValue& value) { return std::get<std::string>(value); }
int small(const ConfigValue& value) { return static_cast<int>(number(value)); }

constexpr std::array kRows{
    Row{"accessChannel", false,
        [](Target t, const ConfigValue& v) {
          t.client.setAccessChannel(text(v) == "CLOUD" ? AccessChannel::CLOUD : AccessChannel::LOCAL);
        }},
    Row{"addRetryResponseCode", true,
        [](Target t, const ConfigValue& v) {
          for (std::int32_t code : std::get<std::vector<std::int32_t>>(v))
            t.settings.retry_response_codes.push_back(code);
        }},
    Row{"autoBatch", true, [](Target t, const ConfigValue& v) { t.settings.auto_batch = flag(v); }},
    Row{"backPressureForAsyncSendNum", true,
        [](Target t, const ConfigValue& v) {
          if (t.running != nullptr) return t.running->set_back_pressure_for_async_send_num(number(v));
          t.settings.back_pressure_for_async_send_num = number(v);
        }},
    Row{"backPressureForAsyncSendSize", true,
        [](Target t, const ConfigValue& v) {
          if (t.running != nullptr) return t.running->set_back_pressure_for_async_send_size(number(v));
          t.settings.back_pressure_for_async_send_size = number(v);
        }},
    Row{"batchMaxBytes", true,
        [](Target t, const ConfigValue& v) {
          t.settings.batch_max_bytes = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_batch_max_bytes(number(v));
        }},
    Row{"batchMaxDelayMs", true,
        [](Target t, const ConfigValue& v) {
          t.settings.batch_max_delay_ms = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_batch_max_delay_ms(number(v));
        }},
    Row{"clientIP", false, [](Target t, const ConfigValue& v) { t.client.setClientIP(text(v)); }},
    Row{"clientCallbackExecutorThreads", false,
        [](Target t, const ConfigValue& v) {
          t.client.setClientCallbackExecutorThreads(static_cast<std::size_t>(number(v)));
        }},
    Row{"compressLevel", true, [](Target t, const ConfigValue& v) { t.settings.compress_level = small(v); }},
    Row{"compressMsgBodyOverHowmuch", true,
        [](Target t, const ConfigValue& v) { t.settings.compress_msg_body_over_howmuch = number(v); }},
    Row{"compressType", true,
        [](Target t, const ConfigValue& v) { t.settings.compress_type = *compression_type_by_name(text(v)); }},
    Row{"createTopicKey", true, [](Target t, const ConfigValue& v) { t.settings.create_topic_key = text(v); }},
    Row{"defaultTopicQueueNums", true,
        [](Target t, const ConfigValue& v) { t.settings.default_topic_queue_nums = small(v); }},
    Row{"enableHeartbeatChannelEventListener", false,
        [](Target t, const ConfigValue& v) { t.client.setEnableHeartbeatChannelEventListener(flag(v)); }},
    Row{"enableStreamRequestType", false,
        [](Target t, const ConfigValue& v) { t.client.setEnableStreamRequestType(flag(v)); }},
    Row{"language", false, [](Target t, const ConfigValue& v) { t.client.setLanguage(language_by_name(text(v))); }},
    Row{"persistConsumerOffsetInterval", false,
        [](Target t, const ConfigValue& v) { t.client.setPersistConsumerOffsetInterval(number(v)); }},
    Row{"useHeartbeatV2", false, [](Target t, const ConfigValue& v) { t.client.setUseHeartbeatV2(flag(v)); }},
    Row{"detectInterval", false, [](Target t, const ConfigValue& v) { t.client.setDetectInterval(number(v)); }},
    Row{"detectTimeout", false, [](Target t, const ConfigValue& v) { t.client.setDetectTimeout(number(v)); }},
    Row{"enableBackpressureForAsyncMode", true,
        [](Target t, const ConfigValue& v) { t.settings.enable_backpressure_for_async_mode = flag(v); }},
    Row{"enableTrace", false, [](Target t, const ConfigValue& v) { t.client.setEnableTrace(flag(v)); }},
    Row{"heartbeatBrokerInterval", false,
        [](Target t, const ConfigValue& v) { t.client.setHeartbeatBrokerInterval(number(v)); }},
    Row{"instanceName", false, [](Target t, const ConfigValue& v) { t.client.setInstanceName(text(v)); }},
    Row{"latencyMax", true, nullptr},
    Row{"maxMessageSize", true, [](Target t, const ConfigValue& v) { t.settings.max_message_size = number(v); }},
    Row{"mqClientApiTimeout", false, [](Target t, const ConfigValue& v) { t.client.setMqClientApiTimeout(number(v)); }},
    Row{"namespace", false, [](Target t, const ConfigValue& v) { t.client.setNamespace(text(v)); }},
    Row{"namespaceV2", false, [](Target t, const ConfigValue& v) { t.client.setNamespaceV2(text(v)); }},
    Row{"notAvailableDuration", true, nullptr},
    Row{"pollNameServerInterval", false,
        [](Target t, const ConfigValue& v) { t.client.setPollNameServerInterval(number(v)); }},
    Row{"retryAnotherBrokerWhenNotStoreOK", true,
        [](Target t, const ConfigValue& v) { t.settings.retry_another_broker_when_not_store_ok = flag(v); }},
    Row{"retryTimesWhenSendAsyncFailed", true,
        [](Target t, const ConfigValue& v) { t.settings.retry_times_when_send_async_failed = small(v); }},
    Row{"retryTimesWhenSendFailed", true,
        [](Target t, const ConfigValue& v) { t.settings.retry_times_when_send_failed = small(v); }},
    Row{"sendLatencyEnable", false, nullptr},  // too late: a producer reads it when it is made (quirk 34)
    Row{"sendLatencyFaultEnable", true, nullptr},
    Row{"sendMsgMaxTimeoutPerRequest", true,
        [](Target t, const ConfigValue& v) { t.settings.send_msg_max_timeout_per_request = number(v); }},
    Row{"sendMsgTimeout", true, [](Target t, const ConfigValue& v) { t.settings.send_msg_timeout = number(v); }},
    Row{"startDetectorEnable", true, nullptr},
    Row{"totalBatchMaxBytes", true,
        [](Target t, const ConfigValue& v) {
          t.settings.total_batch_max_bytes = number(v);
          if (ProduceAccumulator* accumulator = t.accumulator()) accumulator->set_total_batch_max_bytes(number(v));
        }},
    Row{"topics", false,
        [](Target t, const ConfigValue& v) { t.settings.topics = std::get<std::vector<std::string>>(v); }},
    Row{"traceMsgBatchNum", false, [](Target t, const ConfigValue& v) { t.client.setTraceMsgBatchNum(small(v)); }},
    Row{"traceTopic", false, [](Target t, const ConfigValue& v) { t.client.setTraceTopic(text(v)); }},
    Row{"unitMode", false, [](Target t, const ConfigValue& v) { t.client.setUnitMode(flag(v)); }},
    Row{"unitName", false, [](Target t, const ConfigValue& v) { t.client.setUnitName(text(v)); }},
    Row{"useTLS", false, [](Target t, const ConfigValue& v) { t.client.setUseTLS(flag(v)); }},
    Row{"vipChannelEnabled", false, [](Target t, const ConfigValue& v) { t.client.setVipChannelEnabled(flag(v)); }},
};

const Row* find_row(std::string_view name) {
  const auto it = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
  return it == kRows.end() ? nullptr : &*it;
}

std::optional<UnsupportedSetting> find_unsupported(const ProducerConfig& config, bool running) {
  for (const auto& [name, value] : config.values) {
    const auto where = config.where.find(name);
    const SourceLocation place = where == config.where.end() ? SourceLocation{} : where->second;
    const Row* row = find_row(name);
    if (row == nullptr) return UnsupportedSetting{"\"" + name + "\" is not supported yet by this version", place};
    if (running && !row->at_run_time) {
      return UnsupportedSetting{"\"" + name + "\" is read once, when the producer starts; set it in `producers`",
                                place};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<UnsupportedSetting> find_unsupported(const Scenario& scenario) {
  for (const ProducerSpec& producer : scenario.producers) {
    if (auto found = find_unsupported(producer.config, false)) return found;
  }
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    if (event == nullptr) continue;
    const auto* set = std::get_if<SetConfigEvent>(&event->event);
    if (set == nullptr) continue;
    if (auto found = find_unsupported(set->config, true)) return found;
  }
  return std::nullopt;
}

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
