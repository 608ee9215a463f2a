#include "scenarios/harness/engine/judging/heard_routes.h"

#include <algorithm>

#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

/// For so long a connect that failed may be what a later one, to the next nameserver, waited for (behaviour §4.7).
constexpr Duration kAfterFailure = millis(20'000);

std::unique_ptr<HeardRoute> read(std::string_view body) {
  TopicRouteData data;
  if (body.empty() || TopicRouteData::decode(body, data)) return nullptr;
  auto route = std::make_unique<HeardRoute>();
  route->plain = (!data.order_topic_conf || data.order_topic_conf->empty()) && !data.topic_queue_mapping_by_broker;
  for (const BrokerData& broker : data.broker_datas) {
    for (const auto& [id, address] : broker.broker_addrs) route->instances.emplace_back(broker.broker_name, id);
  }
  for (const QueueData& queues : data.queue_datas) {
    const std::pair<std::string, std::int64_t> master{queues.broker_name, kMasterId};
    const bool there = std::find(route->instances.begin(), route->instances.end(), master) != route->instances.end();
    if (!PermName::is_writeable(queues.perm) || queues.write_queue_nums <= 0) continue;
    route->offered.insert(queues.broker_name);
    if (there) route->writable[queues.broker_name] = queues.write_queue_nums;
  }
  return route;
}

}  // namespace

void HeardRoutes::connecting(const WireEnd& end) {
  last_ = end.at;
  connects_.try_emplace({std::string(end.client), std::string(end.server)}, end.at);
}

void HeardRoutes::not_connected(const WireEnd& end) {
  last_ = end.at;
  connects_.erase({std::string(end.client), std::string(end.server)});
  failed_connects_.insert_or_assign(std::string(end.client), end.at);
}

void HeardRoutes::connected(const WireEnd& end) {
  last_ = end.at;
  const auto begun = connects_.find({std::string(end.client), std::string(end.server)});
  fresh_[end.connection] = begun == connects_.end() ? end.at : begun->second;
  if (begun != connects_.end()) connects_.erase(begun);
}

void HeardRoutes::closed(const WireEnd& end, error_code) {
  last_ = end.at;
  fresh_.erase(end.connection);
  std::erase_if(open_, [&](const auto& entry) { return entry.first.first == end.connection; });
}

void HeardRoutes::request(const WireEnd& end, const WireRequest& said) {
  last_ = end.at;
  if (said.command.code != RequestCode::GET_ROUTEINFO_BY_TOPIC) return;
  const std::string_view topic = said.command.ext_fields.get("topic");
  Question question{std::string(topic), end.at};
  if (const auto fresh = fresh_.find(end.connection); fresh != fresh_.end()) {
    question.begun = fresh->second;
    const auto failed = failed_connects_.find(end.client);
    question.doubtful = failed != failed_connects_.end() && end.at - failed->second < kAfterFailure;
    fresh_.erase(fresh);
  }
  const auto client = talks_.try_emplace(std::string(end.client)).first;
  client->second[question.topic].asked.push_back(end.at);
  open_[{end.connection, said.command.opaque}] = std::move(question);
}

void HeardRoutes::answer(const WireEnd& end, const RemotingCommand& command) {
  last_ = end.at;
  const auto asked = open_.find({end.connection, command.opaque});
  if (asked == open_.end()) return;
  const Question question = std::move(asked->second);
  open_.erase(asked);
  const auto [body, fresh] = bodies_.try_emplace(std::string(command.body));
  if (fresh) body->second = read(command.body);
  talks_[std::string(end.client)][question.topic].answers.push_back(
      {end.at, end.at - question.begun, question.doubtful, command.code, &*body});
}

const RouteTalk* HeardRoutes::talk(std::string_view client, std::string_view topic) const {
  const Topics* topics = talks(client);
  if (topics == nullptr) return nullptr;
  const auto talk = topics->find(topic);
  return talk == topics->end() ? nullptr : &talk->second;
}

const HeardRoutes::Topics* HeardRoutes::talks(std::string_view client) const {
  const auto topics = talks_.find(client);
  return topics == talks_.end() ? nullptr : &topics->second;
}

std::vector<TimePoint> HeardRoutes::changes() const {
  std::vector<TimePoint> changes;
  for (const auto& [client, topics] : talks_) {
    for (const auto& [topic, talk] : topics) {
      for (std::size_t i = 1; i < talk.answers.size(); ++i) {
        if (talk.answers[i].body != talk.answers[i - 1].body) changes.push_back(talk.answers[i].at);
      }
    }
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

const HeardRoute* HeardRoutes::route(const RouteAnswer& answer) {
  return answer.code == ResponseCode::SUCCESS ? answer.body->second.get() : nullptr;
}

}  // namespace rmqsim
