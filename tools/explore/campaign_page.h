// The page of a campaign: features over time, what should happen sometimes, and each finding with its scenario, its
// cause and a picture of its run, which is made again for that.
#pragma once

#include <string>

#include "scenarios/harness/explore/campaign/campaign_report.h"

namespace rmqsim {

/// `folder` is where the findings' files lie; `rerun` is the command that makes the campaign again.
std::string campaign_page(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder,
                          const std::string& rerun);

}  // namespace rmqsim
