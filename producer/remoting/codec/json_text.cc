#include "producer/remoting/codec/json_text.h"

#include <nlohmann/json.hpp>

namespace rmqsim {

using nlohmann::json;
using nlohmann::ordered_json;

template <class Json>
Json json_of(std::string_view text) {
  return Json::parse(text);
}
template json json_of(std::string_view);
template ordered_json json_of(std::string_view);

template <class Json>
Json json_or_discarded(std::string_view text) {
  return Json::parse(text, nullptr, false);
}
template json json_or_discarded(std::string_view);
template ordered_json json_or_discarded(std::string_view);

template <class Json>
Json json_with_comments(std::string_view text) {
  return Json::parse(text, nullptr, false, true);
}
template json json_with_comments(std::string_view);
template ordered_json json_with_comments(std::string_view);

template <class Json>
std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}
template std::string json_text(const json&, int);
template std::string json_text(const ordered_json&, int);

template <class Json>
std::string ascii_json_text(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}
template std::string ascii_json_text(const json&);
template std::string ascii_json_text(const ordered_json&);

}  // namespace rmqsim
