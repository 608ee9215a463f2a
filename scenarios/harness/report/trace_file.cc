#include "scenarios/harness/report/trace_file.h"

#include <bit>
#include <charconv>
#include <cstdio>
#include <cstring>

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

void TraceFile::record(TimePoint at, std::string_view node, std::string_view event,
                       std::initializer_list<TraceField> fields) {
  ++lines_;
  if (out_ != nullptr || hash_of_ == TraceHash::lines) {
    render(at, node, event, fields);
    if (out_ != nullptr) *out_ << line_;
  }
  if (hash_of_ == TraceHash::lines) {
    for (const char c : line_) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return;
  }
  mix(static_cast<std::uint64_t>((at - origin_).count()));
  mix(node);
  mix(event);  // which says what the fields are called
  for (const TraceField& field : fields) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      mix(*text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      mix(static_cast<std::uint64_t>(*number));
    } else if (const auto* real = std::get_if<double>(&field.value)) {
      mix(std::bit_cast<std::uint64_t>(*real));
    } else {
      mix(std::uint64_t{std::get<bool>(field.value)});
    }
  }
}

void TraceFile::mix(std::string_view text) {
  std::uint64_t last = text.size();
  if (text.size() >= 8) {
    const char* const end = text.data() + text.size() - 8;  // the last word overlaps the one before
    for (const char* p = text.data(); p < end; p += 8) {
      std::uint64_t word;
      std::memcpy(&word, p, 8);
      mix(word);
    }
    mix(last);
    std::memcpy(&last, end, 8);
  } else {
    for (const char c : text) last = last << 8 | static_cast<unsigned char>(c);
  }
  mix(last);
}

void TraceFile::render(TimePoint at, std::string_view node, std::string_view event,
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
