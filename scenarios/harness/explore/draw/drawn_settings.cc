#include "scenarios/harness/explore/draw/drawn_settings.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace rmqsim {
namespace {

using Times = std::vector<std::int64_t>;

void put(ProducerConfig& config, const char* name, ConfigValue value) {
  config.values.insert_or_assign(name, std::move(value));
}

void put_one_of(Dice& dice, ProducerConfig& config, const char* name, std::initializer_list<std::int64_t> values) {
  put(config, name, dice.of(values));
}

constexpr DrawnSetting kDrawnSettings[] = {
    {8, true, [](Dice&, ProducerConfig& c) { put(c, "sendLatencyFaultEnable", true); }},
    {4, true,
     [](Dice&, ProducerConfig& c) {
       put(c, "sendLatencyFaultEnable", true);
       put(c, "startDetectorEnable", true);
     }},
    {1, false,
     [](Dice& dice, ProducerConfig& c) {
       put(c, "sendLatencyFaultEnable", true);
       put(c, "startDetectorEnable", true);
       put_one_of(dice, c, "detectInterval", {100, 500, 1000, 3000});
       put_one_of(dice, c, "detectTimeout", {1, 100, 200, 1000});
     }},
    {2, true,
     [](Dice& dice, ProducerConfig& c) {
       put(c, "sendLatencyFaultEnable", true);
       const std::int64_t first = dice.of({1, 10, 100, 500});
       put(c, "latencyMax", Times{first, first * 5, first * 20});
       put(c, "notAvailableDuration", Times{dice.of<std::int64_t>({0, 100}), 1000, 5000});
     }},
    {6, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "sendMsgTimeout", {1, 50, 100, 500, 1000, 2000, 5000});
     }},
    {6, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "sendMsgMaxTimeoutPerRequest", {1, 100, 500, 1000, 1500, 2999, 3000, 3001});
     }},
    {5, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "retryTimesWhenSendFailed", {0, 1, 3, 5});
     }},
    {5, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "retryTimesWhenSendAsyncFailed", {0, 1, 3, 5});
     }},
    {4, true, [](Dice&, ProducerConfig& c) { put(c, "retryAnotherBrokerWhenNotStoreOK", true); }},
    {4, true,
     [](Dice& dice, ProducerConfig& c) {
       put(c, "enableBackpressureForAsyncMode", true);
       put_one_of(dice, c, "backPressureForAsyncSendNum", {10, 10, 11, 12});
       put_one_of(dice, c, "backPressureForAsyncSendSize", {1 << 20, 1 << 20, 1 << 21});
     }},
    {3, true,
     [](Dice& dice, ProducerConfig& c) {
       put(c, "autoBatch", true);
       put_one_of(dice, c, "batchMaxBytes", {1, 40, 100, 32768});
       put_one_of(dice, c, "batchMaxDelayMs", {1, 10, 100, 1000});
       if (dice.chance(0.3)) put_one_of(dice, c, "totalBatchMaxBytes", {1, 40, 100, 1000});
     }},
    {4, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "compressMsgBodyOverHowmuch", {0, 16, 100});
       if (dice.chance(0.5)) put(c, "compressType", std::string(dice.of({"LZ4", "ZSTD", "ZLIB"})));
     }},
    {1, true,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "maxMessageSize", {0, 15, 16, 1000});
     }},
    {2, true,
     [](Dice& dice, ProducerConfig& c) {
       put(c, "addRetryResponseCode", std::vector<std::int32_t>{dice.of({13, 215, 3, 604})});
     }},
    {3, false,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "pollNameServerInterval", {500, 1000, 5000, 10'000});
     }},
    {3, false,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "heartbeatBrokerInterval", {500, 1000, 5000, 10'000});
     }},
    {2, false,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "mqClientApiTimeout", {1, 100, 500, 1000});
     }},
    {2, false,
     [](Dice& dice, ProducerConfig& c) {
       put_one_of(dice, c, "clientCallbackExecutorThreads", {1, 2, 4});
     }},
    {2, false, [](Dice&, ProducerConfig& c) { put(c, "enableTrace", true); }},
    {1, false, [](Dice&, ProducerConfig& c) { put(c, "enableHeartbeatChannelEventListener", false); }},
    {1, false, [](Dice&, ProducerConfig& c) { put(c, "useHeartbeatV2", true); }},
    {1, false, [](Dice&, ProducerConfig& c) { put(c, "vipChannelEnabled", true); }},
};

constexpr auto kSettingWeights = [] {
  std::array<std::uint8_t, std::size(kDrawnSettings)> weights{};
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = kDrawnSettings[i].weight;
  return weights;
}();

}  // namespace

std::span<const DrawnSetting> drawn_settings() { return kDrawnSettings; }
std::span<const std::uint8_t> drawn_setting_weights() { return kSettingWeights; }

void draw_settings(Dice& dice, const Choice& settings, ProducerConfig& config) {
  for (std::size_t i = 0; i < std::size(kDrawnSettings); ++i) {
    // A producer that had all would seldom send anything.
    if (settings.has(i) && dice.below(8) < kDrawnSettings[i].weight) kDrawnSettings[i].draw(dice, config);
  }
}

ProducerConfig draw_running_setting(Dice& dice, const Choice& settings) {
  ProducerConfig config;
  std::size_t kind = settings.empty() ? 0 : settings.pick(dice);
  while (!kDrawnSettings[kind].running) kind = dice.below(std::size(kDrawnSettings));
  kDrawnSettings[kind].draw(dice, config);
  return config;
}

void provide_for_settings(Scenario& scenario) {
  constexpr std::string_view kTraceTopicName = "RMQ_SYS_TRACE_TOPIC";
  const bool traced = std::any_of(scenario.producers.begin(), scenario.producers.end(),
                                  [](const auto& p) { return p.config.template get<bool>("enableTrace") != nullptr; });
  if (!traced || scenario.cluster.find_topic(kTraceTopicName) != nullptr || scenario.cluster.topics.empty()) return;
  TopicSpec topic = scenario.cluster.topics.front();
  topic.name = kTraceTopicName;
  scenario.cluster.topics.push_back(std::move(topic));
}

}  // namespace rmqsim
