// One request as a line for people: when, where, what, what became of it, and which rule did that.
#pragma once

#include <string>

namespace rmqsim {

struct RequestLine {
  std::string at;      ///< ISO 8601; the time of day is shown
  std::string server;
  std::string code;
  std::string topic;   ///< empty: none
  std::string queue;   ///< empty: none
  std::string group;
  std::string outcome;
  std::string rule;
  double took_millis = 0;
  unsigned stored = 0;
};

std::string format_request(const RequestLine& line, bool colours);

}  // namespace rmqsim
