// Which addresses there are is read from the decoded body; they are replaced in its text.
#include "tools/proxy/route_rewriter.h"

#include <map>

namespace rmqsim {

namespace {
constexpr std::int32_t kGetBrokerMemberGroup = 901;
}

std::vector<BrokerData> brokers_of_answer(std::int32_t request_code, std::string_view body) {
  std::vector<BrokerData> brokers;
  if (request_code == RequestCode::GET_ROUTEINFO_BY_TOPIC) {
    TopicRouteData route;
    if (!TopicRouteData::decode(body, route)) brokers = std::move(route.broker_datas);
  } else if (request_code == RequestCode::GET_BROKER_CLUSTER_INFO) {
    ClusterInfo info;
    if (ClusterInfo::decode(body, info)) return brokers;
    for (auto& [name, broker] : info.broker_addr_table) brokers.push_back(std::move(broker));
  } else if (request_code == kGetBrokerMemberGroup) {
    BrokerMemberGroup group;
    if (BrokerMemberGroup::decode(body, group)) return brokers;
    brokers.push_back({group.cluster, group.broker_name, group.broker_addrs, std::nullopt, std::nullopt});
  }
  return brokers;
}

bool rewrite_addresses(std::int32_t request_code, RemotingCommand& response, LocalAddress& local) {
  if (response.code != ResponseCode::SUCCESS || response.body.empty()) return false;
  std::map<std::string, std::string, std::less<>> replaced;
  for (const BrokerData& broker : brokers_of_answer(request_code, response.body)) {
    for (const auto& [id, address] : broker.broker_addrs) {
      replaced.emplace(address, local(broker.broker_name, id, address));
    }
  }
  if (replaced.empty()) return false;
  // In one pass, so that no address is replaced twice.
  const std::string_view body = response.body;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t begin = body.find('"'); begin != std::string_view::npos;) {
    std::size_t end = begin + 1;
    while (end < body.size() && body[end] != '"') end += body[end] == '\\' ? 2 : 1;
    if (end >= body.size()) break;
    const auto found = replaced.find(body.substr(begin + 1, end - begin - 1));
    if (found != replaced.end()) {
      out.append(body.substr(copied, begin + 1 - copied)).append(found->second);
      copied = end;
    }
    begin = body.find('"', end + 1);
  }
  out.append(body.substr(copied));
  if (out == body) return false;
  response.body = std::move(out);
  return true;
}

}  // namespace rmqsim
