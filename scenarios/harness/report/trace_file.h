// The trace of a run as JSON lines, and its hash. Times are milliseconds since the world began, written by integer
// arithmetic, so the same run gives the same bytes on every machine.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "producer/transport/trace.h"

namespace rmqsim {

class TraceFile final : public TraceSink {
 public:
  /// `out` may be null: then only the hash is kept.
  explicit TraceFile(std::ostream* out) : out_(out) {}
  /// The instant that times count from.
  void set_origin(TimePoint origin) { origin_ = origin; }

  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override;
  /// FNV-1a over all lines, 64 bits.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }
  bool failed() const { return out_ != nullptr && !out_->good(); }

 private:
  std::ostream* out_;
  TimePoint origin_{};
  std::string line_;
  std::uint64_t hash_ = 14695981039346656037ull;
  std::uint64_t lines_ = 0;
};

}  // namespace rmqsim
