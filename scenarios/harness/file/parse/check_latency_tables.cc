// Java looks up in notAvailableDuration at the place that it found in latencyMax (MQFaultStrategy 172-175 in 5.3.3) and
// does not ask whether there is one: a send, stored or not, would end in an ArrayIndexOutOfBoundsException. It looks
// from the end, so a latency that is not below the next one is never found.
#include <algorithm>
#include <functional>
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
    if (const auto* latencies = config.get<Times>(kLatencies)) check_order(*latencies, config.where, otherwise, found);
    const bool changed = update(config, kLatencies, latencies_) | update(config, kDurations, durations_);
    if (!changed || latencies_ <= durations_) return;
    found.push_back({config.where.contains(kDurations) ? place_of(kDurations, config.where, otherwise)
                                                       : place_of(kLatencies, config.where, otherwise),
                     "notAvailableDuration has " + std::to_string(durations_) + " entries and latencyMax " +
                         std::to_string(latencies_) +
                         ": at a latency without a duration Java's client throws; give both, with one each"});
  }

 private:
  using Times = std::vector<std::int64_t>;
  using Places = std::map<std::string, SourceLocation>;

  static const SourceLocation& place_of(const char* name, const Places& places, const SourceLocation& otherwise) {
    const auto place = places.find(name);
    return place == places.end() ? otherwise : place->second;
  }
  static void check_order(const Times& latencies, const Places& places, const SourceLocation& otherwise,
                          std::vector<Finding>& found) {
    const auto last = std::adjacent_find(latencies.begin(), latencies.end(), std::greater_equal<>());
    if (last == latencies.end()) return;
    found.push_back({place_of(kLatencies, places, otherwise),
                     "latencyMax must ascend, and " + std::to_string(*std::next(last)) + " follows " +
                         std::to_string(*last) + ": Java's client looks from the end and never comes to that"});
  }
  static bool update(const ProducerConfig& config, const char* name, std::size_t& size) {
    const auto* table = config.get<Times>(name);
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
