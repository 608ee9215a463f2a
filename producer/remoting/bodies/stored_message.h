// The stored record, which is what brokers send in bodies of CHECK_TRANSACTION_STATE, PULL, VIEW and QUERY
// (wire §4.4). V1 has a one-byte topic length, V2 two bytes; hosts are IPv4 or IPv6 by sysFlag. Decoding
// checks every length; the CRC is checked on request only, as in Java.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// An IP address in network byte order, and a port.
struct HostAddress {
  std::array<std::uint8_t, 16> ip{};
  bool v6 = false;
  std::int32_t port = 0;

  std::string_view ip_bytes() const { return {reinterpret_cast<const char*>(ip.data()), v6 ? 16u : 4u}; }
  static HostAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::int32_t port);
  /// "127.0.0.1:10911" or "[2001:db8::10]:10911"; nullopt for anything else (names are not resolved).
  static std::optional<HostAddress> parse(std::string_view text);
  /// The inverse of parse(); IPv6 in brackets, zero run compressed.
  std::string to_string() const;
  /// Without port and brackets.
  std::string ip_to_string() const;

  bool operator==(const HostAddress&) const = default;
};

struct StoredMessage {
  static constexpr std::uint32_t kMagicV1 = 0xDAA320A7;
  static constexpr std::uint32_t kMagicV2 = 0xDAA320AB;

  std::uint32_t magic = kMagicV1;  ///< encode() picks V2 itself when the topic needs it
  std::uint32_t body_crc = 0;      ///< filled by encode(): CRC-32 of the body & 0x7FFFFFFF
  std::int32_t queue_id = 0;
  std::int32_t flag = 0;
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t sys_flag = 0;  ///< encode() sets or clears the two IPv6 bits
  std::int64_t born_timestamp = 0;
  HostAddress born_host;
  std::int64_t store_timestamp = 0;
  HostAddress store_host;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  std::string body;  ///< as stored, possibly compressed
  std::string topic;
  std::string properties;  ///< text form, wire §4.1

  /// totalSize of the encoded record.
  std::size_t encoded_size() const;
  /// Appends the record. False, and nothing appended, when topic or properties exceed 32767 bytes.
  bool encode_to(std::string& out) const;
  /// Takes one record from the front of `input`. bad_body when a length does not fit or the magic is unknown.
  static error_code decode(std::string_view& input, StoredMessage& out, bool check_crc = false);
  /// All records of a pull body; for tests, which read them as a consumer would.
  static error_code decode_all(std::string_view input, std::vector<StoredMessage>& out, bool check_crc = false);
  /// Upper-case hex of store host and physical offset (message_id.h).
  std::string offset_msg_id() const;

  bool operator==(const StoredMessage&) const = default;
};

/// UtilAll.crc32: zlib's CRC-32 with the sign bit cleared.
std::uint32_t crc32(std::string_view bytes);

}  // namespace rmqsim
