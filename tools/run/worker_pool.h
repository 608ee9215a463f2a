// Pieces of work in child processes, several at a time: what one of them breaks is broken for it alone, and what they
// leave is taken in order. Workers end with this process, however that ends.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>

namespace rmqsim {

/// What a worker left.
struct WorkerResult {
  std::string result;   ///< what the work returned
  std::string trace;    ///< what it wrote, in whole lines; also when it did not come to its end
  std::string trouble;  ///< how it ended without a result; else empty
};

/// In the worker; `trace` is null when none is wanted.
using Work = std::function<std::string(std::size_t index, std::ostream* trace)>;
/// In this process, from index 0 on, each as soon as it and all before it have ended.
using TakeResult = std::function<void(std::size_t index, WorkerResult result)>;

struct MoreWork {
  /// In this process, before a worker is started: whether there is work with this index. "No" is for now, and the end
  /// once all that was begun is taken. Asked again if there was no process for it.
  std::function<bool(std::size_t index)> more;
  /// In this process, several times a second; may be null.
  std::function<void()> tick;
};

/// `jobs` at a time. How many were begun, all of which are taken: those from 0 on. Signals as in
/// tools/io/stop_signals.h, which must listen: the first is passed on to the workers, and no further one is started.
/// There must be no other threads.
std::size_t run_in_workers(const MoreWork& more, unsigned jobs, bool with_trace, const Work& work,
                           const TakeResult& take);

}  // namespace rmqsim
