#include "tools/user_client/seen_ledger.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

using Json = nlohmann::ordered_json;

double rounded_millis(Duration d) {
  return static_cast<double>(std::chrono::round<std::chrono::microseconds>(d).count()) / 1000.0;
}

/// The send status that a client makes of the last answer, if it can be told.
Json outcome_of(const JournalEntry& last) {
  if (last.oneway) return "SENT";
  if (last.outcome == "SUCCESS") return "SEND_OK";
  if (last.outcome == "FLUSH_DISK_TIMEOUT" || last.outcome == "FLUSH_SLAVE_TIMEOUT" ||
      last.outcome == "SLAVE_NOT_AVAILABLE") {
    return last.outcome;
  }
  return nullptr;
}

}  // namespace

std::string seen_ledger(const Scenario& scenario, std::string_view profile, std::uint64_t seed,
                        const RequestJournal& journal, TimePoint first_step,
                        const std::map<std::string, std::uint64_t>& received,
                        const std::map<std::string, std::uint64_t>& stored) {
  std::vector<std::vector<JournalEntry>> sends;
  std::map<std::string_view, std::size_t> by_key;
  for (const JournalEntry entry : journal.entries()) {
    if (!is_send_request(entry.code)) continue;
    const auto known = entry.key.empty() ? by_key.end() : by_key.find(entry.key);
    if (known != by_key.end()) {
      sends[known->second].push_back(entry);
      continue;
    }
    if (!entry.key.empty()) by_key[entry.key] = sends.size();
    sends.push_back({entry});
  }
  Json json;
  json["version"] = 1;
  json["scenario"] = scenario.name;
  json["client"] = "command";
  json["profile"] = profile;
  json["world"] = "tcp";
  json["seed"] = seed;
  json["sends"] = Json::array();
  for (std::size_t i = 0; i < sends.size(); ++i) {
    const JournalEntry& first = sends[i].front();
    const JournalEntry& last = sends[i].back();
    Json one;
    one["i"] = i;
    one["mode"] = first.oneway ? Json("oneway") : Json(nullptr);
    one["startMs"] = rounded_millis(first.at - first_step);
    one["elapsedMs"] = last.outcome.empty() ? Json(nullptr) : Json(rounded_millis(last.answered_at - first.at));
    one["outcome"] = outcome_of(last);
    const bool ended = one["outcome"].is_string() && !last.oneway;
    one["broker"] = ended ? Json(last.server) : Json(nullptr);
    one["queueId"] = ended && last.queue_id ? Json(*last.queue_id) : Json(nullptr);
    one["key"] = first.key.empty() ? Json(nullptr) : Json(first.key);
    one["attempts"] = Json::array();
    for (const JournalEntry& entry : sends[i]) {
      Json attempt;
      attempt["broker"] = entry.server;
      attempt["queueId"] = entry.queue_id ? Json(*entry.queue_id) : Json(nullptr);
      attempt["startMs"] = rounded_millis(entry.at - first_step);
      attempt["elapsedMs"] =
          entry.outcome.empty() ? Json(nullptr) : Json(rounded_millis(entry.answered_at - entry.at));
      attempt["timeoutMs"] = nullptr;
      attempt["outcome"] = entry.outcome.empty() ? Json(nullptr) : Json(entry.outcome);
      one["attempts"].push_back(std::move(attempt));
    }
    one["exception"] = nullptr;
    json["sends"].push_back(std::move(one));
  }
  json["requestsDropped"] = journal.dropped();
  json["brokers"] = Json::object();
  for (const auto& [name, count] : stored) json["brokers"][name] = {{"received", received.at(name)}, {"stored", count}};
  return json_text(json, 1);
}

}  // namespace rmqsim
