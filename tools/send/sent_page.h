// The page of `rmqsim send --report`: the figures of all sends, and the first of them on one axis of time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "tools/send/send_stats.h"

namespace rmqsim {

/// Sends that a page keeps one by one.
inline constexpr std::size_t kMostSentRows = 100'000;

/// `sends` in the order in which they ended; `begin` is when the first could begin.
std::string sent_page(const SendRun& run, const SendStats& stats, std::vector<SendRecord> sends, TimePoint begin,
                      const std::string& rerun);

}  // namespace rmqsim
