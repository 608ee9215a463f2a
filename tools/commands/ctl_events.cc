#include "tools/commands/ctl_events.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/harmless.h"
#include "tools/commands/ctl_text.h"
#include "producer/transport/http/http_client.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

using EventJson = nlohmann::ordered_json;

/// Takes a stream apart into its events.
class EventPrinter {
 public:
  explicit EventPrinter(const EventsWanted& wanted)
      : wanted_(wanted), colours_(isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr) {}

  /// False: all that was wanted has come.
  bool take(std::string_view bytes) {
    pending_ += bytes;
    bool go_on = true;
    for (std::size_t end; go_on && (end = pending_.find("\n\n")) != std::string::npos; pending_.erase(0, end + 2)) {
      go_on = one(std::string_view(pending_).substr(0, end));
    }
    std::cout.flush();
    return go_on && static_cast<bool>(std::cout);
  }
  std::uint64_t shown() const { return shown_; }

 private:
  bool one(std::string_view block) {
    std::string kind, data;
    for (std::size_t begin = 0; begin < block.size();) {
      const std::size_t end = std::min(block.find('\n', begin), block.size());
      const std::string_view line = block.substr(begin, end - begin);
      if (line.starts_with("event: ")) kind = line.substr(7);
      if (line.starts_with("data: ")) data = line.substr(6);
      begin = end + 1;
    }
    const EventJson json = json_or_discarded<EventJson>(data);
    if (!json.is_object()) return true;
    if (kind == "hello") return true;
    if (kind == "current") return wanted_.follow;
    if (kind == "missed") {
      std::cerr << "rmqsim ctl: " << json.value("count", std::uint64_t{0}) << " events were too many to be kept\n";
      return true;
    }
    std::cout << (wanted_.json ? data + "\n" : ctl_event_text(json, colours_));
    ++shown_;
    return wanted_.count == 0 || shown_ < wanted_.count;
  }

  const EventsWanted& wanted_;
  bool colours_;
  std::string pending_;
  std::uint64_t shown_ = 0;
};

}  // namespace

int follow_events(const std::string& url, const std::string& target, const EventsWanted& wanted) {
  using Clock = std::chrono::steady_clock;
  stop_signals::listen();
  EventPrinter printer(wanted);
  const auto begin = Clock::now();
  const auto enough = [&](std::string_view bytes) {
    if (!bytes.empty() && !printer.take(bytes)) return true;
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    return stop_signals::reason() != nullptr || (wanted.seconds > 0 && elapsed.count() >= wanted.seconds);
  };
  const HttpAnswer answer = http_follow(url, target, [&](std::string_view bytes) { return !enough(bytes); });
  if (answer.status != 200) {
    const EventJson json = json_or_discarded<EventJson>(answer.body);
    const bool says = json.is_object() && json.contains("error") && json["error"].is_string();
    std::cerr << "rmqsim ctl: " << harmless_lines(says ? json["error"].get<std::string>() : answer.body) << "\n";
    return answer.status == 404 || answer.status == 409 || answer.status >= 500 ? 1 : 64;
  }
  return wanted.count > 0 && printer.shown() < wanted.count ? 1 : 0;
}

}  // namespace rmqsim
