#include "tools/send/sent_page.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/report/html/columns.h"
#include "scenarios/harness/report/html/page.h"
#include "scenarios/harness/report/html/send_columns.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

struct AttemptAt {
  std::int64_t at, took, outcome, send;
};

/// Brokers as attempts show them.
ordered_json servers_json(const std::vector<SendRecord>& sends, TimePoint begin, WordList& words) {
  std::map<std::string, std::vector<AttemptAt>> brokers;
  for (std::size_t i = 0; i < sends.size(); ++i) {
    for (const AttemptRecord& attempt : sends[i].attempts) {
      brokers[attempt.broker].push_back({rounded_micros(attempt.start - begin), rounded_micros(attempt.elapsed),
                                         words.place(attempt.outcome), static_cast<std::int64_t>(i)});
    }
  }
  ordered_json servers = ordered_json::array();
  for (auto& [name, attempts] : brokers) {
    std::stable_sort(attempts.begin(), attempts.end(),
                     [](const AttemptAt& a, const AttemptAt& b) { return a.at < b.at; });
    Column at, took, outcome, send;
    for (const AttemptAt& one : attempts) {
      at.push_back(one.at);
      took.push_back(one.took);
      outcome.push_back(one.outcome);
      send.push_back(one.send);
    }
    servers.push_back({{"name", name},
                       {"kind", "broker"},
                       {"bands", ordered_json::array()},
                       {"requests",
                        {{"size", at.size()},
                         {"at", differences_json(at)},
                         {"took", column_json(took)},
                         {"code", words.place("an attempt")},
                         {"outcome", column_json(outcome)},
                         {"rule", -1},
                         {"send", column_json(send)}}}});
  }
  return servers;
}

}  // namespace

std::string sent_page(const SendRun& run, const SendStats& stats, std::vector<SendRecord> sends, TimePoint begin,
                      const std::string& rerun) {
  std::stable_sort(sends.begin(), sends.end(),
                   [](const SendRecord& a, const SendRecord& b) { return a.start < b.start; });
  WordList words;
  ordered_json data = {{"scenario", "rmqsim send"}, {"why", ""},           {"profile", run.profile},
                       {"world", "tcp"},            {"seed", 0},           {"endUs", std::int64_t(run.seconds * 1e6)},
                       {"producers", {"sends"}},    {"isolation", ordered_json::array()},
                       {"acts", ordered_json::array()}, {"flags", ordered_json::array()},
                       {"rules", ordered_json::array()}, {"failures", ordered_json::array()},
                       {"explain", nullptr},        {"words", nullptr}};
  put_send_columns(sends, begin, {0}, words, data);
  data["servers"] = servers_json(sends, begin, words);
  data["strings"] = words.words();
  ordered_json index = {{"kind", "send"}, {"version", RMQSIM_VERSION}, {"rerun", rerun}};
  index["sent"] = json_of<ordered_json>(send_report_json(run, stats));
  return page_html(script_text(index), {script_text(data)});
}

}  // namespace rmqsim
