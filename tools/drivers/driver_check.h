// `rmqsim driver check`: talks to a driver through every message that it says it knows, and through mistakes, and tells
// what it does wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_stop.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

struct DriverFinding {
  enum class Kind : std::uint8_t { right, wrong, not_offered, open } kind = Kind::right;
  std::string what;    ///< "sends to the queue that it is told"
  std::string detail;  ///< what is wrong, why it was not asked, or why nobody can tell: the machine stalled
};

struct DriverCheck {
  DriverHello hello;
  std::string no_hello;  ///< why there is none; then nothing else was asked
  std::vector<DriverFinding> findings;
  bool stopped = false;
  bool good() const;
  /// Nothing is wrong, and of something nobody can tell.
  bool open() const;
};

DriverCheck check_driver(const std::string& command, const RunStop* stop);
/// What people read of it.
std::string check_text(const DriverCheck& check);

}  // namespace rmqsim
