#include "scenarios/harness/hosting/request_line.h"

#include <cstdio>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

/// Names come from the network, and may be as long as a frame.
std::string shown(const std::string& name) {
  constexpr std::size_t kMost = 127;  // what a topic's name may have
  return harmless(name, kMost);
}

bool is_good(const std::string& outcome) {
  return outcome == "SUCCESS" || outcome == "ONEWAY" || outcome == "NO_ANSWER";
}

}  // namespace

std::string format_request(const RequestLine& line, bool colours) {
  const auto time = line.at.find('T');
  std::string text = time == std::string::npos ? line.at : line.at.substr(time + 1);
  if (!text.empty() && text.back() == 'Z') text.pop_back();
  std::string topic = line.topic;
  if (!topic.empty() && !line.queue.empty()) topic += "/" + line.queue;
  text += "  " + padded(line.server, 10) + "  " + padded(line.code, 23) + "  " + padded(shown(topic), 14) + "  ";
  std::string outcome = line.outcome.empty() ? "waiting" : line.outcome;
  const std::string filled = padded(outcome, 13);
  if (colours) {
    text += (is_good(line.outcome) ? "\033[32m" : line.outcome.empty() ? "\033[33m" : "\033[31m") + filled + "\033[0m";
  } else {
    text += filled;
  }
  if (!line.outcome.empty()) {
    char took[40];
    const bool micros = line.took_millis < 1;
    std::snprintf(took, sizeof took, micros ? "  %7.0f µs" : "  %7.1f ms", line.took_millis * (micros ? 1000 : 1));
    text += took;
  }
  if (line.stored > 0) text += "  stored" + (line.stored > 1 ? " " + std::to_string(line.stored) : std::string());
  if (!line.rule.empty()) {
    const std::string rule = "  rule " + shown(line.rule);
    text += colours ? "\033[33m" + rule + "\033[0m" : rule;
  }
  if (!line.group.empty()) text += "  by " + shown(line.group);
  return text;
}

}  // namespace rmqsim
