#include "tools/explore/campaign_setup.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <variant>

#include "scenarios/harness/explore/draw/troubles.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/drivers/driven_run.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

/// Enough to tell how a build draws.
constexpr std::uint64_t kDrawnForKey = 8;
/// Of a template's steps; a trial is given up after two.
constexpr Duration kLongestTemplate = std::chrono::hours(1);

}  // namespace

std::optional<double> seconds_of(const std::string& text) {
  double value = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest(unit, static_cast<std::size_t>(text.data() + text.size() - unit));
  if (error != std::errc() || !(value > 0) || value > 1e9) return std::nullopt;
  if (rest.empty() || rest == "s") return value;
  if (rest == "m") return 60 * value;
  if (rest == "h") return 3600 * value;
  return std::nullopt;
}

std::vector<Scenario> read_templates(const std::vector<std::string>& paths) {
  LoadedFiles loaded = load_files(paths);
  if (!loaded.ok()) throw Refused("");
  return {loaded.scenarios.begin(), loaded.scenarios.end()};
}

void refuse_long(const std::vector<Scenario>& templates) {
  for (const Scenario& one : templates) {
    if (likely_span(one) <= kLongestTemplate) continue;
    std::size_t short_enough = 0, too_long = one.steps.size();
    while (too_long - short_enough > 1) {
      Scenario part = one;
      part.steps.resize((short_enough + too_long) / 2);
      (likely_span(part) <= kLongestTemplate ? short_enough : too_long) = part.steps.size();
    }
    throw Refused(one.file + ": steps[" + std::to_string(too_long - 1) +
                  "] ends after more than an hour; exploring runs two hours of virtual time, with what faults take");
  }
}

DrawOptions draw_options(const std::vector<std::string>& without) {
  const auto with = [&](std::string_view word) {
    return std::find(without.begin(), without.end(), word) == without.end();
  };
  return {.exhaustive = with("exhaustive"), .swarm = with("swarm"), .boundaries = with("boundaries"),
          .rescue = with("rescue")};
}

namespace {

CampaignKey key_without_drawing(const ExploreCommand& command, const std::vector<Scenario>& templates) {
  CampaignKey key;
  key.version = command.version;
  key.seed = command.seed;
  key.profiles = command.profiles;
  key.without = command.without;
  for (const Scenario& one : templates) key.templates.push_back({one.name, hash_text(scenario_text(one)), one.file});
  return key;
}

}  // namespace

CampaignKey campaign_key(const ExploreCommand& command, const std::vector<Scenario>& templates,
                         const Drawing& drawing) {
  CampaignKey key = key_without_drawing(command, templates);
  std::string drawn;
  for (std::uint64_t i = 0; i < kDrawnForKey; ++i) {
    drawn += scenario_text(drawing.trial(command.seed, 2 * drawing.small_scope() + i).scenario);
  }
  key.drawing = hash_text(drawn + std::to_string(drawing.small_scope()));
  return key;
}

CampaignKey campaign_key(const ExploreCommand& command, const std::vector<Scenario>& templates,
                         const ExploredClient& client) {
  CampaignKey key = key_without_drawing(command, templates);
  key.profiles = client.compares() ? client.profiles() : std::vector<std::string>{};
  key.client = {client.trials().hello().label(), command.client};
  std::string drawn;
  for (std::uint64_t i = 0; i < kDrawnForKey; ++i) {
    drawn += scenario_text(client.drawing().trial(command.seed, i).scenario);
  }
  key.drawing = hash_text(drawn);
  return key;
}

std::unique_ptr<ExploredClient> meet_client(const ExploreCommand& command, const std::vector<Scenario>& templates) {
  if (command.client.empty()) return nullptr;
  DriverOptions asked;
  asked.command = command.client;
  asked.stop = &stop_signals::run_stop();
  auto hello = ask_for_hello(asked);
  if (const auto* wrong = std::get_if<std::string>(&hello)) {
    if (stop_signals::received() != 0) throw Interrupted(stop_signals::reason());
    throw Refused("the client " + shell_word(command.client) + " cannot be explored: " + *wrong +
                  "; rmqsim driver check tells more");
  }
  try {
    return std::make_unique<ExploredClient>(command.client, std::get<DriverHello>(std::move(hello)), templates,
                                            command.profiles);
  } catch (const std::invalid_argument& wrong) {
    throw Refused(wrong.what());
  }
}

std::string campaign_command(const ExploreCommand& command) {
  std::string text = "rmqsim explore";
  for (const std::string& path : command.templates) text += " " + shell_word(path);
  text += " --seed " + std::to_string(command.seed);
  if (!command.client.empty()) text += " --client " + shell_word(command.client);
  const std::vector<std::string_view> all = profile_names();
  if (!std::equal(all.begin(), all.end(), command.profiles.begin(), command.profiles.end())) {
    for (const std::string& profile : command.profiles) text += " --profile " + profile;
  }
  std::string without;
  for (const std::string& word : command.without) without += (without.empty() ? "" : ",") + word;
  if (!without.empty()) text += " --without " + without;
  if (command.shard) text += " --shard " + *command.shard;
  if (command.trial) return text + " --trial " + command.trial->text();
  if (command.trials) text += " --runs " + std::to_string(*command.trials);
  if (command.seconds) text += " --for " + std::to_string(std::llround(std::ceil(*command.seconds))) + "s";
  return text + " --jobs " + std::to_string(command.jobs);
}

}  // namespace rmqsim
