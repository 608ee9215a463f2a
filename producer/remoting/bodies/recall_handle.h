// The handle by which a timer message can be taken back (RecallMessageHandle, wire §2.2): made by the
// broker, carried by SendResult, read by client and broker. Text in URL-safe Base64.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

struct RecallHandle {
  std::string topic;
  std::string broker_name;
  std::int64_t timestamp = 0;  ///< ms: when it is due, plus one; -1: a handle from outside in which it is no number
  std::string message_id;      ///< UNIQ_KEY

  std::string encode() const;
  /// nullopt when it is empty, not Base64, not of version "v1", or has fewer than five parts; blanks at the end make
  /// none.
  static std::optional<RecallHandle> decode(std::string_view text);
  bool operator==(const RecallHandle&) const = default;
};

/// java.util.Base64.getUrlEncoder(): with padding.
std::string base64_url_encode(std::string_view bytes);
/// getUrlDecoder(): padding may be missing; nullopt for any other character or length.
std::optional<std::string> base64_url_decode(std::string_view text);

}  // namespace rmqsim
