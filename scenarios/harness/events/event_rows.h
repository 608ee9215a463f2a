// What every kind of event is: its names, who tells it, its fields with type and unit, when it is written. The structs
// of event.h, the lines of a trace, the tables of scenarios/trace.md and the JSON Schema of a line are these rows, so
// none of them can say something that another does not.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/trace.h"
#include "scenarios/harness/events/event.h"

namespace rmqsim {

struct EventField {
  enum class Type : std::uint8_t { text, integer, boolean } type = Type::text;
  std::string_view name;
  std::string_view unit;  ///< "ms", "µs", "bytes"; empty: none
  std::string_view meaning;
  bool optional = false;  ///< a line may be without it
};

struct EventRow {
  std::vector<std::string_view> names;
  std::string_view node;     ///< who tells it
  std::string_view written;  ///< when
  bool hashed = true;        ///< it counts in a trace's hash; else it is made for onlookers only
  std::vector<EventField> fields;
};

/// In the order of EventData.
const std::vector<EventRow>& event_rows();

/// The event of that name with these fields. Throws std::logic_error for what no row describes.
EventData read_event(std::string_view name, std::span<const TraceField> fields);
inline EventData read_event(std::string_view name, std::initializer_list<TraceField> fields) {
  return read_event(name, std::span(fields.begin(), fields.size()));
}
/// The event on a line of a trace, `at` being what `t` says. nullopt for what is none.
std::optional<Event> read_event_line(std::string_view line);
/// What the lines of a trace call it.
std::string_view name_of(const EventData& event);
/// Tells the sink.
void write_event(TraceSink& sink, TimePoint at, std::string_view node, const EventData& event);

/// The JSON Schema of one line of a trace, ending with a newline.
std::string trace_schema();
/// The tables of scenarios/trace.md.
std::string trace_tables();

}  // namespace rmqsim
