#include "tools/proxy/recorded_content.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/system_properties.h"

namespace rmqsim {

namespace {

constexpr std::int32_t kMaxDelayLevel = 18;  ///< what is above is taken for it
constexpr std::size_t kMaxProperties = 32767;  ///< bytes; brokers take no more

/// UTF-8 without control characters but line ends and tabs, and without what a scenario puts a number for, so that a
/// scenario's text is the same bytes, and no longer than one may be there.
bool is_plain_text(std::string_view bytes) {
  return bytes.size() <= 4096 && text::is_utf8(bytes) && bytes.find("{i}") == std::string_view::npos &&
         std::none_of(bytes.begin(), bytes.end(), [](char c) {
           return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 0x7f;
         });
}

}  // namespace

std::string_view message_properties(const RemotingCommand& request) {
  const auto letters = request.ext_fields.find("i");
  return letters ? *letters : request.ext_fields.get("properties");
}

std::string recorded_content(const Exchange& e) {
  const auto flags = e.request->ext_fields.find_int(e.request->ext_fields.contains("f") ? "f" : "sysFlag");
  if (e.messages > 1 || e.body.size() != e.body_bytes || e.body.empty() || !is_plain_text(e.body)) return {};
  if (message_properties(*e.request).size() > kMaxProperties) return {};
  if (flags && (*flags & MessageSysFlag::COMPRESSED_FLAG) != 0) return {};
  nlohmann::ordered_json content;
  const MessageProperties properties = MessageProperties::decode(message_properties(*e.request));
  const auto put = [&](const char* name, std::string_view property) {
    const std::string_view value = properties.get(property);
    if (!value.empty() && is_plain_text(value)) content[name] = value;
  };
  put("tags", MessageConst::PROPERTY_TAGS);
  nlohmann::ordered_json keys = nlohmann::ordered_json::array();
  for (std::string_view rest = properties.get(MessageConst::PROPERTY_KEYS); !rest.empty();) {
    const auto blank = std::min(rest.find(' '), rest.size());
    if (blank > 0 && is_plain_text(rest.substr(0, blank))) keys.push_back(rest.substr(0, blank));
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  if (!keys.empty()) content["keys"] = std::move(keys);
  nlohmann::ordered_json others = nlohmann::ordered_json::object();
  for (const auto& [name, value] : properties.entries()) {
    if (!is_system_property(name) && is_plain_text(name) && is_plain_text(value)) others[name] = value;
  }
  if (!others.empty()) content["properties"] = std::move(others);
  const auto level = text::parse_int32(properties.get(MessageConst::PROPERTY_DELAY_TIME_LEVEL));
  if (level && *level > 0) content["delayLevel"] = std::min(*level, kMaxDelayLevel);
  content["body"] = {{"text", e.body}};
  return json_text(content);
}

}  // namespace rmqsim
