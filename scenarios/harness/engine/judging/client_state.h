// What of a client is left when a run's steps have ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rmqsim {

/// What a client holds when the steps have ended and nothing is in flight any more.
struct ClientState {
  std::string group;
  std::size_t waiting_requests = 0;  ///< entries of its response table
  // What stands armed for single sends: for a permit, for a reply, and deadlines of requests that were answered, beyond
  // those that the table may leave behind.
  std::size_t permit_waits = 0;
  std::size_t reply_waits = 0;
  std::size_t stale_deadlines = 0;
  // Permits of back-pressure, and as many as there must be.
  std::int64_t permits = 0, all_permits = 0;
  std::int64_t bytes = 0, all_bytes = 0;
};

}  // namespace rmqsim
