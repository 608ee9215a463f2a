// KEYS of a message that was made of several: Java gathers them in a java.util.HashSet and writes them in its order.
#pragma once

#include <string>
#include <vector>

#include "producer/remoting/codec/java_map.h"

namespace rmqsim {

/// Each key once, as a HashSet to which they were added one by one has them.
template <class Keys>
std::vector<std::string> gathered_keys(const Keys& keys) {
  JavaMap<bool> set(JavaMapKind::hash_map);
  for (const auto& key : keys) set.try_emplace(std::string(key));
  std::vector<std::string> ordered;
  for (const auto& [key, unused] : set) ordered.push_back(key);
  return ordered;
}

}  // namespace rmqsim
