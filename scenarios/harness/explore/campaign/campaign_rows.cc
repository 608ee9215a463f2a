#include "scenarios/harness/explore/campaign/campaign_rows.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

using Json = nlohmann::ordered_json;

/// Of the form of the rows: another one is another campaign.
constexpr int kForm = 1;

std::string hex(std::uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

Lineage lineage_of(const Json& json) { return Lineage::parse(json.get<std::string>()).value(); }

/// States come from elsewhere: what they name lies in the campaign's folder, and nowhere else.
std::string file_of(const Json& json) {
  constexpr std::string_view kDrawn = "unshrunk/", kEnd = ".json";
  std::string file = json;
  std::string_view name = file;
  if (name.starts_with(kDrawn)) name.remove_prefix(kDrawn.size());
  const bool inside = name.size() > kEnd.size() && name.ends_with(kEnd) && name.find('/') == name.npos;
  if (!inside) throw std::runtime_error("a file elsewhere");
  return file;
}

Json json_of(const HeaderRow& row) {
  Json templates = Json::array();
  for (const CampaignKey::Template& one : row.key.templates) {
    templates.push_back({{"name", one.name}, {"hash", one.hash}, {"file", one.file}});
  }
  Json json = {{"campaign", kForm},         {"version", row.key.version},   {"drawing", row.key.drawing},
               {"seed", row.key.seed},      {"profiles", row.key.profiles}, {"templates", templates},
               {"without", row.key.without}, {"shard", {row.shard.index, row.shard.count}}};
  const CampaignKey::Client& client = row.key.client;
  if (!client.name.empty()) json["client"] = {{"name", client.name}, {"command", client.command}};
  return json;
}

HeaderRow header_of(const Json& json) {
  if (json.at("campaign") != kForm) throw std::runtime_error("another form");
  HeaderRow row;
  row.key.version = json.at("version");
  row.key.drawing = json.at("drawing");
  row.key.seed = json.at("seed");
  row.key.profiles = json.at("profiles").get<std::vector<std::string>>();
  for (const Json& one : json.at("templates")) {
    row.key.templates.push_back({one.at("name"), one.at("hash"), one.at("file")});
  }
  row.key.without = json.at("without").get<std::vector<std::string>>();
  if (json.contains("client")) row.key.client = {json["client"].at("name"), json["client"].at("command")};
  row.shard = {json.at("shard").at(0), json.at("shard").at(1)};
  if (row.shard.index >= row.shard.count) throw std::runtime_error("no such shard");
  return row;
}

Json json_of(const TrialRow& row) {
  Json features = Json::array();
  for (const Feature feature : row.features) features.push_back(hex(feature));
  return {{"trial", row.lineage.text()}, {"features", features}};
}

TrialRow trial_of(const Json& json) {
  TrialRow row{lineage_of(json.at("trial")), {}};
  for (const Json& feature : json.at("features")) {
    row.features.push_back(std::stoull(feature.get<std::string>(), nullptr, 16));
  }
  return row;
}

Json json_of(const FindingRow& row) {
  return {{"finding", row.signature.invariant},
          {"profile", row.signature.profile},
          {"mode", row.signature.mode},
          {"decision", row.signature.decision},
          {"trial", row.lineage.text()},
          {"message", row.message},
          {"evidence", row.evidence},
          {"file", row.file},
          {"bytes", row.bytes},
          {"steps", row.steps},
          {"faults", row.faults},
          {"brokers", row.brokers},
          {"shrunk", row.shrunk},
          {"certified", row.certified},
          {"interrupted", row.interrupted},
          {"shrinkRuns", row.shrink_runs},
          {"cause", row.cause},
          {"checks", row.checks},
          {"afterRuns", row.after_runs},
          {"afterSeconds", row.after_seconds}};
}

FindingRow finding_of(const Json& json) {
  FindingRow row;
  row.signature = {json.at("finding"), json.at("profile"), json.at("mode"), json.at("decision")};
  row.lineage = lineage_of(json.at("trial"));
  row.message = json.at("message");
  row.evidence = json.at("evidence").get<std::vector<std::string>>();
  row.file = file_of(json.at("file"));
  row.bytes = json.at("bytes");
  row.steps = json.at("steps");
  row.faults = json.at("faults");
  row.brokers = json.at("brokers");
  row.shrunk = json.at("shrunk");
  row.certified = json.at("certified");
  row.interrupted = json.value("interrupted", false);
  row.shrink_runs = json.at("shrinkRuns");
  row.cause = json.at("cause").get<std::vector<std::string>>();
  row.checks = json.at("checks").get<std::vector<std::string>>();
  row.after_runs = json.at("afterRuns");
  row.after_seconds = json.at("afterSeconds");
  return row;
}

Json json_of(const DeviationRow& row) {
  return {{"deviation", row.difference}, {"trial", row.lineage.text()}, {"profile", row.profile}, {"file", row.file}};
}

DeviationRow deviation_of(const Json& json) {
  return {lineage_of(json.at("trial")), json.at("profile"), json.at("deviation"), file_of(json.at("file"))};
}

Json json_of(const BatchRow& row) {
  return {{"batch", row.first},      {"trials", row.trials},         {"runs", row.runs},      {"twice", row.twice},
          {"refused", row.refused}, {"properties", row.properties}, {"seconds", row.seconds}};
}

BatchRow batch_of(const Json& json) {
  BatchRow row{json.at("batch"), json.at("trials"), json.at("runs"), json.at("twice"), json.at("refused"), {}, 0};
  for (const auto& [name, count] : json.at("properties").items()) row.properties[name] = count;
  row.seconds = json.at("seconds");
  return row;
}

Json json_of(const EndRow& row) { return {{"end", row.interrupted}}; }

}  // namespace

std::string hash_text(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hex(hash);
}

std::string difference(const CampaignKey& there, const CampaignKey& wanted) {
  const auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return words.empty() ? std::string("none") : text;
  };
  if (there.version != wanted.version) return "it is of version " + there.version + ", not " + wanted.version;
  if (there.client != wanted.client) {
    const auto name = [](const CampaignKey::Client& client) {
      return client.name.empty() ? std::string("our own producer") : client.name;
    };
    return "it is of " + name(there.client) + ", not of " + name(wanted.client);
  }
  if (there.seed != wanted.seed) {
    return "its seed is " + std::to_string(there.seed) + ", not " + std::to_string(wanted.seed);
  }
  if (there.profiles != wanted.profiles) {
    return "its profiles are " + list(there.profiles) + ", not " + list(wanted.profiles);
  }
  if (there.templates != wanted.templates) return "it has other templates, or they have changed";
  if (there.without != wanted.without) {
    return "what it goes without is " + list(there.without) + ", not " + list(wanted.without);
  }
  if (there.drawing == wanted.drawing) return "";
  return wanted.client.name.empty() ? "it was drawn by another build of version " + there.version
                                    : "it was drawn by another build, or the client's driver says other features now";
}

std::string row_text(const CampaignRow& row) {
  const Json json = std::visit([](const auto& one) { return json_of(one); }, row);
  return json_text(json) + "\n";
}

std::optional<CampaignRow> parse_row(std::string_view line) {
  try {
    const Json json = json_of<Json>(line);
    if (json.contains("campaign")) return header_of(json);
    if (json.contains("finding")) return finding_of(json);
    if (json.contains("deviation")) return deviation_of(json);
    if (json.contains("batch")) return batch_of(json);
    if (json.contains("end")) return EndRow{json["end"]};
    return trial_of(json);
  } catch (const std::exception&) {  // it was cut, or is somebody else's
    return std::nullopt;
  }
}

}  // namespace rmqsim
