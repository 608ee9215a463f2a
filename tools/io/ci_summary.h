// What a run of continuous integration wants to know of its commands: a page to write to, and the time.
#pragma once

#include <string>

namespace rmqsim {

/// The file that the environment names as the summary of a step (GITHUB_STEP_SUMMARY); empty: none.
std::string step_summary();

/// Appends to what step_summary() names; a summary that cannot be written is a line on stderr and no failure.
void add_step_summary(const std::string& markdown);

/// "2026-11-29T06:22:51Z"
std::string utc_now();

}  // namespace rmqsim
