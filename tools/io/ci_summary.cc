#include "tools/io/ci_summary.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>

namespace rmqsim {

std::string step_summary() {
  const char* const path = std::getenv("GITHUB_STEP_SUMMARY");
  return path == nullptr ? "" : path;
}

void add_step_summary(const std::string& markdown) {
  const std::string path = step_summary();
  if (path.empty()) return;
  std::ofstream file(path, std::ios::app);
  if (!(file << markdown << std::flush)) {
    std::cerr << "rmqsim: GITHUB_STEP_SUMMARY names " << path << ", which cannot be written\n";
  }
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace rmqsim
