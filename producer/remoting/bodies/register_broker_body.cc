// Registration bodies. JSON fields are written in alphabetical order; the compressed form is a zlib stream of
// length-prefixed pieces whose counts and lengths are checked against what is there.
#include "producer/remoting/bodies/register_broker_body.h"

#include <utility>

#include "producer/remoting/codec/compression.h"
#include "producer/remoting/codec/json_body.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using json_body::Json;
using json_body::Reader;
using json_body::Writer;

constexpr std::int32_t kBodyVersion = 37;      // V3_0_11: the wrapper got company
constexpr std::int32_t kMappingVersion = 413;  // V5_0_0: the mapping infos follow

void write(Writer& w, const DataVersion& v) {
  w.open('{');
  w.field("counter", v.counter);
  if (v.state_version) w.field("stateVersion", *v.state_version);
  w.field("timestamp", v.timestamp);
  w.close('}');
}

void write(Writer& w, const TopicConfig& t) {
  w.open('{');
  if (t.attributes) {
    w.key("attributes");
    w.text_map(*t.attributes);
  }
  w.field_bool("order", t.order);
  w.field("perm", t.perm);
  w.field("readQueueNums", t.read_queue_nums);
  w.field("topicFilterType", std::string_view(t.topic_filter_type));
  w.field("topicName", std::string_view(t.topic_name));
  w.field("topicSysFlag", t.topic_sys_flag);
  w.field("writeQueueNums", t.write_queue_nums);
  w.close('}');
}

void write(Writer& w, const TopicConfigSerializeWrapper& s) {
  w.open('{');
  w.key("dataVersion");
  write(w, s.data_version);
  if (s.mapping_data_version) {
    w.key("mappingDataVersion");
    write(w, *s.mapping_data_version);
  }
  w.key("topicConfigTable");
  w.open('{');
  for (const auto& [name, config] : s.topic_config_table) {
    w.key(name);
    write(w, config);
  }
  w.close('}');
  w.field_raw("topicQueueMappingDetailMap", s.topic_queue_mapping_detail_map);
  w.field_raw("topicQueueMappingInfoMap", s.topic_queue_mapping_info_map);
  w.close('}');
}

DataVersion read_version(const Json& json, bool& ok) {
  DataVersion v;
  v.state_version.reset();
  const Reader r(json, ok);
  r.number("counter", v.counter);
  r.number("stateVersion", v.state_version);
  r.number("timestamp", v.timestamp);
  return v;
}

TopicConfig read_topic(const std::string& name, const Json& json, bool& ok) {
  TopicConfig t;
  t.topic_name = name;
  const Reader r(json, ok);
  r.text("topicName", t.topic_name);
  r.number("readQueueNums", t.read_queue_nums);
  r.number("writeQueueNums", t.write_queue_nums);
  r.number("perm", t.perm);
  r.text("topicFilterType", t.topic_filter_type);
  r.number("topicSysFlag", t.topic_sys_flag);
  r.flag("order", t.order);
  if (r.member("attributes") != nullptr) r.text_map("attributes", t.attributes.emplace());
  return t;
}

void read_wrapper(const Json& json, TopicConfigSerializeWrapper& out, bool& ok) {
  const Reader r(json, ok);
  if (const Json* const v = r.member("dataVersion")) out.data_version = read_version(*v, ok);
  if (const Json* const v = r.member("mappingDataVersion")) out.mapping_data_version = read_version(*v, ok);
  r.each_member("topicConfigTable", [&](const std::string& name, const Json& t) {
    out.topic_config_table[name] = read_topic(name, t, ok);
  });
  r.raw("topicQueueMappingDetailMap", out.topic_queue_mapping_detail_map);
  r.raw("topicQueueMappingInfoMap", out.topic_queue_mapping_info_map);
  r.each_member("topicQueueMappingInfoMap", [&](const std::string&, const Json& info) {
    std::string topic;
    Reader(info, ok).text("topic", topic);
  });
}

error_code finish(bool ok) { return ok ? error_code{} : error_code{RemotingError::bad_body}; }

void put_piece(std::string& out, std::string_view piece) {
  text::put32(out, static_cast<std::uint32_t>(piece.size()));
  out += piece;
}

// Takes i32-prefixed pieces off the front.
class Pieces {
 public:
  explicit Pieces(std::string_view s) : s_(s) {}
  bool count(std::uint32_t& n) {
    if (s_.size() < 4) return false;
    n = text::load32(s_.data());
    s_.remove_prefix(4);
    return n <= s_.size() / 4;  // every piece has at least its length word
  }
  bool piece(std::string_view& out) {
    if (s_.size() < 4) return false;
    const std::uint32_t n = text::load32(s_.data());
    if (n > s_.size() - 4) return false;
    out = s_.substr(4, n);
    s_.remove_prefix(4 + std::size_t{n});
    return true;
  }

 private:
  std::string_view s_;
};

// "topic readQ writeQ perm filterType attributesJson" (TopicConfig.encode; 4.x has no attributes).
std::string topic_line(const TopicConfig& t) {
  std::string line = t.topic_name + ' ' + std::to_string(t.read_queue_nums) + ' ' + std::to_string(t.write_queue_nums) +
                     ' ' + std::to_string(t.perm) + ' ' + t.topic_filter_type;
  if (t.attributes) {
    line += ' ';
    Writer w(line);
    w.text_map(*t.attributes);
  }
  return line;
}

bool read_topic_line(std::string_view line, TopicConfig& t) {
  std::string_view words[5];
  for (std::string_view& word : words) {
    const std::size_t blank = line.find(' ');
    word = line.substr(0, blank);
    line = blank == line.npos ? std::string_view{} : line.substr(blank + 1);
  }
  const auto read = text::parse_int32(words[1]), write = text::parse_int32(words[2]),
             perm = text::parse_int32(words[3]);
  if (words[0].empty() || words[4].empty() || !read || !write || !perm) return false;
  t.topic_name = words[0];
  t.read_queue_nums = *read;
  t.write_queue_nums = *write;
  t.perm = *perm;
  t.topic_filter_type = words[4];
  if (line.empty()) return true;
  Json attributes = Json::object();
  bool ok = json_body::parse(line, attributes["attributes"]);
  Reader(attributes, ok).text_map("attributes", t.attributes.emplace());
  return ok;
}

bool read_mapping_infos(Pieces& pieces, TopicConfigSerializeWrapper& out) {
  std::uint32_t n = 0;
  if (!pieces.count(n)) return false;
  Json map = Json::object();
  for (std::uint32_t i = 0; i < n; ++i) {
    std::string_view piece;
    Json info;
    bool ok = pieces.piece(piece) && json_body::parse(piece, info);
    std::string topic;
    Reader(info, ok).text("topic", topic);
    if (!ok) return false;
    map[topic] = std::move(info);
  }
  out.topic_queue_mapping_info_map = json_text(map);
  return true;
}

bool read_compressed(std::string_view body, std::int32_t version, RegisterBrokerBody& out) {
  std::string plain;
  if (decompress(CompressionType::ZLIB, body, plain)) return false;
  Pieces pieces(plain);
  std::string_view piece;
  auto& wrapper = out.topic_config_serialize_wrapper;
  if (!pieces.piece(piece) || DataVersion::decode(piece, wrapper.data_version)) return false;
  std::uint32_t topics = 0;
  if (!pieces.count(topics)) return false;
  for (std::uint32_t i = 0; i < topics; ++i) {
    TopicConfig t;
    if (!pieces.piece(piece) || !read_topic_line(piece, t)) return false;
    std::string name = t.topic_name;
    wrapper.topic_config_table[std::move(name)] = std::move(t);
  }
  Json holder = Json::object();
  bool ok = pieces.piece(piece) && json_body::parse(piece, holder["list"]);
  Reader(holder, ok).texts("list", out.filter_server_list);
  return ok && (version < kMappingVersion || read_mapping_infos(pieces, wrapper));
}

}  // namespace

std::string TopicConfig::encode() const {
  std::string out;
  Writer w(out);
  write(w, *this);
  return out;
}

std::string DataVersion::encode() const {
  std::string out;
  Writer w(out);
  write(w, *this);
  return out;
}

error_code DataVersion::decode(std::string_view body, DataVersion& out) {
  Json json;
  bool ok = json_body::parse(body, json);
  out = read_version(json, ok);
  return finish(ok);
}

std::string TopicConfigSerializeWrapper::encode() const {
  std::string out;
  Writer w(out);
  write(w, *this);
  return out;
}

error_code TopicConfigSerializeWrapper::decode(std::string_view body, TopicConfigSerializeWrapper& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  read_wrapper(json, out, ok);
  return finish(ok);
}

std::string RegisterBrokerBody::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("filterServerList");
  w.texts(filter_server_list);
  w.key("topicConfigSerializeWrapper");
  write(w, topic_config_serialize_wrapper);
  w.close('}');
  return out;
}

std::string RegisterBrokerBody::encode_compressed(std::int32_t version) const {
  const auto& wrapper = topic_config_serialize_wrapper;
  std::string plain;
  put_piece(plain, wrapper.data_version.encode());
  text::put32(plain, static_cast<std::uint32_t>(wrapper.topic_config_table.size()));
  for (const auto& [name, config] : wrapper.topic_config_table) put_piece(plain, topic_line(config));
  std::string filters;
  Writer(filters).texts(filter_server_list);
  put_piece(plain, filters);
  if (version >= kMappingVersion) {
    Json map = Json::object();
    if (wrapper.topic_queue_mapping_info_map) json_body::parse(*wrapper.topic_queue_mapping_info_map, map);
    text::put32(plain, static_cast<std::uint32_t>(map.size()));
    for (const Json& info : map) put_piece(plain, json_text(info));
  }
  return compress(CompressionType::ZLIB, plain, 9);
}

error_code RegisterBrokerBody::decode(std::string_view body, std::int32_t version, bool compressed,
                                      RegisterBrokerBody& out) {
  out = {};
  if (body.empty()) return {};
  if (compressed || body[0] == 0x78) return finish(read_compressed(body, version, out));
  if (version < kBodyVersion) return TopicConfigSerializeWrapper::decode(body, out.topic_config_serialize_wrapper);
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.texts("filterServerList", out.filter_server_list);
  if (const Json* const w = r.member("topicConfigSerializeWrapper")) {
    read_wrapper(*w, out.topic_config_serialize_wrapper, ok);
  }
  return finish(ok);
}

std::string KVTable::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("table");
  w.text_map(table);
  w.close('}');
  return out;
}

error_code KVTable::decode(std::string_view body, KVTable& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  Reader(json, ok).text_map("table", out.table);
  return finish(ok);
}

}  // namespace rmqsim
