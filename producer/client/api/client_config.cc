#include "producer/client/api/client_config.h"

#include <charconv>
#include <utility>

#include "producer/remoting/codec/text.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {

std::optional<std::string> ClientConfig::getNamespace() const {
  if (namespace_initialized_ || (namespace_ && !namespace_->empty())) return namespace_;
  if (auto parsed = NamespaceUtil::namespace_of_endpoint(namesrv_addr_)) return parsed;
  return namespace_;
}

std::string ClientConfig::withNamespace(std::string_view resource) const {
  return NamespaceUtil::wrapNamespace(getNamespace().value_or(""), resource);
}

std::string ClientConfig::withoutNamespace(std::string_view resource) const {
  return NamespaceUtil::withoutNamespace(resource, getNamespace().value_or(""));
}

MessageQueue ClientConfig::queueWithNamespace(MessageQueue queue) const {
  queue.setTopic(withNamespace(queue.getTopic()));
  return queue;
}

std::vector<MessageQueue> ClientConfig::queuesWithNamespace(std::vector<MessageQueue> queues) const {
  for (MessageQueue& queue : queues) queue = queueWithNamespace(std::move(queue));
  return queues;
}

ClientConfig ClientConfig::cloneClientConfig() const {
  ClientConfig copy;
  copy.resetClientConfig(*this);
  return copy;
}

void ClientConfig::resetClientConfig(const ClientConfig& other) {
  const AccessChannel channel = access_channel_;
  const int batch = trace_msg_batch_num_;
  const bool initialized = namespace_initialized_;
  *this = other;
  access_channel_ = channel;
  trace_msg_batch_num_ = batch;
  namespace_initialized_ = initialized;
}

std::string ClientConfig::buildMQClientId() const {
  std::string id = client_ip_ + "@" + instance_name_;
  if (!text::is_blank(unit_name_)) id += "@" + unit_name_;
  if (enable_stream_request_type_) id += "@STREAM";
  return id;
}

std::string broker_vip_channel(bool enabled, std::string address) {
  const std::size_t colon = address.rfind(':');
  if (!enabled || colon == std::string::npos) return address;
  int port = 0;
  const char* end = address.data() + address.size();
  if (std::from_chars(address.data() + colon + 1, end, port).ptr != end) return address;
  return address.substr(0, colon + 1) + std::to_string(port - 2);
}

}  // namespace rmqsim
