// Names inside a namespace (org.apache.rocketmq.common.protocol.NamespaceUtil, behaviour §1.7): the namespace
// goes in front of a topic or group, behind a retry or dead-letter prefix. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

class NamespaceUtil {
 public:
  /// `T` → `ns%T`, `%RETRY%G` → `%RETRY%ns%G`. Unchanged: a wrapped name, a system resource, and either text empty.
  static std::string wrapNamespace(std::string_view name_space, std::string_view resource);
  /// Undoes it, if the resource is in this namespace.
  static std::string withoutNamespace(std::string_view resource, std::string_view name_space);
  /// Cuts off whatever namespace there is: all up to the first `%`.
  static std::string withoutNamespace(std::string_view resource);
  /// TopicValidator's set: names that no user may create.
  static bool is_system_topic(std::string_view topic);
  /// What an endpoint like `http://MQ_INST_1_2.host:80` says; nullopt for other addresses.
  static std::optional<std::string> namespace_of_endpoint(std::string_view address);
};

}  // namespace rmqsim
