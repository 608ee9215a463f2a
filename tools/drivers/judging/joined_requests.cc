#include "tools/drivers/judging/joined_requests.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "fake_broker/shell/report_channel.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/judging/invariant.h"
#include "tools/drivers/judging/told_step.h"

namespace rmqsim {
namespace {

/// What the cluster's responders send.
bool is_reply(std::int32_t code) {
  return code == RequestCode::SEND_REPLY_MESSAGE || code == RequestCode::SEND_REPLY_MESSAGE_V2;
}

class Join {
 public:
  Join(const Scenario& scenario, const RunRecord& record) : record_(record) {
    for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
      const SendRecord& send = record.sends[i];
      const auto* step = std::get_if<SendStep>(&scenario.steps[send.step].what);
      const bool batch = step != nullptr && step->batch > 0;
      for (const std::string_view key : split_keys(send.msg_id)) (batch ? by_member_ : by_key_).emplace(key, i);
      if (send.transaction && !send.transaction->uniq_key.empty()) by_key_.emplace(send.transaction->uniq_key, i);
    }
    for (const Step& step : scenario.steps) {
      const MessageSpec* const message = told_message(step);
      if (message != nullptr) topics_.push_back({step.first_send, step.first_send + step.send_count, message->topic});
    }
  }

  /// To be called in the order of arrival.
  std::optional<std::uint64_t> send_of(const JournalEntry& entry, const SurelyUnderWay& times) {
    if (const auto known = by_key_.find(entry.key); known != by_key_.end()) return known->second;
    // Members that a client gathers by itself are sends of their own, and share the request: it is none's.
    if (const auto known = by_member_.find(entry.first_member_key); known != by_member_.end()) return known->second;
    return under_way(entry, times);
  }

  /// Whether it is what a client gathered, or may be of a send that nobody told the key of, or of one without a key:
  /// such a one may arrive at any time.
  bool may_be_of_a_send(const JournalEntry& entry, const SurelyUnderWay& times) const {
    if (by_key_.contains(entry.first_member_key)) return true;
    const bool without_key = entry.key.empty() && entry.first_member_key.empty();
    for (const Topic& topic : topics_) {
      if (!entry.topic.ends_with(topic.name)) continue;
      for (std::uint64_t i = topic.first; i < topic.last; ++i) {
        const SendRecord& send = record_.sends[i];
        const bool unknown = without_key || send.msg_id.empty();
        if (unknown && send.start != TimePoint{} && entry.at >= times(i).first) return true;
      }
    }
    return false;
  }

 private:
  struct Topic {
    std::uint64_t first, last;
    std::string_view name;
  };

  /// Of a request without a key (of a batch, of a client that has none): the only send to that topic that was under way
  /// and whose key nobody told; of one-way sends, which may arrive long after the call, the first that has not arrived.
  std::optional<std::uint64_t> under_way(const JournalEntry& entry, const SurelyUnderWay& times) {
    std::optional<std::uint64_t> found;
    const auto one_way = [&](std::uint64_t i) {
      return entry.oneway && record_.sends[i].mode == CommunicationMode::ONEWAY;
    };
    for (const Topic& topic : topics_) {
      if (!entry.topic.ends_with(topic.name)) continue;
      for (std::uint64_t i = topic.first; i < topic.last; ++i) {
        const SendRecord& send = record_.sends[i];
        const bool unknown = send.msg_id.empty() || send.msg_id.find(',') != std::string::npos || entry.key.empty();
        if (!unknown || send.start == TimePoint{} || (one_way(i) && arrived_.contains(i))) continue;
        const auto [begun, ended] = times(i);
        if (entry.at < begun || (send.completed() && entry.at > ended && !one_way(i))) continue;
        if (found && one_way(i) && one_way(*found)) continue;
        if (found) return std::nullopt;
        found = i;
      }
    }
    if (found && one_way(*found)) arrived_.insert(*found);
    return found;
  }

  const RunRecord& record_;
  std::map<std::string_view, std::uint64_t> by_key_;
  std::map<std::string_view, std::uint64_t> by_member_;  ///< of batches that are sent as such
  std::vector<Topic> topics_;
  std::set<std::uint64_t> arrived_;  ///< one-way sends whose key nobody told
};

}  // namespace

JoinedRequests join_requests(const Scenario& scenario, const RunRecord& record, const RequestJournal& journal,
                             const SurelyUnderWay& under_way) {
  Join join(scenario, record);
  const std::vector<std::string> traces = trace_topics(scenario);
  const auto& nameservers = scenario.cluster.nameservers;
  JoinedRequests joined;
  joined.of_sends.resize(record.sends.size());
  for (const JournalEntry entry : journal.entries()) {
    if (!is_send_request(entry.code) || is_reply(entry.code) || is_watched(traces, entry.topic)) continue;
    // Java's client sends a retry there whose broker has no address any more; what it holds a nameserver does not read.
    if (std::find(nameservers.begin(), nameservers.end(), entry.server) != nameservers.end()) continue;
    if (const auto send = join.send_of(entry, under_way)) {
      joined.of_sends[*send].push_back(entry);
    } else if (join.may_be_of_a_send(entry, under_way)) {
      joined.unplaced = true;
    } else {
      joined.nobodys.push_back(entry);
    }
  }
  return joined;
}

}  // namespace rmqsim
