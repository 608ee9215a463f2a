// The rules of ARCHITECTURE.md that concern one source file. Each says where the file breaks the rule and what to do
// instead.
#pragma once

#include "tests/tidy/text.h"

namespace rmqsim::tidy {

/// Real clocks, threads, sleeps and sockets only where the allowlist says so.
Findings check_real_time(const SourceFile& file);
/// What a room may include: the direction rules.
Findings check_directions(const SourceFile& file);
/// Opening comment (where no header of the file's name has one), #pragma once, rulers, whitespace, length of lines.
Findings check_layout(const SourceFile& file);
/// Where names come from files, no look-up is taken for granted.
Findings check_look_ups(const SourceFile& file);
/// No world switches, skipped tests or notes to self.
Findings check_leftovers(const SourceFile& file);

}  // namespace rmqsim::tidy
