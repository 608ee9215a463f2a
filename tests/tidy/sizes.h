// Files, functions and folders that a person can read at once. What is over a limit today stands in a table with the
// reason; an entry that is no longer needed is a finding as well.
#pragma once

#include <string_view>
#include <vector>

#include "tests/tidy/text.h"

namespace rmqsim::tidy {

struct Exception {
  std::string_view path;  ///< of the file, or of the folder with its last '/'
  std::string_view what;  ///< "lines", "files", or the function's name as it is written in its definition
  std::string_view reason;
};

/// What the tree may exceed.
const std::vector<Exception>& size_exceptions();

/// Headers of 200 lines, other sources of 400, tests of 600; functions of 70 lines; folders of 25 files of code.
Findings check_sizes(const Tree& tree, const std::vector<Exception>& exceptions);

}  // namespace rmqsim::tidy
