// The matrix for people at a terminal, for programs, and for pages that show Markdown.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/concerns.h"
#include "producer/remoting/codec/json_text.h"
#include "tools/conformance/conformance.h"
#include "tools/drivers/stalls/replay.h"

namespace rmqsim {
namespace {

/// "as 5.3.3 4.9.8": what is said in full elsewhere.
std::string short_words(const ConformanceCell& cell) {
  if (cell.verdict != CellVerdict::as_profile) return std::string(verdict_words(cell.verdict));
  std::string words = "as";
  for (const std::string& profile : cell.as) {
    words += " " + (profile.starts_with("java-") ? profile.substr(5) : profile);
  }
  return words;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

/// How often which verdict.
std::map<std::string, std::size_t> counts_of(const ConformanceMatrix& matrix, std::size_t client) {
  std::map<std::string, std::size_t> counts;
  for (const auto& row : matrix.cells) ++counts[short_words(row[client])];
  return counts;
}

/// As the machine stalled: which scenarios, and for how long it did each time.
std::string played_again(const ConformanceMatrix& matrix, std::size_t client) {
  std::string text;
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    const auto& stalls = matrix.cells[s][client].stalls;
    if (stalls.empty()) continue;
    text += (text.empty() ? ", as the machine stalled: " : "; ") + matrix.scenarios[s].scenario->name + " for " +
            stalls_text(stalls);
  }
  return text;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string markdown_cell(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<' || c == '[') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string matrix_text(const ConformanceMatrix& matrix) {
  std::size_t names = 10;
  for (const auto& one : matrix.scenarios) names = std::max(names, one.scenario->name.size());
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < matrix.clients.size(); ++c) {
    std::size_t width = matrix.clients[c].name.size();
    for (const auto& row : matrix.cells) width = std::max(width, short_words(row[c]).size());
    widths.push_back(width);
  }
  std::string text = padded("", names + 4);
  for (std::size_t c = 0; c < matrix.clients.size(); ++c) text += padded(matrix.clients[c].name, widths[c] + 2);
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  std::string concern;
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    if (matrix.scenarios[s].concern != concern) text += (concern = matrix.scenarios[s].concern) + "\n";
    std::string line = "  " + padded(matrix.scenarios[s].scenario->name, names + 2);
    for (std::size_t c = 0; c < widths.size(); ++c) line += padded(short_words(matrix.cells[s][c]), widths[c] + 2);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  for (std::size_t c = 0; c < matrix.clients.size(); ++c) {
    text += "\n" + matrix.clients[c].name + ":";
    bool first = true;
    for (const auto& [words, n] : counts_of(matrix, c)) {
      text += (first ? " " : ", ") + std::to_string(n) + " " + words;
      first = false;
    }
    text += "\n";
    if (!matrix.clients[c].no_hello.empty()) {
      text += "  " + one_line(matrix.clients[c].no_hello) + "\n";
      continue;
    }
    if (const std::string again = played_again(matrix, c); !again.empty()) text += "  played again" + again + "\n";
    for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
      const ConformanceCell& cell = matrix.cells[s][c];
      if (cell.verdict == CellVerdict::as_profile || cell.verdict == CellVerdict::not_applicable) continue;
      text += "  " + matrix.scenarios[s].scenario->name + " " + std::string(verdict_words(cell.verdict)) + ": " +
              one_line(cell.reason) + "\n";
    }
  }
  return text;
}

std::string matrix_json(const ConformanceMatrix& matrix) {
  using nlohmann::ordered_json;
  ordered_json json;
  json["version"] = 1;
  json["interrupted"] = matrix.interrupted;
  json["clients"] = ordered_json::array();
  for (const ConformanceClient& client : matrix.clients) {
    ordered_json one = {{"name", client.name}, {"command", client.command}};
    if (!client.no_hello.empty()) one["failed"] = client.no_hello;
    one["modes"] = client.hello.modes;
    one["features"] = client.hello.features;
    one["settings"] = client.hello.settings;
    json["clients"].push_back(std::move(one));
  }
  json["cells"] = ordered_json::array();
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    const Scenario& scenario = *matrix.scenarios[s].scenario;
    for (std::size_t c = 0; c < matrix.clients.size(); ++c) {
      const ConformanceCell& cell = matrix.cells[s][c];
      ordered_json one = {{"scenario", scenario.name},
                          {"file", scenario.file},
                          {"concerns", concerns_of(scenario)},
                          {"client", matrix.clients[c].name},
                          {"verdict", verdict_words(cell.verdict)},
                          {"as", cell.as}};
      if (!cell.reason.empty()) one["reason"] = cell.reason;
      if (!cell.profile.empty()) one["nearest"] = cell.profile;
      if (!cell.queues.empty()) one["queues"] = cell.queues;
      one["expectationsJudged"] = cell.expectations;
      one["notJudged"] = cell.not_judged;
      if (!cell.open.empty()) one["open"] = cell.open;
      for (const Duration stall : cell.stalls) one["playedAgainAfterMs"].push_back(to_fractional_millis(stall));
      if (cell.verdict != CellVerdict::as_profile) {
        one["failures"] = cell.more;
        one["sends"] = ordered_json::array();
        for (const CellRow& row : cell.rows) {
          one["sends"].push_back({{"i", row.i}, {"client", row.client}, {"profile", row.model}});
        }
      }
      if (!cell.rerun.empty()) one["rerun"] = cell.rerun;
      json["cells"].push_back(std::move(one));
    }
  }
  return json_text(json, 1) + "\n";
}

std::string matrix_markdown(const ConformanceMatrix& matrix) {
  std::string text = "| scenario |";
  std::string rule = "\n|---|";
  for (const ConformanceClient& client : matrix.clients) {
    text += " " + markdown_cell(client.name) + " |";
    rule += "---|";
  }
  text += rule + "\n";
  std::string concern;
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    if (matrix.scenarios[s].concern != concern) {
      concern = matrix.scenarios[s].concern;
      text += "| **" + concern + "** |" + std::string(matrix.clients.size(), '|') + "\n";
    }
    text += "| " + markdown_cell(matrix.scenarios[s].scenario->name) + " |";
    for (const ConformanceCell& cell : matrix.cells[s]) {
      text += " " + cell_words(cell);
      if (cell.verdict != CellVerdict::as_profile && !cell.reason.empty()) text += ": " + markdown_cell(cell.reason);
      text += " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace rmqsim
