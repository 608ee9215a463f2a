// The recorded frames under tests/golden/data as values: every frame that a real client or server (or a hand-made
// client against a real server) put on the wire, with the header that an independent decoder found in it.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim::golden {

using Json = nlohmann::json;

struct Frame {
  std::string name;
  std::string sender;  ///< "java-5.3.3", "broker-4.9.8", "hand-made", …
  Json header;         ///< as recorded
  std::string bytes;   ///< whole frame
  std::int32_t request_code = 0;
  bool is_request = false;

  bool from_java() const {
    return sender.starts_with("java") || sender.starts_with("broker") || sender.starts_with("namesrv");
  }
};

/// One of the files in tests/golden/data.
Json load(const std::string& file);
std::string unhex(const std::string& hex);
/// All complete frames of the three recordings, in file order.
const std::vector<Frame>& frames();

/// Decodes a whole frame through a FrameDecoder; a test failure when it does not give exactly one command.
RemotingCommand decode_frame(std::string_view bytes);
std::string encode_frame(const RemotingCommand& command);

/// Everything of a command that has meaning, as JSON, for comparison and for messages.
Json describe(const RemotingCommand& command);
/// The recorded header in the form of describe(), without the body.
Json normalise(const Json& recorded);
/// Ext fields as an object.
Json describe(const ExtFields& ext);

}  // namespace rmqsim::golden
