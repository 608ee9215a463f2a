// What a campaign, or several that were merged, found: for people, as data, and as JUnit. Pure text, made of states.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/shard_state.h"

namespace rmqsim {

/// How it ended; the gravest is the exit status.
struct CampaignEnd {
  std::string interrupted;             ///< "interrupted (SIGINT)"; empty: it was not
  std::vector<std::string> broken;     ///< what went wrong with the campaign itself
  std::vector<std::string> missing;    ///< of what was merged: missing_shards()
  bool strict = false;                 ///< properties that were never reached fail it
  double wall_seconds = 0;
  std::uint64_t runs_before = 0;       ///< made by those whose campaign was gone on with
};

/// What was found, and the campaign whose trial it was: several that are merged differ.
template <typename Row>
struct OfCampaign : Row {
  CampaignKey key;
};

/// Shards added up.
struct CampaignSummary {
  std::vector<HeaderRow> headers;
  std::vector<std::optional<EndRow>> ends;  ///< of each of `headers`
  std::set<Feature> features;
  std::vector<OfCampaign<FindingRow>> findings;  ///< in the order of signatures
  std::vector<OfCampaign<DeviationRow>> deviations;
  std::map<std::string, std::uint64_t, std::less<>> properties;
  std::uint64_t trials = 0, runs = 0, twice = 0, refused = 0;
  std::uint64_t last_new_run = 0;
  double seconds = 0;
  std::vector<Growth> growth;  ///< of each of `headers`
};
CampaignSummary add_up(const std::vector<const ShardState*>& shards);
/// Of each campaign of which not all shards are there a sentence: "2 of 3 shards of seed 7; 1/3 is missing"; and of
/// each shard that did not come to its end: "shard 1/3 of seed 7 was cut off; --resume goes on with it".
std::vector<std::string> missing_shards(const CampaignSummary& summary);
/// Sentences of the `sometimes` properties that no trial had.
std::vector<std::string> never_reached(const CampaignSummary& summary);

/// " --client 'node driver.js'", or nothing for our own producer.
std::string client_option(const CampaignKey& key);
/// The command that runs a finding's file again; empty when it has none.
std::string rerun_finding(const FindingRow& finding, const CampaignKey& key, const std::string& path);
/// "rmqsim explore --seed 7 --trial 12.57": makes and runs that trial alone.
std::string trial_command(const CampaignKey& key, const Lineage& lineage);
/// `folder` is where its file lies.
std::string finding_text(const FindingRow& finding, const CampaignKey& key, const std::string& folder);
/// The report at the end; findings as one line each, since each was told when it was found, or whole.
std::string campaign_text(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder,
                          bool whole);
std::string campaign_json(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder);
/// One test case for the campaign, and one for each finding.
std::string campaign_junit(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder);

}  // namespace rmqsim
