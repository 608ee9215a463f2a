// The releases that the fakes emulate, for tests of what differs between them, and the requests that each answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fake_broker/processors/processors.h"
#include "fake_broker/shell/server_profile.h"
#include "fake_namesrv/fake_namesrv.h"
#include "producer/remoting/codes.h"

namespace rmqsim {

inline const ServerProfile* const kServer5 = find_server_profile("5.3.3");
inline const ServerProfile* const kServer4 = find_server_profile("4.9.8");
inline const ServerProfile* const kBothServers[] = {kServer5, kServer4};

inline bool broker_knows(std::int32_t code, const ServerProfile& release) {
  return find_broker_processor(code, release.version) != process_unknown;
}

inline bool namesrv_knows(std::int32_t code, const ServerProfile& release) {
  FakeNamesrv namesrv({"ns-1", &release, false});
  Reply reply;
  namesrv.process(RemotingCommand::request(code, release.version), Peer{1, "10.0.0.9:4444"}, kSimEpoch, reply);
  return reply.has_response && reply.response.code != ResponseCode::REQUEST_CODE_NOT_SUPPORTED;
}

/// "RECALL_MESSAGE 370 (not 4.9.8)", as the pages of the fakes name a request.
inline std::string answered_code(std::string_view name, bool (*knows)(std::int32_t, const ServerProfile&)) {
  const std::int32_t code = request_code_by_name(name).value();
  std::string text = std::string(name) + " " + std::to_string(code);
  for (const ServerProfile* release : kBothServers) {
    if (!knows(code, *release)) text += " (not " + std::string(release->name) + ")";
  }
  return text;
}

}  // namespace rmqsim
