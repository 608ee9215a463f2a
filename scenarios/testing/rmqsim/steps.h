// Steps with the names of the scenario format (format §1.8 to §1.12); events are in events.h:
//
//     send("Orders").count(12).body("order {i}"), waitMs(500), crash("broker-a").atMs(2000)
#pragma once

#include "rmqsim/parts.h"

namespace rmqsim::test {

/// What every step has. `what_` is what it does.
class Step {
 public:
  operator Value() const;

 protected:
  explicit Step(std::string_view kind, bool event = false) : kind_(kind), event_(event) {}

  std::string kind_;
  bool event_;
  Object what_;
  std::vector<Value> plain_;  ///< instead of `what_`: the value itself
  Object around_;
};

template <class Self>
class StepOf : public Step {
 public:
  Self& name(std::string_view name) { return around("name", name); }
  Self& background(bool on = true) { return around("background", on); }
  Self& atMs(double ms) { return around("atMs", ms); }

 protected:
  using Step::Step;
  Self& self() { return static_cast<Self&>(*this); }
  Self& set(std::string_view key, const Value& value) {
    what_.set(key, value);
    return self();
  }
  template <class... Items>
  Self& append(std::string_view key, const Items&... items) {
    if (sizeof...(items) == 0) return set(key, Value::list_of());  // which the parser refuses: it is not as if unsaid
    (what_.append(key, Value(items)), ...);
    return self();
  }
  Self& around(std::string_view key, const Value& value) {
    around_.set(key, value);
    return self();
  }
};

/// What steps that send have.
template <class Self>
class SendingStep : public StepOf<Self> {
 public:
  Self& concurrency(std::uint32_t threads) { return this->around("concurrency", threads); }
  /// Expectations about the step's own sends: sends().outcome("SEND_OK").
  template <class... Expected>
  Self& expect(const Expected&... expected) {
    (this->around_.append("expect", Value(expected)), ...);
    return this->self();
  }
  Self& producer(std::string_view name) { return this->set("producer", name); }
  Self& topic(std::string_view topic) { return this->set("topic", topic); }
  Self& intervalMs(double ms) { return this->set("intervalMs", ms); }

 protected:
  using StepOf<Self>::StepOf;
};

/// What steps with messages have.
template <class Self>
class MessageStep : public SendingStep<Self> {
 public:
  /// Every {i} in tags, keys, values of properties and a body's text is the number of the send within its step.
  Self& tags(std::string_view tags) { return this->set("tags", tags); }
  template <class... Keys>
  Self& keys(const Keys&... keys) {
    return this->append("keys", keys...);
  }
  Self& properties(Values texts) {
    this->what_.extend("properties", texts);
    return this->self();
  }
  Self& body(std::string_view text) { return this->set("body", Value::object({{"text", text}})); }
  Self& bodySize(std::uint32_t size) { return this->set("body", Value::object({{"size", size}})); }
  Self& bodySize(std::uint32_t size, char fill) {
    return this->set("body", Value::object({{"size", size}, {"fill", std::string(1, fill)}}));
  }
  Self& count(std::uint64_t sends) { return this->set("count", sends); }

 protected:
  using SendingStep<Self>::SendingStep;
};

/// What `send` and `request` have besides.
template <class Self>
class AimedStep : public MessageStep<Self> {
 public:
  Self& mode(std::string_view mode) { return this->set("mode", mode); }
  Self& timeoutMs(std::int64_t ms) { return this->set("timeoutMs", ms); }
  Self& queue(std::string_view broker, std::int32_t id) {
    return this->set("queue", Value::object({{"broker", broker}, {"queueId", id}}));
  }
  /// index, hash or random.
  Self& selector(std::string_view kind) { return this->set("selector", Value::object({{"kind", kind}})); }
  Self& selector(std::string_view kind, const Value& arg) {
    return this->set("selector", Value::object({{"kind", kind}, {"arg", arg}}));
  }

 protected:
  using MessageStep<Self>::MessageStep;
};

class SendStep : public AimedStep<SendStep> {
 public:
  explicit SendStep(std::string_view to) : AimedStep("send") { topic(to); }
  SendStep& delayLevel(int level) { return set("delayLevel", level); }
  SendStep& delayMs(double ms) { return set("delayMs", ms); }
  SendStep& batch(std::uint32_t messages) { return set("batch", messages); }
};

class TransactionStep : public MessageStep<TransactionStep> {
 public:
  explicit TransactionStep(std::string_view to) : MessageStep("transaction") { topic(to); }
  TransactionStep& delayLevel(int level) { return set("delayLevel", level); }
  /// commit, rollback, unknown or throw; the same of checks, in order.
  TransactionStep& local(std::string_view state) { return set("local", state); }
  TransactionStep& localMs(double ms) { return set("localMs", ms); }
  template <class... States>
  TransactionStep& check(const States&... states) {
    return append("check", states...);
  }
};

class RequestStep : public AimedStep<RequestStep> {
 public:
  explicit RequestStep(std::string_view to) : AimedStep("request") { topic(to); }
};

class RecallStep : public SendingStep<RecallStep> {
 public:
  explicit RecallStep(const Value& selection) : SendingStep("recall") { set("sends", selection); }
};

class PlainStep : public StepOf<PlainStep> {
 public:
  PlainStep(std::string_view kind, const Value& value) : StepOf(kind) { plain_.push_back(value); }
};

inline SendStep send(std::string_view topic) { return SendStep(topic); }
inline TransactionStep transaction(std::string_view topic) { return TransactionStep(topic); }
inline RequestStep request(std::string_view topic) { return RequestStep(topic); }
inline RecallStep recall(const Value& sends) { return RecallStep(sends); }
inline PlainStep waitMs(double ms) { return {"waitMs", ms}; }
/// `assert` of the format, which C++ has taken.
template <class... Expected>
PlainStep assert_(const Expected&... expected) {
  return {"assert", Value::list_of(expected...)};
}

}  // namespace rmqsim::test
