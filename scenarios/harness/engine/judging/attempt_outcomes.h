// What an attempt's outcome means for the next one, by the profile's own tables (behaviour §6.2, §8.4).
#pragma once

#include <cstdint>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

/// `may`: it depends on settings that change during the run, or on what a record does not show.
enum class RetryRule : std::uint8_t { must, may, must_not };

/// After an attempt of this plain send that ended so, with attempts and time left.
RetryRule retry_rule(const JudgedRun& run, const SendStep& step, const SendRecord& send, const AttemptRecord& attempt);

/// Whether a try that reached no wire, and so is in no record (quirk 70), lies before the k-th attempt: its number says
/// so. Of another client's sends nobody knows.
bool comes_after_an_unseen_try(const SendRecord& send, std::size_t k);

/// Whole milliseconds of the send's budget that were left, as Java counts them.
std::int64_t left_at(const SendRecord& send, TimePoint at);

}  // namespace rmqsim
