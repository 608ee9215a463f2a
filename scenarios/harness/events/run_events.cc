#include "scenarios/harness/events/run_events.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "scenarios/harness/events/event_rows.h"

namespace rmqsim {
namespace {

void append_number(std::string& out, std::int64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (u < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", u);
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Milliseconds with three decimals.
void append_millis(std::string& out, Duration d) {
  const std::int64_t micros = d.count() / 1000;
  append_number(out, micros / 1000);
  char decimals[8];
  std::snprintf(decimals, sizeof decimals, ".%03d", static_cast<int>(micros % 1000));
  out += decimals;
}

}  // namespace

void RunEvents::record(TimePoint at, std::string_view node, std::string_view event,
                       std::initializer_list<TraceField> fields) {
  if (!isolated_.empty()) expire(at);
  take(at, node, event, fields);
  if (event != "fault-item") return;
  const auto item = std::get<event::FaultItemSet>(read_event(event, fields));
  const std::pair<std::string, std::string> who(node, item.broker);
  isolated_.erase(who);
  // As the clients count, in whole milliseconds of their clock.
  if (item.isolated_ms > 0)
    isolated_[who] = std::chrono::floor<std::chrono::milliseconds>(at) + millis(item.isolated_ms);
}

void RunEvents::expire(TimePoint now) {
  for (;;) {
    const auto first = std::min_element(isolated_.begin(), isolated_.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    if (first == isolated_.end() || first->second > now) return;
    const auto [who, at] = *first;
    isolated_.erase(first);
    take(at, who.first, "fault-item-expired", {{"broker", who.second}});
  }
}

void RunEvents::take(TimePoint at, std::string_view node, std::string_view event,
                     std::initializer_list<TraceField> fields) {
  if (lines_ != nullptr) {
    render(at, node, event, fields);
    *lines_ << line_;
  }
  if (values_ != nullptr) values_->push_back({at - origin_, std::string(node), read_event(event, fields)});
}

void RunEvents::render(TimePoint at, std::string_view node, std::string_view event,
                       std::initializer_list<TraceField> fields) {
  line_.clear();
  line_ += "{\"t\":";
  append_millis(line_, at - origin_);
  line_ += ",\"node\":";
  append_string(line_, node);
  line_ += ",\"event\":";
  append_string(line_, event);
  for (const TraceField& field : fields) {
    line_ += ',';
    append_string(line_, field.name);
    line_ += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      append_string(line_, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      append_number(line_, *number);
    } else if (const auto* real = std::get_if<double>(&field.value)) {
      char digits[32];
      line_.append(digits, std::to_chars(digits, digits + sizeof digits, *real).ptr);
    } else {
      line_ += std::get<bool>(field.value) ? "true" : "false";
    }
  }
  line_ += "}\n";
}

}  // namespace rmqsim
