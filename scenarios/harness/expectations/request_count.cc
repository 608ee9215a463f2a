#include "scenarios/harness/expectations/request_count.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

/// `part` counts some of what `whole` counts.
bool is_part(const RequestCount& part, const RequestCount& whole) {
  return whole.on.includes(part.on) && (!whole.topic || whole.topic == part.topic);
}

bool is_more(const RequestCount& part, const RequestCount& whole) {
  return is_part(part, whole) && part.count.min > whole.count.max;
}

}  // namespace

std::optional<RequestCount> parse_requests(ParseContext& context, ObjectReader& reader, const JsonNode& at) {
  RequestCount requests;
  requests.on.kind = FaultTarget::Kind::any;
  requests.on_text = "any";
  if (const JsonNode* on = reader.find("on")) {
    requests.on_text = on->text;
    if (auto target = parse_target(context, *on)) {
      requests.on = *target;
      if (!requests.on.is_request()) {
        context.fail(*on, "a " + on->text + " is not a request");
      } else {
        if (context.servers.has(at.text)) check_place(context, at, *on, *target);
        check_fact(context, reader.find("topic"), *target, 't',
                   in_quotes(on->text) + " requests have no topic to count by");
      }
    }
  }
  reader.get("topic", requests.topic, [&](const JsonNode& n) { return context.reference(n, context.topics); });
  auto range = context.count_range(*reader.find("requests"));
  if (!range) return std::nullopt;
  requests.count = *range;
  return requests;
}

void put_requests(const RequestCount& requests, ObjectWriter& object) {
  object.say("requests", range_json(requests.count));
  object.put("on", requests.on_text);
  object.say("topic", requests.topic);
}

RequestClaim claim_of_sends(const std::string& server, std::uint64_t least, std::string because) {
  return {server, {{FaultTarget::Kind::send, 0}, "send", std::nullopt, {least, kNoMost}}, std::move(because)};
}

std::string claims_conflict(const RequestClaim& there, const RequestClaim& here, There when) {
  if (there.server != here.server) return "";
  if (!is_more(there.what, here.what) && (when == There::earlier || !is_more(here.what, there.what))) return "";
  const auto reason = [](const RequestClaim& claim) {
    return claim.because.empty() ? "" : " (" + claim.because + ")";
  };
  return "about " + in_quotes(there.server) + ": requests on " + there.what.on_text + " are " +
         range_text(there.what.count) + " there" + reason(there) + ", on " + here.what.on_text + " " +
         range_text(here.what.count) + " here" + reason(here);
}

}  // namespace rmqsim
