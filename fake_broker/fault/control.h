// The control channel of the programs fake_broker and fake_namesrv (`--control-fd`): whoever started one of them asks
// for a report or breaks something, in lines of JSON over an inherited socket, and every line gets one line back. Plain
// values and their text; the programs and the scenario engine do the reading and writing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rmqsim {

/// {"do": "report"} and its kin. Members that an action does not need are left out of the line.
struct ControlCommand {
  enum class Action : std::uint8_t {
    report,             ///< answers a ServerReport; so do all the others
    begin_faults,       ///< "first step" was `since_micros` ago
    crash,              ///< resets all connections and stops listening; the killing is up to the caller
    set_route,          ///< nameserver: this route for `topic` at `broker`
    remove_from_route,  ///< nameserver: `broker` leaves the route of `topic`, or of all when that is empty
    set_perm,           ///< broker: of its topic; nameserver: in the route of `broker`
  };
  Action action = Action::report;
  std::string topic;
  std::string broker;
  std::int32_t queues = 0;
  std::int32_t perm = 0;
  std::int64_t since_micros = 0;

  bool operator==(const ControlCommand&) const = default;
};

/// What a server saw and keeps.
struct ServerReport {
  std::string error;             ///< why a command could not be carried out; empty: it was
  std::uint64_t registered = 0;  ///< broker: nameservers whose last answer to a registration was 0
  std::uint64_t stored_requests = 0;  ///< requests that stored something, a batch counting once
  std::map<std::pair<std::int32_t, std::string>, std::uint64_t> requests;  ///< by code and topic
  std::map<std::string, std::uint64_t, std::less<>> copies;                ///< stored messages by their key

  bool operator==(const ServerReport&) const = default;
};

/// One line without its line break.
std::string to_line(const ControlCommand& command);
std::string to_line(const ServerReport& report);
/// nullopt when the line is not a command, or not a report.
std::optional<ControlCommand> parse_control_command(std::string_view line);
std::optional<ServerReport> parse_server_report(std::string_view line);

}  // namespace rmqsim
