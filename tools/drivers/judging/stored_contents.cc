#include "tools/drivers/judging/stored_contents.h"

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/codec/text.h"
#include "scenarios/harness/engine/judging/invariant.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/report/render.h"
#include "tools/drivers/driven_run.h"
#include "tools/drivers/first_difference.h"
#include "tools/drivers/judging/told_step.h"

namespace rmqsim {
namespace {

/// How far apart a client's own clock readings of one send may be.
constexpr std::int64_t kBornSlackMillis = 1000;

/// The body as consumers see it; none: what says that it is compressed is not.
std::optional<std::string> read_body(const StoredRecord& stored) {
  if ((stored.sys_flag & MessageSysFlag::COMPRESSED_FLAG) == 0) return std::string(stored.body);
  const auto type = compression_type_of(stored.sys_flag);
  std::string body;
  if (!type || decompress(*type, stored.body, body)) return std::nullopt;
  return body;
}

std::optional<std::int64_t> number_in(const StoredRecord& stored, std::string_view property) {
  const auto text = find_property(stored.properties, property);
  return text ? text::parse_int64(*text) : std::nullopt;
}

/// A timer message may say in three ways when it is to be delivered.
bool is_timed_as(const StoredRecord& stored, const std::optional<Duration>& delay) {
  const auto after_ms = number_in(stored, MessageConst::PROPERTY_TIMER_DELAY_MS);
  const auto after_s = number_in(stored, MessageConst::PROPERTY_TIMER_DELAY_SEC);
  const auto at = number_in(stored, MessageConst::PROPERTY_TIMER_DELIVER_MS);
  if (!delay) return !after_ms && !after_s && !at;
  const std::int64_t wanted = *delay / millis(1);
  if (after_ms) return *after_ms == wanted;
  if (after_s) return *after_s * 1000 == wanted;
  return at && std::abs(*at - stored.born_timestamp - wanted) <= kBornSlackMillis;
}

std::string joined_by_blanks(const std::vector<std::string>& keys, std::uint64_t i) {
  std::string joined;
  for (const std::string& key : keys) joined += (joined.empty() ? "" : " ") + with_number(key, i);
  return joined;
}

/// What was told to be sent, and how it is kept.
class Contents {
 public:
  /// `gathered`: what a client gathers by itself has properties of all that is in it beside its own.
  Contents(const Step& step, std::uint64_t in_step, std::uint64_t member, bool gathered)
      : step_(step), message_(*told_message(step)), gathered_(gathered) {
    const auto* const send = std::get_if<SendStep>(&step.what);
    number_ = send == nullptr || send->batch == 0 ? in_step : in_step * send->batch + member;
  }

  /// In words; empty: nothing.
  std::string other_in(const StoredRecord& stored) const {
    if (read_body(stored) != message_.body.render(number_)) return "another body";
    if (!has(stored, MessageConst::PROPERTY_TAGS, with_number(message_.tags, number_))) return "another tag";
    const std::string keys = joined_by_blanks(message_.keys, number_);
    if (!has(stored, MessageConst::PROPERTY_KEYS, keys)) return "other keys";
    for (const auto& [name, value] : message_.properties) {
      if (!has(stored, name, with_number(value, number_))) return "another property " + in_quotes(name);
    }
    const bool in_transaction = std::holds_alternative<TransactionStep>(step_.what);
    const std::int64_t level = number_in(stored, MessageConst::PROPERTY_DELAY_TIME_LEVEL).value_or(0);
    const bool left_out = in_transaction && level == 0;  // as Java's clients do
    if (level != message_.delay_level && !left_out) return "another delay level";
    if (message_.delay_level == 0 && !is_timed_as(stored, message_.delay)) return "another delay";
    const auto half = find_property(stored.properties, MessageConst::PROPERTY_TRANSACTION_PREPARED);
    return (half == "true") == in_transaction ? "" : "another mark of a transaction";
  }

 private:
  /// What is not told is not there.
  bool has(const StoredRecord& stored, std::string_view name, std::string_view value) const {
    if (find_property(stored.properties, name).value_or("") == value) return true;
    if (!gathered_) return false;
    const std::string own = std::string(name) + '\x01' + std::string(value) + '\x02';
    return value.empty() || stored.properties.find(own) != std::string_view::npos;
  }

  const Step& step_;
  const MessageSpec& message_;
  const bool gathered_;
  std::uint64_t number_ = 0;  ///< of the message in its step
};

}  // namespace

std::optional<Failure> wrong_contents(const Scenario& scenario, const RunRecord& record, LocalCluster& servers) {
  std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> sent;  // by key: send, place in batch
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const auto keys = split_keys(record.sends[i].msg_id);
    for (std::uint64_t k = 0; k < keys.size(); ++k) sent.emplace(keys[k], std::pair(i, k));
  }
  const bool gathered = gathers(scenario);
  for (const std::string& name : servers.broker_names()) {
    const MessageStore& store = servers.broker(name)->broker().store();
    for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
      const auto stored = store.find(n);
      const auto of = stored ? sent.find(stored->uniq_key) : sent.end();
      if (of == sent.end()) continue;
      const auto [i, k] = of->second;
      const Step& step = scenario.steps[record.sends[i].step];
      if (told_message(step) == nullptr) continue;
      const std::string what = Contents(step, i - step.first_send, k, gathered).other_in(*stored);
      if (what.empty()) continue;
      return Failure{
          std::string(kClientMessages),
          "#" + std::to_string(i) + ": its message is stored at " + name + " with " + what + " than was to be sent",
          {format_send(i, record.sends[i])},
          {},
          {},
          i};
    }
  }
  return std::nullopt;
}

}  // namespace rmqsim
