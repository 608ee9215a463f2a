// Makes a scenario of what a proxy saw: the cluster and its topics from routes, sends and transactions from the
// messages and ends that passed, answers other than SUCCESS, lost answers and latencies as fault rules with the number
// of the request they met. Run against the fakes, the same sends meet the same faults after the same times. Pure;
// memory is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/topic_route_data.h"
#include "tools/proxy/proxy_front.h"

namespace rmqsim {

class ScenarioRecorder {
 public:
  static constexpr std::size_t kMaxRequests = 200'000;  ///< later ones are not recorded
  static constexpr std::size_t kMaxRules = 2'000;       ///< rules for single requests; beyond, a distribution stands in

  /// `content`: bodies, tags, keys and properties are recorded too, of single messages whose body is text.
  explicit ScenarioRecorder(bool content = false) : content_(content) {}

  void on_broker(const std::string& server, const std::string& broker, std::int64_t id);
  void on_route(const std::string& topic, const TopicRouteData& route);
  void on_exchange(const Exchange& exchange);

  bool empty() const { return sends_.empty(); }
  /// The file's text; `name` must be the file's name without ".json".
  std::string scenario(const std::string& name) const;

 private:
  /// A request that a fault rule could name.
  struct Seen {
    std::string server;
    std::string target;      ///< as `on` names it
    std::uint64_t number = 0;  ///< in the order in which requests came to the server
    std::string outcome;
    std::optional<std::string> remark;
    std::int32_t code = 0;   ///< of the answer
    bool answered = false;
    bool processed = false;  ///< the server got it, as far as can be known
    TimePoint at;
    Duration took{0};
  };
  /// A request that carries messages.
  struct Send {
    std::size_t seen = 0;  ///< index of its Seen
    std::string group, topic, key;
    std::int32_t queue_id = 0;
    std::int32_t version = 0;
    std::size_t body_bytes = 0;
    std::size_t messages = 1;
    bool oneway = false;
    bool half = false;    ///< of a transaction
    std::string content;  ///< what of it is recorded, as JSON; empty: its size
  };
  /// The ends of a transaction, as the client said them and when.
  struct Transaction {
    std::optional<std::int32_t> local;  ///< commitOrRollback that was no answer to a check
    TimePoint local_at;
    std::vector<std::int32_t> checks;   ///< those that were
    std::vector<TimePoint> asked;       ///< when the broker did
    bool operator==(const Transaction& other) const { return local == other.local && checks == other.checks; }
  };
  /// One message, with all requests that carried it.
  struct Message {
    const Send* first = nullptr;
    const Send* last = nullptr;
    std::size_t attempts = 0;
  };

  void on_end(const Exchange& exchange);
  const Transaction& transaction_of(const Send& send) const;
  std::string transaction_settings_json() const;
  std::vector<Message> messages() const;
  std::map<std::string, std::map<std::string, std::int32_t>> topics() const;
  std::optional<std::int32_t> queue_index(const Message& first) const;
  std::optional<int> retries(const std::vector<Message>& messages) const;
  std::string cluster_json() const;
  std::string producers_json(const std::vector<Message>& messages) const;
  std::string steps_json(const std::vector<Message>& messages) const;
  std::string faults_json() const;
  std::string producer_name(const std::string& group) const;

  struct Broker {
    std::string name;  ///< brokerName
    std::int64_t id = 0;
  };
  std::map<std::string, Broker> brokers_;  ///< by server name
  std::map<std::string, TopicRouteData> routes_;
  std::vector<Seen> seen_;
  std::vector<Send> sends_;
  std::map<std::string, Transaction> transactions_;  ///< by key
  bool content_ = false;
  std::uint64_t not_recorded_ = 0;
};

}  // namespace rmqsim
