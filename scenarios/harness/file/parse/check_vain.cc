// Expectations that say nothing or cannot be judged, since there is nothing yet that they look at, or never will be.
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/sent_requests.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

bool turns_on(const ProducerConfig& config) {
  const auto* on = config.get<bool>("sendLatencyFaultEnable");
  return on != nullptr && *on;
}

bool keeps_table(const Scenario& scenario, const ProducerSpec& producer) {
  return turns_on(producer.config) || std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
           const auto* event = std::get_if<EventStep>(&step.what);
           const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
           return set != nullptr && set->producer == producer.name && turns_on(set->config);
         });
}

bool sends_anything(const Scenario& scenario, const std::string& producer) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    return std::visit(
        [&](const auto& what) {
          if constexpr (requires { what.producer; }) return what.producer == producer;
          return false;
        },
        step.what);
  });
}

bool is_sent_to(const SentTopics& topics, const std::string& broker) {
  return std::any_of(topics.begin(), topics.end(), [&](const auto& topic) { return topic.second.contains(broker); });
}

/// Why nothing is known of the broker; empty: something may be.
std::string empty_table(const Scenario& scenario, const SentTopics& topics, const FaultItemExpectation& item) {
  const std::string& producer = item.producer;
  if (!keeps_table(scenario, look_up(scenario.find_producer(producer), producer))) {
    return in_quotes(producer) + " keeps no latency table: its \"sendLatencyFaultEnable\" is off";
  }
  if (!sends_anything(scenario, producer)) {
    return in_quotes(producer) + " sends nothing, so its latency table stays empty";
  }
  if (topics.empty() || is_sent_to(topics, item.broker)) return "";
  return "no latency table has " + in_quotes(item.broker) + ": nothing is sent there";
}

template <class Visit>
bool any_message(const Scenario& scenario, const Visit& visit) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    return std::visit(
        [&](const auto& what) {
          if constexpr (requires { what.message; }) return visit(what.message);
          return false;
        },
        step.what);
  });
}

bool at_least_one(std::initializer_list<std::optional<CountRange>> counts) {
  return std::any_of(counts.begin(), counts.end(), [](const auto& count) { return count && count->min > 0; });
}

/// Why there is none of what it counts some of, since no step and no producer makes it; empty: there may be.
std::string nothing_made(const Scenario& scenario, const Expectation& expectation) {
  if (const auto* traces = std::get_if<TraceExpectation>(&expectation.what)) {
    const bool traced = std::any_of(scenario.producers.begin(), scenario.producers.end(), [&](const auto& producer) {
      return (!traces->producer || *traces->producer == producer.name) && !trace_topics(scenario, producer).empty();
    });
    if (traces->count.min == 0 || traced) return "";
    return "there are no traces: " + (traces->producer ? in_quotes(*traces->producer) + " has not" : "nobody has") +
           " \"enableTrace\"";
  }
  const auto* broker = std::get_if<BrokerExpectation>(&expectation.what);
  if (broker == nullptr) return "";
  const bool transactions = std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const Step& step) {
    return std::holds_alternative<TransactionStep>(step.what);
  });
  if (!transactions && at_least_one({broker->committed, broker->rolled_back, broker->discarded, broker->pending})) {
    return "there are no half messages: no step is a transaction";
  }
  const auto delays = [](const MessageSpec& message) { return message.delay_level > 0 || message.delay; };
  if (!at_least_one({broker->delivered, broker->recalled}) || any_message(scenario, delays)) return "";
  return "there are no delayed messages: no step sends any";
}

const SendSelector* selector_of(const Expectation& expectation) {
  return std::visit(
      [](const auto& e) -> const SendSelector* {
        if constexpr (requires { e.sends; }) return &e.sends;
        return nullptr;
      },
      expectation.what);
}

}  // namespace

void check_vain(const Scenario& scenario, std::vector<Finding>& found) {
  const SentTopics topics = sent_topics(scenario);
  const auto look = [&](const std::vector<Expectation>& list, std::uint64_t begun) {
    for (const Expectation& expectation : list) {
      std::string why;
      if (const auto* item = std::get_if<FaultItemExpectation>(&expectation.what)) {
        why = empty_table(scenario, topics, *item);
      } else if (const SendSelector* selector = selector_of(expectation); selector != nullptr) {
        if (selector->at(0) >= begun) {
          why = "none of its sends has begun when it is judged: their steps come later";
        } else if (const std::uint64_t last = selector->at(selector->size() - 1);
                   last >= begun && std::holds_alternative<SendExpectation>(expectation.what)) {
          why = "send " + std::to_string(last) + " has not begun when it is judged: its step comes later";
        }
      }
      if (why.empty() && !topics.empty()) why = nothing_made(scenario, expectation);
      if (!why.empty()) found.push_back({expectation.where, std::move(why)});
    }
  };
  for (const Step& step : scenario.steps) {
    const auto* assertion = std::get_if<AssertStep>(&step.what);
    if (assertion != nullptr) look(assertion->expect, step.first_send);
  }
  look(scenario.expect, scenario.send_count);
}

}  // namespace rmqsim
