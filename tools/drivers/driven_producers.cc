#include "tools/drivers/driven_producers.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

/// For what a driver does at once: make a producer, change it.
constexpr Duration kPatience = std::chrono::seconds(15);
/// How often a producer that is shut down says goodbye to each broker: by itself, and by that for its traces.
constexpr int kGoodbyes = 2;

}  // namespace

DrivenProducers::DrivenProducers(RunScope& run, ScenarioWorld& world, const Scenario& scenario,
                                 const DriverHello& hello, RunRecord& record, SayToDriver& say)
    : run_(run), world_(world), scenario_(scenario), hello_(hello), record_(record), say_(say) {
  for (const ProducerSpec& spec : scenario.producers) configs_[spec.name] = spec.config;
}

void DrivenProducers::ask(const std::string& key, const std::string& line, Task done, Duration more) {
  pending_[key] = Pending{run_.now(), run_.now() + kPatience + more, std::move(done)};
  say_(line);
}

void DrivenProducers::make_next(std::size_t producer, Task made) {
  if (producer == scenario_.producers.size()) return made();
  const ProducerSpec& spec = scenario_.producers[producer];
  const std::string namesrv = world_.cluster().name_server_addresses(spec.nameservers);
  ask("producer " + spec.name, producer_line(scenario_, spec, namesrv, hello_),
      [this, producer, made = std::move(made)]() mutable {
        running_.push_back(scenario_.producers[producer].name);
        make_next(producer + 1, std::move(made));
      });
}

void DrivenProducers::change(const SetConfigEvent& event, Task done) {
  set_config(event);
  ask("config " + event.producer, config_line(event.producer, event.config, hello_), std::move(done));
}

void DrivenProducers::set_config(const SetConfigEvent& event) {
  for (const auto& [name, value] : event.config.values) configs_[event.producer].values[name] = value;
}

void DrivenProducers::start(const StartProducerEvent& event, SourceLocation where, Task done) {
  const std::string key = "start " + event.producer;
  ask(key, start_line(event.producer), std::move(done));
  pending_[key].where = where;
  pending_[key].wanted = &event.exception;
}

void DrivenProducers::shutdown(const ShutdownProducerEvent& event, Task done) {
  std::erase(running_, event.producer);
  const Duration goodbye = millis(number(event.producer, "mqClientApiTimeout", 3000));
  ask("shutdown " + event.producer, shutdown_line(event.producer), std::move(done),
      goodbye * kGoodbyes * static_cast<std::int64_t>(scenario_.cluster.brokers.size()));
}

void DrivenProducers::shut_down_all(Task done) {
  if (running_.empty()) return done();
  const std::string next = running_.front();
  shutdown(ShutdownProducerEvent{next}, [this, done = std::move(done)]() mutable { shut_down_all(std::move(done)); });
}

std::int64_t DrivenProducers::number(const std::string& producer, std::string_view setting,
                                     std::int64_t otherwise) const {
  const auto config = configs_.find(producer);
  const std::int64_t* value = config == configs_.end() ? nullptr : config->second.get<std::int64_t>(setting);
  return value == nullptr ? otherwise : *value;
}

std::int64_t DrivenProducers::timeout_of(const std::string& producer) const {
  return number(producer, "sendMsgTimeout", hello_.profile.empty() ? kAnyTimeoutMillis : 3000);
}
int DrivenProducers::retries_of(const std::string& producer, std::string_view setting) const {
  return static_cast<int>(number(producer, setting, hello_.profile.empty() ? kAnyRetries : 2));
}

std::optional<std::string> DrivenProducers::heard(const DriverAnswer& answer, std::string_view kind) {
  const std::string key = std::string(kind) + " " + answer.name;
  const auto at = pending_.find(key);
  if (at == pending_.end()) return "it answers \"" + harmless(key, 100) + "\", which nobody asked for";
  Pending asked = std::move(at->second);
  pending_.erase(at);
  if (asked.wanted != nullptr) {
    std::optional<StartError> error;
    if (const auto& exception = answer.exception) {
      error = {exception->type, exception->response_code.value_or(-1), world_.cluster().symbolic(exception->message)};
    }
    if (auto failure = check_start(answer.name, *asked.wanted, error, asked.where)) {
      record_.failures.push_back(std::move(*failure));
    }
  } else if (answer.exception) {
    record_.failures.push_back({key.starts_with("producer") ? "start of producer \"" + answer.name + "\"" : key,
                                world_.cluster().symbolic(answer.exception->type + " " + answer.exception->message),
                                {},
                                {}});
  }
  asked.done();
  return std::nullopt;
}

std::optional<std::string> DrivenProducers::overdue() const {
  const TimePoint now = run_.now();
  for (const auto& [key, pending] : pending_) {
    if (now > pending.due) return "it did not answer \"" + key + "\" in time";
  }
  return std::nullopt;
}

std::string DrivenProducers::waiting_for() const {
  return pending_.empty() ? "" : "\"" + pending_.begin()->first + "\"";
}

Duration DrivenProducers::waited() const {
  Duration longest{0};
  for (const auto& [key, pending] : pending_) longest = std::max(longest, run_.now() - pending.asked);
  return longest;
}

}  // namespace rmqsim
