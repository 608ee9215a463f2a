// One message of a saved scenario with its tries, and what a broker that keeps it knows of its kind.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/broker_state.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/journal/journal_entry.h"

namespace rmqsim {

/// Plain, delayed or the half of a transaction.
struct MessageKind {
  std::int32_t delay_level = 0;
  std::optional<Duration> delay;
  std::optional<TransactionState> transaction;  ///< how it ended
  bool operator==(const MessageKind&) const = default;
};

struct SavedMessage {
  JournalEntry first, last;
  std::string process;
  std::uint32_t batch = 0;  ///< messages in it, as far as a broker stored them; 0: none, or it is no batch
  MessageKind kind;

  bool is_batch() const { return !first.first_member_key.empty(); }
  void tried(const JournalEntry& entry);
};

/// In a file.
bool is_usable_topic(std::string_view topic);
/// By UNIQ_KEY, of those that the broker keeps and that are not plain; of the newest, if it keeps very many.
void look_up_kinds(const BrokerState& broker, std::map<std::string_view, MessageKind>& kinds);
/// The value of the round-robin index before the first send. Queues are numbered broker by broker, in the order of
/// their names, as nameservers list them.
std::optional<QueueIndexSpec> first_queue(const ClusterSpec& cluster, const JournalEntry& entry);

}  // namespace rmqsim
