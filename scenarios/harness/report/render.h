// Small pieces of text that both failures and reports are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/time.h"
#include "scenarios/harness/engine/run_record.h"

namespace rmqsim {

/// Milliseconds with one decimal: "0.4", "3001.0".
std::string format_millis(Duration d);
/// With its unit, which of less than a millisecond is µs: "412 µs", "3001.0 ms".
std::string format_latency(Duration d);
/// "broker-a/1 SYSTEM_BUSY 400 µs"
std::string format_attempt(const AttemptRecord& attempt);
/// "broker-a/1 SYSTEM_BUSY 400 µs   broker-b/0 SUCCESS 400 µs"
std::string format_attempts(const SendRecord& record);
/// "SEND_OK", or "MQBrokerException CODE: 2  DESC: …" on one line, at most `width` characters.
std::string format_outcome(const SendRecord& record, std::size_t width = 120);
/// What caused the exception that it ended with, from the outside in, each as format_outcome() has it.
std::vector<std::string> format_causes(const SendRecord& record, std::size_t width = 120);
/// "commit", "throw".
std::string_view state_name(TransactionState state);
/// One of kTransactionEnds, for people.
std::string end_name(std::string_view end);
/// "2 scans, 1 question": a broker's scan comes to a half message whether or not there is a client to ask.
std::string format_scans(std::uint64_t scans, std::uint64_t asked);
/// "local unknown, committed after 1 scan, 1 question, answered by p"; of a record that is a transaction.
std::string format_transaction(const SendRecord& record);
/// "matched 5, acted 2"
std::string format_rule_counts(const RuleCounts& counts);
/// "#8  broker-a/0 SYSTEM_BUSY 400 µs -> MQBrokerException …"
std::string format_send(std::uint64_t i, const SendRecord& record);
/// "9.5 ms", "120 ms", "12 s".
std::string format_wall(double millis);
/// "1 run", "2 runs".
std::string plural(std::uint64_t n, const char* one, const char* many);

}  // namespace rmqsim
