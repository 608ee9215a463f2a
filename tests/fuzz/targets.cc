// The table of targets.
#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

namespace rmqsim::fuzz {

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {
      {"frame_stream", frame_stream},
      {"json_header", json_header},
      {"binary_header", binary_header},
      {"topic_route_data", topic_route_data},
      {"heartbeat_data", heartbeat_data},
      {"register_broker_body", register_broker_body},
      {"message_properties", message_properties},
      {"batch_body", batch_body},
      {"stored_message", stored_message},
      {"decompression", decompression},
      {"small_texts", small_texts},
      {"broker_frames", broker_frames},
      {"broker_requests", broker_requests},
      {"namesrv_frames", namesrv_frames},
      {"namesrv_requests", namesrv_requests},
      {"scenario_file", scenario_file},
      {"scenario_run", scenario_run},
      {"control_requests", control_requests},
      {"web_pages", web_pages},
  };
  return all;
}

const Target* find_target(std::string_view name) {
  for (const Target& target : targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

void broken(std::string_view target, std::string_view what) {
  std::fprintf(stderr, "%.*s: broken promise: %.*s\n", static_cast<int>(target.size()), target.data(),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace rmqsim::fuzz
