// One request or response of the remoting protocol, and its two wire forms (header as JSON or as ROCKETMQ binary;
// wire §1). Decoding and encoding are hot paths: a command keeps its ext fields in one arena, so decoding
// a header costs a constant number of allocations and a reused command none.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/remoting/codes.h"

namespace rmqsim {

using boost::system::error_code;

enum class SerializeType : std::uint8_t { JSON = 0, ROCKETMQ = 1 };

enum class RemotingError {
  bad_length = 1,          ///< frame length negative or below 4: the peer does not speak this protocol
  frame_too_long,          ///< frame above the limit; raise it (rocketmq: com.rocketmq.remoting.frameMaxLength)
  bad_header_length,       ///< header longer than its frame, or empty
  unknown_serialize_type,  ///< neither JSON (0) nor ROCKETMQ (1)
  bad_json,                ///< the JSON header does not parse
  bad_binary,              ///< a length inside the ROCKETMQ header does not fit
  bad_field,               ///< a typed header field is not a number
  bad_body,                ///< a body does not parse as what its code says
};
const boost::system::error_category& remoting_category();
inline error_code make_error_code(RemotingError e) { return {static_cast<int>(e), remoting_category()}; }

/// Ordered string → string map with few entries. A later set() of the same key replaces the value. Views returned are
/// valid until the next change.
class ExtFields {
 public:
  using Entry = std::pair<std::string_view, std::string_view>;

  void set(std::string_view key, std::string_view value);
  void set(std::string_view key, std::int64_t value);
  void set_bool(std::string_view key, bool value) { set(key, value ? std::string_view("true") : "false"); }
  /// set() without looking for an earlier entry; for encoders that know the keys to be distinct.
  void append(std::string_view key, std::string_view value);
  void append(std::string_view key, std::int64_t value);
  void remove(std::string_view key);
  std::optional<std::string_view> find(std::string_view key) const;
  /// The value, or "" when absent.
  std::string_view get(std::string_view key) const { return find(key).value_or(std::string_view{}); }
  bool contains(std::string_view key) const { return find(key).has_value(); }
  /// Decimal text as a number; nullopt when absent or not one (Java: NumberFormatException).
  std::optional<std::int64_t> find_int(std::string_view key) const;
  /// Boolean.parseBoolean: true only for "true" in any case.
  bool get_bool(std::string_view key) const;
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  Entry operator[](std::size_t i) const { return {key(i), value(i)}; }
  std::string_view key(std::size_t i) const { return {arena_.data() + slots_[i].key, slots_[i].key_length}; }
  std::string_view value(std::size_t i) const { return {arena_.data() + slots_[i].value, slots_[i].value_length}; }
  /// The memory behind all keys and values; lets the codecs copy in fixed-size steps without leaving it.
  std::string_view arena() const { return arena_; }
  /// Keeps the memory.
  void clear() {
    arena_.clear();
    slots_.clear();
  }

 private:
  friend class HeaderCodec;
  struct Slot {
    std::uint32_t key, key_length, value, value_length;
  };
  std::string arena_;
  std::vector<Slot> slots_;
};

struct RemotingCommand {
  static constexpr std::int32_t kResponseFlag = 1;
  static constexpr std::int32_t kOnewayFlag = 2;

  std::int32_t code = 0;
  LanguageCode language = LanguageCode::JAVA;
  std::int32_t version = 0;
  std::int32_t opaque = 0;
  bool has_opaque = true;  ///< false after decoding a JSON header without the key (a server then answers with its own)
  std::int32_t flag = 0;
  std::optional<std::string> remark;
  /// Absent differs from empty: Java's `null` map against `{}` (observed-servers §2 tells who sends which).
  bool has_ext_fields = false;
  ExtFields ext_fields;
  SerializeType serialize_type = SerializeType::JSON;
  /// Of a request that RPC hooks look at: Java's makeCustomHeaderToNet() was called, see below.
  bool header_made_to_net = false;
  std::string body;

  bool is_response() const { return (flag & kResponseFlag) != 0; }
  bool is_oneway() const { return (flag & kOnewayFlag) != 0; }
  void mark_oneway() { flag |= kOnewayFlag; }

  ExtFields& ext() {
    has_ext_fields = true;
    return ext_fields;
  }

  /// For a hook that needs the typed header among the ext fields, as access control does. Here it always is; but Java
  /// then writes a binary send header twice (behaviour quirk 68).
  void makeCustomHeaderToNet() { header_made_to_net = true; }

  static RemotingCommand request(std::int32_t code, std::int32_t version) {
    RemotingCommand c;
    c.code = code;
    c.version = version;
    return c;
  }
  /// A response to `request`: same opaque and serialize type, flag 1.
  static RemotingCommand response_to(const RemotingCommand& request, std::int32_t code,
                                     std::optional<std::string> remark = std::nullopt);
};

/// Appends the whole frame (both length words, header, body) to `out`, in the command's serialize_type.
void encode(const RemotingCommand& command, std::string& out);

/// Decodes one frame without its first length word, i.e. from the header word on. `out` is overwritten; its memory is
/// reused. On error `out` is unspecified and the connection must be closed.
error_code decode(std::string_view frame, RemotingCommand& out);

/// Cuts a byte stream into commands. Feed bytes in any pieces; take commands until there is none.
class FrameDecoder {
 public:
  static constexpr std::size_t kDefaultMaxFrame = 16'777'216;

  /// `max_frame` limits length word + 4, as Java's com.rocketmq.remoting.frameMaxLength does.
  explicit FrameDecoder(std::size_t max_frame = kDefaultMaxFrame) : max_frame_(max_frame) {}

  enum class Status { command, need_more, error };

  /// Looks for the next command. `input` is the unread rest of the newest bytes: consumed bytes are removed from its
  /// front, and bytes of an incomplete frame are kept inside, so at need_more `input` is empty. A complete frame in
  /// `input` is decoded in place, without a copy. After an error the decoder stays in error. Never holds more than
  /// max_frame bytes, and reserves memory only as bytes arrive.
  Status next(std::string_view& input, RemotingCommand& out);
  error_code error() const { return error_; }
  /// The frame of the command that next() gave last, both length words included; valid until its next call.
  std::string_view frame() const { return frame_; }
  /// For tests: bytes of an incomplete frame that are held.
  std::size_t buffered() const { return whole_ ? 0 : buffer_.size(); }

 private:
  Status fail(error_code ec);
  void drop_whole();
  std::size_t max_frame_;
  std::string buffer_;
  std::string_view frame_;
  bool whole_ = false;  ///< buffer_ holds the frame of the last command
  error_code error_;
};

}  // namespace rmqsim

namespace boost::system {
template <>
struct is_error_code_enum<rmqsim::RemotingError> : std::true_type {};
}  // namespace boost::system
