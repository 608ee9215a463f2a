// How far a campaign is: one line that is kept up to date on a terminal, else a line every ten seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/io/progress_line.h"

namespace rmqsim {

struct Course {
  bool real_time = false;       ///< a run takes seconds
  std::uint64_t looked_at = 0;  ///< failures of which nobody knows yet whether they are findings
  std::uint64_t trials = 0, runs = 0;
  std::uint64_t features = 0;
  std::uint64_t findings = 0;
  std::optional<double> seconds_left;
  std::optional<std::uint64_t> trials_left;
};

class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  /// To the standard error; `quiet`: not at all.
  Progress(bool quiet, Clock::time_point begin);
  /// Shows it when it is time to.
  void show(const Course& course);
  /// Before something else is printed, and at the end.
  void clear() { line_.clear(); }

 private:
  std::string text(const Course& course, Clock::time_point now) const;

  const bool quiet_;
  ProgressLine line_;
  const Clock::time_point begin_;
  Clock::time_point shown_;
  std::optional<std::uint64_t> runs_before_;  ///< made by who began the campaign
  std::uint64_t features_ = 0;
  Clock::time_point last_new_;
};

}  // namespace rmqsim
