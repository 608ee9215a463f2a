// The trace of a run as JSON lines, and its hash. Times are milliseconds since the world began, written by integer
// arithmetic, so the same run gives the same bytes on every machine.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "producer/transport/trace.h"

namespace rmqsim {

/// What a trace's hash is made of: the lines, as people compare it, or the values in them, which tells two runs apart
/// as well and renders nothing.
enum class TraceHash : std::uint8_t { lines, values };

class TraceFile final : public TraceSink {
 public:
  /// `out` may be null: then only the hash is kept.
  explicit TraceFile(std::ostream* out, TraceHash of = TraceHash::lines) : out_(out), hash_of_(of) {}
  /// The instant that times count from.
  void set_origin(TimePoint origin) { origin_ = origin; }

  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override;
  /// FNV-1a over all lines, 64 bits; or of all values.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }
  bool failed() const { return out_ != nullptr && !out_->good(); }

 private:
  void render(TimePoint at, std::string_view node, std::string_view event, std::initializer_list<TraceField> fields);
  void mix(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15ull;
    hash_ ^= hash_ >> 32;
  }
  void mix(std::string_view text);

  std::ostream* out_;
  const TraceHash hash_of_;
  TimePoint origin_{};
  std::string line_;
  std::uint64_t hash_ = 14695981039346656037ull;
  std::uint64_t lines_ = 0;
};

}  // namespace rmqsim
