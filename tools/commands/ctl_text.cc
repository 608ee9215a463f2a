#include "tools/commands/ctl_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/hosting/request_line.h"

namespace rmqsim {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string plain(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) {
    const std::string text = harmless(value.get<std::string>());
    return text.empty() ? "-" : text;
  }
  return harmless(json_text(value));
}

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

/// A rule without the parts that have columns of their own.
std::string rest_of(const Json& rule) {
  std::string text;
  for (const auto& [key, value] : rule.items()) {
    if (key == "id" || key == "at" || key == "on") continue;
    text += (text.empty() ? "" : " ") + key + "=" + plain(value);
  }
  return text;
}

std::string faults(const Json& list) {
  if (list.empty()) return "no faults\n";
  std::vector<Row> rows{{"ID", "AT", "ON", "MATCHED", "ACTED", "RULE"}};
  for (const Json& one : list) {
    const Json rule = one.value("rule", Json::object());
    if (!rule.is_object()) continue;
    rows.push_back({plain(one["id"]), plain(rule.value("at", Json())), plain(rule.value("on", Json())),
                    plain(one["matched"]), plain(one["acted"]), rest_of(rule)});
  }
  return table(rows);
}

std::string servers(const Json& list) {
  std::vector<Row> rows{{"NAME", "ADDRESS", "STATE", "RECEIVED", "STORED"}};
  for (const Json& one : list) {
    rows.push_back({plain(one["name"]), plain(one["address"]), plain(one["state"]), plain(one["received"]),
                    plain(one.value("stored", Json()))});
  }
  return table(rows);
}

std::string topics(const Json& list) {
  std::vector<Row> rows{{"TOPIC", "BROKER", "QUEUES", "PERM", "STORED"}};
  for (const Json& one : list) {
    if (one.value("system", false)) continue;
    for (const Json& at : one["brokers"]) {
      rows.push_back({plain(one["topic"]), plain(at["broker"]), plain(at["writeQueues"]), plain(at["perm"]),
                      plain(at["stored"])});
    }
  }
  return table(rows);
}

std::string text_or_empty(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

std::string request(const Json& one, bool colours) {
  RequestLine line;
  line.at = text_or_empty(one["at"]);
  line.server = text_or_empty(one["server"]);
  line.code = text_or_empty(one["code"]);
  line.topic = text_or_empty(one["topic"]);
  if (one["queueId"].is_number()) line.queue = json_text(one["queueId"]);
  line.group = text_or_empty(one["group"]);
  line.outcome = text_or_empty(one["outcome"]);
  line.rule = text_or_empty(one["rule"]);
  if (one["tookMs"].is_number()) line.took_millis = one["tookMs"];
  line.stored = one["stored"];
  return format_request(line, colours) + "\n";
}

std::string requests(const Json& answer, bool colours) {
  std::string text;
  for (const Json& one : answer["requests"]) text += request(one, colours);
  if (text.empty()) text = "no requests\n";
  if (answer["more"] == true) text += "more: --after " + plain(answer["next"]) + "\n";
  if (answer["dropped"] != 0) text += plain(answer["dropped"]) + " older requests were dropped from the log\n";
  return text;
}

std::string near_misses(const Json& answer, bool colours) {
  std::string text;
  for (const Json& one : answer["nearMisses"]) {
    text += request(one["request"], colours);
    for (const Json& failed : one["failed"]) {
      text += "    " + plain(failed["condition"]) + ": expected " + plain(failed["expected"]) + ", found " +
              plain(failed["found"]) + "\n";
    }
  }
  return text.empty() ? "no request in the log that the rule did not act on\n" : text;
}

std::string messages(const Json& answer) {
  std::vector<Row> rows{{"BROKER", "TOPIC", "QUEUE", "OFFSET", "KEY", "TAGS", "ACK", "BODY"}};
  for (const Json& one : answer["messages"]) {
    std::string body = one.contains("body") ? plain(one["body"]) : "(" + plain(one["bodySize"]) + " bytes)";
    if (body.size() > 60) body = body.substr(0, 57) + "...";
    rows.push_back({plain(one["broker"]), plain(one["topic"]), plain(one["queueId"]), plain(one["queueOffset"]),
                    plain(one["key"]), plain(one["tags"]), one["acknowledged"] == true ? "yes" : "no", body});
  }
  std::string text = rows.size() == 1 ? "no messages\n" : table(rows);
  if (answer["more"] == true) text += "more: --after " + plain(answer["next"]) + "\n";
  return text;
}

std::string gates(const Json& list) {
  if (list.empty()) return "no gates\n";
  std::vector<Row> rows{{"ID", "AT", "ON", "HELD", "GATE"}};
  for (const Json& one : list) {
    rows.push_back({plain(one["id"]), plain(one["gate"].value("at", Json())), plain(one["gate"].value("on", Json())),
                    std::to_string(one["held"].size()), rest_of(one["gate"])});
  }
  return table(rows);
}

std::string clients(const Json& list) {
  if (list.empty()) return "no connections\n";
  std::vector<Row> rows{{"PEER", "GROUP", "SERVER", "REQUESTS", "SINCE"}};
  for (const Json& one : list) {
    rows.push_back({plain(one["peer"]), one["broker"] == true ? "(broker)" : plain(one["group"]), plain(one["server"]),
                    plain(one["requests"]), plain(one["since"])});
  }
  return table(rows);
}

std::string members(const Json& answer, const std::string& indent = "") {
  std::string text;
  for (const auto& [key, value] : answer.items()) {
    if (value.is_object()) {
      text += indent + key + ":\n" + members(value, indent + "  ");
    } else {
      text += indent + key + ": " + plain(value) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string ctl_text(const std::string& kind, const Json& answer, bool colours) {
  if (kind == "faults") return faults(answer["faults"]);
  if (kind == "fault") return faults(Json::array({answer}));
  if (kind == "brokers") return servers(answer["brokers"]);
  if (kind == "nameservers") return servers(answer["nameservers"]);
  if (kind == "server") return servers(Json::array({answer}));
  if (kind == "clients") return clients(answer["clients"]);
  if (kind == "topics") return topics(answer["topics"]);
  if (kind == "requests") return requests(answer, colours);
  if (kind == "nearMisses") return near_misses(answer, colours);
  if (kind == "messages") return messages(answer);
  if (kind == "gates") return gates(answer["gates"]);
  if (kind == "gate") return gates(Json::array({answer}));
  return members(answer);
}

std::string ctl_event_text(const Json& event, bool colours) {
  const std::string kind = event.value("kind", "");
  if (kind == "answer") return request(event, colours);
  if (kind == "request") return request(event, colours);
  std::string at = event.value("at", "");
  const auto time = at.find('T');
  if (time != std::string::npos) at = at.substr(time + 1, 12);
  std::string text = at + "  " + kind;
  for (const auto& [key, value] : event.items()) {
    if (key == "event" || key == "kind" || key == "at" || key == "atMs") continue;
    text += "  " + (key == "what" ? "" : key + "=") + plain(value);
  }
  return text + "\n";
}

}  // namespace rmqsim
