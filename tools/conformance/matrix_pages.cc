// The matrix as pages for a browser: an index, and a page per cell. No script, nothing from elsewhere; every text of
// others is escaped.
#include <map>

#include "scenarios/harness/file/concerns.h"
#include "tools/conformance/conformance.h"
#include "tools/drivers/stalls/replay.h"

namespace rmqsim {
namespace {

constexpr const char* kStyle =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}"
    "table{border-collapse:collapse}td,th{padding:.2rem .7rem;text-align:left;border-bottom:1px solid #e3e6ea}"
    "th[scope=rowgroup]{padding-top:1rem;border:0}td.as{background:#e2f5e6}td.differs{background:#fff2cf}"
    "td.breaks{background:#fbdcdc}td.none{color:#6a737d}td.failed{background:#ecd9f7}"
    "a{color:inherit}code,td.send{font:13px/1.4 ui-monospace,monospace}"
    "@media(prefers-color-scheme:dark){body{background:#14171a;color:#e3e6ea}td,th{border-color:#31363c}"
    "td.as{background:#173a20}td.differs{background:#4a3b0c}td.breaks{background:#571d1d}"
    "td.failed{background:#3d2450}}";

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

const char* css_class(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::as_profile:
      return "as";
    case CellVerdict::differs:
      return "differs";
    case CellVerdict::breaks_invariant:
      return "breaks";
    case CellVerdict::driver_failed:
      return "failed";
    default:
      return "none";
  }
}

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
         html(title) + "</title><style>" + kStyle + "</style></head><body>\n" + body + "</body></html>\n";
}

/// Letters, digits and dashes of a name.
std::string file_part(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    out += plain ? c : '-';
  }
  return out.substr(0, 100);
}

}  // namespace

std::string cell_file(const ConformanceMatrix& matrix, std::size_t scenario, std::size_t client) {
  return "cell-" + std::to_string(client + 1) + "-" + file_part(matrix.scenarios[scenario].scenario->name) + ".html";
}

std::string matrix_page(const ConformanceMatrix& matrix) {
  std::string body =
      "<h1>Conformance</h1>\n<p>Each client plays each scenario behind its driver, and is compared, "
      "decision by decision, with what Java's clients do in it.</p>\n<table><thead><tr><th>scenario</th>";
  for (const ConformanceClient& client : matrix.clients) body += "<th>" + html(client.name) + "</th>";
  body += "</tr></thead>\n<tbody>\n";
  std::string concern;
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    const Scenario& scenario = *matrix.scenarios[s].scenario;
    if (matrix.scenarios[s].concern != concern) {
      concern = matrix.scenarios[s].concern;
      std::string meaning;
      for (const Concern& one : kConcerns) {
        if (one.name == concern) meaning = ": " + std::string(one.meaning);
      }
      body += "<tr><th scope=\"rowgroup\" colspan=\"" + std::to_string(matrix.clients.size() + 1) + "\">" +
              html(concern + meaning) + "</th></tr>\n";
    }
    body += "<tr><td title=\"" + html(scenario.why) + "\">" + html(scenario.name) + "</td>";
    for (std::size_t c = 0; c < matrix.clients.size(); ++c) {
      const ConformanceCell& cell = matrix.cells[s][c];
      body += std::string("<td class=\"") + css_class(cell.verdict) + "\" title=\"" + html(cell.reason) +
              "\"><a href=\"" + html(cell_file(matrix, s, c)) + "\">" + html(cell_words(cell)) + "</a></td>";
    }
    body += "</tr>\n";
  }
  return page("Conformance", body + "</tbody></table>\n");
}

std::string cell_page(const ConformanceMatrix& matrix, std::size_t scenario, std::size_t client) {
  const Scenario& played = *matrix.scenarios[scenario].scenario;
  const ConformanceCell& cell = matrix.cells[scenario][client];
  const std::string& name = matrix.clients[client].name;
  std::string body = "<p><a href=\"index.html\">all</a></p>\n<h1>" + html(name) + " in " + html(played.name) +
                     "</h1>\n<p>" + html(played.why) + "</p>\n<p><b>" + html(cell_words(cell)) + "</b>" +
                     (cell.reason.empty() ? "" : ": " + html(cell.reason)) + "</p>\n";
  if (!cell.stalls.empty()) {
    body += "<p>Played again: the machine stalled for " + stalls_text(cell.stalls) + ".</p>\n";
  }
  if (!cell.queues.empty()) body += "<p>" + html(cell.queues) + "</p>\n";
  body += "<p>" + std::to_string(cell.expectations) + " expectations judged, " + std::to_string(cell.not_judged) +
          " that cannot be.</p>\n";
  if (!cell.more.empty()) {
    body += "<ul>\n";
    for (const std::string& failure : cell.more) body += "<li>" + html(failure) + "</li>\n";
    body += "</ul>\n";
  }
  if (!cell.rows.empty()) {
    body += "<table><thead><tr><th>" + html(name) + "</th><th>" + html(cell.profile) + "</th></tr></thead><tbody>\n";
    for (const CellRow& row : cell.rows) {
      body +=
          "<tr><td class=\"send\">" + html(row.client) + "</td><td class=\"send\">" + html(row.model) + "</td></tr>\n";
    }
    body += "</tbody></table>\n";
  }
  if (!cell.rerun.empty()) body += "<p><code>" + html(cell.rerun) + "</code></p>\n";
  return page(name + " in " + played.name, body);
}

}  // namespace rmqsim
