// How many requests of some sort a server sees: what expectations about brokers and nameservers share.
#pragma once

#include <optional>
#include <string>

#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/expectations/facts.h"
#include "scenarios/harness/expectations/ranges.h"

namespace rmqsim {

struct JsonNode;
class ObjectReader;
class ObjectWriter;
class ParseContext;

struct RequestCount {
  FaultTarget on;  ///< which requests, by the vocabulary of `faults`
  std::string on_text;
  std::optional<std::string> topic;
  CountRange count;
};

/// What is said of requests at a server: `received` is `requests` on "send". They only become more.
struct RequestClaim {
  std::string server;
  RequestCount what;
  std::string because = {};  ///< what was said instead, from which it follows; for messages
};

/// So many send requests reached the server at least.
RequestClaim claim_of_sends(const std::string& server, std::uint64_t least, std::string because);

/// `requests`, which is there, with `on` (default any) and `topic`, at the server that `at` names.
std::optional<RequestCount> parse_requests(ParseContext& context, ObjectReader& reader, const JsonNode& at);

/// The opposite.
void put_requests(const RequestCount& requests, ObjectWriter& object);

/// Why both cannot hold, or empty: some of what one counts are more than all of what the other counts.
std::string claims_conflict(const RequestClaim& there, const RequestClaim& here, There when);

}  // namespace rmqsim
