// cluster, network, producers: who exists. Fills the context's known names, also from entries that have mistakes, so
// that one mistake does not make every later reference to it an error.
#include <algorithm>

#include "fake_broker/settings/broker_settings.h"
#include "scenarios/harness/file/broker_setting_keys.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::int32_t kDefaultQueues = 4;

/// Servers and producers share one space of names: faults and partitions name any of them.
/// What has a name that is taken is known by it nevertheless: one mistake gives one message.
void add_name(ParseContext& context, const JsonNode& value, const std::string& name, KnownNames& known, bool server) {
  if (context.ends.has(name)) {
    context.fail(value, "the name " + in_quotes(name) + " is already taken");
    if (!known.has(name)) known.names.push_back(name);
    return;
  }
  known.names.push_back(name);
  if (server) context.servers.names.push_back(name);
  context.ends.names.push_back(name);
}

void parse_nameservers(ParseContext& context, const JsonNode* value, ClusterSpec& cluster) {
  if (!value) {
    cluster.nameservers = {"ns-1"};
    for (KnownNames* known : {&context.nameservers, &context.servers, &context.ends}) known->names.push_back("ns-1");
  } else {
    if (!context.is_list(*value, shapes::cluster.most("nameservers"))) return;
    if (value->children.empty()) context.fail(*value, "expected at least one nameserver");
    for (const JsonNode* item : value->children) {
      auto name = context.identifier(*item);
      if (!name) continue;
      add_name(context, *item, *name, context.nameservers, true);
      cluster.nameservers.push_back(*name);
    }
  }
  context.nameservers.complete = true;
}

/// Of one of the lists that settings have: each entry is read by `read`.
template <class T, class Read>
std::optional<ConfigValue> parse_list(ParseContext& context, const JsonNode& value, const KeyType& type, Read read) {
  if (!context.is_list(value, static_cast<std::size_t>(type.max))) return std::nullopt;
  std::vector<T> entries;
  for (const JsonNode* item : value.children) {
    if (auto entry = read(*item)) entries.push_back(static_cast<T>(std::move(*entry)));
  }
  return entries;
}

std::optional<ConfigValue> parse_setting(ParseContext& context, const JsonNode& value, const KeyRow& key) {
  const KeyType& type = key.type;
  switch (type.kind) {
    case KeyType::Kind::boolean:
      return context.boolean(value);
    case KeyType::Kind::integer:
      return context.integer(value, static_cast<std::int64_t>(type.min), static_cast<std::int64_t>(type.max));
    case KeyType::Kind::text:
      return context.text(value, static_cast<std::size_t>(type.max));
    case KeyType::Kind::words:
      return context.one_of(value, type.words, key.name);
    default:
      break;
  }
  if (type.text == "responseCode") {
    return parse_list<std::int32_t>(context, value, type, [&](const JsonNode& n) { return context.response_code(n); });
  }
  if (type.text == "wholeMs") {
    return parse_list<std::int64_t>(context, value, type,
                                    [&](const JsonNode& n) { return context.integer(n, 0, INT32_MAX); });
  }
  return parse_list<std::string>(context, value, type, [&](const JsonNode& n) { return context.non_empty_text(n); });
}

/// A broker's own properties.
void parse_broker_config(ParseContext& context, const JsonNode& value, BrokerSpec& broker) {
  if (!context.expect_kind(value, JsonNode::Kind::object)) return;
  std::vector<std::string_view> names;
  for (const KeyRow& row : broker_setting_keys()) names.push_back(row.name);
  for (const JsonNode* member : value.children) {
    const std::string_view elsewhere = said_in_cluster(member->key);
    const auto row = std::find_if(broker_setting_keys().begin(), broker_setting_keys().end(),
                                  [&](const KeyRow& key) { return key.name == member->key; });
    if (row == broker_setting_keys().end()) {
      context.fail_key(*member, "unknown key " + in_quotes(member->key) +
                                    (elsewhere.empty() ? context.suggest(member->key, names)
                                                       : "; all brokers have it from \"" + std::string(elsewhere) +
                                                             "\" of the cluster"));
      continue;
    }
    const auto parsed = parse_setting(context, *member, *row);
    if (!parsed) continue;
    std::string text;
    if (const bool* flag = std::get_if<bool>(&*parsed)) text = *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&*parsed)) text = std::to_string(*number);
    if (const auto* words = std::get_if<std::string>(&*parsed)) text = *words;
    BrokerConfig probe;
    if (const auto wrong = set_broker_setting(probe, row->name, text)) {
      context.fail(*member, *wrong);
    } else {
      broker.config.emplace_back(member->key, std::move(text));
    }
  }
}

void parse_broker(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  BrokerSpec broker;
  broker.where = context.where(value);
  const JsonNode* name_node = &value;
  if (value.kind == JsonNode::Kind::object) {
    ObjectReader reader(context, value, shapes::broker);
    name_node = reader.require("name");
    if (reader.get("slaveOf", broker.slave_of, [&](const JsonNode& n) { return context.text(n); }))
      broker.broker_id = 1;
    const JsonNode* id = reader.find("brokerId");
    if (id && reader.integer("brokerId", broker.broker_id) && broker.slave_of && broker.broker_id == 0) {
      context.fail(*id, "brokerId 0 is the master; a slave needs another");
    }
    if (const JsonNode* config = reader.find("config")) parse_broker_config(context, *config, broker);
  }
  if (!name_node) return;
  if (name_node == &value && !context.expect_kind(value, JsonNode::Kind::string, "a broker's name or an object"))
    return;
  auto name = context.identifier(*name_node);
  if (!name) return;
  broker.name = *name;
  add_name(context, *name_node, broker.name, context.brokers, true);
  cluster.brokers.push_back(std::move(broker));
}

void check_slaves(ParseContext& context, const JsonNode& value, const ClusterSpec& cluster) {
  for (const JsonNode* item : value.children) {
    const JsonNode* slave_of = item->kind == JsonNode::Kind::object ? item->find("slaveOf") : nullptr;
    const JsonNode* name = slave_of ? item->find("name") : nullptr;
    if (!name || slave_of->kind != JsonNode::Kind::string || !context.brokers.has(name->text)) continue;
    if (slave_of->text == name->text) {
      context.fail(*slave_of, "a broker cannot be its own slave");
      continue;
    }
    const BrokerSpec* self = cluster.find_broker(name->text);
    if (!context.broker_names.has(slave_of->text)) {
      bool slave = context.brokers.has(slave_of->text);
      context.fail(*slave_of, slave ? in_quotes(slave_of->text) + " is a slave itself"
                                    : "unknown broker " + in_quotes(slave_of->text) +
                                          context.suggest(slave_of->text, context.broker_names.names));
      continue;
    }
    for (const BrokerSpec& other : cluster.brokers) {
      if (&other == self) break;
      if (self && other.broker_name() == self->broker_name() && other.broker_id == self->broker_id) {
        context.fail(*item, in_quotes(other.name) + " already is broker " + in_quotes(self->broker_name()) +
                                " with id " + std::to_string(self->broker_id));
      }
    }
  }
}

void parse_brokers(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  if (!context.is_list(value, shapes::cluster.most("brokers"))) return;
  if (value.children.empty()) context.fail(value, "expected at least one broker");
  for (const JsonNode* item : value.children) parse_broker(context, *item, cluster);
  for (const BrokerSpec& broker : cluster.brokers) {
    if (!broker.slave_of) context.broker_names.names.push_back(broker.name);
  }
  check_slaves(context, value, cluster);
  context.brokers.complete = context.broker_names.complete = true;
}

void parse_topics(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  if (!context.is_list(value, shapes::cluster.most("topics"))) return;
  for (const JsonNode* item : value.children) {
    TopicSpec topic;
    topic.where = context.where(*item);
    ObjectReader reader(context, *item, shapes::topic);
    if (!reader) continue;
    const JsonNode* name = reader.require("name");
    if (name && reader.text("name", topic.name)) {
      if (cluster.find_topic(topic.name)) context.fail(*name, "topic " + in_quotes(topic.name) + " is already there");
    }
    parse_queues_and_perm(context, reader, cluster, topic);
    cluster.topics.push_back(std::move(topic));
  }
}

void parse_transactions(ParseContext& context, const JsonNode& value, TransactionSettings& transactions) {
  ObjectReader reader(context, value, shapes::transactions);
  if (!reader) return;
  reader.integer("transactionTimeOut", transactions.timeout);
  reader.integer("transactionCheckInterval", transactions.check_interval);
  reader.integer("transactionCheckMax", transactions.check_max);
  reader.integer("transactionOpBatchInterval", transactions.op_batch_interval);
}

void parse_responders(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  if (!context.is_list(value, shapes::cluster.most("responders"))) return;
  KnownNames names{"responder", {}, false};
  for (const JsonNode* item : value.children) {
    ResponderSpec responder;
    responder.where = context.where(*item);
    ObjectReader reader(context, *item, shapes::responder);
    if (!reader) continue;
    const JsonNode* name = reader.find("name");
    if (name) responder.name = context.identifier(*name).value_or("");
    if (!responder.name.empty()) add_name(context, name ? *name : *item, responder.name, names, false);
    if (reader.require("topic")) reader.text("topic", responder.topic);
    reader.time("delayMs", responder.delay);
    reader.text("reply", responder.reply);
    reader.get("nth", responder.nth, [&](const JsonNode& n) { return context.nth(n); });
    reader.boolean("mayBeIdle", responder.may_be_idle);
    cluster.responders.push_back(std::move(responder));
  }
}

void parse_queue_index(ParseContext& context, const JsonNode& value, ProducerSpec& producer) {
  ObjectReader reader(context, value, shapes::queueIndex);
  if (!reader) return;
  QueueIndexSpec index;
  index.where = context.where(value);
  if (reader.require("start")) reader.integer("start", index.start);
  const JsonNode* resets = reader.find("resets");
  if (resets && context.is_list(*resets, shapes::queueIndex.most("resets"))) {
    for (const JsonNode* item : resets->children) {
      if (auto reset = context.integer(*item, INT32_MIN, INT32_MAX)) {
        index.resets.push_back(static_cast<std::int32_t>(*reset));
      }
    }
  }
  producer.queue_index = std::move(index);
}

/// Names that Java has and a scenario says elsewhere.
std::string_view said_elsewhere(std::string_view name) {
  if (name == "namesrvAddr") return "addresses are chosen by the world; name nameservers in \"cluster\"";
  if (name == "producerGroup") return "the group is the producer's \"group\"";
  if (name == "namespaceInitialized") return "it is internal to the client";
  return {};
}

}  // namespace

void parse_queues_and_perm(ParseContext& context, ObjectReader& reader, const ClusterSpec& cluster, TopicSpec& topic) {
  reader.get("perm", topic.perm, [&](const JsonNode& n) { return context.perm(n); });
  const JsonNode* queues = reader.find("queues");
  const JsonNode* brokers = reader.find("brokers");
  if (queues && queues->kind == JsonNode::Kind::object) {
    if (brokers) context.fail_key(*brokers, "\"queues\" as an object already names the brokers");
    if (queues->children.empty()) context.fail(*queues, "expected at least one broker");
    for (const JsonNode* member : queues->children) {
      if (context.broker_names.complete && !context.broker_names.has(member->key)) {
        context.fail_key(*member, "unknown broker " + in_quotes(member->key) +
                                      context.suggest(member->key, context.broker_names.names));
      }
      if (auto n = context.integer(*member, 0, kMaxQueues)) {
        topic.queues.emplace_back(member->key, static_cast<std::int32_t>(*n));
      }
    }
    return;
  }
  std::int32_t per_broker = kDefaultQueues;
  if (queues && !queues->is_number()) {
    context.expect_kind(*queues, JsonNode::Kind::integer, "a number of queues or an object from broker to number");
  } else if (queues) {
    if (auto n = context.integer(*queues, 0, kMaxQueues)) per_broker = static_cast<std::int32_t>(*n);
  }
  std::vector<std::string> names;
  if (brokers) {
    names = context.references(*brokers, context.broker_names);
  } else {
    for (const BrokerSpec& broker : cluster.brokers) {
      if (!broker.slave_of) names.push_back(broker.name);
    }
  }
  for (std::string& name : names) topic.queues.emplace_back(std::move(name), per_broker);
}

void parse_cluster(ParseContext& context, const JsonNode* value, ClusterSpec& cluster) {
  if (value) {
    ObjectReader reader(context, *value, shapes::cluster);
    if (!reader) return;
    parse_nameservers(context, reader.find("nameservers"), cluster);
    if (const JsonNode* brokers = reader.require("brokers")) parse_brokers(context, *brokers, cluster);
    if (const JsonNode* topics = reader.find("topics")) parse_topics(context, *topics, cluster);
    reader.boolean("autoCreateTopic", cluster.auto_create_topic);
    reader.boolean("checkQueueId", cluster.check_queue_id);
    reader.boolean("recallMessageEnable", cluster.recall_message_enable);
    if (const JsonNode* settings = reader.find("transactions")) {
      parse_transactions(context, *settings, cluster.transactions);
    }
    if (const JsonNode* responders = reader.find("responders")) parse_responders(context, *responders, cluster);
    if (const JsonNode* accounts = reader.find("accounts")) parse_accounts(context, *accounts, cluster);
    if (const JsonNode* tls = reader.find("tls")) parse_tls(context, *tls, cluster);
  }
  context.servers.complete = context.brokers.complete && context.nameservers.complete;
}

void parse_network(ParseContext& context, const JsonNode& value, NetworkSpec& network) {
  ObjectReader reader(context, value, shapes::network);
  reader.time("oneWayMs", network.one_way);
  reader.time("timerSlackMs", network.timer_slack);
  reader.time("closeDelayMs", network.close_delay);
}

ProducerConfig parse_config(ParseContext& context, const JsonNode& value, bool running) {
  ProducerConfig config;
  if (!context.expect_kind(value, JsonNode::Kind::object)) return config;
  std::vector<std::string_view> names;
  for (const KeyRow& row : setting_rows()) names.push_back(row.name);
  for (const JsonNode* member : value.children) {
    const ProducerSetting* setting = find_producer_setting(member->key);
    if (!setting) {
      std::string_view elsewhere = said_elsewhere(member->key);
      context.fail_key(*member,
                       "unknown key " + in_quotes(member->key) +
                           (elsewhere.empty() ? context.suggest(member->key, names) : "; " + std::string(elsewhere)));
      continue;
    }
    if (setting->use == ProducerSetting::Use::refused) {
      context.fail_key(*member, in_quotes(member->key) + " is not supported by this version");
      continue;
    }
    if (running && setting->use != ProducerSetting::Use::any_time) {
      context.fail_key(*member, in_quotes(member->key) +
                                    " is read once, when the producer starts; set it in \"producers\"");
      continue;
    }
    if (auto parsed = parse_setting(context, *member, setting->key)) {
      config.values.emplace(member->key, std::move(*parsed));
      config.where.emplace(member->key, context.where(*member));
    }
  }
  return config;
}

void parse_producers(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  if (!context.is_list(value, shapes::scenario.most("producers"))) return;
  for (const JsonNode* item : value.children) {
    ProducerSpec producer;
    producer.where = context.where(*item);
    ObjectReader reader(context, *item, shapes::producer);
    if (!reader) continue;
    const JsonNode* name_node = reader.require("name");
    if (auto name = name_node ? context.identifier(*name_node) : std::nullopt) {
      producer.name = *name;
      add_name(context, *name_node, producer.name, context.producers, false);
    }
    producer.group = producer.name;
    reader.text("group", producer.group);
    if (const JsonNode* config = reader.find("config")) producer.config = parse_config(context, *config, false);
    if (const JsonNode* index = reader.find("queueIndex")) parse_queue_index(context, *index, producer);
    producer.nameservers = scenario.cluster.nameservers;
    if (const JsonNode* known = reader.find("nameservers")) {
      producer.nameservers = context.references(*known, context.nameservers);
    }
    reader.boolean("autoStart", producer.auto_start);
    if (const JsonNode* credentials = reader.find("credentials")) {
      producer.credentials = parse_credentials(context, *credentials);
    }
    if (const JsonNode* listener = reader.find("listener")) parse_listener(context, *listener, producer);
    scenario.producers.push_back(std::move(producer));
  }
  context.producers.complete = true;
}

}  // namespace rmqsim
