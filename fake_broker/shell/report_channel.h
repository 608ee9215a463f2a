// The control channel of the programs fake_broker and fake_namesrv (`--control-fd`): whoever started one of them asks
// for a report or breaks something, in lines of JSON over an inherited socket, and every line gets one line back.
// Between them a broker that was started with `--watch TOPIC` writes a line for every message that it stores there, and
// a server that was started with `--events` its events, as lines of a trace, and until when those are all. Plain values
// and their text; the programs and the scenario engine do the reading and writing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

/// {"do": "report"} and its kin. Members that an action does not need are left out of the line.
struct ControlCommand {
  enum class Action : std::uint8_t {
    report,             ///< answers a ServerReport; so do all the others
    begin_faults,       ///< `first_step` is when the first step began
    crash,              ///< resets all connections and stops listening; the killing is up to the caller
    set_route,          ///< nameserver: `queues` are the route of `topic`
    remove_from_route,  ///< nameserver: `broker` leaves the route of `topic`, or of all when that is empty
    set_perm,           ///< broker: of its topic; nameserver: in the route of `broker`
  };
  Action action = Action::report;
  std::string topic;
  std::string broker;
  std::vector<std::pair<std::string, std::int32_t>> queues;  ///< by broker
  std::int32_t perm = 0;
  TimePoint first_step{};

  bool operator==(const ControlCommand&) const = default;
};

/// What a broker did with the half messages of one UNIQ_KEY, or with all.
struct TransactionCounts {
  std::uint64_t checks = 0;  ///< scans that came to it
  std::uint64_t asked = 0;   ///< those that found somebody to ask
  std::uint64_t committed = 0;
  std::uint64_t rolled_back = 0;
  std::uint64_t discarded = 0;
  std::uint64_t pending = 0;

  bool operator==(const TransactionCounts&) const = default;
};

/// Of a fault rule, at this server.
struct RuleReport {
  std::uint64_t matched = 0;
  std::uint64_t acted = 0;
  Duration first{0}, last{0};  ///< when it acted, since the first step; of one that did

  bool operator==(const RuleReport&) const = default;
};

/// What a server saw and keeps.
struct ServerReport {
  std::string error;             ///< why a command could not be carried out; empty: it was
  std::uint64_t registered = 0;  ///< broker: nameservers whose last answer to a registration was 0
  std::uint64_t stored_requests = 0;  ///< requests that stored something, a batch counting once
  std::uint64_t forgotten = 0;        ///< messages that are kept no more, to bound the broker's memory
  std::map<std::pair<std::int32_t, std::string>, std::uint64_t> requests;  ///< by code and topic
  /// Stored messages by their key; half messages count as none, but their key is there.
  std::map<std::string, std::uint64_t, std::less<>> copies;
  std::map<std::string, TransactionCounts, std::less<>> transactions;  ///< by key
  TransactionCounts transaction_totals;                                ///< without checks and asked
  std::uint64_t delivered = 0;  ///< delayed messages whose time came
  std::uint64_t recalled = 0;   ///< timer messages taken back before theirs
  std::vector<RuleReport> rules;  ///< in the order of the scenario file
  bool changed = true;  ///< the command had an effect

  bool operator==(const ServerReport&) const = default;
};

/// A message that a broker has just stored in a topic that is watched.
struct StoredNotice {
  std::string topic;
  std::string record;  ///< as a pull would answer it (StoredMessage)

  bool operator==(const StoredNotice&) const = default;
};

/// The server has told all its events (`--events`) until then.
struct ToldUntil {
  TimePoint at{};

  bool operator==(const ToldUntil&) const = default;
};

/// Whether one of the names (`--watch`) is that topic or, ending in '*', begins it.
bool is_watched(const std::vector<std::string>& names, std::string_view topic);

/// One line without its line break.
std::string to_line(const ControlCommand& command);
std::string to_line(const ServerReport& report);
std::string to_line(const StoredNotice& notice);
std::string to_line(const ToldUntil& told);
/// nullopt when the line is not a command, not a report, not a notice, not that.
std::optional<ControlCommand> parse_control_command(std::string_view line);
std::optional<ServerReport> parse_server_report(std::string_view line);
std::optional<StoredNotice> parse_stored_notice(std::string_view line);
std::optional<ToldUntil> parse_told_until(std::string_view line);

}  // namespace rmqsim
