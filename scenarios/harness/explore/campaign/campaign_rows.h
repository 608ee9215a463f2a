// The lines of a campaign's state: one append-only file of JSON lines per shard. First what campaign it is, then, batch
// by batch, which trials showed something new, what was found, and last that the batch is done. What is not said to be
// done is run again by --resume, so that a crash loses nothing but time. Who ends says so: a state without that is of
// one that was killed, or is still at work.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/harness/explore/campaign/lineage.h"
#include "scenarios/harness/explore/campaign/sharding.h"
#include "scenarios/harness/explore/trial.h"

namespace rmqsim {

/// What makes a trial's number mean the same trial.
struct CampaignKey {
  struct Template {
    std::string name;
    std::string hash;  ///< of what it says
    std::string file;  ///< as it was given; says nothing of what is in it
    bool operator==(const Template& other) const { return name == other.name && hash == other.hash; }
  };

  /// That is explored when it is not our own producer.
  struct Client {
    std::string name;     ///< as its driver says it, with its version; empty: it is our own
    std::string command;  ///< of the driver, as it was given
    bool operator==(const Client& other) const { return name == other.name; }
  };

  std::string version;
  std::string drawing;  ///< of the first trials that are drawn: builds that draw otherwise differ in it
  std::uint64_t seed = 1;
  std::vector<std::string> profiles;
  std::vector<Template> templates;
  std::vector<std::string> without;  ///< of --without
  Client client;

  bool operator==(const CampaignKey&) const = default;
};

/// "its seed is 3, not 7"; empty when they are equal.
std::string difference(const CampaignKey& there, const CampaignKey& wanted);
/// FNV-1a in 16 hexadecimal digits: of templates, of drawn trials, of a key.
std::string hash_text(std::string_view text);

struct HeaderRow {
  CampaignKey key;
  Shard shard;
  bool operator==(const HeaderRow&) const = default;
};

/// A trial that showed features which none before it in its shard had.
struct TrialRow {
  Lineage lineage;
  std::vector<Feature> features;
};

/// The smallest scenario of a signature, so far.
struct FindingRow {
  Signature signature;
  Lineage lineage;            ///< the trial that it comes from
  std::string message;        ///< what was expected and what happened
  std::vector<std::string> evidence;
  std::string file;           ///< in the campaign's folder: NAME.json or unshrunk/NAME.json
  std::uint64_t bytes = 0;    ///< of the file
  std::uint64_t steps = 0, faults = 0, brokers = 0;
  bool shrunk = false;
  bool certified = false;     ///< each single removal passes
  bool interrupted = false;   ///< its shrink was, before there was anything; who goes on with the campaign makes it
  std::uint64_t shrink_runs = 0;
  std::vector<std::string> cause;
  std::vector<std::string> checks;  ///< how the file fared when it was read and run again
  std::uint64_t after_runs = 0;     ///< of the shard
  double after_seconds = 0;
};

/// Exploring ends with it.
struct DeviationRow {
  Lineage lineage;
  std::string profile;
  std::string difference;
  std::string file;
};

/// In `properties` of another client's trials: what failed, and not again.
inline constexpr std::string_view kFleeting = "fleeting";

/// The shard's trials at these positions were explored.
struct BatchRow {
  std::uint64_t first = 0;
  std::uint64_t trials = 0;
  std::uint64_t runs = 0, twice = 0, refused = 0;
  std::map<std::string, std::uint64_t, std::less<>> properties;  ///< how many trials had each
  double seconds = 0;  ///< of work
};

/// Nobody is at work on the shard any more.
struct EndRow {
  std::string interrupted;  ///< by what: "interrupted (SIGTERM)"; empty: it came to its end
  bool operator==(const EndRow&) const = default;
};

using CampaignRow = std::variant<HeaderRow, TrialRow, FindingRow, DeviationRow, BatchRow, EndRow>;

/// One line, ended.
std::string row_text(const CampaignRow& row);
/// Nothing when the line is none.
std::optional<CampaignRow> parse_row(std::string_view line);

}  // namespace rmqsim
