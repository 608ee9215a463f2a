// Construction of a broker's state and the answers that every processor begins with.
#include "fake_broker/broker_state.h"

namespace rmqsim {

BrokerState::BrokerState(BrokerConfig c, Random& r)
    : config(std::move(c)),
      store(config.max_store_bytes),
      subscription_groups(*config.profile),
      random(r),
      uniq_ids(std::string_view("\x7f\0\0\1", 4), static_cast<std::int32_t>(r.next() & 0x7fff), r.next_int()) {
  set_store_host("127.0.0.1:10911");
  topics.add_system_topics(profile(), config.broker_cluster_name, config.broker_name, config.default_topic_queue_nums,
                           config.auto_create_topic_enable);
}

void BrokerState::set_store_host(std::string_view address) {
  const auto host = HostAddress::parse(address);
  if (!host) return;
  store_host = *host;
  store_host_hex = create_message_id(*host, 0);
  store_host_hex.resize(store_host_hex.size() - 16);
}

void BrokerState::append_msg_id(std::int64_t physical_offset, std::string& out) const {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  out += store_host_hex;
  char hex[16];
  auto v = static_cast<std::uint64_t>(physical_offset);
  for (int i = 15; i >= 0; --i, v >>= 4) hex[i] = kDigits[v & 15];
  out.append(hex, sizeof hex);
}

void notify_consumers(BrokerState& broker, std::string_view group) {
  const ConsumerGroupInfo* const info = broker.consumers.find(group);
  if (info == nullptr) return;
  for (const auto& [connection, client] : info->clients) {
    ServerRequest notice;
    notice.connection = connection;
    notice.command = RemotingCommand::request(RequestCode::NOTIFY_CONSUMER_IDS_CHANGED, broker.profile().version);
    notice.command.ext().set("consumerGroup", group);
    broker.outbox.requests.push_back(std::move(notice));
  }
}

const TopicConfig* find_or_create_group_topic(BrokerState& broker, std::string_view topic, TimePoint now,
                                              std::int32_t queues) {
  const TopicConfig* const known = broker.topics.find(topic);
  return known != nullptr ? known : broker.topics.create_retry_topic(broker.profile(), topic, queues, now);
}

bool refuse_change_of_slave(const BrokerState& broker, RemotingCommand& response) {
  if (!broker.profile().slave_refuses_changes || !broker.is_slave()) return false;
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = "Can't modify topic or subscription group from slave broker, please execute it from master broker.";
  return true;
}

std::string with_faq(const BrokerState& broker, std::string text) {
  return std::move(text) + std::string(broker.profile().faq_sentence);
}

RemotingCommand& answer(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  begin_response(broker.profile(), request, reply.response);
  reply.has_response = true;
  return reply.response;
}

void answer_exception(BrokerState& broker, const RemotingCommand& request, std::string text, Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = std::move(text);
}

void answer_null_pointer(BrokerState& broker, const RemotingCommand& request, std::string_view what,
                         std::string_view why, std::string_view where, Reply& reply) {
  std::string text = "java.lang.NullPointerException: ";
  text.append(what).append(" because ").append(why).append(" is null, ").append(where);
  answer_exception(broker, request, std::move(text), reply);
}

void answer_number_format(BrokerState& broker, const RemotingCommand& request, std::string_view text, Reply& reply) {
  answer_exception(broker, request,
                   "java.lang.NumberFormatException: For input string: \"" + std::string(text) +
                       "\", java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)",
                   reply);
}

void answer_null_key(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  answer_null_pointer(broker, request, "Cannot invoke \"Object.hashCode()\"", "\"key\"",
                      "java.base/java.util.concurrent.ConcurrentHashMap.get(ConcurrentHashMap.java:936)", reply);
}

}  // namespace rmqsim
