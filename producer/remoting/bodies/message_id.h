// The two ids of a message: the broker's offsetMsgId (wire §4.6) and the client's UNIQ_KEY
// (behaviour §7.3). The generator is pure: address, pid, class-loader hash, time and zone are given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/bodies/stored_message.h"
#include "producer/transport/time.h"

namespace rmqsim {

std::string to_upper_hex(std::string_view bytes);
/// nullopt for odd length or a non-hex character; either case is accepted.
std::optional<std::string> from_hex(std::string_view text);

struct MessageId {
  HostAddress address;
  std::int64_t offset = 0;
  bool operator==(const MessageId&) const = default;
};

/// MessageDecoder.createMessageId: 32 characters for IPv4, 56 for IPv6.
std::string create_message_id(const HostAddress& store_host, std::int64_t physical_offset);
/// MessageDecoder.decodeMessageId. nullopt unless 32 or 56 hex characters.
std::optional<MessageId> decode_message_id(std::string_view msg_id);

/// MessageClientIDSetter for one process: IP, pid, class-loader hash, milliseconds since the month began, counter.
class UniqIdGenerator {
 public:
  /// `ip` is 4 or 16 bytes, network order. `utc_offset` is what local time adds to UTC (the month begins in local
  /// time); a simulated world passes zero.
  UniqIdGenerator(std::string_view ip, std::int32_t pid, std::int32_t class_loader_hash,
                  Duration utc_offset = Duration::zero());

  /// The next id, upper-case hex: 32 characters for IPv4, 56 for IPv6. A time up to 1000 s before the known month
  /// start counts as the month start.
  std::string create(TimePoint now);
  void create_to(TimePoint now, std::string& out);

 private:
  void set_start_time(std::int64_t now_ms);

  std::string prefix_;  // hex of ip, pid, hash
  std::int64_t utc_offset_ms_;
  std::int64_t start_ms_ = 0;
  std::int64_t next_start_ms_ = 0;
  bool started_ = false;
  std::uint16_t counter_ = 0;
};

/// What a UNIQ_KEY says about its maker; nullopt unless 32 or 56 hex characters.
struct UniqIdParts {
  std::string ip;  ///< text form
  std::int32_t pid = 0;
  std::int32_t class_loader_hash = 0;
  std::int32_t millis_since_month_start = 0;
  std::uint16_t counter = 0;
};
std::optional<UniqIdParts> parse_uniq_id(std::string_view id);
/// When (ms) the key was made, given that it is less than a month old and its maker's months begin in UTC
/// (MessageClientIDSetter.getNearlyTimeFromID); nullopt where parse_uniq_id() gives none.
std::optional<std::int64_t> nearly_time_from_uniq_id(std::string_view id, std::int64_t now_millis);

}  // namespace rmqsim
