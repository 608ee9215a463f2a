#include "scenarios/harness/engine/judging/invariant.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {
constexpr std::size_t kMaxShown = 3;
}

bool JudgedRun::all_completed() const {
  return std::all_of(record.sends.begin(), record.sends.end(), [](const SendRecord& r) { return r.completed(); });
}

bool JudgedRun::shut_down(std::string_view producer) const {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* ends = event == nullptr ? nullptr : std::get_if<ShutdownProducerEvent>(&event->event);
    return ends != nullptr && ends->producer == producer;
  });
}

const SendStep* JudgedRun::send_step(const SendRecord& send) const {
  return send.step < scenario.steps.size() ? std::get_if<SendStep>(&scenario.steps[send.step].what) : nullptr;
}

const std::string& JudgedRun::producer_of(const SendRecord& send) const {
  static const std::string kNobody;
  if (send.step >= scenario.steps.size()) return kNobody;
  return std::visit(
      [](const auto& what) -> const std::string& {
        if constexpr (requires { what.producer; }) return what.producer;
        return kNobody;
      },
      scenario.steps[send.step].what);
}

std::int64_t JudgedRun::number(const std::string& producer, std::string_view setting, std::int64_t otherwise) const {
  const ProducerSpec* spec = scenario.find_producer(producer);
  const auto* set = spec == nullptr ? nullptr : spec->config.get<std::int64_t>(setting);
  return set == nullptr ? otherwise : *set;
}

std::int64_t JudgedRun::largest(const std::string& producer, std::string_view setting, std::int64_t otherwise) const {
  any_config(producer, [&](const ProducerConfig& config) {
    const auto* set = config.get<std::int64_t>(setting);
    if (set != nullptr) otherwise = std::max(otherwise, *set);
    return false;
  });
  return otherwise;
}

std::int64_t JudgedRun::longest(const std::string& producer, std::string_view setting,
                                std::vector<std::int64_t> otherwise) const {
  any_config(producer, [&](const ProducerConfig& config) {
    const auto* set = config.get<std::vector<std::int64_t>>(setting);
    if (set != nullptr) otherwise.insert(otherwise.end(), set->begin(), set->end());
    return false;
  });
  return otherwise.empty() ? 0 : *std::max_element(otherwise.begin(), otherwise.end());
}

bool JudgedRun::has_own_client(const std::string& producer) const {
  // Of producers with one client id the first one's client serves all (quirk 50). Traces are sent by another client in
  // its name, with lookups, greetings and intervals of its own (behaviour §10.6).
  return scenario.find_producer(producer) != nullptr && !ever(producer, "enableTrace", true) &&
         (scenario.producers.size() == 1 || !ever_set(producer, "instanceName"));
}

bool JudgedRun::any_config(const std::string& producer, const std::function<bool(const ProducerConfig&)>& holds) const {
  const ProducerSpec* spec = scenario.find_producer(producer);
  if (spec != nullptr && holds(spec->config)) return true;
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
    return set != nullptr && set->producer == producer && holds(set->config);
  });
}

void Breaches::send(std::uint64_t i, const SendRecord& record, const std::string& what) {
  if (std::exchange(last_, i) == i) return;  // told in the order of their numbers; one thing is enough to say
  ++sends_;
  if (!first_send_) first_send_ = i;
  if (evidence_.size() >= kMaxShown) return;
  evidence_.push_back(format_send(i, record) + (what.empty() ? "" : "   " + what));
}

void Breaches::other(std::string what) {
  if (others_++ == 0) first_other_ = std::move(what);
}

Failure Breaches::failure(std::size_t sends) const {
  Failure failure;
  failure.check = "invariant " + std::string(info_.name);
  failure.message = std::string(info_.meaning) + ": ";
  if (others_ > 0) failure.message += first_other_ + (others_ > 1 ? ", " + std::to_string(others_) + " times" : "");
  if (others_ > 0 && sends_ > 0) failure.message += "; ";
  if (sends_ > 0) failure.message += "broken by " + std::to_string(sends_) + " of " + std::to_string(sends) + " sends";
  failure.evidence = evidence_;
  failure.invariant = info_.name;
  failure.send = first_send_;
  return failure;
}

std::vector<std::string_view> split_keys(std::string_view keys) {
  std::vector<std::string_view> split;
  while (!keys.empty()) {
    split.push_back(keys.substr(0, keys.find(',')));
    keys.remove_prefix(std::min(keys.size(), split.back().size() + 1));
  }
  return split;
}

std::vector<std::string_view> kept_keys(const SendRecord& send) {
  if (send.msg_id.empty() && send.result) return split_keys(send.result->msg_id);
  return split_keys(send.msg_id);
}

}  // namespace rmqsim
