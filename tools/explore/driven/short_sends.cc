#include "tools/explore/driven/short_sends.h"

#include <chrono>
#include <string>
#include <utility>

#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {
namespace {

/// Long enough for a client that is warming up on a busy machine, and short enough to be waited for.
constexpr std::int64_t kTimeouts[] = {400, 600, 800};
/// Of a send that says its own, where the producer has no such setting.
constexpr std::int64_t kOwnTimeout = 700;
constexpr std::int64_t kJavasTimeout = 3000;

/// Between asynchronous sends: the tries of one are over, unless they are made to wait.
constexpr Duration kBetweenSends = std::chrono::milliseconds(60);

bool says_its_own_timeout(const DriverHello& hello) {
  return !hello.settings.contains("sendMsgTimeout") && hello.has("sendTimeout");
}

/// Puts settings, each only where the client and the profile have it.
class Settings {
 public:
  Settings(ProducerConfig& config, const Profile& profile, const DriverHello& hello)
      : config_(config), profile_(profile), hello_(hello) {}

  bool has(const char* name) const {
    const ProducerSetting* setting = find_producer_setting(name);
    return setting != nullptr && setting->has_effect(profile_) && hello_.settings.contains(name);
  }
  void put(const char* name, ConfigValue value) {
    if (has(name)) config_.values.insert_or_assign(name, std::move(value));
  }

 private:
  ProducerConfig& config_;
  const Profile& profile_;
  const DriverHello& hello_;
};

void draw_short_settings(Dice& dice, Settings settings) {
  using Times = std::vector<std::int64_t>;
  const std::int64_t timeout = dice.of({kTimeouts[0], kTimeouts[1], kTimeouts[2]});
  settings.put("sendMsgTimeout", timeout);
  if (dice.chance(0.3)) settings.put("retryTimesWhenSendFailed", dice.of<std::int64_t>({0, 1, 3, 4}));
  if (dice.chance(0.3)) settings.put("retryTimesWhenSendAsyncFailed", dice.of<std::int64_t>({0, 1, 3, 4}));
  if (dice.chance(0.2)) settings.put("retryAnotherBrokerWhenNotStoreOK", true);
  if (dice.chance(0.15)) settings.put("sendMsgMaxTimeoutPerRequest", timeout / 2);
  if (dice.chance(0.4)) {
    settings.put("sendLatencyFaultEnable", true);
    // A table whose longest isolation a trial can wait for, and whose times are none that sends add up to.
    if (settings.has("latencyMax") && settings.has("notAvailableDuration") && dice.chance(0.7)) {
      settings.put("latencyMax", Times{300, 2000});
      settings.put("notAvailableDuration", Times{1000, 1400});
    }
  }
}

}  // namespace

std::vector<ShortMode> short_modes(const DriverHello& hello) {
  std::vector<ShortMode> modes;
  const auto add = [&](DrawnMode mode, std::uint8_t weight, bool can) {
    if (can) modes.push_back({mode, weight});
  };
  const bool sync = hello.modes.contains("sync"), async = hello.modes.contains("async");
  add(DrawnMode::sync, 12, sync);
  add(DrawnMode::async, 8, async);
  add(DrawnMode::oneway, 1, hello.modes.contains("oneway"));
  add(DrawnMode::batch, 2, sync && hello.has("batch"));
  add(DrawnMode::async_batch, 1, async && hello.has("batch"));
  add(DrawnMode::to_queue, 2, sync && hello.has("queue"));
  add(DrawnMode::by_selector, 2, sync && hello.has("selector"));
  add(DrawnMode::transaction, 2, hello.has("transaction"));
  return modes;
}

Scenario draw_short_cast(Dice& dice, const Profile& profile, const DriverHello& hello) {
  Scenario scenario;
  ClusterSpec& cluster = scenario.cluster;
  cluster.nameservers = {"ns-1"};
  const std::size_t brokers = dice.of<std::size_t>({1, 2, 2, 2, 2, 3});
  for (std::size_t i = 0; i < brokers; ++i) {
    cluster.brokers.emplace_back().name = std::string("broker-") + static_cast<char>('a' + i);
  }
  TopicSpec& topic = cluster.topics.emplace_back();
  topic.name = "TopicTest";
  const std::int32_t queues = dice.of<std::int32_t>({1, 2, 2, 4});
  for (const BrokerSpec& broker : cluster.brokers) topic.queues.emplace_back(broker.name, queues);
  ProducerSpec& producer = scenario.producers.emplace_back();
  producer.name = producer.group = "p";
  producer.nameservers = cluster.nameservers;
  draw_short_settings(dice, Settings(producer.config, profile, hello));
  return scenario;
}

Duration short_timeout(const Scenario& scenario, const DriverHello& hello) {
  const auto* timeout =
      scenario.producers.empty() ? nullptr : scenario.producers.front().config.get<std::int64_t>("sendMsgTimeout");
  if (timeout != nullptr) return millis(*timeout);
  return millis(says_its_own_timeout(hello) ? kOwnTimeout : kJavasTimeout);
}

Step draw_short_sends(Dice& dice, const DriverHello& hello, std::uint64_t count) {
  const std::vector<ShortMode> modes = short_modes(hello);
  std::size_t sum = 0;
  for (const ShortMode& one : modes) sum += one.weight;
  std::size_t at = dice.below(sum);
  auto chosen = modes.begin();
  for (; at >= chosen->weight; ++chosen) at -= chosen->weight;
  Step step;
  step.send_count = count;
  if (chosen->mode == DrawnMode::transaction) {
    TransactionStep transaction;
    transaction.producer = "p";
    transaction.message.topic = "TopicTest";
    transaction.count = count;
    transaction.local = dice.of(
        {TransactionState::commit, TransactionState::commit, TransactionState::rollback, TransactionState::throw_});
    step.what = std::move(transaction);
    return step;
  }
  SendStep send;
  send.producer = "p";
  send.message.topic = "TopicTest";
  send.count = count;
  switch (chosen->mode) {
    case DrawnMode::async_batch:
      send.batch = 2;
      [[fallthrough]];
    case DrawnMode::async:
      send.mode = CommunicationMode::ASYNC;
      break;
    case DrawnMode::oneway:
      send.mode = CommunicationMode::ONEWAY;
      break;
    case DrawnMode::batch:
      send.batch = 2;
      break;
    case DrawnMode::to_queue:
      send.queue = QueueTarget{"broker-a", 0};
      break;
    case DrawnMode::by_selector:
      send.selector = SelectorSpec{dice.of({SelectorSpec::Kind::index, SelectorSpec::Kind::hash}), {}};
      break;
    default:
      break;
  }
  send.interval =
      send.mode == CommunicationMode::SYNC ? dice.of({Duration{0}, Duration{0}, millis(20)}) : kBetweenSends;
  if (hello.has("delayLevel") && dice.chance(0.05)) send.message.delay_level = 1;
  if (send.mode != CommunicationMode::ONEWAY && says_its_own_timeout(hello)) send.timeout_ms = kOwnTimeout;
  step.what = std::move(send);
  return step;
}

}  // namespace rmqsim
