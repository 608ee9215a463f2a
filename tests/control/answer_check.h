// Holds answers of the control room to the schemas that its description gives them: the words of JSON Schema that those
// use, and no others.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace rmqsim {

class AnswerCheck {
 public:
  using Json = nlohmann::ordered_json;

  explicit AnswerCheck(Json description) : description_(std::move(description)) {}

  /// What is wrong with an answer of that status; empty when nothing is.
  std::string judge(const std::string& method, const std::string& target, unsigned status, const Json& body) const {
    const Json* operation = find(method, target.substr(0, target.find('?')));
    if (operation == nullptr) return "the description has no " + method + " " + target;
    const Json& responses = operation->at("responses");
    const std::string code = std::to_string(status);
    if (status < 400 && !responses.contains(code)) return code + " is not described";
    const Json& content = responses.at(responses.contains(code) ? code : "default").at("content");
    if (!content.contains("application/json")) return {};
    return mismatch(content.at("application/json").at("schema"), body, "");
  }

 private:
  const Json* find(const std::string& method, const std::string& path) const {
    std::string lower = method;
    for (char& c : lower) c = static_cast<char>(c + ('a' - 'A'));
    const Json* found = nullptr;
    std::size_t most = 0;  // the path with the fewest parameters is meant
    for (const auto& [pattern, operations] : description_.at("paths").items()) {
      if (!operations.contains(lower) || !same(pattern, path)) continue;
      const std::size_t fixed = 100 - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{'));
      if (fixed > most) {
        most = fixed;
        found = &operations.at(lower);
      }
    }
    return found;
  }
  static bool same(const std::string& pattern, const std::string& path) {
    std::istringstream a(pattern), b(path);
    std::string x, y;
    while (true) {
      const bool more_a = static_cast<bool>(std::getline(a, x, '/'));
      const bool more_b = static_cast<bool>(std::getline(b, y, '/'));
      if (!more_a || !more_b) return more_a == more_b;
      if (x != y && (x.empty() || x.front() != '{')) return false;
    }
  }
  static bool is_of(const std::string& type, const Json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_number_integer();
    return type == "number" && value.is_number();
  }

  std::string mismatch(const Json& schema, const Json& value, const std::string& at) const {
    if (schema.contains("$ref")) {
      const std::string name = schema["$ref"].get<std::string>().substr(std::string("#/components/schemas/").size());
      return mismatch(description_.at("components").at("schemas").at(name), value, at);
    }
    const std::string found = at + " is " + value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (schema.contains("type")) {
      const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
      const bool fits = std::any_of(types.begin(), types.end(), [&](const Json& one) { return is_of(one, value); });
      if (!fits) return found + ", which is no " + types.dump();
    }
    if (schema.contains("enum")) {
      const Json& words = schema["enum"];
      if (std::find(words.begin(), words.end(), value) == words.end()) return found + ", none of " + words.dump();
    }
    if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) return found + ", too small";
    for (const char* word : {"oneOf", "anyOf"}) {
      if (!schema.contains(word)) continue;
      const Json& all = schema[word];
      const bool one = std::any_of(all.begin(), all.end(),
                                   [&](const Json& each) { return mismatch(each, value, at).empty(); });
      if (!one) return found + ", which none of " + word + " allows";
    }
    if (value.is_object()) return members(schema, value, at);
    if (value.is_array() && schema.contains("items") && schema["items"].is_object()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string wrong = mismatch(schema["items"], value[i], at + "/" + std::to_string(i));
        if (!wrong.empty()) return wrong;
      }
    }
    return {};
  }
  std::string members(const Json& schema, const Json& value, const std::string& at) const {
    for (const Json& key : schema.value("required", Json::array())) {
      if (!value.contains(key.get<std::string>())) return at + " has no " + key.get<std::string>();
    }
    const Json known = schema.value("properties", Json::object());
    const Json others = schema.contains("additionalProperties") ? schema["additionalProperties"] : Json(true);
    for (const auto& [key, member] : value.items()) {
      if (!known.contains(key) && others == false) return at + "/" + key + " is in no schema";
      const std::string wrong = known.contains(key)     ? mismatch(known[key], member, at + "/" + key)
                                : others.is_object() ? mismatch(others, member, at + "/" + key)
                                                     : std::string();
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  Json description_;
};

}  // namespace rmqsim
