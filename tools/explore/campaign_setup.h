// What of a campaign is settled before its first trial, or refused.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/campaign_rows.h"
#include "scenarios/harness/explore/campaign/sharding.h"
#include "scenarios/harness/explore/draw/drawing.h"
#include "tools/explore/campaign.h"
#include "tools/explore/driven/explored_client.h"

namespace rmqsim {

/// What is wrong with the command line; empty: it was said already.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A signal came before there was a campaign.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<Scenario> read_templates(const std::vector<std::string>& paths);
/// Throws Refused when the steps of one take so long that a trial, which has troubles besides, is given up.
void refuse_long(const std::vector<Scenario>& templates);
DrawOptions draw_options(const std::vector<std::string>& without);
CampaignKey campaign_key(const ExploreCommand& command, const std::vector<Scenario>& templates, const Drawing& drawing);
/// The same of another client's campaign.
CampaignKey campaign_key(const ExploreCommand& command, const std::vector<Scenario>& templates,
                         const ExploredClient& client);
/// Meets the client that is to be explored; nullptr: it is our own producer. Throws Refused.
std::unique_ptr<ExploredClient> meet_client(const ExploreCommand& command, const std::vector<Scenario>& templates);

/// What begins the campaign again, elsewhere.
std::string campaign_command(const ExploreCommand& command);

}  // namespace rmqsim
