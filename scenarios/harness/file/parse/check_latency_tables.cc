// Java looks up in notAvailableDuration at the place that it found in latencyMax (MQFaultStrategy 172-175 in 5.3.3) and
// does not ask whether there is one: a send, stored or not, would end in an ArrayIndexOutOfBoundsException.
#include <map>

#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

constexpr const char* kLatencies = "latencyMax";
constexpr const char* kDurations = "notAvailableDuration";

/// One producer's tables, as its settings change in the order of the file.
class LatencyTables {
 public:
  void take(const ProducerConfig& config, const SourceLocation& otherwise, std::vector<Finding>& found) {
    const bool changed = update(config, kLatencies, latencies_) | update(config, kDurations, durations_);
    if (!changed || latencies_ <= durations_) return;
    auto place = config.where.find(kDurations);
    if (place == config.where.end()) place = config.where.find(kLatencies);
    found.push_back({place == config.where.end() ? otherwise : place->second,
                     "notAvailableDuration has " + std::to_string(durations_) + " entries and latencyMax " +
                         std::to_string(latencies_) +
                         ": at a latency without a duration Java's client throws; give both, with one each"});
  }

 private:
  static bool update(const ProducerConfig& config, const char* name, std::size_t& size) {
    const auto* table = config.get<std::vector<std::int64_t>>(name);
    if (table != nullptr) size = table->size();
    return table != nullptr;
  }

  std::size_t latencies_ = 7, durations_ = 7;  ///< in all profiles (Profile::latency_max)
};

}  // namespace

void check_latency_tables(const Scenario& scenario, std::vector<Finding>& found) {
  std::map<std::string, LatencyTables> first;
  for (const ProducerSpec& producer : scenario.producers) {
    first[producer.name].take(producer.config, producer.where, found);
  }
  std::map<std::string, LatencyTables> tables = first;
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    if (event == nullptr) continue;
    if (const auto* change = std::get_if<SetConfigEvent>(&event->event)) {
      tables[change->producer].take(change->config, step.where, found);
    } else if (const auto* end = std::get_if<ShutdownProducerEvent>(&event->event)) {
      tables[end->producer] = first[end->producer];  // whoever starts again has the settings of the file
    }
  }
}

}  // namespace rmqsim
