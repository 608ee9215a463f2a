#include "scenarios/harness/events/trace_hash.h"

#include <bit>
#include <cstring>

namespace rmqsim {

void TraceHash::record(TimePoint at, std::string_view node, std::string_view event,
                       std::initializer_list<TraceField> fields) {
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
  if (next_ != nullptr) next_->record(at, node, event, fields);
}

void TraceHash::mix(std::string_view text) {
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

}  // namespace rmqsim
