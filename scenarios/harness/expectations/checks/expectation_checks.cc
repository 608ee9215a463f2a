#include "scenarios/harness/expectations/checks/expectation_checks.h"

#include "scenarios/harness/report/render.h"

namespace rmqsim {

std::string expectation_label(const SourceLocation& where) {
  std::string text;
  std::string_view pointer = where.pointer;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    if (index) {
      text += "[" + std::string(part) + "]";
    } else {
      text += (text.empty() ? "" : ".") + std::string(part);
    }
  }
  return text.empty() ? "expect" : text;
}

void Unmet::add(const std::string& what, const std::string& expected, const std::string& found) {
  out_.push_back(
      {expectation_label(whole_.where) + " " + what, "expected " + expected + ", got " + found, {}, whole_.where});
  out_.back().got = what + " " + found;
}

void Unmet::add_count(const std::string& what, const CountRange& expected, std::uint64_t found) {
  if (expected.contains(found)) return;
  add(what, range_text(expected), std::to_string(found));
  if (found > expected.max) out_.back().got = what + std::string(kTooMany);
}

void Unmet::add_sends(const RunRecord& record, const SendSelector& sends, std::string_view what,
                      const std::string& expected,
                      const std::function<std::optional<std::string>(const SendRecord&)>& wrong) {
  std::uint64_t selected = 0;
  std::uint64_t failed = 0;
  std::string first;
  std::string numbers;
  Failure failure;
  for (const auto& [from, to] : sends.ranges) {
    for (std::uint64_t i = from; i <= to && i < record.sends.size(); ++i, ++selected) {
      const auto found = wrong(record.sends[i]);
      if (!found) continue;
      if (failed++ == 0) {
        first = *found;
        failure.send = i;
      }
      if (failed <= 5) numbers += (numbers.empty() ? "#" : ", #") + std::to_string(i);
      if (failure.evidence.size() < kMaxEvidence) failure.evidence.push_back(format_send(i, record.sends[i]));
    }
  }
  if (failed == 0) return;
  if (failed > 5) numbers += ", ...";
  failure.check = expectation_label(whole_.where) + " sends \"" + sends.text + "\" " + std::string(what);
  failure.message = "expected " + expected + ", got " + first + " in " + std::to_string(failed) + " of " +
                    std::to_string(selected) + " (" + numbers + ")";
  failure.where = whole_.where;
  failure.got = std::string(what) + " " + first;
  out_.push_back(std::move(failure));
}

std::uint64_t count_requests(const RunRecord& record, const std::string& server, const RequestCount& what) {
  const auto seen = record.servers.find(server);
  if (seen == record.servers.end()) return 0;
  std::uint64_t count = 0;
  for (const auto& [key, n] : seen->second.requests) {
    if (what.on.matches_code(key.first) && (!what.topic || *what.topic == key.second)) count += n;
  }
  return count;
}

}  // namespace rmqsim
