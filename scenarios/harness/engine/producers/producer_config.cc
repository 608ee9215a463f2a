// What the rows of the settings (scenarios/harness/file/settings) apply themselves to.
#include "scenarios/harness/engine/producers/producer_config.h"

#include <array>

#include "producer/client/api/acl_client_rpc_hook.h"
#include "producer/client/held/produce_accumulator.h"
#include "scenarios/harness/file/settings/producer_setting_rows.h"

namespace rmqsim {
namespace {

/// The only type that the rows' generic functions are made for.
class SettingTarget {
 public:
  ClientConfig& client;
  ProducerSettings& settings;

  SettingTarget(ClientConfig& config, ProducerSettings& values, MQFaultStrategy* strategy,
                DefaultMQProducerImpl* running)
      : client(config), settings(values), strategy_(strategy), running_(running) {}

  /// It keeps its settings itself; null before the producer is made.
  MQFaultStrategy* strategy() const { return strategy_; }
  /// Null unless the producer runs and gathers.
  ProduceAccumulator* accumulator() const { return running_ == nullptr ? nullptr : running_->accumulator(); }
  void set_back_pressure_num(std::int64_t sends) const {
    if (running_ != nullptr) return running_->set_back_pressure_for_async_send_num(sends);
    settings.back_pressure_for_async_send_num = sends;
  }
  void set_back_pressure_size(std::int64_t bytes) const {
    if (running_ != nullptr) return running_->set_back_pressure_for_async_send_size(bytes);
    settings.back_pressure_for_async_send_size = bytes;
  }
  void set_cloud_channel(bool cloud) const {
    client.setAccessChannel(cloud ? AccessChannel::CLOUD : AccessChannel::LOCAL);
  }

 private:
  MQFaultStrategy* const strategy_;
  DefaultMQProducerImpl* const running_;
};

using Setter = void (*)(SettingTarget&, const SettingValue&);

/// One for each of producer_settings().
constexpr auto kSetters = std::apply(
    [](const auto&... row) { return std::array<Setter, sizeof...(row)>{Setter{row.apply}...}; }, kProducerSettingRows);

void apply(const ProducerConfig& config, SettingTarget target) {
  for (const auto& [name, value] : config.values) {
    const ProducerSetting* setting = find_producer_setting(name);
    if (setting == nullptr) continue;
    if (const Setter set = kSetters.at(static_cast<std::size_t>(setting - producer_settings().data()))) {
      set(target, SettingValue(value));
    }
  }
}

void note_idle(const ProducerConfig& config, const Profile& profile, std::vector<std::string>& notes) {
  for (const auto& [name, value] : config.values) {
    const ProducerSetting* setting = find_producer_setting(name);
    if (setting == nullptr || setting->has_effect(profile)) continue;
    notes.push_back(name + " has no effect in " + std::string(profile.name));
  }
}

}  // namespace

void apply_config(const ProducerConfig& config, const Profile& profile, ClientConfig& client,
                  ProducerSettings& settings, std::vector<std::string>& notes) {
  note_idle(config, profile, notes);
  apply(config, {client, settings, nullptr, nullptr});
}

void configure_producer(const ProducerSpec& spec, const Profile& profile, const ProducerPlace& place,
                        ClientConfig& client, ProducerSettings& settings, std::vector<std::string>& notes) {
  settings.retry_response_codes = profile.retry_response_codes;
  settings.record_attempts = true;
  settings.remoting.node = spec.name;
  settings.remoting.close_delay = place.close_delay;
  client.setNamesrvAddr(place.name_servers);
  if (spec.queue_index) {
    settings.queue_index_start = spec.queue_index->start;
    settings.queue_index_resets = spec.queue_index->resets;
    settings.queue_index_draws = spec.queue_index->draws;
    settings.async_sender_threads = spec.queue_index->threads;
    client.setClientCallbackExecutorThreads(spec.queue_index->threads);
  }
  if (spec.credentials) settings.rpc_hook = std::make_shared<AclClientRPCHook>(*spec.credentials);
  apply_config(spec.config, profile, client, settings, notes);
}

void apply_config(const ProducerConfig& config, DefaultMQProducerImpl& running, std::vector<std::string>& notes) {
  note_idle(config, running.profile(), notes);
  ClientConfig unused;  // it is read once
  apply(config, {unused, running.settings(), &running.strategy(), &running});
}

void apply_config(const ProducerConfig& config, MQFaultStrategy& strategy) {
  ClientConfig client;  // what does not belong to the strategy has been applied
  ProducerSettings settings;
  apply(config, {client, settings, &strategy, nullptr});
}

}  // namespace rmqsim
