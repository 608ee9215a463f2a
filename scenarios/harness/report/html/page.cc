#include "scenarios/harness/report/html/page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fake_broker/rules/unanswered.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/report/html/columns.h"

namespace rmqsim {
namespace embedded {

/// rmqsim_embed(rmqsim_pages …)
std::string_view pages(std::string_view file);

}  // namespace embedded
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kDataPlace = "<!--{data}-->";

std::string script(const std::string& id, std::string_view text) {
  return "<script type=\"application/json\" id=\"" + id + "\">" + std::string(text) + "</script>\n";
}

/// The only part of page.html that is no file: of what became of requests without an answer, the kind of data.js.
std::string unanswered_script() {
  ordered_json kinds;
  for (const Unanswered& one : unanswered()) {
    kinds[std::string(one.outcome)] = one.hears == ClientHears::end_of_connection ? "connection"
                                      : one.hears == ClientHears::as_it_should    ? "sent"
                                                                                  : "timeout";
  }
  return "const UNANSWERED = " + script_text(kinds) + ";";
}

/// page.html with the files that it names as /*{…}*/ in their places.
std::string make_source() {
  constexpr std::string_view kBegin = "/*{", kEnd = "}*/";
  const std::string_view page = embedded::pages("page.html");
  std::string source;
  std::size_t at = 0;
  for (auto place = page.find(kBegin); place != page.npos; place = page.find(kBegin, at)) {
    const std::size_t name = place + kBegin.size(), end = page.find(kEnd, name);
    const std::string_view file = page.substr(name, end - name);
    source.append(page.substr(at, place - at));
    source.append(file == "unanswered.js" ? unanswered_script() : embedded::pages(file));
    at = end + kEnd.size();
  }
  return source.append(page.substr(at));
}

}  // namespace

std::string page_html(std::string_view index, const std::vector<std::string>& runs) {
  static const std::string whole = make_source();
  const std::string_view source = whole;
  const std::size_t place = source.find(kDataPlace);
  std::size_t size = source.size() + index.size() + 200;
  for (const std::string& run : runs) size += run.size() + 100;
  std::string html;
  html.reserve(size);
  html += source.substr(0, place);
  html += script("rmqsim-index", index);
  for (std::size_t i = 0; i < runs.size(); ++i) html += script("rmqsim-run-" + std::to_string(i), runs[i]);
  html += source.substr(place + kDataPlace.size());
  return html;
}

void RunsPage::drop(Run& run) {
  bytes_ -= run.data.size();
  --kept_;
  run.data = std::string();
  run.dropped = true;
}

void RunsPage::add(const ReportEntry& entry, std::string data) {
  const bool passed = entry.kind == ReportEntry::Kind::passed;
  if (!data.empty()) {
    bytes_ += data.size();
    ++kept_;
    if (passed) passed_.push_back(runs_.size());
  }
  runs_.push_back({entry.json, entry.brief, std::move(data)});
  while (bytes_ > most_ && kept_ > 1) {
    drop(runs_[passed_.empty() ? runs_.size() - 1 : passed_.back()]);
    if (!passed_.empty()) passed_.pop_back();
  }
}

std::string RunsPage::html() const {
  ordered_json index = {{"kind", "runs"}, {"version", RMQSIM_VERSION}, {"entries", ordered_json::array()}};
  std::vector<std::string> data;
  for (const Run& run : runs_) {
    ordered_json entry = json_of<ordered_json>(run.entry);
    entry["brief"] = run.brief;
    entry["run"] = run.data.empty() ? ordered_json(nullptr) : ordered_json(data.size());
    entry["dropped"] = run.dropped;
    if (!run.data.empty()) data.push_back(run.data);
    index["entries"].push_back(std::move(entry));
  }
  return page_html(script_text(index), data);
}

}  // namespace rmqsim
