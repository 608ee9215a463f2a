#include "producer/remoting/bodies/static_topic.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "producer/remoting/codec/json_body.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using json_body::Json;

constexpr std::int32_t kMaxQueues = 65536;
constexpr std::string_view kGlobalScope = "__global__";
constexpr std::string_view kMockBrokerPrefix = "__syslo__";
constexpr std::string_view kNobody = "__syslo__none__";

/// TopicQueueMappingInfo: what one broker says.
struct Info {
  std::string broker;
  std::int32_t total_queues = 0;
  std::int64_t epoch = 0;
  std::vector<std::int32_t> logical_ids;
};

/// TopicQueueMappingUtils.getMockBrokerName.
std::string mock_broker_name(std::string_view scope) {
  std::string name(kMockBrokerPrefix);
  return name += scope == kGlobalScope ? scope.substr(2) : scope;
}

bool read(const Json& value, std::map<std::string, std::vector<Info>>& by_scope) {
  bool ok = true;
  Info info;
  std::optional<std::string> scope;
  std::optional<std::string> broker;
  const json_body::Reader reader(value, ok);
  if (!ok) return false;
  reader.text("scope", scope);
  reader.text("bname", broker);
  reader.number("totalQueues", info.total_queues);
  reader.number("epoch", info.epoch);
  reader.each_member("currIdMap", [&](const std::string& id, const Json&) {
    const auto number = text::parse_int32(id);
    ok = ok && number && info.logical_ids.size() < static_cast<std::size_t>(kMaxQueues);
    if (ok) info.logical_ids.push_back(*number);
  });
  if (!ok || !broker || info.total_queues > kMaxQueues) return false;
  info.broker = std::move(*broker);
  by_scope[scope.value_or(std::string(kGlobalScope))].push_back(std::move(info));
  return true;
}

}  // namespace

error_code static_topic_end_points(std::string_view mapping_by_broker, StaticTopicEndPoints& out) {
  out.clear();
  Json document;
  if (!json_body::parse(mapping_by_broker, document) || !document.is_object()) return RemotingError::bad_body;
  std::map<std::string, std::vector<Info>> by_scope;
  for (const auto& item : document.items()) {
    if (!read(item.value(), by_scope)) return RemotingError::bad_body;
  }
  std::size_t total = 0;
  for (auto& [scope, infos] : by_scope) {
    std::stable_sort(infos.begin(), infos.end(), [](const Info& a, const Info& b) { return a.epoch > b.epoch; });
    std::map<std::int32_t, const Info*> holders;
    std::int32_t queues = 0;
    for (const Info& info : infos) {
      queues = std::max(queues, info.total_queues);
      for (const std::int32_t id : info.logical_ids) {
        const Info*& holder = holders[id];
        if (holder == nullptr || holder->epoch <= info.epoch) holder = &info;
      }
    }
    total += static_cast<std::size_t>(queues);
    if (total > static_cast<std::size_t>(kMaxQueues)) return RemotingError::bad_body;
    const std::string mock = mock_broker_name(scope);
    for (std::int32_t id = 0; id < queues; ++id) {
      const auto holder = holders.find(id);
      out[{mock, id}] = holder == holders.end() ? std::string(kNobody) : holder->second->broker;
    }
  }
  return {};
}

}  // namespace rmqsim
