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

/// The same of what is judged in real time: where the machine stalled there was no judgement, so it is asked for again.
inline CommandResult run_until_told(const std::string& line) {
  const auto says = [](const CommandResult& result, const char* text) {
    return result.output.find(text) != std::string::npos;
  };
  for (;;) {
    const CommandResult result = run_command(line);
    const bool stalled = says(result, "given up: the machine stalled") ||
                         says(result, "inconclusive: the machine stalled") ||
                         says(result, "required, and the machine stalled");
    if (result.exit_code != 2 || !stalled) return result;
  }
}

/// Path of one of the project's programs.
inline std::string program(const std::string& name) { return kProgramFolder + ("/" + name); }

}  // namespace rmqsim
