// Frames and headers: whatever decodes encodes again and then decodes to the same; pieces of any size give the same
// commands as the whole.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"
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

bool is_int(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= INT32_MAX;
  return value.is_number_integer() && value.get<std::int64_t>() >= INT32_MIN;
}

/// A text that is JSON, with members of their usual types and no name twice, is a header with just those fields.
void compare_with_a_general_parser(std::string_view bytes, const RemotingCommand& command, bool refused) {
  using nlohmann::json;
  std::set<std::string> names;
  bool usual = bytes.find('\0') == bytes.npos;  // which that parser takes for the end
  const json header = json::parse(
      bytes,
      [&](int depth, json::parse_event_t event, json& parsed) {
        usual = usual && depth < 500;
        if (event == json::parse_event_t::key && depth <= 2) {
          std::string name = std::to_string(depth) + parsed.get<std::string>();
          std::erase_if(name, [](char c) { return c == '_' || c == '-'; });
          for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
          usual = names.insert(name).second && usual;
        }
        return true;
      },
      false);
  if (!usual || !header.is_object()) return;
  for (const auto& [name, value] : header.items()) {
    if (name == "language" || name == "remark") usual = usual && value.is_string();
    if (name == "code" || name == "flag" || name == "opaque" || name == "version") usual = usual && is_int(value);
    if (name == "extFields") usual = usual && value.is_object();
    // Other spellings of these names.
    if (name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != name.npos && name != "extFields" &&
        name != "serializeTypeCurrentRPC") {
      usual = false;
    }
  }
  if (!usual) return;
  if (refused) broken("json_header", "JSON is refused");
  if (command.code != header.value("code", 0)) broken("json_header", "code");
  if (command.flag != header.value("flag", 0)) broken("json_header", "flag");
  if (command.opaque != header.value("opaque", 0)) broken("json_header", "opaque");
  if (command.version != header.value("version", 0)) broken("json_header", "version");
  if (command.remark.value_or("") != header.value("remark", "")) broken("json_header", "remark");
  std::size_t present = 0;
  const json fields = header.value("extFields", json::object());
  for (const auto& [name, value] : fields.items()) {
    present += value.is_null() ? 0 : 1;
    if (value.is_string() && command.ext_fields.get(name) != value.get_ref<const std::string&>()) {
      broken("json_header", "field " + name);
    }
  }
  if (command.ext_fields.size() != present) broken("json_header", "number of fields");
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
  if (bytes.size() > 0xFFFF) return;
  const bool refused = static_cast<bool>(decode(framed(bytes, 0), command));
  compare_with_a_general_parser(bytes, command, refused);
  if (refused) return;
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
