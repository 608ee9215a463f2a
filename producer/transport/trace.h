// A trace is data: what happened, where and when, in the world's own time. The simulation's traces are byte-identical
// for the same scenario and seed; a log is only one rendering of them. Emitters ask Runtime::trace() first, so a run
// without a sink pays one null check.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "producer/transport/time.h"

namespace rmqsim {

/// One named value of a trace event. Views live only during the call to TraceSink::record.
struct TraceField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  TraceField(std::string_view n, std::string_view v) : name(n), value(v) {}
  TraceField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  TraceField(std::string_view n, bool v) : name(n), value(v) {}
  TraceField(std::string_view n, double v) : name(n), value(v) {}
  template <class I>
    requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
  TraceField(std::string_view n, I v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// `node` is who reports (a producer, broker or nameserver name, or "net"), `event` what happened.
  virtual void record(TimePoint at, std::string_view node, std::string_view event,
                      std::initializer_list<TraceField> fields) = 0;
};

}  // namespace rmqsim
