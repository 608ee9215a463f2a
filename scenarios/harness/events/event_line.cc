// A line of a trace back to its event, as RunEvents wrote it: fields in the order of their row.
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "scenarios/harness/events/event_rows.h"

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {

std::optional<Event> read_event_line(std::string_view line) {
  using nlohmann::ordered_json;
  const ordered_json value = json_or_discarded<ordered_json>(line);
  if (!value.is_object()) return std::nullopt;
  Event event;
  std::string name;
  std::vector<TraceField> fields;
  bool timed = false;
  for (const auto& [key, one] : value.items()) {
    if (key == "t" && one.is_number()) {
      event.at = std::chrono::microseconds(std::llround(one.get<double>() * 1000));
      timed = true;
    } else if (one.is_string()) {
      const auto& text = one.get_ref<const std::string&>();
      if (key == "node") {
        event.node = text;
      } else if (key == "event") {
        name = text;
      } else {
        fields.emplace_back(key, std::string_view(text));
      }
    } else if (one.is_boolean()) {
      fields.emplace_back(key, one.get<bool>());
    } else if (one.is_number_integer()) {
      fields.emplace_back(key, one.get<std::int64_t>());
    } else {
      return std::nullopt;
    }
  }
  if (!timed || event.node.empty()) return std::nullopt;
  try {
    event.what = read_event(name, fields);
  } catch (const std::logic_error&) {
    return std::nullopt;
  }
  return event;
}

}  // namespace rmqsim
