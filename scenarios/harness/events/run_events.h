// Whoever looks at a run: gets its events as they happen, as lines of JSON, as values, or both. Times count from the
// beginning of the world, in lines as milliseconds, written by integer arithmetic, so the same run gives the same bytes
// on every machine.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/transport/trace.h"
#include "scenarios/harness/events/event.h"

namespace rmqsim {

class RunEvents final : public TraceSink {
 public:
  /// Either may be null.
  RunEvents(std::ostream* lines, std::vector<Event>* values) : lines_(lines), values_(values) {}
  bool anybody() const { return lines_ != nullptr || values_ != nullptr; }
  /// The instant that times count from.
  void set_origin(TimePoint origin) { origin_ = origin; }

  /// Throws std::logic_error when values are wanted and no row describes the event.
  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override;

 private:
  void take(TimePoint at, std::string_view node, std::string_view event, std::initializer_list<TraceField> fields);
  void render(TimePoint at, std::string_view node, std::string_view event, std::initializer_list<TraceField> fields);
  /// Tells of the isolations that ended until then.
  void expire(TimePoint now);

  std::ostream* lines_;
  std::vector<Event>* values_;
  TimePoint origin_{};
  std::string line_;
  std::map<std::pair<std::string, std::string>, TimePoint> isolated_;  ///< of producer and broker: until when
};

}  // namespace rmqsim
