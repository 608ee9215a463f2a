// ROCKETMQ header → command (RocketMQSerializable, wire §1.4). The map's bytes are copied into the arena
// in one piece and the entries point into it. Empty keys and values are null to Java, hence absent here. Lengths that
// run beyond the header are refused, also in the cases where Java would go on to read the body as header.
#include "producer/remoting/codec/entry_sink.h"
#include "producer/remoting/codec/header_codec.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::size_t kFixed = 21;

bool has_high_bit(std::string_view bytes) {
  std::uint64_t all = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) all |= text::load64(bytes.data() + i);
  for (; i < bytes.size(); ++i) all |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
  return (all & 0x8080808080808080u) != 0;
}

// Java reads strings with replacement of malformed UTF-8; rare enough to rebuild the map for it.
// True when something was replaced, which may have made keys equal.
bool repair_text(ExtFields& ext) {
  bool sound = true;
  for (std::size_t i = 0; i < ext.size() && sound; ++i) {
    sound = text::is_utf8(ext[i].first) && text::is_utf8(ext[i].second);
  }
  if (sound) return false;
  ExtFields repaired;
  for (std::size_t i = 0; i < ext.size(); ++i)
    repaired.append(text::to_utf8(ext[i].first), text::to_utf8(ext[i].second));
  ext = std::move(repaired);
  return true;
}

}  // namespace

error_code HeaderCodec::decode_binary(std::string_view header, RemotingCommand& out, std::size_t& consumed) {
  if (header.size() < kFixed) return RemotingError::bad_binary;
  const char* p = header.data();
  const char* const end = p + header.size();
  out.code = static_cast<std::int16_t>(text::load16(p));
  const auto language = static_cast<unsigned char>(p[2]);
  out.language = language <= static_cast<unsigned char>(LanguageCode::NODE_JS) ? static_cast<LanguageCode>(language)
                                                                               : LanguageCode::UNKNOWN;
  out.version = static_cast<std::int16_t>(text::load16(p + 3));
  out.opaque = static_cast<std::int32_t>(text::load32(p + 5));
  out.has_opaque = true;
  out.flag = static_cast<std::int32_t>(text::load32(p + 9));
  const std::uint32_t remark_length = text::load32(p + 13);
  p += 17;
  if (remark_length > static_cast<std::size_t>(end - p) - 4) return RemotingError::bad_binary;
  if (remark_length == 0) {
    out.remark.reset();
  } else {
    const std::string_view remark(p, remark_length);
    out.remark = text::is_utf8(remark) ? std::string(remark) : text::to_utf8(remark);
    p += remark_length;
  }
  const std::uint32_t map_length = text::load32(p);
  p += 4;
  if (map_length > static_cast<std::size_t>(end - p)) return RemotingError::bad_binary;
  out.has_ext_fields = map_length != 0;
  EntrySink sink(out.ext_fields);
  sink.arena().assign(p, map_length);
  const char* const map = sink.arena().data();
  std::size_t at = 0;
  while (at < map_length) {
    if (map_length - at < 2) return RemotingError::bad_binary;
    const std::size_t key_length = text::load16(map + at);
    const std::size_t key = at + 2;
    if (key_length > 0x7FFF || map_length - key < key_length + 4) return RemotingError::bad_binary;
    const std::size_t value_length = text::load32(map + key + key_length);
    const std::size_t value = key + key_length + 4;
    if (value_length > map_length - value) return RemotingError::bad_binary;
    at = value + value_length;
    if (key_length == 0 || value_length == 0) continue;
    sink.add(static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key_length), static_cast<std::uint32_t>(value),
             static_cast<std::uint32_t>(value_length));
  }
  sink.finish();
  if (has_high_bit(sink.arena()) && repair_text(out.ext_fields)) remove_duplicates(out.ext_fields);
  consumed = static_cast<std::size_t>(p - header.data()) + map_length;
  return {};
}

}  // namespace rmqsim
