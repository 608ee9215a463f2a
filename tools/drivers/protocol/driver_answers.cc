// What a driver says: read strictly, since what is misspelt here would be a finding about the client there.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/file/text/json_tree.h"
#include "scenarios/harness/file/text/nearest.h"
#include "tools/drivers/protocol/base64.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {
namespace {

using Json = nlohmann::json;
using Kind = DriverAnswer::Kind;

/// What is wrong, for the one who wrote the driver.
struct Wrong {
  std::string what;
};

/// The members of an object, each asked for once; what nobody asked for is a mistake.
class Members {
 public:
  Members(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) throw Wrong{where_ + "expected an object"};
  }
  const Json* find(std::string_view name) {
    known_.push_back(name);
    const auto at = object_.find(std::string(name));
    return at == object_.end() ? nullptr : &*at;
  }
  const Json& need(std::string_view name) {
    const Json* value = find(name);
    if (value == nullptr) throw Wrong{where_ + "\"" + std::string(name) + "\" is missing"};
    return *value;
  }
  std::string text(std::string_view name) { return text_of(need(name), name); }
  std::optional<std::string> text_if(std::string_view name) {
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return text_of(*value, name);
  }
  std::optional<std::int64_t> number_if(std::string_view name, std::int64_t least, std::int64_t most) {
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    const bool small =
        value->is_number_integer() && (!value->is_number_unsigned() || value->get<std::uint64_t>() < (1ull << 62));
    if (!small || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
      throw Wrong{where_ + "\"" + std::string(name) + "\" is no whole number from " + std::to_string(least) + " to " +
                  std::to_string(most)};
    }
    return value->get<std::int64_t>();
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> all;
    const Json* value = find(name);
    if (value == nullptr) return all;
    if (!value->is_array()) throw Wrong{where_ + "\"" + std::string(name) + "\" is no list"};
    for (const Json& one : *value) all.push_back(text_of(one, name));
    return all;
  }
  void nothing_else() const {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      throw Wrong{where_ + "unknown member " + in_quotes(name) + suggestion(name, known_)};
    }
  }

 private:
  std::string text_of(const Json& value, std::string_view name) const {
    if (value.is_string()) return value.get<std::string>();
    throw Wrong{where_ + "\"" + std::string(name) + "\" is no text"};
  }
  const Json& object_;
  const std::string where_;
  std::vector<std::string_view> known_;
};

template <std::size_t N>
void must_be_one_of(const std::string& word, const std::string_view (&words)[N], const std::string& what) {
  if (std::find(std::begin(words), std::end(words), word) != std::end(words)) return;
  throw Wrong{what + " " + in_quotes(word) + " is unknown" +
              suggestion(word, std::span<const std::string_view>(words))};
}

std::optional<DriverException> read_exception(Members& members) {
  const Json* value = members.find("exception");
  if (value == nullptr || value->is_null()) return std::nullopt;
  Members inner(*value, "exception: ");
  DriverException exception;
  exception.type = harmless(inner.text("type"), 200);
  if (exception.type.empty()) throw Wrong{"exception: \"type\" is empty"};
  if (const auto code = inner.number_if("responseCode", INT32_MIN, INT32_MAX)) {
    exception.response_code = static_cast<std::int32_t>(*code);
  }
  exception.message = harmless_lines(inner.text_if("message").value_or(""), 4096);
  inner.nothing_else();
  return exception;
}

DriverHello read_hello(Members& members) {
  DriverHello hello;
  hello.client = harmless(members.text("client"), 100);
  if (hello.client.empty()) throw Wrong{"\"client\" is empty"};
  hello.version = harmless(members.text_if("version").value_or(""), 100);
  hello.profile = members.text_if("profile").value_or("");
  if (!hello.profile.empty() && find_profile(hello.profile) == nullptr) {
    throw Wrong{"profile " + in_quotes(hello.profile) + " is unknown"};
  }
  const auto protocol = members.number_if("protocol", 0, 1'000'000);
  if (protocol && *protocol != kDriverProtocol) {
    throw Wrong{"it speaks protocol " + std::to_string(*protocol) + ", and this program speaks " +
                std::to_string(kDriverProtocol)};
  }
  for (std::string& mode : members.texts("modes")) {
    must_be_one_of(mode, kSendModes, "mode");
    hello.modes.insert(std::move(mode));
  }
  if (hello.modes.empty()) throw Wrong{"\"modes\" is missing or empty: which of sync, async and oneway can it do?"};
  for (std::string& feature : members.texts("features")) {
    must_be_one_of(feature, kDriverFeatures, "feature");
    hello.features.insert(std::move(feature));
  }
  for (std::string& setting : members.texts("settings")) {
    if (find_producer_setting(setting) == nullptr) throw Wrong{"setting " + in_quotes(setting) + " is unknown"};
    hello.settings.insert(std::move(setting));
  }
  const std::string key = members.text_if("key").value_or("msgId");
  if (key != "msgId" && key != "property") throw Wrong{"\"key\" is neither \"msgId\" nor \"property\""};
  hello.key_in_property = key == "property";
  return hello;
}

DriverSent read_sent(Members& members) {
  DriverSent sent;
  sent.outcome = members.text("outcome");
  must_be_one_of(sent.outcome, kSendOutcomes, "outcome");
  sent.broker = members.text_if("broker");
  if (sent.broker) sent.broker = harmless(*sent.broker, 255);
  if (const auto queue = members.number_if("queueId", INT32_MIN, INT32_MAX)) {
    sent.queue_id = static_cast<std::int32_t>(*queue);
  }
  sent.msg_id = harmless(members.text_if("msgId").value_or(""), 1 << 20);
  const Json& elapsed = members.need("elapsedMs");
  if (!elapsed.is_number() || !std::isfinite(elapsed.get<double>()) || elapsed.get<double>() < 0 ||
      elapsed.get<double>() > 1e9) {
    throw Wrong{"\"elapsedMs\" is no number of milliseconds"};
  }
  sent.elapsed_ms = elapsed.get<double>();
  sent.exception = read_exception(members);
  if (const auto count = members.number_if("callbacks", 0, 1'000'000)) {
    sent.callback_count = static_cast<std::uint64_t>(*count);
  }
  if (const auto reply = members.text_if("reply")) {
    sent.reply = bytes_of_base64(*reply);
    if (!sent.reply) throw Wrong{"\"reply\" is no base64"};
  }
  sent.recall_handle = members.text_if("recallHandle");
  sent.local = members.text_if("local");
  if (sent.local) must_be_one_of(*sent.local, kTransactionStates, "local");

  const bool failed = sent.outcome == "EXCEPTION";
  if (failed != sent.exception.has_value()) {
    throw Wrong{failed ? "outcome EXCEPTION without \"exception\"" : "\"exception\" beside outcome " + sent.outcome};
  }
  const bool stored = !failed && sent.outcome != "SENT" && sent.outcome != "REPLY" && sent.outcome != "RECALLED";
  if (stored && (!sent.broker || !sent.queue_id)) {
    throw Wrong{"outcome " + sent.outcome + " without \"broker\" and \"queueId\""};
  }
  if (sent.outcome == "REPLY" && !sent.reply) throw Wrong{"outcome REPLY without \"reply\""};
  return sent;
}

DriverAnswer read_object(const Json& json) {
  Members members(json, "");
  DriverAnswer answer;
  constexpr std::pair<const char*, Kind> kAboutProducers[] = {
      {"start", Kind::start}, {"config", Kind::config}, {"shutdown", Kind::shutdown}};
  if (const auto reason = members.text_if("unsupported")) {
    answer.kind = Kind::unsupported;
    answer.text = harmless_lines(*reason, 300);
  } else if (const auto trouble = members.text_if("error")) {
    answer.kind = Kind::error;
    answer.text = harmless_lines(*trouble, 2000);
  } else if (json.contains("client")) {
    answer.kind = Kind::hello;
    answer.hello = read_hello(members);
  } else if (json.contains("i")) {
    const auto i = members.number_if("i", 0, 1ll << 53);
    if (!i) throw Wrong{"\"i\" is null"};
    answer.i = static_cast<std::uint64_t>(*i);
    if (const Json* called = members.find("called")) {
      answer.kind = Kind::called;
      if (*called != true) throw Wrong{"\"called\" is not true"};
    } else if (const auto word = members.text_if("callback")) {
      answer.kind = Kind::callback;
      answer.text = *word;
    } else {
      answer.kind = Kind::sent;
      answer.sent = read_sent(members);
    }
  } else if (const auto name = members.text_if("producer")) {
    answer.kind = Kind::producer;
    answer.name = *name;
    answer.exception = read_exception(members);
  } else if (const Json* bye = members.find("bye")) {
    answer.kind = Kind::bye;
    if (*bye != true) throw Wrong{"\"bye\" is not true"};
  } else {
    const auto* about = std::find_if(std::begin(kAboutProducers), std::end(kAboutProducers),
                                     [&](const auto& one) { return json.contains(one.first); });
    if (about == std::end(kAboutProducers)) {
      throw Wrong{"it is none of the answers: client, producer, start, config, i, shutdown, bye, unsupported, error"};
    }
    answer.kind = about->second;
    answer.name = members.text(about->first);
    answer.exception = read_exception(members);
  }
  members.nothing_else();
  return answer;
}

/// `byte`: the one, from 1, at which it is none; 0: it is other JSON.
std::string no_object(std::string_view line, std::size_t byte) {
  constexpr std::size_t kAround = 20;
  std::string text = "a line that is no JSON object: " + in_quotes(line);
  if (line.starts_with('{') && byte > kAround) {
    text += ", which goes wrong at byte " + std::to_string(byte) + ": " +
            in_quotes(whole_characters(line, std::min(line.size(), byte) - kAround, 2 * kAround));
  }
  return text + "; its standard output is for the protocol, and what it has to say to people belongs on standard error";
}

/// Of JSON whose reader takes one of them in silence; empty: none is.
std::string member_twice(std::string_view line) {
  JsonTree::Error error;
  const auto tree = JsonTree::parse(line, error);
  const auto twice = tree ? tree->duplicate_keys() : std::vector<JsonTree::Error>{};
  return twice.empty() ? "" : "duplicate key " + in_quotes(twice.front().message) + ", in " + in_quotes(line);
}

}  // namespace

std::variant<DriverAnswer, std::string> read_driver_answer(std::string_view line) {
  try {
    const Json json = json_of<Json>(line);
    if (!json.is_object()) return no_object(line, 0);
    if (const std::string twice = member_twice(line); !twice.empty()) return twice;
    return read_object(json);
  } catch (const Json::parse_error& error) {
    return no_object(line, error.byte);
  } catch (const Json::out_of_range&) {
    return "a number that is too large, in " + in_quotes(line);
  } catch (const Wrong& wrong) {
    return wrong.what + ", in " + in_quotes(line);
  }
}

}  // namespace rmqsim
