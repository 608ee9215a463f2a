// Route → publish info (topicRouteData2TopicPublishInfo, behaviour §4.4).
#include "producer/route/topic_publish_info.h"

#include <algorithm>
#include <stdexcept>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

/// Java has no limit; a route is bytes from the network, and memory must stay bounded.
constexpr std::int32_t kMaxQueuesPerBroker = 65536;

/// `broker:num;broker:num…`, in the order of the text; neither permission nor master is looked at. As String.split has
/// it, empty items at the end are none, one elsewhere is malformed, and what follows a second colon does not count.
std::vector<MessageQueue> ordered_queues(std::string_view topic, std::string_view conf) {
  std::vector<MessageQueue> queues;
  conf = conf.substr(0, conf.find_last_not_of(';') + 1);
  for (bool more = true; more;) {
    const std::string_view item = conf.substr(0, conf.find(';'));
    more = item.size() < conf.size();
    conf.remove_prefix(std::min(conf.size(), item.size() + 1));
    const std::size_t colon = item.find(':');
    const std::string_view rest = colon == std::string_view::npos ? std::string_view() : item.substr(colon + 1);
    const auto count = text::parse_int32(rest.substr(0, rest.find(':')));
    if (!count || *count > kMaxQueuesPerBroker) {
      throw std::invalid_argument("malformed orderTopicConf item \"" + std::string(item) + "\"");
    }
    for (int id = 0; id < *count; ++id) queues.emplace_back(std::string(topic), std::string(item.substr(0, colon)), id);
  }
  return queues;
}

bool has_master(const TopicRouteData& route, const std::string& broker) {
  const auto it = std::find_if(route.broker_datas.begin(), route.broker_datas.end(),
                               [&](const BrokerData& data) { return data.broker_name == broker; });
  return it != route.broker_datas.end() && it->broker_addrs.contains(kMasterId);
}

}  // namespace

TopicPublishInfo TopicPublishInfo::from_route(std::string_view topic, TopicRouteData route,
                                              const QueueIndexSource* source) {
  TopicPublishInfo info(source);
  info.have_topic_router_info_ = true;
  const auto& mappings = route.topic_queue_mapping_by_broker;
  const bool is_static = mappings && *mappings != "{}";
  if (is_static && static_topic_end_points(*mappings, info.end_points_)) {
    throw std::invalid_argument("malformed topicQueueMappingByBroker of " + std::string(topic));
  }
  if (route.order_topic_conf && !route.order_topic_conf->empty()) {
    info.queues_ = ordered_queues(topic, *route.order_topic_conf);
  } else if (is_static && !route.order_topic_conf) {
    for (const auto& [queue, broker] : info.end_points_) {
      info.queues_.emplace_back(std::string(topic), queue.first, queue.second);
    }
    std::stable_sort(info.queues_.begin(), info.queues_.end(), [](const MessageQueue& a, const MessageQueue& b) {
      return a.getQueueId() < b.getQueueId();
    });
  } else {
    std::stable_sort(route.queue_datas.begin(), route.queue_datas.end(),
                     [](const QueueData& a, const QueueData& b) { return a.broker_name < b.broker_name; });
    for (const QueueData& data : route.queue_datas) {
      if (!PermName::is_writeable(data.perm) || !has_master(route, data.broker_name)) continue;
      if (data.write_queue_nums > kMaxQueuesPerBroker) {
        throw std::invalid_argument("route offers " + std::to_string(data.write_queue_nums) + " queues on " +
                                    data.broker_name + "; the limit is " + std::to_string(kMaxQueuesPerBroker));
      }
      for (std::int32_t id = 0; id < data.write_queue_nums; ++id) {
        info.queues_.emplace_back(std::string(topic), data.broker_name, id);
      }
    }
  }
  info.route_ = std::move(route);
  return info;
}

std::int32_t TopicPublishInfo::write_queue_nums(std::string_view broker) const {
  for (const QueueData& data : route_.queue_datas) {
    if (data.broker_name == broker && PermName::is_writeable(data.perm)) return data.write_queue_nums;
  }
  return -1;
}

}  // namespace rmqsim
