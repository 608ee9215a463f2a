// `rmqsim ctl events`: reads the stream of events of a control interface and shows it line by line.
#pragma once

#include <cstdint>
#include <string>

namespace rmqsim {

struct EventsWanted {
  bool follow = false;      ///< else until what had happened before is told
  bool json = false;        ///< each event as a line of JSON
  std::uint64_t count = 0;  ///< 0: any number
  double seconds = 0;       ///< 0: any time
};

/// The exit status. Throws as http_follow() does.
int follow_events(const std::string& url, const std::string& target, const EventsWanted& wanted);

}  // namespace rmqsim
