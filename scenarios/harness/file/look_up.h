// The look-up of a name that must be known: what a scenario says of producers, brokers and nameservers was checked when
// it was read, and if that was wrong a run ends with a sentence instead of a crash.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace rmqsim {

/// The value of `key` in a map with names as keys. Throws std::logic_error when there is none.
template <class Map>
  requires requires { typename std::remove_const_t<Map>::key_type; }
auto& look_up(Map& map, std::string_view key) {
  const auto it = map.find(typename std::remove_const_t<Map>::key_type(key));
  if (it == map.end()) throw std::logic_error("nothing here has the name \"" + std::string(key) + "\"");
  return it->second;
}

/// What a find_... function answered for `key`. Throws the same when that is nullptr.
template <class T>
T& look_up(T* found, std::string_view key) {
  if (found == nullptr) throw std::logic_error("nothing here has the name \"" + std::string(key) + "\"");
  return *found;
}

}  // namespace rmqsim
