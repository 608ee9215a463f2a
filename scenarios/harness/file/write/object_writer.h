// The opposite of ObjectReader: an object of a scenario file that is being written. Keys and defaults are those of the
// shape's rows, so nothing is written that no parser takes.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {

class ObjectWriter {
 public:
  explicit ObjectWriter(const Shape& shape);
  ~ObjectWriter();

  /// Adds the member unless the value is what its row gives as the default. Throws std::logic_error when the shape has
  /// no such key.
  void put(std::string_view key, const nlohmann::ordered_json& value);
  /// Adds it even so: for what the reader tells from its absence.
  void say(std::string_view key, const nlohmann::ordered_json& value);
  template <class T>
  void say(std::string_view key, const std::optional<T>& value) {
    if (value) say(key, nlohmann::ordered_json(*value));
  }
  /// Unless it is empty.
  void put_filled(std::string_view key, const nlohmann::ordered_json& value);
  /// The object; to be called once.
  nlohmann::ordered_json take();

 private:
  const Shape& shape_;
  std::unique_ptr<nlohmann::ordered_json> members_;
};

}  // namespace rmqsim
