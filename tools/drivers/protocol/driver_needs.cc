// What a scenario asks of a client, compared with what its driver says that it can do.
#include "producer/profile/profile.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/file/producer_settings.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {
namespace {

class Needs {
 public:
  Needs(const Profile& profile, const DriverHello& hello) : profile_(profile), hello_(hello) {}

  void of(const ProducerSpec& spec) {
    settings(spec.config);
    if (spec.credentials) feature("credentials", "it does not sign requests");
    if (!spec.auto_start) feature("lifecycle", "its producers cannot be used before their start");
    if (missing_.empty() && spec.listener && (!spec.listener->there || !spec.listener->check.empty())) {
      missing_ = "the protocol has no word for what a listener answers whoever asks, or for a producer without one";
    }
  }
  void of(const Step& step) {
    if (step.concurrency > 1) feature("threads", "it does not send from several threads");
    std::visit([this](const auto& what) { kind(what); }, step.what);
  }
  const std::string& missing() const { return missing_; }

 private:
  void feature(std::string_view name, const char* reason) {
    if (missing_.empty() && !hello_.has(name)) missing_ = reason + std::string(" (feature ") + std::string(name) + ")";
  }
  void mode(CommunicationMode wanted) {
    const std::string_view name(wanted == CommunicationMode::SYNC    ? "sync"
                                : wanted == CommunicationMode::ASYNC ? "async"
                                                                     : "oneway");
    if (missing_.empty() && !hello_.modes.contains(name)) missing_ = "it does not send " + std::string(name);
  }
  /// A setting that the profile does not heed changes nothing when it is left out.
  void settings(const ProducerConfig& config) {
    for (const auto& [name, value] : config.values) {
      const ProducerSetting* setting = find_producer_setting(name);
      if (setting == nullptr || !setting->has_effect(profile_) || hello_.settings.contains(name)) continue;
      if (missing_.empty()) missing_ = "it has no setting " + name;
    }
    const bool* waits = config.get<bool>("enableBackpressureForAsyncMode");
    if (waits != nullptr && *waits) feature("called", "its driver does not tell when an async call has returned");
  }
  void message(const MessageSpec& message) {
    if (message.delay_level > 0) feature("delayLevel", "it knows no delay levels");
    if (message.delay) feature("delayTime", "it sends no timer messages");
  }
  void kind(const SendStep& step) {
    mode(step.mode);
    message(step.message);
    if (step.queue) feature("queue", "it cannot send to a given queue");
    if (step.selector) feature("selector", "it has no queue selectors");
    if (step.batch > 0) feature("batch", "it sends no batches");
    if (step.timeout_ms) feature("sendTimeout", "its sends take no timeout of their own");
  }
  void kind(const TransactionStep& step) {
    feature("transaction", "it has no transactional messages");
    message(step.message);
  }
  void kind(const RequestStep& step) {
    feature("request", "it sends no requests");
    message(step.message);
    if (step.queue) feature("queue", "it cannot send to a given queue");
    if (step.selector) feature("selector", "it has no queue selectors");
  }
  void kind(const RecallStep&) { feature("recall", "it takes no messages back"); }
  void kind(const EventStep& step) {
    if (const auto* event = std::get_if<SetConfigEvent>(&step.event)) {
      feature("setConfig", "its settings cannot be changed at run time");
      settings(event->config);
    }
    if (std::holds_alternative<StartProducerEvent>(step.event)) {
      feature("lifecycle", "its producers cannot be used before their start");
    }
  }
  void kind(const WaitStep&) {}
  void kind(const AssertStep&) {}

  const Profile& profile_;
  const DriverHello& hello_;
  std::string missing_;
};

}  // namespace

std::string why_not_applicable(const Scenario& scenario, const Profile& profile, const DriverHello& hello) {
  Needs needs(profile, hello);
  for (const ProducerSpec& spec : scenario.producers) needs.of(spec);
  for (const Step& step : scenario.steps) needs.of(step);
  return needs.missing().empty() ? "" : "not applicable to " + hello.label() + ": " + needs.missing();
}

}  // namespace rmqsim
