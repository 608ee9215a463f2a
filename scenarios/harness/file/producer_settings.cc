// One row per property; defaults are the client's business.
#include "scenarios/harness/file/producer_settings.h"

#include <algorithm>

namespace rmqsim {
namespace {

using Type = ProducerSetting::Type;

constexpr std::string_view kAccessChannels[] = {"LOCAL", "CLOUD"};
constexpr std::string_view kCompressTypes[] = {"LZ4", "ZSTD", "ZLIB"};
constexpr std::string_view kLanguages[] = {"JAVA",  "CPP",  "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY",
                                           "OTHER", "HTTP", "GO",     "PHP",    "OMS",    "RUST",   "NODE_JS"};

constexpr ProducerSetting boolean(std::string_view name, bool since_5 = false) {
  return {name, Type::boolean, since_5, 0, 0};
}
constexpr ProducerSetting integer(std::string_view name, std::int64_t min, bool since_5 = false,
                                  std::int64_t max = INT32_MAX) {
  return {name, Type::integer, since_5, min, max};
}
constexpr ProducerSetting text(std::string_view name, bool since_5 = false,
                               std::span<const std::string_view> allowed = {}) {
  return {name, Type::text, since_5, 0, 0, allowed};
}

/// Read when the producer starts, and never again.
constexpr ProducerSetting once(ProducerSetting setting) {
  setting.use = ProducerSetting::Use::at_start;
  return setting;
}
/// Java has it, these producers do not.
constexpr ProducerSetting refused(ProducerSetting setting) {
  setting.use = ProducerSetting::Use::refused;
  return setting;
}

constexpr ProducerSetting kSettings[] = {
    once(text("accessChannel", false, kAccessChannels)),
    {"addRetryResponseCode", Type::code_list, false, 0, 0},
    boolean("autoBatch", true),
    integer("backPressureForAsyncSendNum", 10, true),
    integer("backPressureForAsyncSendSize", 1 << 20, true),
    integer("batchMaxBytes", 1, true, 2 << 20),
    integer("batchMaxDelayMs", 1, true, 30'000),
    once(text("clientIP")),
    once(integer("clientCallbackExecutorThreads", 1, false, 1024)),
    integer("compressLevel", 0, false, 9),
    integer("compressMsgBodyOverHowmuch", 0),
    text("compressType", false, kCompressTypes),
    text("createTopicKey"),
    refused(boolean("decodeDecompressBody", true)),
    refused(boolean("decodeReadBody", true)),
    integer("defaultTopicQueueNums", 1),
    once(integer("detectInterval", 1, true)),
    once(integer("detectTimeout", 1, true)),
    boolean("enableBackpressureForAsyncMode", true),
    once(boolean("enableHeartbeatChannelEventListener", true)),
    once(boolean("enableStreamRequestType")),
    once(boolean("enableTrace")),
    once(integer("heartbeatBrokerInterval", 1)),
    once(text("instanceName")),
    once(text("language", false, kLanguages)),
    {"latencyMax", Type::millis_list, false, 0, 0},
    integer("maxMessageSize", 0),
    once(integer("mqClientApiTimeout", 1)),
    once(text("namespace")),
    once(text("namespaceV2", true)),
    {"notAvailableDuration", Type::millis_list, false, 0, 0},
    once(integer("persistConsumerOffsetInterval", 1)),
    once(integer("pollNameServerInterval", 1)),
    refused(integer("pullTimeDelayMillsWhenException", 0)),
    boolean("retryAnotherBrokerWhenNotStoreOK"),
    integer("retryTimesWhenSendAsyncFailed", 0, false, 1000),
    integer("retryTimesWhenSendFailed", 0, false, 1000),
    once(boolean("sendLatencyEnable", true)),
    boolean("sendLatencyFaultEnable"),
    integer("sendMsgMaxTimeoutPerRequest", -1, true),
    integer("sendMsgTimeout", 0),
    refused(text("socksProxyConfig", true)),
    boolean("startDetectorEnable", true),
    once(ProducerSetting{"topics", Type::text_list, true, 0, 0}),
    integer("totalBatchMaxBytes", 1, true),
    once(integer("traceMsgBatchNum", 1, true)),
    once(text("traceTopic")),
    once(boolean("unitMode")),
    once(text("unitName")),
    once(boolean("useHeartbeatV2", true)),
    once(boolean("useTLS")),
    once(boolean("vipChannelEnabled")),
};

}  // namespace

std::span<const ProducerSetting> producer_settings() { return kSettings; }

const ProducerSetting* find_producer_setting(std::string_view name) {
  auto it = std::find_if(std::begin(kSettings), std::end(kSettings), [&](const auto& s) { return s.name == name; });
  return it == std::end(kSettings) ? nullptr : it;
}

}  // namespace rmqsim
