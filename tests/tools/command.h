// Runs a command line and gathers what a user would see.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "tests/support/preset.h"

namespace rmqsim {

struct CommandResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string output;  ///< stdout and stderr together
};

inline CommandResult run_command(const std::string& line) {
  CommandResult result;
  FILE* pipe = ::popen(("(" + line + ") 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return result;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.output.append(buffer, n);
  const int status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

/// Path of one of the project's programs.
inline std::string program(const std::string& name) { return kProgramFolder + ("/" + name); }

}  // namespace rmqsim
