#include "scenarios/harness/report/rerun.h"

#include <cstdio>
#include <string_view>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {

std::string shell_word(const std::string& text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=,@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  if (harmless(text) != text) {  // only so a line can say it
    std::string word = "$'";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(byte));
      word += byte < 0x20 || byte >= 0x7F ? escape : (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
    }
    return word + "'";
  }
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string rerun_command(const Scenario& scenario, const RunResult& result) {
  std::string text = "rmqsim run " + shell_word(scenario.file);
  const bool driven = !result.client_command.empty();
  if (driven) text += " --client " + shell_word(result.client_command);
  if (result.world != WorldKind::sim && !driven) text += " --world " + std::string(world_name(result.world));
  if (result.world != WorldKind::sim && result.real_time != RunLimits{}.real_time) {
    text += " --max-seconds " + std::to_string(std::chrono::ceil<std::chrono::seconds>(result.real_time).count());
  }
  return text + " --profile " + result.profile + " --seed " + std::to_string(result.seed) + " -v";
}

}  // namespace rmqsim
