// What is fuzzed: each target takes bytes of any kind and must come to an end without a crash, a leak or a broken
// promise. libFuzzer drives them with new inputs (driver/libfuzzer_main.cc, clang), the normal tests with the kept
// corpus and mutations of it (replay_test.cc, any compiler).
#pragma once

#include <string_view>
#include <vector>

namespace rmqsim::fuzz {

struct Target {
  std::string_view name;  ///< also the corpus's folder
  void (*run)(std::string_view bytes);
};

const std::vector<Target>& targets();
/// nullptr when there is none of that name.
const Target* find_target(std::string_view name);

/// Ends the process with `what` on stderr: a fuzzer takes that for a finding.
[[noreturn]] void broken(std::string_view target, std::string_view what);

// codecs.cc
void frame_stream(std::string_view bytes);
void json_header(std::string_view bytes);
void binary_header(std::string_view bytes);
// bodies.cc
void topic_route_data(std::string_view bytes);
void heartbeat_data(std::string_view bytes);
void register_broker_body(std::string_view bytes);
void message_properties(std::string_view bytes);
void batch_body(std::string_view bytes);
void stored_message(std::string_view bytes);
void decompression(std::string_view bytes);
void small_texts(std::string_view bytes);
// servers.cc
void broker_frames(std::string_view bytes);
void broker_requests(std::string_view bytes);
void namesrv_frames(std::string_view bytes);
void namesrv_requests(std::string_view bytes);
// scenario_file.cc
void scenario_file(std::string_view bytes);
// scenario_run.cc
void scenario_run(std::string_view bytes);
// control.cc
void control_requests(std::string_view bytes);
void web_pages(std::string_view bytes);

}  // namespace rmqsim::fuzz
