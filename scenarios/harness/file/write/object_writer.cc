#include "scenarios/harness/file/write/object_writer.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {

ObjectWriter::ObjectWriter(const Shape& shape)
    : shape_(shape), members_(std::make_unique<nlohmann::ordered_json>(nlohmann::ordered_json::object())) {}

ObjectWriter::~ObjectWriter() = default;

void ObjectWriter::put(std::string_view key, const nlohmann::ordered_json& value) {
  const KeyRow* row = shape_.find(key);
  if (row == nullptr || json_text(value) != row->standard) say(key, value);
}

void ObjectWriter::say(std::string_view key, const nlohmann::ordered_json& value) {
  if (!shape_.has(key)) {
    throw std::logic_error("\"" + std::string(shape_.name) + "\" has no key \"" + std::string(key) + "\"");
  }
  (*members_)[std::string(key)] = value;
}

void ObjectWriter::put_filled(std::string_view key, const nlohmann::ordered_json& value) {
  if (!value.empty()) say(key, value);
}

nlohmann::ordered_json ObjectWriter::take() { return std::move(*members_); }

}  // namespace rmqsim
