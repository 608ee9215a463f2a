#include "scenarios/harness/engine/step_message.h"

#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {
namespace {

class StepSelector final : public MessageQueueSelector {
 public:
  StepSelector(const SelectorSpec& spec, std::uint64_t i, Random& random) : spec_(spec), i_(i), random_(random) {}

  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message&,
                                     const std::any&) override {
    const auto n = static_cast<std::int64_t>(queues.size());
    std::int64_t at = 0;
    switch (spec_.kind) {
      case SelectorSpec::Kind::index: at = ((number() % n) + n) % n; break;
      case SelectorSpec::Kind::hash: {
        // SelectMessageQueueByHash: arg.hashCode() % n, its absolute value if negative.
        const std::int64_t value = hash() % n;
        at = value < 0 ? -value : value;
        break;
      }
      case SelectorSpec::Kind::random: at = static_cast<std::int64_t>(random_.below(queues.size())); break;
    }
    return queues[static_cast<std::size_t>(at)];
  }

 private:
  std::int64_t number() const {
    if (!spec_.arg) return static_cast<std::int64_t>(i_);
    if (const auto* value = std::get_if<std::int64_t>(&*spec_.arg)) return *value;
    return java_hash(with_number(std::get<std::string>(*spec_.arg), i_));
  }
  /// Java's hashCode of the argument: an Integer is its own, a Long folds its halves, a String has its formula.
  std::int64_t hash() const {
    const std::int64_t value = number();
    if (value >= INT32_MIN && value <= INT32_MAX) return value;
    return static_cast<std::int32_t>(value ^ static_cast<std::int64_t>(static_cast<std::uint64_t>(value) >> 32));
  }

  const SelectorSpec& spec_;
  std::uint64_t i_;
  Random& random_;
};

}  // namespace

Message make_message(const MessageSpec& spec, std::uint64_t i) {
  Message message(spec.topic, with_number(spec.tags, i), spec.body.render(i));
  std::vector<std::string> keys;
  for (const std::string& key : spec.keys) keys.push_back(with_number(key, i));
  if (!keys.empty()) message.setKeys(keys);
  for (const auto& [name, value] : spec.properties) message.put_property(name, with_number(value, i));
  if (spec.delay_level > 0) message.setDelayTimeLevel(spec.delay_level);
  if (spec.delay) message.setDelayTimeMs(std::chrono::duration_cast<std::chrono::milliseconds>(*spec.delay).count());
  return message;
}

std::shared_ptr<MessageQueueSelector> make_step_selector(const SelectorSpec& spec, std::uint64_t i, Random& random) {
  return std::make_shared<StepSelector>(spec, i, random);
}

}  // namespace rmqsim
