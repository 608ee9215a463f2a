// The rules of ARCHITECTURE.md that a machine can check. Each takes one file and says where it breaks the rule and what
// to do instead.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source_file.h"

namespace rmqsim::tidy {

/// "path:line: what is wrong; what to do".
using Findings = std::vector<std::string>;

/// Real clocks, threads, sleeps and sockets only where the allowlist says so.
Findings check_real_time(const SourceFile& file);
/// What a room may include: the direction rules.
Findings check_directions(const SourceFile& file);
/// Asio and JSON stay out of headers.
Findings check_header_weight(const SourceFile& file);
/// Opening comment, #pragma once, whitespace, length of lines and files.
Findings check_layout(const SourceFile& file);
/// Where names come from files, no look-up is taken for granted.
Findings check_look_ups(const SourceFile& file);
/// No world switches, skipped tests or notes to self.
Findings check_leftovers(const SourceFile& file);

}  // namespace rmqsim::tidy
