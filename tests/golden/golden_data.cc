// Loads the recordings once per program and keeps only whole frames.
#include "tests/golden/golden_data.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "producer/remoting/bodies/message_id.h"

namespace rmqsim::golden {
namespace {

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void add(std::vector<Frame>& out, Frame frame, const Json& hex) {
  if (!hex.is_string() || hex.get_ref<const std::string&>().empty()) return;
  frame.bytes = unhex(hex);
  // Two recordings keep only the beginning of a frame of megabytes.
  if (frame.bytes.size() < 8) return;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(frame.bytes[i]); };
  const std::size_t length = (std::size_t{at(0)} << 24) | (at(1) << 16) | (at(2) << 8) | at(3);
  if (length + 4 == frame.bytes.size()) out.push_back(std::move(frame));
}

std::vector<Frame> load_all() {
  std::vector<Frame> out;
  for (const Json& c : load("client-frames.json")) {
    add(out, {c["name"], c["client"], c["header"], {}, c["requestCode"], true}, c["hex"]);
  }
  for (const Json& e : load("exchanges.json")) {
    const Json& request = e["request"];
    const std::int32_t code = request["header"].value("code", 0);
    const bool by_client = e["initiator"] == "client";
    const std::string caller = e[by_client ? "client" : "server"], callee = e[by_client ? "server" : "client"];
    add(out, {e["name"], caller, request["header"], {}, code, true}, request["hex"]);
    if (e["response"].is_null()) continue;
    add(out, {e["name"].get<std::string>() + " answer", callee, e["response"]["header"], {}, code, false},
        e["response"]["hex"]);
  }
  for (const Json& s : load("server-answers-5.3.3.json")) {
    const std::int32_t code = s["request"].value("code", 0);
    add(out, {s["name"], "hand-made", s["request"], {}, code, true}, s["requestHex"]);
    if (!s.contains("responseHex")) continue;
    add(out,
        {s["name"].get<std::string>() + " answer",
         s["to"].get<std::string>() + "-5.3.3",
         s["response"],
         {},
         code,
         false},
        s["responseHex"]);
  }
  return out;
}

}  // namespace

Json load(const std::string& file) {
  const std::string path = std::string(RMQSIM_SOURCE_DIR) + "/tests/golden/data/" + file;
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot open " + path);
  return Json::parse(in);
}

std::string unhex(const std::string& hex) {
  const auto bytes = from_hex(hex);
  if (!bytes) throw std::runtime_error("not hex: " + hex.substr(0, 40));
  return *bytes;
}

const std::vector<Frame>& frames() {
  static const std::vector<Frame> all = load_all();
  return all;
}

RemotingCommand decode_frame(std::string_view bytes) {
  RemotingCommand command;
  FrameDecoder decoder;
  std::string_view input = bytes;
  EXPECT_EQ(decoder.next(input, command), FrameDecoder::Status::command) << decoder.error().message();
  EXPECT_TRUE(input.empty());
  return command;
}

std::string encode_frame(const RemotingCommand& command) {
  std::string out;
  encode(command, out);
  return out;
}

Json describe(const ExtFields& ext) {
  Json fields = Json::object();
  for (std::size_t i = 0; i < ext.size(); ++i) fields[std::string(ext[i].first)] = std::string(ext[i].second);
  return fields;
}

Json describe(const RemotingCommand& c) {
  Json j;
  j["code"] = c.code;
  j["flag"] = c.flag;
  j["language"] = language_name(c.language);
  j["opaque"] = c.opaque;
  j["version"] = c.version;
  j["serialize"] = c.serialize_type == SerializeType::JSON ? "JSON" : "ROCKETMQ";
  j["remark"] = c.remark ? Json(*c.remark) : Json();
  j["extFields"] = c.has_ext_fields ? describe(c.ext_fields) : Json();
  j["body"] = to_upper_hex(c.body);
  return j;
}

Json normalise(const Json& h) {
  Json j;
  j["code"] = h.value("code", 0);
  j["flag"] = h.value("flag", 0);
  j["language"] = h.value("language", "JAVA");
  j["opaque"] = h.value("opaque", 0);
  j["version"] = h.value("version", 0);
  j["serialize"] = h.value("_frameSerializeType", h.value("serializeTypeCurrentRPC", "JSON"));
  j["remark"] = h.contains("remark") ? h["remark"] : Json();
  j["extFields"] = Json();
  if (h.contains("extFields") && !h["extFields"].is_null()) {
    j["extFields"] = Json::object();
    for (const auto& [key, value] : h["extFields"].items()) {
      if (!value.is_null()) j["extFields"][key] = text_of(value);
    }
  }
  return j;
}

}  // namespace rmqsim::golden
