// Command → frame, and the direct encoders of the two send headers. One writer per header form works on raw memory
// whose size is bounded beforehand, so that the hot path is a handful of copies; big headers are rare and take the
// same code on the heap. The header must stay below 16 MiB, which its length word cannot exceed.
#include <array>
#include <charconv>
#include <cstring>
#include <memory>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {
namespace {

using std::string_view;

// Room for everything of a header but its strings.
constexpr std::size_t kFixedRoom = 256;
constexpr std::size_t kEntryRoom = 64;
constexpr std::size_t kStackRoom = 8192;

template <std::size_t N>
char* literal(char* p, const char (&s)[N]) {
  std::memcpy(p, s, N - 1);
  return p + N - 1;
}

char* bytes(char* p, string_view s) {
  if (!s.empty()) std::memcpy(p, s.data(), s.size());
  return p + s.size();
}

// As bytes(), in one step for short texts; memory may be read up to `readable`.
char* bytes(char* p, string_view s, const char* readable) {
  if (s.size() > 16 || readable - s.data() < 16) return bytes(p, s);
  std::memcpy(p, s.data(), 16);
  return p + s.size();
}

// A field name with room to be copied in one step.
struct Name {
  char text[24] = {};
  unsigned char size = 0;
  template <std::size_t N>
  constexpr Name(const char (&s)[N]) : size(N - 1) {  // NOLINT(google-explicit-constructor): names are literals
    static_assert(N - 1 <= sizeof text);
    for (std::size_t i = 0; i < N - 1; ++i) text[i] = s[i];
  }
  string_view view() const { return {text, size}; }
  char* write(char* p) const {
    std::memcpy(p, text, sizeof text);
    return p + size;
  }
};

char* digits(char* p, std::int64_t v) { return std::to_chars(p, p + 24, v).ptr; }

class JsonSink {
 public:
  explicit JsonSink(char* p) : p_(p) {}
  void text(const Name& key, string_view value) {
    begin(key);
    p_ = text::write_json_string(p_, value);
  }
  void number(const Name& key, std::int64_t value) {
    begin(key);
    *p_++ = '"';
    p_ = digits(p_, value);
    *p_++ = '"';
  }
  void flag(const Name& key, bool value) {
    begin(key);
    p_ = value ? literal(p_, "\"true\"") : literal(p_, "\"false\"");
  }
  void entry(string_view key, string_view value, const char* readable) {
    if (!first_) *p_++ = ',';
    first_ = false;
    if (key.size() == 1 && key[0] >= 'a' && key[0] <= 'z') {  // the send header's letters
      const char quoted[4] = {'"', key[0], '"', ':'};
      std::memcpy(p_, quoted, sizeof quoted);
      p_ += sizeof quoted;
    } else {
      p_ = text::write_json_string(p_, key, readable);
      *p_++ = ':';
    }
    p_ = text::write_json_string(p_, value, readable);
  }
  char* end() const { return p_; }

 private:
  void begin(const Name& key) {
    if (!first_) *p_++ = ',';
    first_ = false;
    *p_++ = '"';
    p_ = key.write(p_);
    *p_++ = '"';
    *p_++ = ':';
  }

  char* p_;
  bool first_ = true;
};

class BinarySink {
 public:
  explicit BinarySink(char* p) : p_(p) {}
  void text(const Name& key, string_view value) {
    begin(key);
    text::store32(p_, static_cast<std::uint32_t>(value.size()));
    p_ = bytes(p_ + 4, value);
  }
  void number(const Name& key, std::int64_t value) {
    begin(key);
    char* const end = digits(p_ + 4, value);
    text::store32(p_, static_cast<std::uint32_t>(end - p_ - 4));
    p_ = end;
  }
  void flag(const Name& key, bool value) { text(key, value ? string_view("true") : string_view("false")); }
  // A key that its 16-bit length cannot describe is left out.
  void entry(string_view key, string_view value, const char* readable) {
    if (key.size() > 0x7FFF) return;
    text::store16(p_, static_cast<std::uint16_t>(key.size()));
    p_ = bytes(p_ + 2, key, readable);
    text::store32(p_, static_cast<std::uint32_t>(value.size()));
    p_ = bytes(p_ + 4, value, readable);
  }
  char* end() const { return p_; }

 private:
  void begin(const Name& key) {
    text::store16(p_, key.size);
    p_ = key.write(p_ + 2);
  }

  char* p_;
};

template <class WriteExt>
char* write_json(char* p, const FrameHead& head, bool has_ext, const WriteExt& write_ext) {
  p = digits(literal(p, "{\"code\":"), head.code);
  if (has_ext) {
    p = literal(p, ",\"extFields\":{");
    JsonSink sink(p);
    write_ext(sink);
    p = sink.end();
    *p++ = '}';
  }
  p = digits(literal(p, ",\"flag\":"), head.flag);
  if (head.language != LanguageCode::UNKNOWN) {
    p = bytes(literal(p, ",\"language\":\""), language_name(head.language));
    *p++ = '"';
  }
  p = digits(literal(p, ",\"opaque\":"), head.opaque);
  if (head.remark) p = text::write_json_string(literal(p, ",\"remark\":"), *head.remark);
  p = literal(p, ",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":");
  p = digits(p, head.version);
  *p++ = '}';
  return p;
}

template <class WriteExt>
char* write_binary(char* p, const FrameHead& head, bool has_ext, const WriteExt& write_ext) {
  text::store16(p, static_cast<std::uint16_t>(head.code));
  p[2] = static_cast<char>(head.language);
  text::store16(p + 3, static_cast<std::uint16_t>(head.version));
  text::store32(p + 5, static_cast<std::uint32_t>(head.opaque));
  text::store32(p + 9, static_cast<std::uint32_t>(head.flag));
  const string_view remark = head.remark.value_or(string_view{});
  text::store32(p + 13, static_cast<std::uint32_t>(remark.size()));
  p = bytes(p + 17, remark);
  char* const map = p + 4;
  BinarySink sink(map);
  if (has_ext) write_ext(sink);
  text::store32(p, static_cast<std::uint32_t>(sink.end() - map));
  return sink.end();
}

// `text_bytes` and `entries` describe what write_ext will write.
template <class WriteExt>
void write_frame(const FrameHead& head, bool has_ext, std::size_t text_bytes, std::size_t entries,
                 const WriteExt& write_ext, string_view body, std::string& out) {
  const std::size_t all_text = text_bytes + (head.remark ? head.remark->size() : 0);
  const bool json = head.serialize_type == SerializeType::JSON;
  const std::size_t room = kFixedRoom + (json ? 6 : 1) * all_text + kEntryRoom * entries;
  std::array<char, kStackRoom> stack;
  std::unique_ptr<char[]> heap;
  char* begin = stack.data();
  if (room > kStackRoom) {
    heap.reset(new char[room]);
    begin = heap.get();
  }
  char* const header = begin + 8;
  const char* const end =
      json ? write_json(header, head, has_ext, write_ext) : write_binary(header, head, has_ext, write_ext);
  const auto header_length = static_cast<std::uint32_t>(end - header);
  text::store32(begin, static_cast<std::uint32_t>(4 + header_length + body.size()));
  text::store32(begin + 4, (json ? 0u : 1u << 24) | (header_length & 0xFFFFFF));
  out.append(begin, 8 + header_length);
  out.append(body);
}

std::size_t text_size(const ExtFields* ext) {
  std::size_t n = 0;
  for (std::size_t i = 0; ext != nullptr && i < ext->size(); ++i) n += ext->key(i).size() + ext->value(i).size();
  return n;
}

template <class Sink>
void write_entries(const ExtFields* ext, Sink& sink) {
  if (ext == nullptr) return;
  const char* const readable = ext->arena().data() + ext->arena().size();
  for (std::size_t i = 0; i < ext->size(); ++i) sink.entry(ext->key(i), ext->value(i), readable);
}

std::size_t size_of(const std::optional<string_view>& s) { return s ? s->size() : 0; }

template <class Sink>
void put(Sink& sink, const Name& key, const std::optional<string_view>& v) {
  if (v) sink.text(key, *v);
}
template <class Sink>
void put(Sink& sink, const Name& key, const std::optional<std::int32_t>& v) {
  if (v) sink.number(key, *v);
}
template <class Sink>
void put(Sink& sink, const Name& key, const std::optional<std::int64_t>& v) {
  if (v) sink.number(key, *v);
}
template <class Sink>
void put(Sink& sink, const Name& key, const std::optional<bool>& v) {
  if (v) sink.flag(key, *v);
}

constexpr std::array<Name, 14> kLetters = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"};
constexpr std::array<Name, 14> kLongNames = {
    "producerGroup", "topic", "defaultTopic", "defaultTopicQueueNums", "queueId",  "sysFlag",
    "bornTimestamp", "flag",  "properties",   "reconsumeTimes",        "unitMode", "maxReconsumeTimes",
    "batch",         "bname"};

template <class Sink>
void put_all(Sink& sink, const SendMessageRequestHeader& h, const std::array<Name, 14>& names) {
  put(sink, names[0], h.producer_group);
  put(sink, names[1], h.topic);
  put(sink, names[2], h.default_topic);
  put(sink, names[3], h.default_topic_queue_nums);
  put(sink, names[4], h.queue_id);
  put(sink, names[5], h.sys_flag);
  put(sink, names[6], h.born_timestamp);
  put(sink, names[7], h.flag);
  put(sink, names[8], h.properties);
  put(sink, names[9], h.reconsume_times);
  put(sink, names[10], h.unit_mode);
  put(sink, names[11], h.max_reconsume_times);
  put(sink, names[12], h.batch);
  put(sink, names[13], h.broker_name);
}

template <class Sink>
void put_all(Sink& sink, const SendMessageResponseHeader& h) {
  static constexpr std::array<Name, 8> kNames = {"msgId",       "queueId",      "queueOffset", "transactionId",
                                                 "batchUniqId", "recallHandle", "MSG_REGION",  "TRACE_ON"};
  put(sink, kNames[0], h.msg_id);
  put(sink, kNames[1], h.queue_id);
  put(sink, kNames[2], h.queue_offset);
  put(sink, kNames[3], h.transaction_id);
  put(sink, kNames[4], h.batch_uniq_id);
  put(sink, kNames[5], h.recall_handle);
  put(sink, kNames[6], h.msg_region);
  put(sink, kNames[7], h.trace_on);
}

struct ExtSink {
  ExtFields& ext;
  void text(const Name& key, string_view value) { ext.append(key.view(), value); }
  void number(const Name& key, std::int64_t value) { ext.append(key.view(), value); }
  void flag(const Name& key, bool value) { ext.append(key.view(), value ? string_view("true") : string_view("false")); }
};

const std::array<Name, 14>& names_of(HeaderForm form) { return form == HeaderForm::letters ? kLetters : kLongNames; }

}  // namespace

void encode(const RemotingCommand& c, std::string& out) {
  FrameHead head{c.code, c.language, c.version, c.opaque, c.flag, std::nullopt, c.serialize_type};
  if (c.remark) head.remark = *c.remark;
  const ExtFields* const ext = &c.ext_fields;
  write_frame(
      head, c.has_ext_fields, text_size(ext), ext->size(), [ext](auto& sink) { write_entries(ext, sink); }, c.body,
      out);
}

void encode_frame(const FrameHead& head, const SendMessageRequestHeader& h, HeaderForm form, string_view body,
                  std::string& out, const ExtFields* extra) {
  const std::size_t text = size_of(h.producer_group) + size_of(h.topic) + size_of(h.default_topic) +
                           size_of(h.properties) + size_of(h.broker_name) + text_size(extra);
  const auto& names = names_of(form);
  write_frame(
      head, true, text, 14 + (extra != nullptr ? extra->size() : 0),
      [&](auto& sink) {
        put_all(sink, h, names);
        write_entries(extra, sink);
      },
      body, out);
}

void encode_frame(const FrameHead& head, const SendMessageResponseHeader& h, std::string& out, const ExtFields* extra) {
  const std::size_t text = size_of(h.msg_id) + size_of(h.transaction_id) + size_of(h.batch_uniq_id) +
                           size_of(h.recall_handle) + size_of(h.msg_region) + size_of(h.trace_on) + text_size(extra);
  write_frame(
      head, true, text, 8 + (extra != nullptr ? extra->size() : 0),
      [&](auto& sink) {
        put_all(sink, h);
        write_entries(extra, sink);
      },
      {}, out);
}

void SendMessageRequestHeader::to_ext(ExtFields& ext, HeaderForm form) const {
  ExtSink sink{ext};
  put_all(sink, *this, names_of(form));
}

void SendMessageResponseHeader::to_ext(ExtFields& ext) const {
  ExtSink sink{ext};
  put_all(sink, *this);
}

}  // namespace rmqsim
