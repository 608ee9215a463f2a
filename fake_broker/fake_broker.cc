// The pure broker: dispatch to the processors, facts for fault rules, invented and reshaped answers, settings.
#include "fake_broker/fake_broker.h"

#include <algorithm>

#include "fake_broker/processors/authentication.h"
#include "fake_broker/processors/processors.h"
#include "fake_broker/processors/send_request.h"
#include "fake_broker/settings/broker_settings.h"
#include "fake_broker/store/get_message.h"
#include "fake_broker/store/transactions.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {

namespace {

bool letters(const RemotingCommand& request) { return send_header_form(request.code) == HeaderForm::letters; }

/// Of a send with short names, in one walk that ends early: sends are what brokers get.
void read_letters(const ExtFields& ext, RequestFacts& facts) {
  std::string_view queue;
  unsigned missing = 4;
  for (std::size_t i = 0; i < ext.size() && missing > 0; ++i) {
    const std::string_view key = ext.key(i);
    if (key.size() != 1) continue;
    std::string_view* to = nullptr;
    switch (key.front()) {
      case 'a': to = &facts.producer_group; break;
      case 'b': to = &facts.topic; break;
      case 'e': to = &queue; break;
      case 'i': to = &facts.properties; break;
      default: break;
    }
    if (to == nullptr || to->data() != nullptr) continue;  // of two with one name the first counts, as for get()
    *to = ext.value(i);
    --missing;
  }
  if (const auto number = text::parse_int64(queue)) facts.queue_id = static_cast<std::int32_t>(*number);
}

/// The first group of a heartbeat body that is not the client's own inner one.
std::string_view heartbeat_group(std::string_view body) {
  static constexpr std::string_view kKey = "\"groupName\":\"";
  std::string_view first;
  for (auto at = body.find(kKey); at != std::string_view::npos; at = body.find(kKey, at + 1)) {
    const auto begin = at + kKey.size();
    const auto end = body.find('"', begin);
    if (end == std::string_view::npos) break;
    const std::string_view group = body.substr(begin, end - begin);
    if (group != kClientInnerProducerGroup) return group;
    first = group;
  }
  return first;
}

}  // namespace

FakeBroker::FakeBroker(BrokerConfig config, Random& random) : state_(std::move(config), random) {}

RequestFacts FakeBroker::facts(const RemotingCommand& request) const {
  RequestFacts facts;
  facts.code = request.code;
  const ExtFields& ext = request.ext_fields;
  const bool sends = is_send_request(request.code);
  if (sends && letters(request)) {
    read_letters(ext, facts);
    return facts;
  }
  facts.topic = ext.get("topic");
  facts.producer_group = ext.get("producerGroup");
  if (sends) facts.properties = ext.get("properties");
  if (const auto queue = ext.find_int("queueId")) facts.queue_id = static_cast<std::int32_t>(*queue);
  const bool ends = request.code == RequestCode::END_TRANSACTION;
  if (ends || request.code == RequestCode::CHECK_TRANSACTION_STATE) {
    // The topic of the user, whatever the header says: 4.9.8 says nothing, and answers to checks name the half topic.
    const auto offset = ext.find_int("commitLogOffset");
    const auto half = offset ? state_.store.find_physical(*offset) : std::nullopt;
    const std::string_view properties = half ? half->properties : std::string_view{};
    facts.topic = find_property(properties, MessageConst::PROPERTY_REAL_TOPIC).value_or(facts.topic);
    if (!ends) {
      facts.producer_group = find_property(properties, MessageConst::PROPERTY_PRODUCER_GROUP).value_or("");
    }
  }
  if (request.code == RequestCode::HEART_BEAT) facts.producer_group = heartbeat_group(request.body);
  return facts;
}

std::string_view FakeBroker::uniq_key(const RemotingCommand& request, const RequestFacts& facts) const {
  if (request.code == RequestCode::END_TRANSACTION || request.code == RequestCode::CHECK_TRANSACTION_STATE) {
    return request.ext_fields.get("msgId");
  }
  return scan_properties(facts.properties).uniq_key;
}

std::string_view FakeBroker::first_member_key(const RemotingCommand& request) const {
  std::vector<BatchEntry> entries;
  if (!is_batch(request) || decode_batch_body(request.body, entries)) return {};
  return entries.empty() ? std::string_view{} : scan_properties(entries.front().properties).uniq_key;
}

void FakeBroker::process(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  if (state_.going_away && request.version > MQVersion::V5_3_1) {
    RemotingCommand& response = answer(state_, request, reply);
    response.code = ResponseCode::GO_AWAY;
    response.remark = "please go away";
    return;
  }
  if (reject_at_slave(state_, request, reply)) return;
  if (!state_.config.accounts.empty() && !authenticate(state_, request, peer, reply)) return;
  const bool pulls = request.code == RequestCode::PULL_MESSAGE || request.code == RequestCode::LITE_PULL_MESSAGE;
  const BrokerProcessor processor =
      peer.vip && pulls ? process_unknown : find_broker_processor(request.code, state_.profile().version);
  processor(state_, request, peer, now, reply);
  after_changes(now);
}

void FakeBroker::resume(std::uint64_t number, TimePoint now, Reply& reply) {
  resume_pull(state_, number, now, reply);
  after_changes(now);
}

std::vector<ServerRequest> FakeBroker::scan(TimePoint now) {
  last_scan_ = now;
  auto questions = scan_half_messages(state_, now);
  after_changes(now);
  return questions;
}

std::optional<TimePoint> FakeBroker::next_due() const {
  std::optional<TimePoint> due = next_scan();
  for (const auto& other : {state_.delayed.next(), state_.held_pulls.next_tick()}) {
    if (other && (!due || *other < *due)) due = other;
  }
  return due;
}

void FakeBroker::run_due(TimePoint now) {
  if (const auto at = next_scan(); at && *at <= now) {
    for (ServerRequest& question : scan(now)) state_.outbox.requests.push_back(std::move(question));
  }
  deliver_delayed(state_, now);
  after_changes(now);
  state_.held_pulls.tick(now, state_.outbox.woken);
  after_changes(now);
}

void FakeBroker::crashed() {
  state_.producers.clear();
  state_.consumers.clear();
  state_.locks.clear();
  state_.held_pulls.clear();
  state_.outbox = {};
}

void FakeBroker::after_changes(TimePoint now) {
  const MessageStore& store = state_.store;
  if (state_.held_pulls.empty()) {
    arrivals_seen_ = store.next_number();
  } else {
    for (arrivals_seen_ = std::max(arrivals_seen_, store.first_number()); arrivals_seen_ < store.next_number();) {
      const StoredRecord record = *store.find(arrivals_seen_++);
      if (!record.in_queue) continue;
      state_.held_pulls.arrived(record.topic, record.queue_id, record.queue_offset, tags_code(record), now,
                                state_.outbox.woken);
    }
  }
  report_changes();
}

void FakeBroker::report_changes() {
  if (const auto due = next_due(); due != reported_due_) {
    reported_due_ = due;
    if (due_changed_) due_changed_();
  }
  if (reported_changes_ == state_.topics.changes()) return;
  reported_changes_ = state_.topics.changes();
  if (topics_changed_) topics_changed_();
}

void FakeBroker::compose(const RemotingCommand& request, std::int32_t code, const std::optional<std::string>& remark,
                         RemotingCommand& response) const {
  response.code = code;
  response.remark = remark;
  if (!is_send_request(request.code)) return;
  switch (code) {
    case ResponseCode::SUCCESS:
    case ResponseCode::FLUSH_DISK_TIMEOUT:
    case ResponseCode::SLAVE_NOT_AVAILABLE:
    case ResponseCode::FLUSH_SLAVE_TIMEOUT: {
      std::string id;
      state_.append_msg_id(state_.store.next_physical_offset(), id);
      const RequestFacts f = facts(request);
      append_outcome(state_, {id, f.queue_id.value_or(0), 0, uniq_key(request, f), {}}, response);
      break;
    }
    case ResponseCode::SYSTEM_BUSY:  // these come from before the processor and carry nothing (§3.4)
    case ResponseCode::GO_AWAY:
    case ResponseCode::REQUEST_CODE_NOT_SUPPORTED:
      break;
    default:
      append_region(state_, response.ext());
  }
}

void FakeBroker::reshape(RemotingCommand& response, std::int32_t code, const std::optional<std::string>& remark) const {
  response.code = code;
  response.remark = remark;
  if (code == ResponseCode::SUCCESS || code == ResponseCode::FLUSH_DISK_TIMEOUT ||
      code == ResponseCode::SLAVE_NOT_AVAILABLE || code == ResponseCode::FLUSH_SLAVE_TIMEOUT) {
    return;
  }
  for (const std::string_view field : {"msgId", "queueId", "queueOffset", "transactionId", "recallHandle"}) {
    response.ext_fields.remove(field);
  }
}

void FakeBroker::connection_closed(std::uint64_t connection, TimePoint now) {
  (void)now;
  state_.producers.connection_closed(connection);
  state_.held_pulls.connection_closed(connection);
  for (const std::string& group : state_.consumers.connection_closed(connection)) notify_consumers(state_, group);
  report_changes();
}

void FakeBroker::put_topic(std::string_view topic, std::int32_t queues, std::int32_t perm, TimePoint now) {
  TopicConfig config;
  config.topic_name = topic;
  config.read_queue_nums = queues;
  config.write_queue_nums = queues;
  config.perm = perm;
  if (state_.profile().topics_have_attributes) config.attributes.emplace();
  state_.topics.put(std::move(config), now);
  report_changes();
}

bool FakeBroker::set_perm(std::string_view topic, std::int32_t perm, TimePoint now) {
  const bool changed = state_.topics.set_perm(topic, perm, now);
  report_changes();
  return changed;
}

void FakeBroker::set_read_only(bool read_only, TimePoint now) {
  state_.config.broker_permission = read_only ? PermName::PERM_READ : PermName::PERM_READ | PermName::PERM_WRITE;
  state_.topics.touch(now);
  report_changes();
}

std::optional<std::string> FakeBroker::set_config(std::string_view key, std::string_view value, TimePoint now) {
  BrokerConfig& c = state_.config;
  if (auto wrong = set_broker_setting(c, key, value)) return wrong;
  if (key == "autoCreateTopicEnable") {
    // As on a real broker: without it the template is there but cannot be inherited from.
    const std::int32_t perm = c.auto_create_topic_enable ? 7 : 6;
    const bool there = state_.topics.find(kAutoCreateTopicKeyTopic) != nullptr;
    if (there) {
      state_.topics.set_perm(kAutoCreateTopicKeyTopic, perm, now);
    } else if (c.auto_create_topic_enable) {
      put_topic(kAutoCreateTopicKeyTopic, c.default_topic_queue_nums, perm, now);
    }
    report_changes();
  } else if (key == "brokerPermission") {
    state_.topics.touch(now);
    report_changes();
  }
  return std::nullopt;
}

}  // namespace rmqsim
