#include "tools/proxy/scenario_recorder.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <nlohmann/json.hpp>

#include "producer/profile/profile.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/headers/broker_headers.h"
#include "tools/proxy/recorded_rules.h"

namespace rmqsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxChecks = 32;  ///< kept of one transaction

// What a scenario may have (format §1.2 to §1.5).
constexpr std::size_t kMaxNames = 1'000;  ///< topics, and producers
constexpr std::size_t kMaxSteps = 10'000;
constexpr std::int32_t kMostQueues = 10'000;
constexpr std::size_t kMaxContent = 6u << 20;  ///< bytes, so that the file stays below its 16 MiB

std::string perm_text(std::int32_t perm) {
  std::string text;
  if (PermName::is_readable(perm)) text += 'r';
  if (PermName::is_writeable(perm)) text += 'w';
  return text.empty() ? "r" : text;
}

const char* state_name(std::int32_t commit_or_rollback) {
  if (commit_or_rollback == TransactionFlag::COMMIT_TYPE) return "commit";
  return commit_or_rollback == TransactionFlag::ROLLBACK_TYPE ? "rollback" : "unknown";
}

/// What a producer tries again on another broker, in both Java versions but for the last two.
bool retried_code(std::int32_t code) {
  return code == ResponseCode::SYSTEM_ERROR || code == ResponseCode::SYSTEM_BUSY ||
         code == ResponseCode::SERVICE_NOT_AVAILABLE || code == ResponseCode::NO_PERMISSION ||
         code == ResponseCode::TOPIC_NOT_EXIST;
}

/// The oldest client of the table that is not older; the default one for a client that is newer than all.
const Profile& profile_for(std::int32_t version) {
  const Profile* chosen = nullptr;
  for (const std::string_view name : profile_names()) {
    const Profile& profile = *find_profile(name);
    if (profile.version >= version && (chosen == nullptr || profile.version < chosen->version)) chosen = &profile;
  }
  return chosen == nullptr ? default_profile() : *chosen;
}

}  // namespace

template <class Entry>
void ScenarioRecorder::tell_journal(const Entry& entry) const {
  if (journal_) journal_(journal_line(entry));
}

void ScenarioRecorder::read(std::string_view line) {
  JournalEntryRead entry = read_journal_line(line);
  if (entry.broker) on_broker(entry.broker->server, entry.broker->broker, entry.broker->id);
  if (entry.route) on_route(entry.route->topic, entry.route->route);
  if (entry.exchange) keep(*std::move(entry.exchange));
}

void ScenarioRecorder::on_broker(const std::string& server, const std::string& broker, std::int64_t id) {
  tell_journal(RecordedBroker{server, broker, id});
  brokers_.emplace(server, Broker{broker, id});
}

void ScenarioRecorder::on_route(const std::string& topic, const TopicRouteData& route) {
  const auto known = routes_.find(topic);
  if (known == routes_.end() ? routes_.size() >= 10'000 : known->second == route) return;
  tell_journal(RecordedRoute{topic, route});
  routes_[topic] = route;
}

void ScenarioRecorder::on_exchange(const Exchange& exchange) { keep(recorded_exchange(exchange, content_)); }

void ScenarioRecorder::keep(RecordedExchange exchange) {
  const bool full = exchange.request && seen_.size() >= kMaxRequests;
  if (!full) tell_journal(exchange);  // else it would grow without end
  if (exchange.end) keep_end(*exchange.end);
  if (!exchange.request) return;
  if (full) {
    ++not_recorded_;
    return;
  }
  if (exchange.send && !takes(*exchange.send)) {
    ++unsayable_;
    return;
  }
  if (exchange.send) {
    Send& send = sends_.emplace_back(*std::move(exchange.send));
    send.seen = seen_.size();
    if (send.key.empty()) send.key = "request " + std::to_string(sends_.size() - 1);
  }
  seen_.push_back(*std::move(exchange.request));
}

/// Whether a scenario can have such a send beside those that are there; then it has its names.
bool ScenarioRecorder::takes(const Send& send) {
  const auto has_room = [](const std::set<std::string>& names, const std::string& name) {
    return names.size() < kMaxNames || names.count(name) != 0;
  };
  if (!can_be_said(send) || !has_room(topics_sent_, send.topic) || !has_room(groups_, send.group)) return false;
  topics_sent_.insert(send.topic);
  groups_.insert(send.group);
  return true;
}

/// Without what came at `end` or later.
ScenarioRecorder ScenarioRecorder::before(TimePoint end) const {
  ScenarioRecorder part(content_);
  part.brokers_ = brokers_;
  part.routes_ = routes_;
  part.transactions_ = transactions_;
  part.unsayable_ = unsayable_;
  part.not_recorded_ = not_recorded_;
  std::size_t next = 0;  // sends and their requests have the same order
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    RecordedExchange exchange;
    exchange.request = seen_[i];
    if (next < sends_.size() && sends_[next].seen == i) exchange.send = sends_[next++];
    if (seen_[i].at < end) {
      part.keep(std::move(exchange));
    } else {
      ++part.not_recorded_;
    }
  }
  return part;
}

void ScenarioRecorder::keep_end(const RecordedEnd& end) {
  if (transactions_.size() >= kMaxRequests && transactions_.count(end.key) == 0) return;
  Transaction& transaction = transactions_[end.key];
  if (end.asked) {
    if (transaction.asked.size() < kMaxChecks) transaction.asked.push_back(end.at);
  } else if (!end.from_check) {
    if (transaction.local) return;
    transaction.local = end.state;
    transaction.local_at = end.at;
  } else if (transaction.checks.size() < kMaxChecks) {
    transaction.checks.push_back(end.state);
  }
}

const ScenarioRecorder::Transaction& ScenarioRecorder::transaction_of(const Send& send) const {
  static const Transaction none;
  const auto found = transactions_.find(send.key);
  return found == transactions_.end() ? none : found->second;
}

/// When brokers asked, as settings by which a fake asks at about the same times; "null" when none asked.
std::string ScenarioRecorder::transaction_settings_json() const {
  std::vector<double> first, again;
  for (const Send& send : sends_) {
    const Transaction& transaction = transaction_of(send);
    if (!send.half || transaction.asked.empty()) continue;
    first.push_back(recorded_ms(transaction.asked.front() - seen_[send.seen].at));
    for (std::size_t i = 1; i < transaction.asked.size(); ++i) {
      again.push_back(recorded_ms(transaction.asked[i] - transaction.asked[i - 1]));
    }
  }
  if (first.empty()) return "null";
  const double soonest = *std::min_element(first.begin(), first.end());
  const double interval = std::max(1.0, std::floor(again.empty() ? std::min(soonest, 1000.0) : recorded_median(again)));
  return json_text(Json{{"transactionTimeOut", static_cast<std::int64_t>(std::max(0.0, soonest - interval))},
                        {"transactionCheckInterval", static_cast<std::int64_t>(interval)}});
}

std::vector<ScenarioRecorder::Message> ScenarioRecorder::messages() const {
  // In order of arrival: exchanges are told when they end.
  std::vector<const Send*> in_order;
  for (const Send& send : sends_) in_order.push_back(&send);
  const auto at = [this](const Send* s) { return seen_[s->seen].at; };
  std::stable_sort(in_order.begin(), in_order.end(), [&](auto* a, auto* b) { return at(a) < at(b); });
  std::vector<Message> all;
  std::map<std::string_view, std::size_t> by_key;
  for (const Send* send : in_order) {
    const auto [found, fresh] = by_key.emplace(send->key, all.size());
    if (fresh) all.push_back({send, send, 0});
    Message& message = all[found->second];
    message.last = send;
    ++message.attempts;
  }
  return all;
}

/// Topic → broker → queues, from routes, else from the queues that were used.
std::map<std::string, std::map<std::string, std::int32_t>> ScenarioRecorder::topics() const {
  std::map<std::string, std::map<std::string, std::int32_t>> all;
  for (const Send& send : sends_) {
    const std::string& server = seen_[send.seen].server;
    const auto broker = brokers_.find(server);
    std::int32_t& queues = all[send.topic][broker == brokers_.end() ? server : broker->second.name];
    queues = std::max(queues, std::clamp(send.queue_id, 0, kMostQueues - 1) + 1);
  }
  for (auto& [topic, brokers] : all) {
    const auto route = routes_.find(topic);
    if (route == routes_.end()) continue;
    brokers.clear();
    for (const QueueData& queue : route->second.queue_datas) {
      brokers[queue.broker_name] = std::clamp(queue.write_queue_nums, 0, kMostQueues);
    }
  }
  return all;
}

FragmentNames ScenarioRecorder::names() const {
  std::set<std::string> brokers, nameservers;
  for (const auto& [server, broker] : brokers_) brokers.insert({server, broker.name});
  for (const Seen& seen : seen_) (seen.nameserver ? nameservers : brokers).insert(seen.server);
  FragmentNames names;
  names.brokers.assign(brokers.begin(), brokers.end());
  names.nameservers.assign(nameservers.begin(), nameservers.end());
  return names;
}

std::string ScenarioRecorder::producer_name(const std::string& group) const {
  return "p" + std::to_string(std::distance(groups_.begin(), groups_.find(group)) + 1);
}

std::string ScenarioRecorder::cluster_json() const {
  std::set<std::string> names;
  for (const auto& [server, broker] : brokers_) names.insert(broker.name);
  for (const auto& [topic, queues] : topics()) {
    for (const auto& [broker, n] : queues) names.insert(broker);
  }
  Json cluster;
  if (const auto nameservers = this->names().nameservers; !nameservers.empty()) cluster["nameservers"] = nameservers;
  cluster["brokers"] = Json::array();
  for (const std::string& name : names) cluster["brokers"].push_back(name);
  for (const auto& [server, broker] : brokers_) {
    if (broker.id != kMasterId) {
      cluster["brokers"].push_back({{"name", server}, {"slaveOf", broker.name}, {"brokerId", broker.id}});
    }
  }
  cluster["topics"] = Json::array();
  for (const auto& [topic, queues] : topics()) {
    Json entry{{"name", topic}, {"queues", queues}};
    const auto route = routes_.find(topic);
    if (route != routes_.end() && !route->second.queue_datas.empty()) {
      entry["perm"] = perm_text(route->second.queue_datas.front().perm);
    }
    cluster["topics"].push_back(std::move(entry));
  }
  const Json transactions = json_of<Json>(transaction_settings_json());
  if (!transactions.is_null()) cluster["transactions"] = transactions;
  return json_text(cluster);
}

/// The value that the round-robin index held before the first send.
std::optional<std::int32_t> ScenarioRecorder::queue_index(const Message& first) const {
  std::int32_t position = 0;
  const std::string& server = seen_[first.first->seen].server;
  const auto all = topics();
  const auto topic = all.find(first.first->topic);
  if (topic == all.end()) return std::nullopt;
  for (const auto& [broker, queues] : topic->second) {
    if (broker == server) return position + std::clamp(first.first->queue_id, 0, kMostQueues - 1) - 1;
    position += queues;
  }
  return std::nullopt;
}

/// How often sends that failed in the end were tried again; nullopt when nothing says.
std::optional<int> ScenarioRecorder::retries(const std::vector<Message>& messages) const {
  std::size_t most = 0;
  bool failed = false;
  for (const Message& message : messages) {
    most = std::max(most, message.attempts);
    const Seen& last = seen_[message.last->seen];
    failed = failed || (last.answered && retried_code(last.code));
  }
  return failed || most > 3 ? std::optional(static_cast<int>(most) - 1) : std::nullopt;
}

std::string ScenarioRecorder::producers_json(const std::vector<Message>& messages) const {
  Json producers = Json::array();
  for (const std::string& group : groups_) {
    Json producer{{"name", producer_name(group)}, {"group", group}};
    std::vector<Message> own;
    for (const Message& message : messages) {
      if (message.first->group == group) own.push_back(message);
    }
    if (const auto n = retries(own)) {
      producer["config"] = {{"retryTimesWhenSendFailed", *n}, {"retryTimesWhenSendAsyncFailed", *n}};
    }
    if (const auto start = own.empty() ? std::nullopt : queue_index(own.front())) {
      producer["queueIndex"] = {{"start", *start}};
    }
    producers.push_back(std::move(producer));
  }
  return json_text(producers);
}

/// `said` is how many of the messages have room in a scenario.
std::string ScenarioRecorder::steps_json(const std::vector<Message>& messages, std::size_t& said) const {
  Json steps = Json::array();
  std::size_t content = 0;
  TimePoint last_asked{};
  const auto begin_of = [this](const Message& m) { return seen_[m.first->seen].at; };
  const auto end_of = [this](const Message& m) { return seen_[m.last->seen].at + seen_[m.last->seen].took; };
  std::size_t& i = said = 0;
  while (i < messages.size() && steps.size() + 3 <= kMaxSteps && content <= kMaxContent) {
    const Send& first = *messages[i].first;
    content += first.content.size();
    std::size_t end = i + 1;
    const auto alike = [&](const Send& other) {
      return other.group == first.group && other.topic == first.topic && other.oneway == first.oneway &&
             other.messages == first.messages && other.body_bytes == first.body_bytes && other.half == first.half &&
             other.content == first.content && (!first.half || transaction_of(other) == transaction_of(first));
    };
    while (end < messages.size() && alike(*messages[end].first)) ++end;
    bool overlap = false;
    std::vector<double> gaps;
    std::vector<double> starts;
    for (std::size_t k = i + 1; k < end; ++k) {
      overlap = overlap || begin_of(messages[k]) < end_of(messages[k - 1]);
      gaps.push_back(recorded_ms(begin_of(messages[k]) - end_of(messages[k - 1])));
      starts.push_back(recorded_ms(begin_of(messages[k]) - begin_of(messages[k - 1])));
    }
    // With contents most steps are single messages, and the next one tells whether they overlapped.
    if (end == i + 1 && !first.content.empty() && end < messages.size()) {
      overlap = begin_of(messages[end]) < end_of(messages[i]) && messages[end].first->group == first.group;
    }
    const bool from_start = first.oneway || overlap;
    Json send{{"producer", producer_name(first.group)}};
    if (!first.half) send["mode"] = first.oneway ? "oneway" : overlap ? "async" : "sync";
    send["topic"] = first.topic;
    send["count"] = end - i;
    if (first.messages > 1) send["batch"] = first.messages;
    const double interval = recorded_tenths(recorded_median(from_start ? starts : gaps));
    if (interval > 0) send["intervalMs"] = interval;
    if (first.content.empty()) {
      send["body"] = {{"size", std::max<std::size_t>(1, first.body_bytes / first.messages)}, {"fill", "x"}};
    } else {
      send.update(json_of<Json>(first.content));
    }
    if (first.half) {
      const Transaction& ends = transaction_of(first);
      send["local"] = state_name(ends.local.value_or(TransactionFlag::COMMIT_TYPE));
      const double until_end = ends.local ? recorded_ms(ends.local_at - end_of(messages[i])) : 0;
      const double local = recorded_tenths(until_end - kRecordedOneWayMs);
      if (local >= 1) send["localMs"] = local;
      if (!ends.checks.empty()) send["check"] = Json::array();
      for (const std::int32_t state : ends.checks) send["check"].push_back(state_name(state));
      for (std::size_t k = i; k < end; ++k) {
        for (const TimePoint asked : transaction_of(*messages[k].first).asked) last_asked = std::max(last_asked, asked);
      }
    }
    steps.push_back({{first.half ? "transaction" : "send", std::move(send)}});
    if (end < messages.size()) {
      const double pause = recorded_tenths(recorded_ms(begin_of(messages[end]) - end_of(messages[end - 1])));
      if (pause >= 1) steps.push_back({{"waitMs", pause}});
    }
    i = end;
  }
  // Brokers ask when all was sent, too.
  if (!messages.empty() && last_asked > end_of(messages.back())) {
    steps.push_back({{"waitMs", recorded_tenths(recorded_ms(last_asked - end_of(messages.back()))) + 500}});
  }
  return json_text(steps);
}

std::string ScenarioRecorder::scenario(const std::string& name) const {
  const std::vector<Message> all = messages();
  std::size_t said = 0;
  const std::string steps = steps_json(all, said);
  if (said < all.size()) return before(seen_[all[said].first->seen].at).scenario(name);
  const RecordedRules rules = recorded_rules(seen_, names());
  std::int32_t version = sends_.empty() ? default_profile().version : 0;
  for (const Send& send : sends_) version = std::max(version, send.version);
  std::string why = "Recorded by rmqsim proxy: " + std::to_string(all.size()) + " sends in " +
                    std::to_string(sends_.size()) + " requests.";
  if (not_recorded_ > 0) why += " " + std::to_string(not_recorded_) + " later requests are left out.";
  if (unsayable_ > 0) why += " " + std::to_string(unsayable_) + " sends that no scenario can have are left out.";
  if (rules.unsayable > 0) {
    why += " Answers to " + std::to_string(rules.unsayable) + " requests that no rule can name are left out.";
  }
  Json file;
  file["version"] = 1;
  file["name"] = name;
  file["why"] = why;
  file["profile"] = profile_for(version).name;
  file["cluster"] = json_of<Json>(cluster_json());
  file["network"] = {{"oneWayMs", kRecordedOneWayMs}};
  file["producers"] = json_of<Json>(producers_json(all));
  file["steps"] = json_of<Json>(steps);
  file["faults"] = json_of<Json>(rules.json);
  return json_text(file, 2) + "\n";
}

}  // namespace rmqsim
