// cluster, network, producers.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/broker_setting_keys.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

nlohmann::ordered_json broker_config_json(const BrokerSpec& broker) {
  nlohmann::ordered_json config = nlohmann::ordered_json::object();
  for (const auto& [name, value] : broker.config) {
    const auto row = std::find_if(broker_setting_keys().begin(), broker_setting_keys().end(),
                                  [&key = name](const KeyRow& r) { return r.name == key; });
    const KeyType::Kind kind = row->type.kind;
    const bool plain = kind == KeyType::Kind::boolean || kind == KeyType::Kind::integer;
    config[name] = plain ? json_of<nlohmann::ordered_json>(value) : nlohmann::ordered_json(value);
  }
  return config;
}

nlohmann::ordered_json broker_json(const BrokerSpec& broker) {
  if (!broker.slave_of && broker.broker_id == 0 && broker.config.empty()) return broker.name;
  ObjectWriter writer(shapes::broker);
  writer.say("name", broker.name);
  writer.say("slaveOf", broker.slave_of);
  if (broker.broker_id != (broker.slave_of ? 1 : 0)) writer.say("brokerId", broker.broker_id);
  writer.put_filled("config", broker_config_json(broker));
  return writer.take();
}

nlohmann::ordered_json topic_json(const ClusterSpec& cluster, const TopicSpec& topic) {
  ObjectWriter writer(shapes::topic);
  writer.say("name", topic.name);
  put_queues_and_perm(cluster, topic, writer);
  return writer.take();
}

nlohmann::ordered_json transactions_json(const TransactionSettings& settings) {
  ObjectWriter writer(shapes::transactions);
  writer.put("transactionTimeOut", settings.timeout);
  writer.put("transactionCheckInterval", settings.check_interval);
  writer.put("transactionCheckMax", settings.check_max);
  writer.put("transactionOpBatchInterval", settings.op_batch_interval);
  return writer.take();
}

nlohmann::ordered_json responder_json(const ResponderSpec& responder) {
  ObjectWriter writer(shapes::responder);
  writer.put("name", responder.name);
  writer.say("topic", responder.topic);
  writer.put("delayMs", time_json(responder.delay));
  writer.put("reply", responder.reply);
  if (!responder.nth.every()) writer.say("nth", nth_json(responder.nth));
  writer.put("mayBeIdle", responder.may_be_idle);
  return writer.take();
}

nlohmann::ordered_json credentials_json(const SessionCredentials& credentials) {
  ObjectWriter writer(shapes::credentials);
  writer.say("accessKey", credentials.access_key);
  writer.say("secretKey", credentials.secret_key);
  if (!credentials.security_token.empty()) writer.say("securityToken", credentials.security_token);
  return writer.take();
}

std::string_view word_of(TopicPerm perm) { return kTopicPerms[static_cast<std::size_t>(perm)]; }

nlohmann::ordered_json account_json(const Account& account) {
  ObjectWriter writer(shapes::account);
  writer.say("accessKey", account.access_key);
  writer.say("secretKey", account.secret_key);
  if (!account.may) return writer.take();
  // Even if it is false: who may do nothing is told from who may do everything.
  writer.say("admin", account.may->admin);
  if (account.may->default_topic_perm) writer.say("defaultTopicPerm", word_of(*account.may->default_topic_perm));
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const auto& [topic, perm] : account.may->topic_perms) {
    entries.push_back(topic + "=" + std::string(word_of(perm)));
  }
  writer.put_filled("topicPerms", entries);
  return writer.take();
}

nlohmann::ordered_json tls_json(const ClusterSpec& cluster) {
  nlohmann::ordered_json modes = nlohmann::ordered_json::object();
  for (const auto& [server, mode] : cluster.tls) modes[server] = kTlsModes[static_cast<std::size_t>(mode)];
  return modes;
}

nlohmann::ordered_json listener_json(const ListenerSpec& listener) {
  if (!listener.there) return "none";
  ObjectWriter writer(shapes::listener);
  writer.put("local", kTransactionStates[static_cast<std::size_t>(listener.local)]);
  writer.put("localMs", time_json(listener.local_time));
  writer.put_filled("check", states_json(listener.check));
  return writer.take();
}

template <class List, class Write>
nlohmann::ordered_json list_json(const List& list, const Write& write) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const auto& entry : list) entries.push_back(write(entry));
  return entries;
}

}  // namespace

void put_queues_and_perm(const ClusterSpec& cluster, const TopicSpec& topic, ObjectWriter& writer) {
  std::vector<std::string> masters, brokers;
  for (const BrokerSpec& broker : cluster.brokers) {
    if (!broker.slave_of) masters.push_back(broker.name);
  }
  for (const auto& [broker, queues] : topic.queues) brokers.push_back(broker);
  const bool alike = std::all_of(topic.queues.begin(), topic.queues.end(),
                                 [&](const auto& entry) { return entry.second == topic.queues.front().second; });
  if (alike && !topic.queues.empty()) {
    if (brokers != masters) writer.say("brokers", names_json(brokers));
    writer.put("queues", topic.queues.front().second);
  } else {
    nlohmann::ordered_json queues = nlohmann::ordered_json::object();
    for (const auto& [broker, count] : topic.queues) queues[broker] = count;
    writer.say("queues", queues);
  }
  writer.put("perm", perm_word(topic.perm));
}

nlohmann::ordered_json cluster_json(const ClusterSpec& cluster) {
  ObjectWriter writer(shapes::cluster);
  writer.put("nameservers", cluster.nameservers);
  writer.say("brokers", list_json(cluster.brokers, broker_json));
  writer.put("topics", list_json(cluster.topics, [&](const TopicSpec& topic) { return topic_json(cluster, topic); }));
  writer.put("autoCreateTopic", cluster.auto_create_topic);
  writer.put("checkQueueId", cluster.check_queue_id);
  writer.put("recallMessageEnable", cluster.recall_message_enable);
  writer.put("transactions", transactions_json(cluster.transactions));
  writer.put("responders", list_json(cluster.responders, responder_json));
  writer.put("accounts", list_json(cluster.accounts, account_json));
  writer.put_filled("tls", tls_json(cluster));
  return writer.take();
}

nlohmann::ordered_json network_json(const NetworkSpec& network) {
  ObjectWriter writer(shapes::network);
  writer.put("oneWayMs", time_json(network.one_way));
  writer.put("timerSlackMs", time_json(network.timer_slack));
  writer.put("closeDelayMs", time_json(network.close_delay));
  return writer.take();
}

nlohmann::ordered_json config_json(const ProducerConfig& config) {
  nlohmann::ordered_json settings = nlohmann::ordered_json::object();
  for (const auto& [name, value] : config.values) {
    nlohmann::ordered_json& setting = settings[name];
    std::visit([&](const auto& v) { setting = v; }, value);
    if (const auto* codes = std::get_if<std::vector<std::int32_t>>(&value)) {
      setting = list_json(*codes, response_code_json);
    }
  }
  return settings;
}

nlohmann::ordered_json producer_json(const ClusterSpec& cluster, const ProducerSpec& producer) {
  ObjectWriter writer(shapes::producer);
  writer.say("name", producer.name);
  if (producer.group != producer.name) writer.say("group", producer.group);
  if (producer.nameservers != cluster.nameservers) writer.say("nameservers", names_json(producer.nameservers));
  writer.put_filled("config", config_json(producer.config));
  if (producer.queue_index) {
    ObjectWriter index(shapes::queueIndex);
    index.say("start", producer.queue_index->start);
    index.put_filled("resets", producer.queue_index->resets);
    writer.say("queueIndex", index.take());
  }
  writer.put("autoStart", producer.auto_start);
  if (producer.credentials) writer.say("credentials", credentials_json(*producer.credentials));
  if (producer.listener) writer.say("listener", listener_json(*producer.listener));
  return writer.take();
}

}  // namespace rmqsim
