// The lines that rmqsim and a driver say to each other (tools/drivers/README.md): one JSON object each. Requests are
// made
// here of a scenario's parts, answers are read into values, strictly: what the protocol does not know is a mistake of
// the driver's, told in words.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

inline constexpr int kDriverProtocol = 1;
/// What `features` may name, in the order of the page.
inline constexpr std::string_view kDriverFeatures[] = {
    "queue",   "selector",  "batch",       "sendTimeout", "delayLevel",  "delayTime", "recall", "transaction",
    "request", "setConfig", "credentials", "lifecycle",   "queueIndex", "threads",   "called"};
/// What is called back of an async send.
inline constexpr std::string_view kSendCallbacks[] = {"RESULT", "EXCEPTION"};

struct DriverHello {
  std::string client, version;
  std::string profile;  ///< whose behaviour it says that it has; may be empty
  std::set<std::string, std::less<>> modes, features, settings;
  bool key_in_property = false;  ///< it cannot tell a message's UNIQ_KEY

  bool has(std::string_view feature) const { return features.contains(feature); }
  /// "ali-ons 3.12.0"
  std::string label() const { return version.empty() ? client : client + " " + version; }
};

struct DriverException {
  std::string type;
  std::optional<std::int32_t> response_code;
  std::string message;
};

/// How a send ended.
struct DriverSent {
  std::string outcome;
  std::optional<std::string> broker;
  std::optional<std::int32_t> queue_id;
  std::string msg_id;
  double elapsed_ms = 0;
  std::optional<DriverException> exception;
  std::optional<std::uint64_t> callback_count;  ///< of an async send, by then
  std::optional<std::string> reply;
  std::optional<std::string> recall_handle;
  std::optional<std::string> local;  ///< of a transaction: what the listener was made to answer
};

struct DriverAnswer {
  enum class Kind : std::uint8_t {
    hello, producer, start, config, shutdown, called, callback, sent, bye, unsupported, error
  };
  Kind kind = Kind::error;
  DriverHello hello;
  std::string name;                          ///< of the producer that it is about
  std::uint64_t i = 0;                       ///< of the send
  DriverSent sent;
  std::optional<DriverException> exception;  ///< of a producer that did not start
  std::string text;  ///< of `unsupported` and `error`; what was called back
};

/// The answer, or what is wrong with the line.
std::variant<DriverAnswer, std::string> read_driver_answer(std::string_view line);

/// What a message has as kSendNameProperty where the client tells no keys of its own; `member`: of a batch.
std::string send_mark(std::uint64_t number, std::optional<std::uint32_t> member = {});

// Requests, without the newline.
std::string hello_line();
/// With those of its settings that the driver knows.
std::string producer_line(const Scenario& scenario, const ProducerSpec& spec, const std::string& namesrv,
                          const DriverHello& hello);
std::string start_line(std::string_view producer);
std::string config_line(std::string_view producer, const ProducerConfig& config, const DriverHello& hello);
std::string shutdown_line(std::string_view producer);
std::string bye_line();

/// Which send, by whom.
struct DriverTurn {
  std::uint64_t number = 0;   ///< scenario-wide
  std::uint64_t in_step = 0;
  std::uint32_t thread = 0;   ///< the application thread, from 0
};
std::string send_line(const SendStep& step, const DriverTurn& turn, const DriverHello& hello);
std::string transaction_line(const TransactionStep& step, const DriverTurn& turn, const DriverHello& hello);
std::string ask_line(const RequestStep& step, const DriverTurn& turn, const DriverHello& hello);
std::string recall_line(const std::string& producer, const std::string& topic, const std::string& handle,
                        const DriverTurn& turn);

/// Why this client cannot play the scenario as `profile` has it; empty: it can.
std::string why_not_applicable(const Scenario& scenario, const Profile& profile, const DriverHello& hello);

}  // namespace rmqsim
