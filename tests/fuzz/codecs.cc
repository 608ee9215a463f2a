// Frames and headers: whatever decodes encodes again and then decodes to the same; pieces of any size give the same
// commands as the whole.
#include <string>
#include <vector>

#include "producer/remoting/remoting_command.h"
#include "producer/remoting/text.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

namespace {

/// What differs between two commands; empty when nothing does.
std::string difference(const RemotingCommand& a, const RemotingCommand& b) {
  if (a.code != b.code) return "code";
  if (a.version != b.version) return "version";
  if (a.language != b.language && a.language != LanguageCode::UNKNOWN) return "language";  // not written if unknown
  if (a.opaque != b.opaque) return "opaque";
  if (a.flag != b.flag) return "flag";
  if (a.remark != b.remark) return "remark";
  if (a.body != b.body) return "body";
  if (a.ext_fields.size() != b.ext_fields.size()) return "number of fields";
  for (std::size_t i = 0; i < a.ext_fields.size(); ++i) {
    if (b.ext_fields.find(a.ext_fields.key(i)) != a.ext_fields.value(i)) {
      return "field " + std::string(a.ext_fields.key(i)) + "=" + std::string(a.ext_fields.value(i)) + " is " +
             std::string(b.ext_fields.get(a.ext_fields.key(i)));
    }
  }
  return {};
}

std::vector<RemotingCommand> decode_in_pieces(std::string_view bytes, std::size_t piece, bool& failed) {
  FrameDecoder decoder(1 << 20);
  std::vector<RemotingCommand> commands;
  RemotingCommand command;
  while (!bytes.empty() && !failed) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    for (;;) {
      const auto status = decoder.next(input, command);
      failed = status == FrameDecoder::Status::error;
      if (status != FrameDecoder::Status::command) break;
      commands.push_back(command);
    }
    if (decoder.buffered() > (1 << 20) + 4) broken("frame_stream", "more is held than a frame may have");
  }
  return commands;
}

/// `header` in a frame of its own, with the serialisation `type`.
std::string framed(std::string_view header, std::uint8_t type) {
  std::string frame;
  frame.push_back(static_cast<char>(type));
  for (const int shift : {16, 8, 0}) frame.push_back(static_cast<char>(header.size() >> shift));
  frame.append(header);
  return frame;
}

void round_trip(std::string_view target, const RemotingCommand& command) {
  std::string bytes;
  encode(command, bytes);
  RemotingCommand again;
  if (decode(std::string_view(bytes).substr(4), again)) broken(target, "what was encoded does not decode");
  const std::string what = difference(command, again);
  if (!what.empty()) broken(target, "a command changes between encoding and decoding: " + what);
}

}  // namespace

void frame_stream(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t piece = static_cast<unsigned char>(bytes.front()) + 1u;
  bytes.remove_prefix(1);
  bool failed = false;
  bool failed_whole = false;
  const auto pieces = decode_in_pieces(bytes, piece, failed);
  const auto whole = decode_in_pieces(bytes, std::string_view::npos, failed_whole);
  if (failed != failed_whole || pieces.size() != whole.size()) broken("frame_stream", "pieces decode otherwise");
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!difference(pieces[i], whole[i]).empty()) broken("frame_stream", "a command depends on the pieces it came in");
    std::string out;
    encode(pieces[i], out);
  }
}

void json_header(std::string_view bytes) {
  RemotingCommand command;
  if (bytes.size() > 0xFFFF || decode(framed(bytes, 0), command)) return;
  if (!text::is_utf8(bytes)) return;  // what is no text is replaced on its way out
  command.serialize_type = SerializeType::JSON;
  round_trip("json_header", command);
}

void binary_header(std::string_view bytes) {
  RemotingCommand command;
  if (bytes.size() > 0xFFFF || decode(framed(bytes, 1), command)) return;
  for (std::size_t i = 0; i < command.ext_fields.size(); ++i) {  // what is no text is replaced on its way out
    if (!text::is_utf8(command.ext_fields.key(i)) || !text::is_utf8(command.ext_fields.value(i))) return;
  }
  if (command.remark && !text::is_utf8(*command.remark)) return;
  round_trip("binary_header", command);
}

}  // namespace rmqsim::fuzz
