// Makes a scenario of what a proxy saw: the cluster and its topics from routes, sends and transactions from the
// messages and ends that passed, answers other than SUCCESS, lost answers and latencies as fault rules with the number
// of the request they met. Run against the fakes, the same sends meet the same faults after the same times. Pure;
// memory is bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/parse/fragments.h"
#include "tools/proxy/recorded_exchange.h"

namespace rmqsim {

class ScenarioRecorder {
 public:
  static constexpr std::size_t kMaxRequests = 200'000;  ///< later ones are not recorded

  /// `content`: bodies, tags, keys and properties are recorded too, of single messages whose body is text.
  explicit ScenarioRecorder(bool content = false) : content_(content) {}

  /// Told of everything that is kept, as a line of a journal: read back, the lines make the same recording.
  using Journal = std::function<void(const std::string& line)>;
  void set_journal(Journal journal) { journal_ = std::move(journal); }
  /// Takes in a line of a journal; one that is none changes nothing.
  void read(std::string_view line);

  void on_broker(const std::string& server, const std::string& broker, std::int64_t id);
  void on_route(const std::string& topic, const TopicRouteData& route);
  void on_exchange(const Exchange& exchange);

  bool empty() const { return sends_.empty(); }
  /// The file's text; `name` must be the file's name without ".json".
  std::string scenario(const std::string& name) const;

 private:
  using Seen = RecordedRequest;
  using Send = RecordedSend;
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

  void keep(RecordedExchange exchange);
  bool takes(const Send& send);
  ScenarioRecorder before(TimePoint end) const;
  void keep_end(const RecordedEnd& end);
  template <class Entry>
  void tell_journal(const Entry& entry) const;
  const Transaction& transaction_of(const Send& send) const;
  std::string transaction_settings_json() const;
  std::vector<Message> messages() const;
  std::map<std::string, std::map<std::string, std::int32_t>> topics() const;
  std::optional<std::int32_t> queue_index(const Message& first) const;
  std::optional<int> retries(const std::vector<Message>& messages) const;
  std::string cluster_json() const;
  std::string producers_json(const std::vector<Message>& messages) const;
  std::string steps_json(const std::vector<Message>& messages, std::size_t& said) const;
  std::string producer_name(const std::string& group) const;
  FragmentNames names() const;

  struct Broker {
    std::string name;  ///< brokerName
    std::int64_t id = 0;
  };
  std::map<std::string, Broker> brokers_;  ///< by server name
  std::map<std::string, TopicRouteData> routes_;
  std::vector<Seen> seen_;
  std::vector<Send> sends_;
  std::set<std::string> groups_, topics_sent_;  ///< of them
  std::map<std::string, Transaction> transactions_;  ///< by key
  Journal journal_;
  bool content_ = false;
  std::uint64_t not_recorded_ = 0;
  std::uint64_t unsayable_ = 0;
};

}  // namespace rmqsim
