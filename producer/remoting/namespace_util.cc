#include "producer/remoting/namespace_util.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rmqsim {
namespace {

constexpr std::array<std::string_view, 10> kSystemTopics{"TBW102",
                                                         "SCHEDULE_TOPIC_XXXX",
                                                         "BenchmarkTest",
                                                         "RMQ_SYS_TRANS_HALF_TOPIC",
                                                         "RMQ_SYS_TRACE_TOPIC",
                                                         "RMQ_SYS_TRANS_OP_HALF_TOPIC",
                                                         "TRANS_CHECK_MAX_TIME_TOPIC",
                                                         "SELF_TEST_TOPIC",
                                                         "OFFSET_MOVED_EVENT",
                                                         "CHECKPOINT_TOPIC"};

bool is_system_resource(std::string_view name) {
  return NamespaceUtil::is_system_topic(name) || name.starts_with("rmq_sys_") || name.starts_with("CID_RMQ_SYS_");
}

/// The length of `%RETRY%` or `%DLQ%` in front.
std::size_t prefix_length(std::string_view name) {
  for (const std::string_view prefix : {"%RETRY%", "%DLQ%"}) {
    if (name.starts_with(prefix)) return prefix.size();
  }
  return 0;
}

bool in_namespace(std::string_view rest, std::string_view name_space) {
  return rest.starts_with(name_space) && rest.substr(name_space.size()).starts_with('%');
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

bool NamespaceUtil::is_system_topic(std::string_view topic) {
  return std::find(kSystemTopics.begin(), kSystemTopics.end(), topic) != kSystemTopics.end();
}

std::string NamespaceUtil::wrapNamespace(std::string_view name_space, std::string_view resource) {
  const std::size_t prefix = prefix_length(resource);
  const std::string_view rest = resource.substr(prefix);
  if (name_space.empty() || resource.empty() || is_system_resource(resource) || in_namespace(rest, name_space)) {
    return std::string(resource);
  }
  return std::string(resource.substr(0, prefix)).append(name_space).append(1, '%').append(rest);
}

std::string NamespaceUtil::withoutNamespace(std::string_view resource, std::string_view name_space) {
  const std::string_view rest = resource.substr(prefix_length(resource));
  if (resource.empty() || name_space.empty() || !in_namespace(rest, name_space)) return std::string(resource);
  return withoutNamespace(resource);
}

std::string NamespaceUtil::withoutNamespace(std::string_view resource) {
  if (is_system_resource(resource)) return std::string(resource);
  const std::size_t prefix = prefix_length(resource);
  const std::string_view rest = resource.substr(prefix);
  const std::size_t separator = rest.find('%');
  if (separator == std::string_view::npos || separator == 0) return std::string(resource);
  return std::string(resource.substr(0, prefix)).append(rest.substr(separator + 1));
}

// `^(\w+://|)MQ_INST_\w+_\w+\..*`; the namespace is what stands between the last slash and the first dot.
std::optional<std::string> NamespaceUtil::namespace_of_endpoint(std::string_view address) {
  std::string_view rest = address;
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos && scheme > 0) {
    if (std::all_of(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(scheme), is_word)) {
      rest.remove_prefix(scheme + 3);
    }
  }
  constexpr std::string_view kInstance = "MQ_INST_";
  if (!rest.starts_with(kInstance)) return std::nullopt;
  const std::string_view tail = rest.substr(kInstance.size());
  const std::size_t word = static_cast<std::size_t>(std::find_if_not(tail.begin(), tail.end(), is_word) - tail.begin());
  if (word == tail.size() || tail[word] != '.') return std::nullopt;
  // \w+_\w+: an underscore with something on both sides of it.
  const std::size_t split = tail.substr(0, word).find('_', 1);
  if (split == std::string_view::npos || split + 1 >= word) return std::nullopt;
  const std::size_t dot = address.find('.');
  const std::size_t slash = address.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  if (dot < begin) return std::nullopt;
  return std::string(address.substr(begin, dot - begin));
}

}  // namespace rmqsim
