// Resources: requests seen, messages kept.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "fake_broker/store/transactions.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/source_text.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

std::uint64_t count(const ControlCall& call, const RequestJournal& journal) {
  const JournalFilter filter = call.filter();
  return static_cast<std::uint64_t>(
      std::count_if(journal.entries().begin(), journal.entries().end(),
                    [&](const JournalEntry& entry) { return filter.matches(entry); }));
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k])) : 0u;
    };
    const std::uint32_t n = byte(0) << 16 | byte(1) << 8 | byte(2);
    out += kDigits[n >> 18];
    out += kDigits[n >> 12 & 63];
    out += i + 1 < bytes.size() ? kDigits[n >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kDigits[n & 63] : '=';
  }
  return out;
}

/// Text as text, anything else as Base64; cut to a size that a list can bear.
void put_body(std::string_view body, Json& json) {
  constexpr std::size_t kMaxBody = 4096;
  json["bodySize"] = body.size();
  const std::string_view shown = body.substr(0, kMaxBody);
  if (!find_invalid_utf8(body)) {
    json["body"] = shown;  // a character that the cut went through is replaced when it is written
  } else {
    json["bodyBase64"] = base64(shown);
  }
  if (shown.size() < body.size()) json["bodyCut"] = true;
}

Json message_json(const std::string& broker, const StoredRecord& record) {
  Json json;
  json["broker"] = broker;
  json["number"] = record.number;
  json["topic"] = record.topic;
  json["queueId"] = record.queue_id;
  json["queueOffset"] = record.queue_offset;
  json["key"] = record.uniq_key;
  json["keys"] = find_property(record.properties, MessageConst::PROPERTY_KEYS).value_or("");
  json["tags"] = find_property(record.properties, MessageConst::PROPERTY_TAGS).value_or("");
  json["bornTimestamp"] = record.born_timestamp;
  json["storeTimestamp"] = record.store_timestamp;
  json["acknowledged"] = record.acknowledged;
  put_body(record.body, json);
  return json;
}

/// By UNIQ_KEY, its own or that of its batch, or by one of the keys that the application gave.
bool has_key(const StoredRecord& record, const std::string& key) {
  if (record.uniq_key == key) return true;
  if (find_property(record.properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX) == key) return true;
  std::string_view keys = find_property(record.properties, MessageConst::PROPERTY_KEYS).value_or("");
  while (!keys.empty()) {
    const auto one = keys.substr(0, keys.find(' '));
    if (one == key) return true;
    keys.remove_prefix(std::min(keys.size(), one.size() + 1));
  }
  return false;
}

}  // namespace

double rounded_millis(Duration d) {
  return static_cast<double>(std::chrono::round<std::chrono::microseconds>(d).count()) / 1000.0;
}

Json ControlResources::entry_json(const JournalEntry& entry) {
  Json json;
  json["number"] = entry.number;
  json["at"] = iso_time(entry.at);
  json["atMs"] = entry.since_first_step == FaultPlan::kBeforeFirstStep ? Json(nullptr)
                                                                       : Json(rounded_millis(entry.since_first_step));
  json["server"] = entry.server;
  json["code"] = request_code_name(entry.code);
  json["topic"] = entry.topic.empty() ? Json(nullptr) : Json(entry.topic);
  json["queueId"] = entry.queue_id ? Json(*entry.queue_id) : Json(nullptr);
  json["group"] = entry.group.empty() ? Json(nullptr) : Json(entry.group);
  json["key"] = entry.key.empty() ? Json(nullptr) : Json(entry.key);
  json["peer"] = entry.peer;
  json["oneway"] = entry.oneway;
  json["rule"] = entry.rule.empty() ? Json(nullptr) : Json(entry.rule);
  json["outcome"] = entry.outcome.empty() ? Json(nullptr) : Json(entry.outcome);
  json["tookMs"] = entry.outcome.empty() ? Json(nullptr) : Json(rounded_millis(entry.answered_at - entry.at));
  json["stored"] = entry.stored;
  json["acknowledged"] = entry.acknowledged;
  return json;
}

std::optional<Json> ControlResources::list_requests(ControlCall& call) {
  const RequestJournal& journal = call.control.journal_;
  const JournalFilter filter = call.filter();
  const std::uint64_t after = call.number("after", 0, 0, 1'000'000'000'000'000);
  const std::size_t limit = static_cast<std::size_t>(call.number("limit", 100, 1, 1000));
  Json list = Json::array();
  std::uint64_t next = after;
  bool more = false;
  for (const JournalEntry entry : journal.entries()) {
    if (entry.number <= after || !filter.matches(entry)) continue;
    if (list.size() == limit) {
      more = true;
      break;
    }
    list.push_back(entry_json(entry));
    next = entry.number;
  }
  return Json{{"requests", std::move(list)}, {"next", next}, {"more", more}, {"dropped", journal.dropped()}};
}

std::optional<Json> ControlResources::clear_requests(ControlCall& call) {
  RequestJournal& journal = call.control.journal_;
  const std::size_t removed = journal.entries().size();
  journal.clear();
  call.control.note("log", "", "", json_text(Json{{"what", "cleared"}, {"removed", removed}}));
  return Json{{"removed", removed}};
}

std::optional<Json> ControlResources::count_requests(ControlCall& call) {
  const RequestJournal& journal = call.control.journal_;
  return Json{{"count", count(call, journal)}, {"dropped", journal.dropped()}};
}

std::optional<Json> ControlResources::wait_requests(ControlCall& call) {
  const std::uint64_t wanted = call.number("count", 1, 1, 1'000'000);
  const Duration timeout = millis(static_cast<std::int64_t>(call.number("timeoutMs", 10'000, 0, 300'000)));
  const std::uint64_t found = count(call, call.control.journal_);
  if (found < wanted && call.waited < timeout) return std::nullopt;
  return Json{{"reached", found >= wanted}, {"count", found}, {"waitedMs", rounded_millis(call.waited)}};
}

std::optional<Json> ControlResources::list_messages(ControlCall& call) {
  Control& control = call.control;
  const std::string* topic = call.find("topic");
  const std::string* key = call.find("key");
  const std::string* only = call.find("broker");
  if (only != nullptr) call.broker(*only);
  const std::size_t limit = static_cast<std::size_t>(call.number("limit", 100, 1, 1000));
  // "broker-a:17": after that record of that broker, in the order of names.
  std::string after_broker;
  std::uint64_t after_number = 0;
  if (const std::string* after = call.find("after"); after != nullptr && !after->empty()) {
    const auto colon = after->rfind(':');
    const std::string digits = colon == std::string::npos ? "" : after->substr(colon + 1);
    if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos) {
      throw ControlError(400, "\"after\" takes what \"next\" of the answer before says");
    }
    after_broker = after->substr(0, colon);
    after_number = std::stoull(digits);
  }
  Json list = Json::array();
  Json next = nullptr;
  bool more = false;
  for (const auto& [name, broker] : control.brokers_) {
    if ((only != nullptr && *only != name) || name < after_broker) continue;
    const MessageStore& store = broker->broker().store();
    std::uint64_t n = store.first_number();
    if (name == after_broker) n = std::max(n, after_number + 1);
    for (; n < store.next_number() && !more; ++n) {
      const auto record = store.find(n);
      if (!record || (topic != nullptr && record->topic != *topic)) continue;
      if (key != nullptr && !has_key(*record, *key)) continue;
      if (list.size() == limit) {
        more = true;
        break;
      }
      list.push_back(message_json(name, *record));
      next = name + ":" + std::to_string(n);
    }
  }
  return Json{{"messages", std::move(list)}, {"next", std::move(next)}, {"more", more}};
}

std::optional<Json> ControlResources::count_messages(ControlCall& call) {
  call.need_brokers();
  Control& control = call.control;
  Json brokers = Json::object();
  std::uint64_t stored = 0, acknowledged = 0, evicted = 0;
  std::map<std::string_view, std::uint64_t> copies;
  for (const auto& [name, broker] : control.brokers_) {
    const MessageStore& store = broker->broker().store();
    brokers[name] = {{"stored", store.stored()}, {"acknowledged", store.acknowledged()}, {"evicted", store.evicted()}};
    stored += store.stored();
    acknowledged += store.acknowledged();
    evicted += store.evicted();
    for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
      const auto record = store.find(n);
      if (record && !record->uniq_key.empty() && record->topic != kHalfTopic) ++copies[record->uniq_key];
    }
  }
  std::uint64_t duplicates = 0;
  for (const auto& [key, n] : copies) duplicates += n - 1;
  std::set<std::string_view> lost, acknowledged_lost;
  for (const JournalEntry entry : control.journal_.entries()) {
    const std::string_view key = entry.kept_key();
    if (key.empty() || !is_send_request(entry.code)) continue;
    const bool kept = std::any_of(control.brokers_.begin(), control.brokers_.end(), [&](const auto& one) {
      return one.second->broker().store().find_key(key).has_value();
    });
    if (kept) continue;
    lost.insert(key);
    if (entry.acknowledged) acknowledged_lost.insert(key);
  }
  Json json;
  json["stored"] = stored;
  json["acknowledged"] = acknowledged;
  json["duplicates"] = duplicates;
  json["lost"] = lost.size();
  json["acknowledgedLost"] = acknowledged_lost.size();
  json["evicted"] = evicted;
  json["brokers"] = std::move(brokers);
  return json;
}

}  // namespace rmqsim
