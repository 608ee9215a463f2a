// The table of properties, by release; paths are those of a server that runs as root.
#include "fake_namesrv/namesrv_config.h"

#include <map>

namespace rmqsim {
namespace {

using Properties = std::map<std::string, std::string>;

Properties of_both_releases() {
  return {
      {"clusterTest", "false"},
      {"configBlackList", "configBlackList;configStorePath;kvConfigPath"},
      {"configStorePath", "/root/namesrv/namesrv.properties"},
      {"kvConfigPath", "/root/namesrv/kvConfig.json"},
      {"listenPort", "9876"},
      {"productEnvName", "center"},
      {"rocketmqHome", "/opt/rocketmq"},
      {"serverAsyncSemaphoreValue", "64"},
      {"serverCallbackExecutorThreads", "0"},
      {"serverChannelMaxIdleTimeSeconds", "120"},
      {"serverOnewaySemaphoreValue", "256"},
      {"serverPooledByteBufAllocatorEnable", "true"},
      {"serverSelectorThreads", "3"},
      {"serverSocketBacklog", "1024"},
      {"serverSocketRcvBufSize", "0"},
      {"serverSocketSndBufSize", "0"},
      {"serverWorkerThreads", "8"},
      {"useEpollNativeSelector", "false"},
      {"writeBufferHighWaterMark", "0"},
      {"writeBufferLowWaterMark", "0"},
  };
}

const Properties kAddedIn5 = {
    {"bindAddress", "0.0.0.0"},
    {"clientRequestThreadPoolNums", "8"},
    {"clientRequestThreadPoolQueueCapacity", "50000"},
    {"defaultThreadPoolNums", "16"},
    {"defaultThreadPoolQueueCapacity", "10000"},
    {"deleteTopicWithBrokerRegistration", "false"},
    {"enableAllTopicList", "true"},
    {"enableControllerInNamesrv", "false"},
    {"enableShutdownGracefully", "false"},
    {"enableTopicList", "true"},
    {"needWaitForService", "false"},
    {"notifyMinBrokerIdChanged", "false"},
    {"returnOrderTopicConfigToBroker", "true"},
    {"scanNotActiveBrokerInterval", "5000"},
    {"serverNettyWorkerGroupEnable", "true"},
    {"shutdownWaitTimeSeconds", "30"},
    {"supportActingMaster", "false"},
    {"unRegisterBrokerQueueCapacity", "3000"},
    {"waitSecondsForService", "45"},
};

}  // namespace

std::string namesrv_config_text(const NamesrvConfig& config) {
  Properties properties = of_both_releases();
  if (config.profile->namesrv_config_has_added_properties) properties.insert(kAddedIn5.begin(), kAddedIn5.end());
  properties["orderMessageEnable"] = config.order_message_enable ? "true" : "false";
  std::string out;
  for (const auto& [name, value] : properties) out += name + '=' + value + '\n';
  return out;
}

}  // namespace rmqsim
