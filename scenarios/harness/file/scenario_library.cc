#include "scenarios/harness/file/scenario_library.h"

#include <filesystem>
#include <system_error>

namespace rmqsim {
namespace fs = std::filesystem;

std::string in_scenario_library(const std::string& path) {
  const fs::path relative = fs::path(path).lexically_normal();
  if (relative.empty() || *relative.begin() != "scenarios") return path;
  std::error_code error;
  if (fs::exists("scenarios", error) || error) return path;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return path;
  const fs::path installed = program.parent_path().parent_path() / "share" / "rmqsim" / relative;
  return fs::exists(installed, error) && !error ? installed.string() : path;
}

}  // namespace rmqsim
