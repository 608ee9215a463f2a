#include "producer/client/trace/trace_data.h"

#include "producer/remoting/bodies/message_keys.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr char kContentSplitor = '\x01';
constexpr char kFieldSplitor = '\x02';
constexpr std::int32_t kMessageTypes = 5;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& operator<<(std::string_view value) {
    if (!first_) out_ += kContentSplitor;
    first_ = false;
    out_ += value;
    return *this;
  }
  Writer& operator<<(const std::optional<std::string>& value) {
    return *this << (value ? std::string_view(*value) : std::string_view("null"));
  }
  Writer& operator<<(std::int64_t value) { return *this << std::string_view(std::to_string(value)); }
  Writer& flag(bool value) { return *this << std::string_view(value ? "true" : "false"); }

 private:
  std::string& out_;
  bool first_ = true;
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> nullable(std::string_view text) {
  return text == "null" ? std::nullopt : std::optional(std::string(text));
}

std::optional<TraceRecord> decode_record(std::string_view text) {
  const auto fields = split(text, kContentSplitor);
  const bool pub = fields.front() == "Pub" && fields.size() == 14;
  const bool end_transaction = fields.front() == "EndTransaction" && fields.size() == 13;
  if (!pub && !end_transaction) return std::nullopt;
  TraceRecord record;
  record.type = pub ? TraceType::Pub : TraceType::EndTransaction;
  const auto timestamp = text::parse_int64(fields[1]);
  const auto type = text::parse_int32(fields[pub ? 11 : 9]);
  if (!timestamp || !type || *type < 0 || *type >= kMessageTypes) return std::nullopt;
  record.timestamp = *timestamp;
  record.msg_type = static_cast<MessageType>(*type);
  record.region_id = fields[2];
  record.group = fields[3];
  record.topic = fields[4];
  record.msg_id = nullable(fields[5]);
  record.tags = nullable(fields[6]);
  record.keys = nullable(fields[7]);
  record.store_host = fields[8];
  if (pub) {
    const auto length = text::parse_int32(fields[9]);
    const auto cost = text::parse_int64(fields[10]);
    if (!length || !cost) return std::nullopt;
    record.body_length = *length;
    record.cost_time = *cost;
    record.offset_msg_id = nullable(fields[12]);
    record.success = text::parse_bool(fields[13]);
  } else {
    record.transaction_id = fields[10];
    record.transaction_state = fields[11];
    record.from_transaction_check = text::parse_bool(fields[12]);
  }
  return record;
}

}  // namespace

std::string_view trace_type_name(TraceType type) { return type == TraceType::Pub ? "Pub" : "EndTransaction"; }

void encode_trace(const TraceRecord& r, std::string& out) {
  Writer to(out);
  to << trace_type_name(r.type) << r.timestamp << std::string_view(r.region_id) << std::string_view(r.group)
     << std::string_view(r.topic) << r.msg_id << r.tags << r.keys << std::string_view(r.store_host);
  const auto type = static_cast<std::int64_t>(r.msg_type);
  if (r.type == TraceType::Pub) {
    to << std::int64_t{r.body_length} << r.cost_time << type << r.offset_msg_id;
    to.flag(r.success);
  } else {
    to << type << std::string_view(r.transaction_id) << std::string_view(r.transaction_state);
    to.flag(r.from_transaction_check);
  }
  out += kFieldSplitor;
}

std::vector<std::string> trace_keys(const TraceRecord& record) {
  std::vector<std::string_view> keys;
  if (record.msg_id) keys.push_back(*record.msg_id);
  if (record.keys && !record.keys->empty()) {
    const auto own = text::java_split(*record.keys, ' ');
    keys.insert(keys.end(), own.begin(), own.end());
  }
  return gathered_keys(keys);
}

std::vector<TraceRecord> decode_traces(std::string_view body) {
  std::vector<TraceRecord> records;
  for (const std::string_view text : split(body, kFieldSplitor)) {
    if (auto record = decode_record(text)) records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace rmqsim
