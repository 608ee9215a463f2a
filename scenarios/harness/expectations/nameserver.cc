#include "scenarios/harness/expectations/nameserver.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr KeyRow kNameserverExpectationRows[] = {
    {"nameserver", key::ref("name"), "", key::required, "Which nameserver."},
    {"requests", key::count, "", key::required, "How many requests the server saw."},
    {"on", key::ref("requestKind"), "", R"("any")", "Which requests."},
    {"topic", key::text(), "", "(any)",
     "Requests that name this topic: with its producer's namespace, if that has one."},
    kProfilesKey,
};

NameserverExpectation parse_nameserver(ExpectationReader& from) {
  NameserverExpectation nameserver;
  const JsonNode& at = *from.reader.find("nameserver");
  nameserver.nameserver = from.context.reference(at, from.context.nameservers).value_or("");
  if (from.reader.require("requests")) {
    if (auto requests = parse_requests(from.context, from.reader, at)) nameserver.requests = std::move(*requests);
  }
  return nameserver;
}

void write_nameserver(const NameserverExpectation& e, ExpectationWriter& to) {
  to.object.say("nameserver", e.nameserver);
  put_requests(e.requests, to.object);
}

std::string common_nameserver(const NameserverExpectation& a, const NameserverExpectation& b) {
  return a.nameserver == b.nameserver ? in_quotes(a.nameserver) : "";
}

std::vector<Fact> nameserver_facts(const NameserverExpectation&) { return {}; }

std::vector<RequestClaim> nameserver_claims(const NameserverExpectation& e, const Scenario&) {
  return {{e.nameserver, e.requests}};
}

constexpr Shape kNameserverExpectation{
    "nameserverExpectation",
    "What reached a nameserver, in an assert up to now, otherwise up to the end, after the producers have shut down.",
    kNameserverExpectationRows};

}  // namespace

constinit const ExpectationRow<NameserverExpectation> NameserverExpectation::row{
    .key = "nameserver",
    .example = R"({"nameserver": "ns-1", "requests": [1, 3], "on": "route"})",
    .shape = kNameserverExpectation,
    .at_step = nullptr,
    .parse = parse_nameserver,
    .write = write_nameserver,
    .judged = JudgedWhen::producers_shut_down,
    .moment = nullptr,
    .unseen = seen_by_servers,
    .grants_failure = grants_no_failure,
    .common_subject = common_nameserver,
    .facts = nameserver_facts,
    .claims = nameserver_claims,
    .other_conflict = no_other_conflict,
};

}  // namespace rmqsim
