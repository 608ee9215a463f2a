// What must hold in every run, whatever the scenario: a small class per property, which sees what the run's clients say
// and hear, keeps its own state, and judges when the steps have ended. Values in, breaches out, so that a test can make
// a run up. Which there are: invariant_table.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/judging/client_state.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/wire_tap.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class HeardRoutes;

/// A run that is being judged.
struct JudgedRun {
  const Scenario& scenario;
  const Profile& profile;
  const RunRecord& record;
  Duration lateness{0};  ///< what upper bounds of time are exceeded by without a failure
  std::vector<ClientState> clients;
  /// Whether a broker keeps a message with that key, or may have forgotten it to bound its memory.
  std::function<bool(std::string_view uniq_key)> keeps;
  /// Keys of messages that are kept more than once, with how often.
  std::map<std::string, std::uint64_t, std::less<>> repeated;
  const HeardRoutes* routes = nullptr;  ///< that clients heard of; there while invariants judge

  bool all_completed() const;
  /// Whether an event ends that producer before the run does.
  bool shut_down(std::string_view producer) const;
  /// The step of a plain send; nullptr for other kinds.
  const SendStep* send_step(const SendRecord& record) const;
  /// Whose send it is.
  const std::string& producer_of(const SendRecord& record) const;
  /// A number that a producer is started with.
  std::int64_t number(const std::string& producer, std::string_view setting, std::int64_t otherwise) const;
  /// The largest that a producer ever gets; `otherwise` counts as well.
  std::int64_t largest(const std::string& producer, std::string_view setting, std::int64_t otherwise) const;
  /// The longest of a list of ms that a producer ever gets; `otherwise` counts as well.
  std::int64_t longest(const std::string& producer, std::string_view setting,
                       std::vector<std::int64_t> otherwise) const;
  /// A producer whose client is its own, so that what the client says on the wire is told by the producer's name.
  bool has_own_client(const std::string& producer) const;
  /// Whether the client that says something on the wire by the name of `client` may be that producer's.
  bool may_speak_for(const std::string& client, const std::string& producer) const {
    return client == producer || (!has_own_client(client) && !has_own_client(producer));
  }
  /// Whether a producer has, at the start or by an event, that value of a setting.
  template <class T>
  bool ever(const std::string& producer, std::string_view setting, const T& value) const {
    return any_config(producer, [&](const ProducerConfig& config) {
      const T* set = config.get<T>(setting);
      return set != nullptr && *set == value;
    });
  }
  /// Whether a producer's start or an event sets it at all.
  bool ever_set(const std::string& producer, std::string_view setting) const {
    return any_config(producer,
                      [&](const ProducerConfig& config) { return config.values.contains(std::string(setting)); });
  }

 private:
  bool any_config(const std::string& producer, const std::function<bool(const ProducerConfig&)>& holds) const;
};

/// What breaks one invariant.
class Breaches {
 public:
  explicit Breaches(const InvariantInfo& info) : info_(info) {}

  /// `what` says more than the invariant's own sentence, if there is more to say.
  void send(std::uint64_t i, const SendRecord& record, const std::string& what = {});
  /// Of no send in particular.
  void other(std::string what);
  bool empty() const { return sends_ == 0 && others_ == 0; }
  Failure failure(std::size_t sends) const;

 private:
  const InvariantInfo& info_;
  std::size_t sends_ = 0;
  std::optional<std::uint64_t> first_send_;
  std::optional<std::uint64_t> last_;
  std::size_t others_ = 0;
  std::string first_other_;
  std::vector<std::string> evidence_;
};

class Invariant : public WireEvents {
 public:
  virtual void judge(const JudgedRun& run, Breaches& breaches) = 0;
};

/// For those that ask each send alone: `holds` says so.
template <class Holds>
void judge_each_send(const RunRecord& record, Breaches& breaches, const Holds& holds) {
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    if (!holds(record.sends[i])) breaches.send(i, record.sends[i]);
  }
}

/// One by one: a batch has several.
std::vector<std::string_view> split_keys(std::string_view keys);
/// Those that brokers keep a send's messages by: the result of an async batch in a namespace has another (quirk 55).
std::vector<std::string_view> kept_keys(const SendRecord& send);

}  // namespace rmqsim
