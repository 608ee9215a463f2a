// What is to be said of a kind of expectation, in one place: a row beside its data. Everything that asks about
// expectations asks the row, so a further kind is noticed by the compiler, and the schema has it. How it is checked
// needs the engine: check(), declared beside the row, lies in checks/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/time.h"
#include "scenarios/harness/expectations/facts.h"
#include "scenarios/harness/expectations/request_count.h"
#include "scenarios/harness/file/parse/key_row.h"
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {

struct CheckedRun;
struct JsonNode;
class ObjectWriter;
struct Scenario;
class Unmet;

/// The object of an expectation that is being read.
struct ExpectationReader {
  ParseContext& context;
  const JsonNode& value;
  ObjectReader& reader;
  const Scenario& scenario;
  /// Those that `sends` selects, those of the step, or all; none when that could not be read.
  std::optional<SendSelector> sends;
};

/// When one of `expect` is judged that names no moment of its own. What servers saw and keep is judged after the
/// producers' shutdown, which unregisters and sends what a traced producer still had to tell.
enum class JudgedWhen : std::uint8_t { steps_ended, producers_shut_down };

/// The object of an expectation that is being written, and where it will stand.
struct ExpectationWriter {
  ObjectWriter& object;
  const Scenario& scenario;
  bool at_step = false;  ///< in its form there
};

template <class E>
struct ExpectationRow {
  std::string_view key;      ///< the member that tells the kind
  std::string_view example;  ///< JSON of one, which schema and pages show
  const Shape& shape;
  /// Its form at a step, about the sends of that; nullptr: there is none.
  const Shape* at_step;
  E (*parse)(ExpectationReader& from);
  /// All members but `in`.
  void (*write)(const E& e, ExpectationWriter& to);

  JudgedWhen judged;
  /// The moment that it names, since the first step began; nullptr: it cannot.
  std::optional<Duration> (*moment)(const E& e);
  /// Why it cannot be told whether it holds when the producers are another program's, of which only servers know
  /// something; nullopt: it can.
  std::optional<std::string_view> (*unseen)(const E& e, const Scenario& scenario);
  /// Sends whose failure it takes for granted; nullptr for none.
  const SendSelector* (*grants_failure)(const E& e);

  // What it says, for finding others that contradict it.
  /// What both are about, for a message; empty: they are about different things.
  std::string (*common_subject)(const E& a, const E& b);
  std::vector<Fact> (*facts)(const E& e);
  std::vector<RequestClaim> (*claims)(const E& e, const Scenario& scenario);
  /// Why both cannot hold at one moment besides, `about …`, or empty.
  std::string (*other_conflict)(const E& there, const E& here);
};

/// `in`, which every kind has.
inline constexpr KeyRow kProfilesKey{"in", key::ref("profiles"), "", "(all profiles)",
                                     "Holds in these profiles only."};

/// Why servers cannot tell what became of a send.
inline constexpr std::string_view kUnseenOutcome = "what a send ended with is known to the client only";

// For rows of kinds of which there is nothing to say.
template <class E>
const SendSelector* grants_no_failure(const E&) {
  return nullptr;
}
template <class E>
std::vector<RequestClaim> claims_no_requests(const E&, const Scenario&) {
  return {};
}
template <class E>
std::string no_other_conflict(const E&, const E&) {
  return "";
}
template <class E>
std::optional<std::string_view> seen_by_servers(const E&, const Scenario&) {
  return std::nullopt;
}

}  // namespace rmqsim
