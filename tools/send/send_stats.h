// What `rmqsim send` counts: outcomes, latencies and attempts per broker, in memory that does not grow with the number
// of sends; and how it is shown. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/client/api/send_result.h"
#include "producer/client/send/send_operation.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// Durations in buckets 1 % wide, from 1 us to more than a day.
class LatencyHistogram {
 public:
  void add(Duration d);
  std::uint64_t count() const { return count_; }
  /// The upper edge of the bucket in which that share of all values ends, never beyond the maximum; zero when empty.
  Duration quantile(double share) const;
  Duration mean() const;
  /// How many there are up to each of 1, 2, 5, 10, 20 … µs and above the step before, from the first step that has any
  /// to the last.
  struct Bar {
    Duration to{0};
    std::uint64_t count = 0;
  };
  std::vector<Bar> bars() const;
  Duration max() const { return max_; }

 private:
  static constexpr std::size_t kBuckets = 2600;
  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  double sum_ms_ = 0;
  Duration max_{0};
};

/// `MQBrokerException SYSTEM_BUSY (2)`: class and code where there is one.
std::string error_outcome(const MQError& error);

struct SendStats {
  struct Outcome {
    std::uint64_t sends = 0;
    std::string example;  ///< message of the first exception, one line
  };
  /// One send has ended. `attempts` may be null.
  void add(std::string_view outcome, const MQError* error, Duration took, const std::vector<AttemptRecord>* attempts);
  void add_attempts(const std::vector<AttemptRecord>& attempts);

  std::uint64_t ended = 0;
  std::uint64_t failed = 0;   ///< with an exception
  std::uint64_t retried = 0;  ///< with more than one attempt
  LatencyHistogram latency;
  std::map<std::string, Outcome, std::less<>> outcomes;
  std::map<std::string, std::map<std::string, std::uint64_t>> attempts;  ///< broker → outcome → number
};

/// What was asked for, as far as a report shows it.
struct SendRun {
  std::string topic;
  std::string mode;
  std::string profile;
  std::uint64_t wanted = 0;  ///< 0: until interrupted
  std::uint32_t threads = 1;
  double seconds = 0;
  bool interrupted = false;
};

std::string send_report_text(const SendRun& run, const SendStats& stats);
std::string send_report_json(const SendRun& run, const SendStats& stats);
/// The line that is rewritten while sends go on; no line break.
std::string send_progress(const SendRun& run, const SendStats& stats);

}  // namespace rmqsim
