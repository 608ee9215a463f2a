// Entry: totalSize (which a broker steps over), magic, bodyCRC, flag, body length, body, properties length (i16),
// properties.
#include "producer/remoting/bodies/batch_body.h"

#include "producer/remoting/codec/text.h"

namespace rmqsim {

bool append_batch_entry(const BatchEntry& entry, std::string& out) {
  if (entry.properties.size() > 0x7FFF || entry.body.size() > 0x7FFFFFFF - 0x7FFF - kBatchEntryOverhead) return false;
  const std::size_t total = kBatchEntryOverhead + entry.body.size() + entry.properties.size();
  out.reserve(out.size() + total);
  text::put32(out, static_cast<std::uint32_t>(total));
  text::put32(out, static_cast<std::uint32_t>(entry.magic));
  text::put32(out, static_cast<std::uint32_t>(entry.body_crc));
  text::put32(out, static_cast<std::uint32_t>(entry.flag));
  text::put32(out, static_cast<std::uint32_t>(entry.body.size()));
  out += entry.body;
  text::put16(out, static_cast<std::uint16_t>(entry.properties.size()));
  out += entry.properties;
  return true;
}

error_code decode_batch_body(std::string_view body, std::vector<BatchEntry>& out) {
  out.clear();
  while (!body.empty()) {
    if (body.size() < kBatchEntryOverhead) return RemotingError::bad_body;
    const char* const p = body.data();
    BatchEntry e;
    e.magic = static_cast<std::int32_t>(text::load32(p + 4));
    e.body_crc = static_cast<std::int32_t>(text::load32(p + 8));
    e.flag = static_cast<std::int32_t>(text::load32(p + 12));
    const std::size_t body_length = text::load32(p + 16);
    if (body_length > body.size() - kBatchEntryOverhead) return RemotingError::bad_body;
    e.body = body.substr(20, body_length);
    const std::size_t properties_length = text::load16(p + 20 + body_length);
    const std::size_t total = kBatchEntryOverhead + body_length + properties_length;
    if (properties_length > 0x7FFF || total > body.size()) return RemotingError::bad_body;
    e.properties = body.substr(22 + body_length, properties_length);
    out.push_back(e);
    body.remove_prefix(total);
  }
  return {};
}

}  // namespace rmqsim
