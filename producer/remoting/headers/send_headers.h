// The typed headers of the send path: SendMessageRequestHeader in both spellings (V1 long names for codes 10 and 324,
// V2 letters for 310, 320 and 325) and SendMessageResponseHeader. Strings are views into the command or into the
// caller's strings, so decoding and encoding allocate nothing. Every field is optional because what a Java server
// or client does depends on which ones are missing (wire §1.6, §2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// Spelling of the send header. The request code alone selects it: letters for 310, 320 and 325, else long names.
enum class HeaderForm { long_names, letters };

/// Broker's rule SendMessageRequestHeader.parseRequestHeader.
inline HeaderForm send_header_form(std::int32_t request_code) {
  return request_code == RequestCode::SEND_MESSAGE || request_code == RequestCode::SEND_REPLY_MESSAGE
             ? HeaderForm::long_names
             : HeaderForm::letters;
}

/// Whether a broker takes the body for a batch: the header says so, whatever the code (wire §2.2); of replies it does
/// not ask.
bool is_batch(const RemotingCommand& request);

/// Whether an answer to a send with this code says that the message is stored.
inline bool says_stored(std::int32_t response_code) {
  return response_code == ResponseCode::SUCCESS || response_code == ResponseCode::FLUSH_DISK_TIMEOUT ||
         response_code == ResponseCode::SLAVE_NOT_AVAILABLE || response_code == ResponseCode::FLUSH_SLAVE_TIMEOUT;
}

/// Whether Java writes such a request's header straight into a binary frame (FastCodesHeader), before the ext fields.
inline bool is_streamed_header(std::int32_t request_code) {
  return request_code == RequestCode::SEND_MESSAGE_V2 || request_code == RequestCode::SEND_BATCH_MESSAGE ||
         request_code == RequestCode::SEND_REPLY_MESSAGE_V2;
}

struct SendMessageRequestHeader {
  std::optional<std::string_view> producer_group;        // a
  std::optional<std::string_view> topic;                 // b
  std::optional<std::string_view> default_topic;         // c
  std::optional<std::int32_t> default_topic_queue_nums;  // d
  std::optional<std::int32_t> queue_id;                  // e
  std::optional<std::int32_t> sys_flag;                  // f
  std::optional<std::int64_t> born_timestamp;            // g, ms
  std::optional<std::int32_t> flag;                      // h
  std::optional<std::string_view> properties;            // i
  std::optional<std::int32_t> reconsume_times;           // j
  std::optional<bool> unit_mode;                         // k
  std::optional<std::int32_t> max_reconsume_times;       // l
  std::optional<bool> batch;                             // m
  std::optional<std::string_view> broker_name;           // n, long name "bname"

  /// Adds the present fields in the order a…n. The target is expected to hold none of them yet.
  void to_ext(ExtFields& ext, HeaderForm form) const;

  /// Overwrites all fields; the views stay valid as long as `ext` is unchanged. A malformed number leaves its field
  /// absent; bad_field is returned in that case for the letters (their fast decoder throws, the answer is code 1)
  /// but not for long names (Java only logs). `malformed` (optional) receives the text of the first such number.
  error_code from_ext(const ExtFields& ext, HeaderForm form, std::string_view* malformed = nullptr);

  bool operator==(const SendMessageRequestHeader&) const = default;
};

struct SendMessageResponseHeader {
  std::optional<std::string_view> msg_id;  ///< offsetMsgId, comma-separated for a batch
  std::optional<std::int32_t> queue_id;
  std::optional<std::int64_t> queue_offset;
  std::optional<std::string_view> transaction_id;
  std::optional<std::string_view> batch_uniq_id;
  std::optional<std::string_view> recall_handle;
  // Not fields of the Java class but set on the same answers (wire §2.2).
  std::optional<std::string_view> msg_region;  ///< MSG_REGION
  std::optional<std::string_view> trace_on;    ///< TRACE_ON, "true" or "false"

  void to_ext(ExtFields& ext) const;
  /// As for the request: a malformed number is bad_field, and the field stays absent.
  error_code from_ext(const ExtFields& ext, std::string_view* malformed = nullptr);

  bool operator==(const SendMessageResponseHeader&) const = default;
};

/// The untyped part of a frame's header, for the direct encoders below.
struct FrameHead {
  std::int32_t code = 0;
  LanguageCode language = LanguageCode::JAVA;
  std::int32_t version = 0;
  std::int32_t opaque = 0;
  std::int32_t flag = 0;
  std::optional<std::string_view> remark;
  SerializeType serialize_type = SerializeType::JSON;
};

/// Appends a whole frame straight from the typed header, without a RemotingCommand. Bytes equal those of
/// encode(command) with the same fields in the same order; `extra` (optional) follows the typed fields.
void encode_frame(const FrameHead& head, const SendMessageRequestHeader& header, HeaderForm form, std::string_view body,
                  std::string& out, const ExtFields* extra = nullptr);
void encode_frame(const FrameHead& head, const SendMessageResponseHeader& header, std::string& out,
                  const ExtFields* extra = nullptr);

}  // namespace rmqsim
