// What tells two runs apart: a number made of the values of all events that count (EventRow::hashed), in their order.
// Nothing is rendered for it. The same run gives the same number on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "producer/transport/trace.h"

namespace rmqsim {

class TraceHash final : public TraceSink {
 public:
  /// `next`, if not null, is told everything as well.
  explicit TraceHash(TraceSink* next) : next_(next) {}
  /// The instant that times count from.
  void set_origin(TimePoint origin) { origin_ = origin; }

  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override;
  std::uint64_t value() const { return hash_; }

 private:
  void mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15ull;
    hash_ ^= hash_ >> 32;
  }
  void mix(std::string_view text);

  TraceSink* next_;
  TimePoint origin_{};
  std::uint64_t hash_ = 14695981039346656037ull;
};

}  // namespace rmqsim
