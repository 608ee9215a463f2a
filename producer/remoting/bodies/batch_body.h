// The body of a batch request: a concatenation of small records (wire §4.5). The client encodes it, the
// broker turns each entry into a stored record. Entry lengths come from outside and are checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// Views into the batch body.
struct BatchEntry {
  std::int32_t magic = 0;
  std::int32_t body_crc = 0;
  std::int32_t flag = 0;
  std::string_view body;
  std::string_view properties;  ///< text form, wire §4.1

  bool operator==(const BatchEntry&) const = default;
};

/// Bytes of an entry besides body and properties.
inline constexpr std::size_t kBatchEntryOverhead = 22;

/// MessageDecoder.encodeMessage. False, and nothing appended, when the properties exceed 32767 bytes (4.9.8 throws;
/// 5.3.3 would write a corrupt length) or the entry 2 GiB.
bool append_batch_entry(const BatchEntry& entry, std::string& out);

/// All entries, or bad_body when lengths do not add up. An empty body has no entries.
error_code decode_batch_body(std::string_view body, std::vector<BatchEntry>& out);

}  // namespace rmqsim
