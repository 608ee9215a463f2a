// What of a campaign is settled before its first trial, or refused.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/campaign_rows.h"
#include "scenarios/harness/explore/campaign/sharding.h"
#include "scenarios/harness/explore/draw/drawing.h"
#include "tools/explore/campaign.h"

namespace rmqsim {

/// What is wrong with the command line; empty: it was said already.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<Scenario> read_templates(const std::vector<std::string>& paths);
DrawOptions draw_options(const std::vector<std::string>& without);
CampaignKey campaign_key(const ExploreCommand& command, const std::vector<Scenario>& templates, const Drawing& drawing);

/// What begins the campaign again, elsewhere.
std::string campaign_command(const ExploreCommand& command);

}  // namespace rmqsim
