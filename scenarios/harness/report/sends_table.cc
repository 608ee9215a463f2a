#include "scenarios/harness/report/sends_table.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/paint.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMaxRows = 40;
/// Columns: what differs between two exceptions may stand at their end.
constexpr std::size_t kMaxOutcome = 300;
/// So many equal neighbours are shown as the first and how many more there are.
constexpr std::size_t kFoldedFrom = 4;

/// One attempt, and the send's only one.
bool plain(const SendRecord& record) {
  if (record.transaction && (record.transaction->local != TransactionState::commit ||
                             record.transaction->end.what != "committed" || record.transaction->end.checks > 0)) {
    return false;
  }
  return record.completions == 1 && !record.error && record.attempts.size() <= 1 &&
         (!record.result || record.result->status == SendStatus::SEND_OK);
}

/// Code points, since "µ" is two bytes.
std::size_t columns(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return length;
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t length = columns(text);
  if (length < width) text.append(width - length, ' ');
  return text;
}

std::string left_padded(const std::string& text, std::size_t width) {
  const std::size_t length = columns(text);
  return length < width ? std::string(width - length, ' ') + text : text;
}

/// What rows have in common that tell the same story: all but numbers, times and queues.
std::string story(const SendRecord& record) {
  std::string text = record.outcome();
  for (const AttemptRecord& attempt : record.attempts) text += " " + attempt.broker + " " + attempt.outcome;
  if (record.error) text += " " + std::to_string(record.error->response_code);
  if (record.transaction) text += " " + format_transaction(record);
  return text;
}

struct Row {
  TimePoint at{};
  std::size_t step = 0;  ///< of a send or an event; a rule explains what is sent at its moment, so it comes before all
  std::string mark;  ///< of an event or a rule: the whole row; else empty
  std::string number, began;
  std::vector<std::string> attempts;
  std::string outcome, took;
  std::vector<std::string> causes;
  bool bad = false;
  std::string story;
};

Row send_row(std::uint64_t i, const SendRecord& record, TimePoint first_step, std::size_t attempt_width) {
  const bool begun = record.begun();
  Row row;
  row.at = begun ? record.start : TimePoint::max();
  row.step = record.step;
  row.number = "#" + std::to_string(i);
  row.began = begun ? format_millis(record.start - first_step) : "-";
  row.attempts = {""};
  row.outcome = format_outcome(record, kMaxOutcome);
  row.took = record.completed() ? format_latency(record.elapsed()) : "-";
  row.causes = format_causes(record, kMaxOutcome);
  row.bad = record.error.has_value();
  row.story = story(record);
  for (const AttemptRecord& attempt : record.attempts) {
    const std::string cell = format_attempt(attempt);
    std::string& line = row.attempts.back();
    if (line.empty()) {
      line = cell;
    } else if (columns(line) + 3 + columns(cell) <= attempt_width) {
      line += "   " + cell;
    } else {
      row.attempts.push_back(cell);
    }
  }
  if (record.attempts.empty()) row.attempts.back() = format_attempts(record);
  return row;
}

/// A rule that acts on a send explains it, so it stands before that.
TimePoint start_of_send_at(const RunRecord& record, TimePoint at) {
  TimePoint start = at;
  for (const SendRecord& send : record.sends) {
    if (send.completed() && send.start <= at && at <= send.end) start = std::min(start, send.start);
  }
  return start;
}

std::vector<Row> marks(const Scenario& scenario, const RunRecord& record) {
  std::vector<Row> rows;
  const auto add = [&](TimePoint at, std::string text) {
    Row row;
    row.at = at;
    row.began = format_millis(at - record.first_step);
    row.mark = std::move(text);
    rows.push_back(std::move(row));
  };
  for (const EventRecord& event : record.events) {
    const auto* step = std::get_if<EventStep>(&scenario.steps[event.step].what);
    if (step == nullptr) continue;
    add(event.at, harmless(event_text(*step)));
    rows.back().step = event.step;
  }
  for (const RuleRecord& rule : record.rules) {
    if (!rule.counts.acted_between) continue;
    const auto& [first, last] = *rule.counts.acted_between;
    std::string text = "rule " + harmless(rule.id) + " acts";
    if (rule.counts.acted > 1) text += ", " + std::to_string(rule.counts.acted) + " times until " + format_millis(last);
    add(record.first_step + first, std::move(text));
    rows.back().at = start_of_send_at(record, rows.back().at);
  }
  return rows;
}

/// In the order of time, and what happens at one moment in that of the steps.
std::vector<Row> in_order(std::vector<Row> sends, std::vector<Row> marks) {
  sends.insert(sends.begin(), std::make_move_iterator(marks.begin()), std::make_move_iterator(marks.end()));
  std::stable_sort(sends.begin(), sends.end(),
                   [](const Row& a, const Row& b) { return std::tie(a.at, a.step) < std::tie(b.at, b.step); });
  return sends;
}

/// Replaces equal neighbours by the first and a mark.
std::vector<Row> folded(std::vector<Row> rows) {
  std::vector<Row> shown;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i + 1;
    while (end < rows.size() && rows[i].mark.empty() && rows[end].mark.empty() && rows[end].story == rows[i].story)
      ++end;
    const std::size_t equal = end - i;
    const std::size_t kept = equal < kFoldedFrom ? equal : 1;
    const std::string last = rows[end - 1].number;
    for (std::size_t k = 0; k < kept; ++k) shown.push_back(std::move(rows[i + k]));
    if (kept < equal) {
      Row more;
      more.mark = std::to_string(equal - kept) + " more like this, to " + last;
      shown.push_back(std::move(more));
    }
    i = end;
  }
  return shown;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

struct EventWords {
  template <class Event>
  requires requires(const Event& event) { event.servers; }
  std::string operator()(const Event& event) const { return joined(event.servers); }
  template <class Event>
  requires requires(const Event& event) { event.between; }
  std::string operator()(const Event& event) const {
    if (event.between.empty()) return "everything";
    return joined(event.between) + (event.and_.empty() ? "" : " | " + joined(event.and_));
  }
  template <class Event>
  requires requires(const Event& event) { event.producer; }
  std::string operator()(const Event& event) const { return event.producer; }
  std::string operator()(const SetRouteEvent& event) const { return event.topic.name; }
  std::string operator()(const RemoveFromRouteEvent& event) const { return event.broker; }
  std::string operator()(const SetPermEvent& event) const { return event.topic; }
};

}  // namespace

std::string event_text(const EventStep& step) { return step.kind + " " + std::visit(EventWords{}, step.event); }

std::string sends_table(const Scenario& scenario, const RunResult& result, const ReportStyle& style) {
  const Paint paint(style.colours);
  const std::size_t attempt_width = std::max<std::size_t>(style.width > 64 ? style.width - 42 : 30, 30);
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < result.record.sends.size(); ++i) {
    const SendRecord& record = result.record.sends[i];
    if (plain(record) && !style.verbose) continue;
    rows.push_back(send_row(i, record, result.record.first_step, attempt_width));
  }
  rows = in_order(std::move(rows), marks(scenario, result.record));
  if (rows.empty()) return "";
  if (!style.verbose) rows = folded(std::move(rows));
  std::size_t omitted = 0;
  while (!style.verbose && rows.size() > kMaxRows) {
    omitted += rows.back().mark.empty() ? 1 : 0;
    rows.pop_back();
  }
  std::size_t number = 4, at = 2, attempts = 8, outcome = 6, took = 4;
  for (const Row& row : rows) {
    number = std::max(number, row.number.size());
    at = std::max(at, row.began.size());
    for (const std::string& line : row.attempts) attempts = std::max(attempts, columns(line));
    if (!row.bad) outcome = std::max(outcome, columns(row.outcome));
    took = std::max(took, columns(row.took));
  }
  std::string text =
      "  " +
      paint.dim(padded("send", number) + "  " + left_padded("at", at) + "   " + padded("attempts", attempts) + "   " +
                padded("result", outcome) + "  " + left_padded("took", took)) +
      "\n";
  const std::string indent(2 + number + 2 + at + 3, ' ');
  for (const Row& row : rows) {
    if (!row.mark.empty()) {
      text += "  " +
              paint.yellow(padded(row.began.empty() ? "" : "--", number) + "  " + left_padded(row.began, at) + "   " +
                           row.mark) +
              "\n";
      continue;
    }
    const std::string shown = row.bad ? paint.red(padded("EXCEPTION", outcome)) : padded(row.outcome, outcome);
    text += "  " + padded(row.number, number) + "  " + left_padded(row.began, at) + "   " +
            padded(row.attempts.front(), attempts) + "   " + shown + "  " + left_padded(row.took, took) + "\n";
    for (std::size_t k = 1; k < row.attempts.size(); ++k) text += indent + row.attempts[k] + "\n";
    if (row.bad) text += indent + paint.red("-> " + row.outcome) + "\n";
    for (const std::string& cause : row.causes) text += indent + paint.red("   caused by " + cause) + "\n";
  }
  if (omitted > 0) text += "  ... " + std::to_string(omitted) + " more were not plain; -v lists every send\n";
  return text;
}

}  // namespace rmqsim
