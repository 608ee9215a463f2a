// What became of one request at a server, as whoever reads the journal sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// Texts live until the journal is told of the next request, or of an answer.
struct JournalEntry {
  std::uint64_t number = 0;  ///< over all servers, from 1
  TimePoint at{};
  Duration since_first_step{0};  ///< what fromMs and toMs were compared with; FaultPlan::kBeforeFirstStep: before it
  std::string_view server;
  std::int32_t code = 0;
  std::string_view topic;
  std::optional<std::int32_t> queue_id;
  std::string_view group;
  std::string_view key;  ///< UNIQ_KEY of the message, of a batch its own; empty for others, and for batches of 4.9.8
  std::string_view first_member_key;  ///< of a batch
  std::string_view peer;
  bool oneway = false;
  std::string_view rule;        ///< that acted on it
  std::uint64_t of_server = 0;  ///< its number at the server
  std::string_view outcome;     ///< as AnswerSeen; empty: not answered yet
  std::uint32_t stored = 0;
  bool acknowledged = false;
  TimePoint answered_at{};

  /// UNIQ_KEY by which a broker keeps the message, or the first one of a batch.
  std::string_view kept_key() const { return first_member_key.empty() ? key : first_member_key; }
};

/// An entry with texts of its own, for who keeps it.
class KeptEntry {
 public:
  explicit KeptEntry(const JournalEntry& entry);
  KeptEntry(KeptEntry&&) = default;
  KeptEntry& operator=(KeptEntry&&) = default;
  KeptEntry(const KeptEntry&) = delete;
  KeptEntry& operator=(const KeptEntry&) = delete;

  const JournalEntry& entry() const { return entry_; }

 private:
  std::vector<char> texts_;  ///< which moves without its bytes
  JournalEntry entry_;
};

/// Which entries; what is left out says nothing.
struct JournalFilter {
  std::optional<FaultTarget> on;  ///< by the vocabulary of `faults`
  std::optional<std::string> topic, server, group, rule, outcome, key;

  bool matches(const JournalEntry& entry) const;
};

}  // namespace rmqsim
