#include "scenarios/harness/report/formats/markdown.h"

#include <algorithm>
#include <string_view>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMostRows = 100;
constexpr std::size_t kMostText = 1000;

/// As text in a cell of a table.
std::string cell(std::string_view text) {
  const std::string valid = harmless(text);
  std::size_t end = std::min(valid.size(), kMostText);
  while (end < valid.size() && (static_cast<unsigned char>(valid[end]) & 0xC0) == 0x80) --end;
  std::string out;
  for (const char c : std::string_view(valid).substr(0, end)) {
    constexpr std::string_view kMeaning = "\\`*_[]#|~@";
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (kMeaning.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out + (end < valid.size() ? " …" : "");
}

std::string_view verdict_mark(ReportEntry::Kind kind) {
  switch (kind) {
    case ReportEntry::Kind::passed:
    case ReportEntry::Kind::refused:
      break;
    case ReportEntry::Kind::failed:
      return "❌ failed";
    case ReportEntry::Kind::inconclusive:
      return "⚠️ inconclusive";
    case ReportEntry::Kind::error:
      return "❌ error";
    case ReportEntry::Kind::invalid:
      return "❌ invalid";
  }
  return "";
}

}  // namespace

std::string summary_markdown(const std::vector<ReportEntry>& entries, double wall_millis) {
  std::string text = "### rmqsim\n\n" + cell(totals_text(entries, wall_millis, {})) + "\n";
  std::size_t rows = 0;
  for (const ReportEntry& entry : entries) {
    const std::string_view what = verdict_mark(entry.kind);
    if (what.empty() || ++rows > kMostRows) continue;
    if (rows == 1) text += "\n| run | | why | again |\n|---|---|---|---|\n";
    text += "| " + cell(entry.name) + " | " + std::string(what) + " | " + cell(entry.brief) + " | " +
            (entry.rerun.empty() ? "" : "<code>" + cell(entry.rerun) + "</code>") + " |\n";
  }
  if (rows > kMostRows) text += "\n… and " + std::to_string(rows - kMostRows) + " more\n";
  return text;
}

}  // namespace rmqsim
