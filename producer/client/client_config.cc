// See the header.
#include "producer/client/client_config.h"

#include <charconv>
#include <utility>

#include "producer/client/namespace_util.h"
#include "producer/remoting/text.h"

namespace rmqsim {

std::optional<std::string> ClientConfig::getNamespace() const {
  if (namespace_initialized_ || (namespace_ && !namespace_->empty())) return namespace_;
  if (auto parsed = NamespaceUtil::namespace_of_endpoint(namesrv_addr_)) return parsed;
  return namespace_;
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
