#include "scenarios/harness/explore/campaign/campaign_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "producer/profile/profile.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/explore/sometimes.h"
#include "scenarios/harness/file/invariants.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/report.h"
#include "scenarios/harness/report/rerun.h"

namespace rmqsim {
namespace {

std::string counted(std::uint64_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

/// Of this process, or of all work that was merged.
std::uint64_t runs_now(const CampaignSummary& summary, const CampaignEnd& end) {
  return summary.runs - std::min(summary.runs, end.runs_before);
}

std::uint64_t a_second(const CampaignSummary& summary, const CampaignEnd& end) {
  const auto runs = static_cast<double>(runs_now(summary, end));
  return end.wall_seconds > 0 ? static_cast<std::uint64_t>(runs / end.wall_seconds) : 0;
}

/// What the name of an invariant means.
std::string sentence_of(const std::string& invariant) {
  for (const InvariantInfo& info : kInvariants) {
    if (info.name == invariant) return std::string(info.meaning);
  }
  if (invariant == "deterministic") return "a run that is made twice leaves the same trace";
  if (invariant == "inconclusive") return "a run comes to its end";
  if (invariant == kDecisionsSignature) return "the client decides as the profile does";
  if (invariant == kMessagesSignature) return "servers get what was to be sent, and nothing else";
  if (invariant == kTimesSignature) return "a call takes the time that servers saw of it";
  if (invariant == kDriverSignature) return "a driver answers what it is asked, as its protocol has it, until bye";
  if (invariant == "crash") return "a run ends without an exception, and its process lives";
  return invariant;
}

std::string size_text(const FindingRow& finding) {
  return counted(finding.steps, "step", "steps") + ", " + counted(finding.faults, "fault", "faults") + ", " +
         counted(finding.brokers, "broker", "brokers");
}

std::string shrink_text(const FindingRow& finding) {
  if (!finding.shrunk) return "as it was drawn";
  return std::string(finding.certified ? "nothing of it can be left out" : "shrinking was ended early") + ", " +
         counted(finding.shrink_runs, "run", "runs");
}

std::string path_of(const std::string& folder, const std::string& file) {
  return folder.empty() || file.empty() ? file : folder + "/" + file;
}

/// What is told of a finding below its name.
std::string finding_lines(const FindingRow& finding, const CampaignKey& key, const std::string& folder) {
  std::string text = finding.message + "\n";
  for (const std::string& line : finding.evidence) text += "   " + line + "\n";
  for (const std::string& line : finding.cause) text += "cause: " + line + "\n";
  const std::string path = path_of(folder, finding.file);
  text += "file: " + (path.empty() ? "none" : path) + "  (" + size_text(finding) + "; " + shrink_text(finding) + ")\n";
  for (const std::string& check : finding.checks) text += "checked: " + check + "\n";
  if (!path.empty()) text += "rerun: " + rerun_finding(finding, key, path) + "\n";
  return text + "found: after " + counted(finding.after_runs, "run", "runs") + ", by " +
         trial_command(key, finding.lineage) + "\n";
}

/// The client of all: campaigns of different ones are not merged.
const std::string& client_of(const CampaignSummary& summary) {
  static const std::string none;
  return summary.headers.empty() ? none : summary.headers.front().key.client.name;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string heading(const CampaignSummary& summary) {
  std::string shards;
  std::vector<std::string> seeds, profiles;
  const auto once = [](std::vector<std::string>& words, const std::string& word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  for (const HeaderRow& header : summary.headers) {
    once(seeds, std::to_string(header.key.seed));
    for (const std::string& profile : header.key.profiles) once(profiles, profile);
    if (header.key.profiles.empty()) once(profiles, "decisions compared with nobody's");
  }
  if (summary.headers.size() == 1) {
    const Shard& shard = summary.headers.front().shard;
    if (shard.count > 1) shards = " · shard " + shard.text();
  } else {
    shards = " · " + std::to_string(summary.headers.size()) + " shards";
  }
  const std::string& client = client_of(summary);
  return (seeds.size() == 1 ? "seed " : "seeds ") + listed(seeds) + shards + " · " + listed(profiles) +
         (client.empty() ? "" : " · client " + client);
}

bool of_another_client(const CampaignSummary& summary) { return !client_of(summary).empty(); }

std::uint64_t fleeting(const CampaignSummary& summary) {
  const auto counted_ones = summary.properties.find(kFleeting);
  return counted_ones == summary.properties.end() ? 0 : counted_ones->second;
}

/// How many runs there were, and what they were for.
std::string course_text(const CampaignSummary& summary, const CampaignEnd& end) {
  const std::string now = end.runs_before == 0 ? "" : ", " + std::to_string(runs_now(summary, end)) + " of them now";
  const std::string runs = counted(summary.runs, "run", "runs") + now + " in " + tenths(end.wall_seconds) + " s";
  if (!of_another_client(summary)) {
    return runs + " · " + std::to_string(a_second(summary, end)) + " runs/s · " +
           std::to_string(summary.twice) + " made twice";
  }
  return runs + " · " + std::to_string(summary.twice) + " more to see what fails each time · " +
         std::to_string(fleeting(summary)) + " failed, and not again";
}

std::string properties_text(const CampaignSummary& summary) {
  const std::vector<std::string> never = never_reached(summary);
  const std::size_t all = sometimes().size();
  std::string text = "  " + std::to_string(all - never.size()) + " of " + counted(all, "thing", "things") +
                     " that should happen sometimes did\n";
  for (const std::string& sentence : never) text += "    never: " + sentence + "\n";
  return text;
}

std::string deviation_text(const DeviationRow& deviation, const CampaignKey& key, const std::string& folder) {
  return "NOT DETERMINISTIC   " + deviation.profile + "\n  " + deviation.difference + "\n  file: " +
         path_of(folder, deviation.file) + "\n  trial: " + trial_command(key, deviation.lineage) + "\n";
}

std::string verdict(const CampaignSummary& summary, const CampaignEnd& end) {
  if (!end.broken.empty()) return "error";
  if (!summary.deviations.empty()) return "not deterministic";
  if (!summary.findings.empty()) return "found";
  if (end.strict && !never_reached(summary).empty()) return "too narrow";
  if (!end.missing.empty()) return "incomplete";
  return end.interrupted.empty() ? "nothing found" : "interrupted";
}

void add_properties(nlohmann::ordered_json& json, const CampaignSummary& summary) {
  json["sometimes"] = nlohmann::ordered_json::object();
  for (const Sometimes& property : sometimes()) {
    const auto reached = summary.properties.find(property.name);
    json["sometimes"][std::string(property.name)] = reached == summary.properties.end() ? 0 : reached->second;
  }
  json["neverReached"] = never_reached(summary);
}

}  // namespace

CampaignSummary add_up(const std::vector<const ShardState*>& shards) {
  CampaignSummary sum;
  std::map<Signature, OfCampaign<FindingRow>> findings;
  for (const ShardState* shard : shards) {
    sum.headers.push_back(shard->header);
    sum.ends.push_back(shard->end);
    sum.features.insert(shard->features.begin(), shard->features.end());
    for (const auto& [signature, finding] : shard->findings) {
      const auto [kept, first] = findings.emplace(signature, OfCampaign<FindingRow>{finding, shard->header.key});
      if (!first && smaller(finding, kept->second)) kept->second = {finding, shard->header.key};
    }
    for (const DeviationRow& deviation : shard->deviations) sum.deviations.push_back({deviation, shard->header.key});
    for (const auto& [name, count] : shard->properties) sum.properties[name] += count;
    sum.trials += shard->explored;
    sum.runs += shard->runs;
    sum.twice += shard->twice;
    sum.refused += shard->refused;
    sum.last_new_run = std::max(sum.last_new_run, shard->last_new_run);
    sum.seconds += shard->seconds;
    sum.growth.push_back(shard->growth);
  }
  for (auto& [signature, finding] : findings) sum.findings.push_back(std::move(finding));
  return sum;
}

std::vector<std::string> missing_shards(const CampaignSummary& summary) {
  constexpr std::uint64_t kNamed = 8;
  std::vector<const CampaignKey*> seen;
  std::vector<std::string> sentences;
  for (const HeaderRow& first : summary.headers) {
    const auto same = [&](const CampaignKey* key) { return *key == first.key; };
    if (std::any_of(seen.begin(), seen.end(), same)) continue;
    seen.push_back(&first.key);
    std::set<std::uint64_t> there;
    for (const HeaderRow& header : summary.headers) {
      if (header.key == first.key) there.insert(header.shard.index);
    }
    const std::uint64_t all = first.shard.count, lost = all - std::min<std::uint64_t>(all, there.size());
    if (lost == 0) continue;
    std::vector<std::string> names;
    for (std::uint64_t i = 0; names.size() < std::min(lost, kNamed); ++i) {
      if (!there.contains(i)) names.push_back(Shard{i, all}.text());
    }
    sentences.push_back(std::to_string(there.size()) + " of " + counted(all, "shard", "shards") + " of seed " +
                        std::to_string(first.key.seed) + "; " + listed(names) +
                        (lost > kNamed ? " and " + std::to_string(lost - kNamed) + " more" : "") +
                        (lost == 1 ? " is missing" : " are missing"));
  }
  for (std::size_t i = 0; i < summary.headers.size(); ++i) {
    const std::optional<EndRow>& end = summary.ends[i];
    if (end && end->interrupted.empty()) continue;
    const HeaderRow& header = summary.headers[i];
    sentences.push_back((header.shard.count == 1 ? "" : "shard " + header.shard.text() + " of ") + "seed " +
                        std::to_string(header.key.seed) + " was " + (end ? end->interrupted : "cut off") +
                        "; --resume goes on with it");
  }
  return sentences;
}

std::vector<std::string> never_reached(const CampaignSummary& summary) {
  std::vector<std::string> sentences;
  for (const Sometimes& property : sometimes()) {
    const auto reached = summary.properties.find(property.name);
    if (reached != summary.properties.end() && reached->second > 0) continue;
    sentences.push_back(std::string(property.name) + ": " + std::string(property.sentence));
  }
  return sentences;
}

std::string client_option(const CampaignKey& key) {
  return key.client.name.empty() ? "" : " --client " + shell_word(key.client.command);
}

std::string rerun_finding(const FindingRow& finding, const CampaignKey& key, const std::string& path) {
  if (path.empty()) return "";
  return "rmqsim run " + shell_word(path) + " --profile " + finding.signature.profile + client_option(key) + " -v";
}

std::string trial_command(const CampaignKey& key, const Lineage& lineage) {
  std::string text = "rmqsim explore";
  for (const CampaignKey::Template& one : key.templates) text += " " + shell_word(one.file);
  text += " --seed " + std::to_string(key.seed);
  const std::vector<std::string_view> all = profile_names();
  if (!std::equal(all.begin(), all.end(), key.profiles.begin(), key.profiles.end())) {
    for (const std::string& profile : key.profiles) text += " --profile " + profile;
  }
  std::string without;
  for (const std::string& word : key.without) without += (without.empty() ? "" : ",") + word;
  if (!without.empty()) text += " --without " + without;
  return text + client_option(key) + " --trial " + lineage.text();
}

std::string finding_text(const FindingRow& finding, const CampaignKey& key, const std::string& folder) {
  std::string text = "FOUND   " + finding.signature.text() + "\n  broken: " +
                     sentence_of(finding.signature.invariant) + "\n";
  const std::string lines = harmless_lines(finding_lines(finding, key, folder));
  for (std::size_t at = 0, end; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
    text += "  " + lines.substr(at, end - at) + "\n";
  }
  return text;
}

std::string campaign_text(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder,
                          bool whole) {
  std::string text;
  if (whole) {
    for (const auto& finding : summary.findings) text += finding_text(finding, finding.key, folder) + "\n";
  }
  for (const auto& one : summary.deviations) text += deviation_text(one, one.key, folder) + "\n";
  text += "explored   " + heading(summary) + "\n  " + counted(summary.trials, "trial", "trials") + ", " +
          course_text(summary, end) + "\n";
  if (summary.refused > 0) text += "  " + counted(summary.refused, "scenario", "scenarios") + " could not be run\n";
  if (!summary.features.empty()) {
    text += "  " + counted(summary.features.size(), "feature", "features") + ", the last new one after " +
            counted(summary.last_new_run, "run", "runs") + "\n";
  }
  if (!of_another_client(summary)) text += properties_text(summary);
  for (const std::string& line : end.broken) text += "  " + line + "\n";
  if (!end.interrupted.empty()) text += "  " + end.interrupted + "; --resume goes on\n";
  for (const std::string& line : end.missing) text += "  " + line + "\n";
  const std::size_t found = summary.findings.size();
  text += "  " + (found == 0 ? "nothing found" : counted(found, "finding", "findings")) + "\n";
  for (const FindingRow& finding : summary.findings) {
    const std::string path = finding.file.empty() ? "no file" : path_of(folder, finding.file);
    text += "    " + finding.signature.text() + "   " + path + "   " + size_text(finding) + "\n";
  }
  return text;
}

std::string campaign_json(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["verdict"] = verdict(summary, end);
  if (!end.interrupted.empty()) json["interrupted"] = end.interrupted;
  if (!end.broken.empty()) json["errors"] = end.broken;
  if (!end.missing.empty()) json["missing"] = end.missing;
  json["folder"] = folder;
  json["campaigns"] = Json::array();
  for (const HeaderRow& header : summary.headers) json["campaigns"].push_back(json_of<Json>(row_text(header)));
  json["trials"] = summary.trials;
  json["runs"] = summary.runs;
  json["madeTwice"] = summary.twice;
  if (of_another_client(summary)) json["fleeting"] = fleeting(summary);
  json["refused"] = summary.refused;
  json["wallSeconds"] = end.wall_seconds;
  json["workSeconds"] = summary.seconds;
  json["runsPerSecond"] = a_second(summary, end);
  json["features"] = summary.features.size();
  json["lastNewFeatureAfterRuns"] = summary.last_new_run;
  if (!of_another_client(summary)) add_properties(json, summary);
  json["findings"] = Json::array();
  for (const auto& finding : summary.findings) {
    Json one = json_of<Json>(row_text(finding));
    one["path"] = path_of(folder, finding.file);
    one["command"] = trial_command(finding.key, finding.lineage);
    json["findings"].push_back(std::move(one));
  }
  json["deviations"] = Json::array();
  for (const DeviationRow& one : summary.deviations) json["deviations"].push_back(json_of<Json>(row_text(one)));
  return json_text(json, 1);
}

std::string campaign_junit(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder) {
  std::string trouble;
  for (const std::string& line : end.broken) trouble += line + "\n";
  for (const std::string& line : end.missing) trouble += line + "\n";
  if (!end.interrupted.empty()) trouble += end.interrupted + "\n";
  for (const auto& one : summary.deviations) trouble += deviation_text(one, one.key, folder);
  if (end.strict) {
    for (const std::string& sentence : never_reached(summary)) trouble += "never: " + sentence + "\n";
  }
  std::vector<ReportEntry> entries{
      report_case("explore", heading(summary), 1000 * end.wall_seconds, trouble.empty() ? "" : verdict(summary, end),
                  trouble)};
  for (const auto& finding : summary.findings) {
    entries.push_back(report_case("explore." + finding.signature.invariant, finding.signature.text(),
                                  1000 * finding.after_seconds, finding.message,
                                  finding_lines(finding, finding.key, folder)));
  }
  return report_junit(entries);
}

}  // namespace rmqsim
