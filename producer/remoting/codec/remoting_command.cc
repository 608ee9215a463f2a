// ExtFields, the error category, and the dispatch of decode() between the two header forms.
#include "producer/remoting/codec/remoting_command.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "producer/remoting/codec/header_codec.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

// Boost 1.74's category has no virtual destructor; categories are never deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class RemotingCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "rmqsim.remoting"; }
  std::string message(int value) const override {
    switch (static_cast<RemotingError>(value)) {
      case RemotingError::bad_length:
        return "frame length is negative or below 4: the peer does not speak the remoting protocol";
      case RemotingError::frame_too_long:
        return "frame is longer than the limit: send smaller bodies or raise the frame limit";
      case RemotingError::bad_header_length:
        return "header length is zero or exceeds its frame: the peer is broken or the stream lost its place";
      case RemotingError::unknown_serialize_type:
        return "serialize type is neither JSON (0) nor ROCKETMQ (1): use one of the two";
      case RemotingError::bad_json:
        return "JSON header does not parse: check the sender's header encoder";
      case RemotingError::bad_binary:
        return "a length in the ROCKETMQ header does not fit: check the sender's header encoder";
      case RemotingError::bad_field:
        return "a header field that must be a number is not one: check the sender's ext fields";
      case RemotingError::bad_body:
        return "body does not have the form that its code requires: check the sender's body encoder";
    }
    return "unknown remoting error " + std::to_string(value);
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& remoting_category() {
  static const RemotingCategory category;
  return category;
}

void ExtFields::append(std::string_view key, std::string_view value) {
  const std::size_t at = arena_.size();
  const std::size_t added = key.size() + value.size();
  if (arena_.capacity() - at < added) {  // the arguments may view the arena, so the old one goes last
    std::string larger;
    larger.reserve(std::max<std::size_t>(256, 2 * (at + added)));
    larger.append(arena_).append(key).append(value);
    arena_.swap(larger);
  } else {
    arena_.append(key).append(value);
  }
  slots_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(key.size()),
                    static_cast<std::uint32_t>(at + key.size()), static_cast<std::uint32_t>(value.size())});
}

void ExtFields::append(std::string_view key, std::int64_t value) {
  char b[24];
  const auto end = std::to_chars(b, b + sizeof b, value).ptr;
  append(key, std::string_view(b, static_cast<std::size_t>(end - b)));
}

void ExtFields::set(std::string_view key, std::string_view value) {
  for (Slot& s : slots_) {
    if (std::string_view(arena_.data() + s.key, s.key_length) != key) continue;
    if (value.size() <= s.value_length) {
      if (!value.empty()) std::memmove(arena_.data() + s.value, value.data(), value.size());
    } else {
      s.value = static_cast<std::uint32_t>(arena_.size());
      arena_.append(value);  // std::string allows an argument that lies inside itself
    }
    s.value_length = static_cast<std::uint32_t>(value.size());
    return;
  }
  append(key, value);
}

void ExtFields::set(std::string_view key, std::int64_t value) {
  char b[24];
  const auto end = std::to_chars(b, b + sizeof b, value).ptr;
  set(key, std::string_view(b, static_cast<std::size_t>(end - b)));
}

void ExtFields::remove(std::string_view key) {
  std::erase_if(slots_, [&](const Slot& s) { return std::string_view(arena_.data() + s.key, s.key_length) == key; });
}

std::optional<std::string_view> ExtFields::find(std::string_view key) const {
  for (const Slot& s : slots_) {
    // Most names of sends are one letter.
    if (s.key_length != key.size() || (s.key_length > 0 && arena_[s.key] != key.front())) continue;
    if (std::string_view(arena_.data() + s.key, s.key_length) == key) {
      return std::string_view(arena_.data() + s.value, s.value_length);
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> ExtFields::find_int(std::string_view key) const {
  const auto found = find(key);
  return found ? text::parse_int64(*found) : std::nullopt;
}

bool ExtFields::get_bool(std::string_view key) const { return text::parse_bool(get(key)); }

RemotingCommand RemotingCommand::response_to(const RemotingCommand& request, std::int32_t code,
                                             std::optional<std::string> remark) {
  RemotingCommand response;
  response.code = code;
  response.opaque = request.opaque;
  response.flag = kResponseFlag;
  response.remark = std::move(remark);
  response.serialize_type = request.serialize_type;
  return response;
}

error_code decode(std::string_view frame, RemotingCommand& out) {
  if (frame.size() < 4) return RemotingError::bad_length;
  const std::uint32_t word = text::load32(frame.data());
  const std::size_t header_length = word & 0xFFFFFF;
  if (header_length > frame.size() - 4) return RemotingError::bad_header_length;
  const std::uint32_t type = word >> 24;
  if (type > 1) return RemotingError::unknown_serialize_type;
  if (header_length == 0) return RemotingError::bad_header_length;
  const std::string_view header = frame.substr(4, header_length);
  std::size_t consumed = header_length;
  error_code ec;
  if (type == 0) {
    out.serialize_type = SerializeType::JSON;
    ec = HeaderCodec::decode_json(header, out);
  } else {
    out.serialize_type = SerializeType::ROCKETMQ;
    ec = HeaderCodec::decode_binary(header, out, consumed);
  }
  if (ec) return ec;
  out.body.assign(frame.data() + 4 + consumed, frame.size() - 4 - header_length);
  return {};
}

}  // namespace rmqsim
