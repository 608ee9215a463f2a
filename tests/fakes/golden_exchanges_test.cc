// Replays requests that real clients and hand-made frames sent to real servers (5.3.3 and 4.9.8), and compares what the
// fakes answer with what those servers answered: code, set of extFields, serialisation, and remark up to its variable
// parts. Each exchange meets a fresh server, prepared with the topics and settings of the recording.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "producer/remoting/bodies/message_id.h"
#include "tests/fakes/recorded_reads.h"
#include "tests/fakes/releases.h"

namespace rmqsim {
namespace golden_exchanges_test {

using nlohmann::json;

/// Exchanges that the fakes do not answer as recorded, and why. The key is the middle part of the exchange's name.
const std::map<std::string, std::string> kExcluded = {
    {"send_v2_oneway_answered_timeout_clean_queue", "an overloaded thread pool; one-way requests are never answered"},
    {"send_v2_overload", "an overloaded thread pool; a fault rule answers [OVERLOAD]"},
};

/// Recorded requests that the fake broker does not know, and why. It answers them 3.
const std::map<std::int32_t, std::string> kUnknownToBrokers = {
    {60, "GET_TIMER_CHECK_POINT: slaves ask it, and no slave replicates from a fake"},
};

/// Recorded requests of which it was the point that they are unknown to who was asked.
const std::set<std::int32_t> kAskedInVain = {RequestCode::HEART_BEAT, RequestCode::UNREGISTER_CLIENT, 9999};

const TimePoint kNow = TimePoint(millis(1795358213000));  // about when the hand-made frames were recorded

struct Exchange {
  std::string name, server, note;
  std::int32_t code = 0;
  RemotingCommand request;
  json recorded;  ///< header of the answer, or null
  std::string recorded_body;

  bool broker() const { return server.rfind("broker-", 0) == 0; }
  const ServerProfile* version() const { return find_server_profile(server.substr(server.find('-') + 1)); }
  std::string title() const {
    const auto first = name.find('|');
    const auto second = name.find('|', first + 1);
    return name.substr(second + 1, name.find('|', second + 1) - second - 1);
  }
};

std::vector<Exchange> load() {
  std::ifstream in(std::string(RMQSIM_SOURCE_DIR) + "/tests/golden/data/exchanges.json");
  std::vector<Exchange> out;
  for (const json& e : json::parse(in)) {
    if (e.at("initiator") != "client" || !e.at("request").contains("header")) continue;
    Exchange x;
    x.name = e.at("name");
    x.server = e.at("server");
    x.note = e.value("note", "");
    x.code = e.at("request").at("header").at("code");
    if (x.broker() && kUnknownToBrokers.count(x.code) != 0) continue;
    const bool known = x.broker() ? broker_knows(x.code, *kServer5) : namesrv_knows(x.code, *kServer5);
    EXPECT_TRUE(known || kAskedInVain.contains(x.code)) << "nothing is said about " << x.name;
    const auto bytes = from_hex(e.at("request").at("hex").get<std::string>());
    if (!bytes || decode(std::string_view(*bytes).substr(4), x.request)) {
      ADD_FAILURE() << x.name << ": the recorded frame does not decode";
      continue;
    }
    if (!e.at("response").is_null()) {
      x.recorded = e.at("response").at("header");
      RemotingCommand response;
      const auto frame = from_hex(e.at("response").at("hex").get<std::string>());
      if (frame && !decode(std::string_view(*frame).substr(4), response)) x.recorded_body = response.body;
    }
    out.push_back(std::move(x));
  }
  return out;
}

/// When the request was made, as far as it says so.
TimePoint time_of(const Exchange& x) {
  const auto born = x.request.ext_fields.find_int(x.request.ext_fields.contains("g") ? "g" : "bornTimestamp");
  return born ? TimePoint(millis(*born)) : kNow;
}

/// Numbers, addresses and what follows an exception's class vary.
std::string stem(std::string remark) {
  if (const auto at = remark.find("Exception"); at != std::string::npos && remark.rfind("java", 0) == 0) {
    return remark.substr(0, at + 9);
  }
  if (remark.rfind("com.alibaba.fastjson.JSONException", 0) == 0) return "com.alibaba.fastjson.JSONException";
  std::string out;
  for (const char c : remark) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) out += c;
    if (digit && (out.empty() || out.back() != '#')) out += '#';
  }
  return out;
}

std::set<std::string> fields(const json& header) {
  std::set<std::string> out;
  if (!header.contains("extFields")) return {"(absent)"};
  for (const auto& [key, value] : header.at("extFields").items()) out.insert(key);
  return out;
}

std::set<std::string> fields(const RemotingCommand& response) {
  // An empty map and none are the same thing in the binary header.
  if (!response.has_ext_fields) return {"(absent)"};
  if (response.ext_fields.empty() && response.serialize_type == SerializeType::ROCKETMQ) return {"(absent)"};
  std::set<std::string> out;
  for (std::size_t i = 0; i < response.ext_fields.size(); ++i) out.insert(std::string(response.ext_fields[i].first));
  return out;
}

/// An object key that is a number without quotes: "{0:".
bool has_bare_key(const std::string& body) {
  for (auto at = body.find('{'); at != std::string::npos; at = body.find('{', at + 1)) {
    const auto end = body.find_first_not_of("0123456789", at + 1);
    if (end != std::string::npos && end > at + 1 && body[end] == ':') return true;
  }
  return false;
}

/// The keys of a JSON body with their places; those of tables, which name topics and brokers, stand for one another.
void add_shape(const json& value, const std::string& place, std::set<std::string>& out) {
  if (value.is_array()) {
    for (const json& item : value) add_shape(item, place + "[]", out);
  }
  if (!value.is_object() || place == "/table") return;  // settings, which the recorded servers had in part
  const bool table = place.ends_with("able") || place.ends_with("brokerAddrs");
  for (const auto& [key, item] : value.items()) {
    const std::string at = place + "/" + (table ? "*" : key);
    out.insert(at);
    add_shape(item, at, out);
  }
}

std::set<std::string> shape(const std::string& body) {
  std::string quoted;
  for (std::size_t i = 0; i < body.size(); ++i) {
    quoted += body[i];
    const auto end = body.find_first_not_of("0123456789", i + 1);
    if ((body[i] != '{' && body[i] != ',') || end == std::string::npos || end == i + 1 || body[end] != ':') continue;
    quoted += '"' + body.substr(i + 1, end - i - 1) + '"';
    i = end - 1;
  }
  std::set<std::string> out;
  add_shape(json::parse(quoted, nullptr, false), "", out);
  return out;
}

void compare(const Exchange& x, const Reply& reply) {
  SCOPED_TRACE(x.name);
  const bool answers = reply.has_response && !x.request.is_oneway();
  ASSERT_EQ(answers, !x.recorded.is_null());
  if (!answers) return;
  EXPECT_EQ(reply.response.code, x.recorded.at("code").get<std::int32_t>());
  EXPECT_EQ(fields(reply.response), fields(x.recorded));
  for (const char* offset : {"nextBeginOffset", "minOffset", "maxOffset"}) {
    if (x.recorded.contains("extFields") && x.recorded["extFields"].contains(offset)) {
      EXPECT_EQ(reply.response.ext_fields.get(offset), x.recorded["extFields"][offset].get<std::string>());
    }
  }
  EXPECT_EQ(stem(reply.response.remark.value_or("(absent)")), stem(x.recorded.value("remark", "(absent)")));
  EXPECT_EQ(reply.response.serialize_type,
            x.recorded.at("_frameSerializeType") == "JSON" ? SerializeType::JSON : SerializeType::ROCKETMQ);
  EXPECT_EQ(reply.response.flag, 1);
  EXPECT_EQ(reply.response.opaque, x.request.opaque);
  // Unquoted integer keys are the older dialect of routes and cluster lists.
  EXPECT_EQ(has_bare_key(reply.response.body), has_bare_key(x.recorded_body));
  EXPECT_EQ(reply.response.body.empty(), x.recorded_body.empty());
  if (!x.recorded_body.empty() && x.recorded_body.front() == '{') {
    EXPECT_EQ(shape(reply.response.body), shape(x.recorded_body));
  }
  EXPECT_EQ(reply.response.version, x.recorded.at("version").get<std::int32_t>());
}

/// Applies "key=value" pairs of a note such as "broker config: autoCreateTopicEnable=false maxMessageSize=1024".
void configure(FakeBroker& broker, const std::string& note) {
  std::istringstream words(note);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) continue;
    while (word.back() == ',' || word.back() == ';') word.pop_back();
    broker.set_config(word.substr(0, equals), word.substr(equals + 1), kNow);
  }
}

/// Puts the half message that an END_TRANSACTION speaks of where it says it is.
void prepare_half_message(FakeBroker& broker, const Exchange& x) {
  const std::string title = x.title();
  const auto has = [&](const char* part) { return title.find(part) != std::string::npos; };
  if (x.code != RequestCode::END_TRANSACTION || has("nothing_there") || has("slave") || has("bad_state")) return;
  MessageStore& store = broker.state().store;
  NewMessage half;
  half.topic = "RMQ_SYS_TRANS_HALF_TOPIC";
  const std::int64_t earlier = has("wrong_table") ? 0 : *x.request.ext_fields.find_int("tranStateTableOffset");
  for (std::int64_t i = 0; i < earlier; ++i) store.append(half);
  const std::int64_t gap = *x.request.ext_fields.find_int("commitLogOffset") - store.next_physical_offset();
  const std::string filler(static_cast<std::size_t>(gap - MessageStore::kRecordOverhead - 1), 'x');
  NewMessage between;
  between.topic = "x";
  between.body = filler;
  store.append(between);
  const std::string group(has("wrong_group") ? "g_raw" : x.request.ext_fields.get("producerGroup"));
  std::string properties = "PGROUP\x01" + group + "\x02REAL_TOPIC\x01GoldTopic\x02REAL_QID\x01" "0\x02";
  half.born_timestamp = to_millis(kNow);
  if (const auto at = title.find("immunity"); at != std::string::npos && at + 8 < title.size()) {
    properties += std::string("CHECK_IMMUNITY_TIME_IN_SECONDS\x01") + title[at + 8] + "\x02";
    half.born_timestamp -= static_cast<std::int64_t>(1000 * std::stod(title.substr(title.rfind('_') + 1)));
  }
  half.properties = properties;
  store.append(half);
}

void replay(const Exchange& x) {
  Random random(1, "golden");
  Reply reply;
  const Peer peer{1, "127.0.0.1:36326"};
  if (x.broker()) {
    BrokerConfig config;
    config.profile = x.version();
    config.broker_cluster_name = "GoldCluster";
    if (x.note.find("brokerRole=SLAVE") != std::string::npos) config.broker_id = 1;
    FakeBroker broker(config, random);
    for (const char* topic :
         {"GoldTopic", "GoldTopicR", "GoldRetry", "GoldTx", "GoldRR", "GoldPull", "GoldBatch", "bad-GoldTopic"}) {
      broker.put_topic(topic, 4, 6, kNow);
    }
    TopicConfig order = *broker.state().topics.find("GoldTopic");
    order.topic_name = "GoldOrdT";
    order.order = x.version() == kServer5;  // the 4.9.8 broker had it reset by a registration's answer
    broker.state().topics.put(order, kNow);
    configure(broker, x.note);
    prepare_half_message(broker, x);
    // The VIP port's own graceful phase comes later than the main port's; which one had begun is in the answer.
    if (x.recorded.is_object() && x.recorded.at("code") == ResponseCode::GO_AWAY) broker.go_away();
    if (x.title() == "SEND_REPLY_MESSAGE_V2" && x.recorded.at("code") == 0) {  // the requester was connected
      broker.state().producers.register_producer("g_req", {2, "192.0.2.2@req", LanguageCode::JAVA, 479, "", kNow});
    }
    prepare_reads(broker, x.request, x.recorded, x.title(), kNow);
    process_to_the_end(broker, x.request, peer, time_of(x), reply);
  } else {
    FakeNamesrv namesrv({"ns", x.version(), false});
    for (const char* name : {"broker-a", "broker-b"}) {
      TopicConfigSerializeWrapper topics;
      for (const char* topic : {"GoldTopic", "TBW102", "GoldTopicR", "GoldAuto", "%RETRY%g_rrcons"}) {
        topics.topic_config_table[topic].topic_name = topic;
      }
      namesrv.routes().register_broker(
          {"GoldCluster", name, std::string("127.0.0.1:") + (name[7] == 'a' ? "41911" : "41931"), "", 0, {}, {}, {}, 7},
          topics, kNow);
    }
    if (x.title().find("incremental_brokerId1") != std::string::npos) {  // the slave had registered fully before
      TopicConfigSerializeWrapper topics;
      topics.topic_config_table["GoldTopic"].topic_name = "GoldTopic";
      topics.topic_config_table["TBW102"].topic_name = "TBW102";
      namesrv.routes().register_broker({"GoldCluster",
                                        std::string(x.request.ext_fields.get("brokerName")),
                                        std::string(x.request.ext_fields.get("brokerAddr")),
                                        "",
                                        1,
                                        {},
                                        {},
                                        {},
                                        8},
                                       topics, kNow);
    }
    if (x.title() == "GET_BROKER_MEMBER_GROUP") {  // asked while the broker was not there
      namesrv.routes().unregister_broker("GoldCluster", "broker-a", "127.0.0.1:41911", 0);
    }
    if (x.code != 101 || !x.recorded.is_object() || x.recorded.at("code") == 0) {
      namesrv.put_kv("ORDER_TOPIC_CONFIG", "OrdT", "broker-a:4");
    }
    if (x.recorded.is_object() && x.recorded.at("code") == 17) {
      namesrv.routes().remove_topic(x.request.ext_fields.get("topic"));
    }
    namesrv.process(x.request, peer, kNow, reply);
  }
  compare(x, reply);
}

TEST(GoldenExchanges, TheFakesAnswerRecordedRequestsAsTheRealServersDid) {
  std::size_t replayed = 0;
  std::set<std::string> seen;
  for (const Exchange& x : load()) {
    const auto excluded = kExcluded.find(x.title());
    if (excluded != kExcluded.end() && x.version() == kServer5) {
      seen.insert(excluded->first);
      continue;
    }
    replay(x);
    ++replayed;
  }
  EXPECT_GT(replayed, 250u);
  for (const auto& [name, reason] : kExcluded) EXPECT_EQ(seen.count(name), 1u) << name << " is excluded in vain";
}

}  // namespace golden_exchanges_test
}  // namespace rmqsim
