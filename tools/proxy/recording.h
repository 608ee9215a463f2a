// The files of `rmqsim proxy --record`. What passes is written at once, as lines of a journal beside the scenario file
// to be; at the end the scenario takes its place. A guardian, a second process that only waits, does that when this
// one disappears without an end. Should it be killed as well, the next proxy that records into the folder does.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "tools/proxy/scenario_recorder.h"

namespace rmqsim {

class Recording {
 public:
  Recording() = default;
  /// As a kill would: leaves the rest to the guardian, unless it was finished.
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  /// Makes the folder if need be, finishes what other proxies could not, and begins a journal. To be called before
  /// there are threads. False: `problem` says what is wrong.
  bool open(const std::string& folder, std::string& problem);
  bool is_open() const { return journal_ >= 0; }
  /// A failure is told by finish().
  void write(const std::string& line);
  /// Writes the scenario, and the journal is gone. Else what is wrong: it cannot be written, and the journal stays; or
  /// what was written cannot be read.
  std::string finish(const ScenarioRecorder& recorder);
  /// Of the scenario.
  std::string path() const { return base_ + ".json"; }

 private:
  void start_guardian();
  void dismiss_guardian();

  std::string base_;  ///< path without ".json"
  int journal_ = -1;
  int lifeline_ = -1;  ///< the guardian reads its other end
  pid_t guardian_ = -1;
  bool lines_lost_ = false;
};

}  // namespace rmqsim
