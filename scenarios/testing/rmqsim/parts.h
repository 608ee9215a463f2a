// What the builders of this library are made of: values of the scenario format as JSON text, and objects whose keys are
// set by functions of the same name. Nothing is checked here: the parser of scenario files does that, in its own words.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rmqsim::test {

class Object;
class Value;
/// Keys and values that have no functions of their own: {{"sendMsgTimeout", 1000}, {"autoBatch", true}}.
using Values = std::initializer_list<std::pair<std::string_view, Value>>;

class Value {
 public:
  Value(bool value) : json_(value ? "true" : "false") {}
  template <class Number>
    requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool> && !std::same_as<Number, char>)
  Value(Number number) : json_(number_text(number)) {}
  Value(std::string_view text);
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(std::initializer_list<Value> list);
  Value(const std::vector<Value>& list);
  Value(const std::vector<std::string>& list);
  Value(const Object& object);

  static Value object(Values members);
  template <class... Items>
  static Value list_of(const Items&... items) {
    return Value(std::vector<Value>{Value(items)...});
  }
  const std::string& json() const { return json_; }

 private:
  static std::string number_text(double number);
  template <std::integral Number>
  static std::string number_text(Number number) {
    return std::to_string(number);
  }

  std::string json_;
};

/// Keys in the order in which they were first set.
class Object {
 public:
  /// A key that is set again has the later value.
  void set(std::string_view key, const Value& value);
  /// Adds to the list of that key.
  void append(std::string_view key, const Value& value);
  /// Adds to the object of that key.
  void extend(std::string_view key, Values members);
  /// The other's keys after these.
  void merge(const Object& other);
  std::string json() const;

 private:
  enum class Kind : std::uint8_t { value, list, object };
  struct Member {
    std::string key;
    std::string json;  ///< of a list or an object without its brackets
    Kind kind;
  };
  Member& member(std::string_view key);
  void add(std::string_view key, Kind kind, const std::string& json);
  std::vector<Member> members_;
};

/// An object of the format whose functions return itself.
template <class Self>
class Part {
 public:
  operator Value() const { return Value(object_); }

 protected:
  Self& self() { return static_cast<Self&>(*this); }
  Self& set(std::string_view key, const Value& value) {
    object_.set(key, value);
    return self();
  }
  template <class... Items>
  Self& append(std::string_view key, const Items&... items) {
    (object_.append(key, Value(items)), ...);
    return self();
  }
  Self& extend(std::string_view key, Values members) {
    object_.extend(key, members);
    return self();
  }

  Object object_;
};

}  // namespace rmqsim::test
