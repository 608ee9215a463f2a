// What a program's server sees and does, told to the parent as lines of a trace (scenarios/trace.md) with times since
// the Unix epoch, each as it happens: so a program that is killed has told all that it did before. Every few
// milliseconds a line says until when these are all. All under the monitor.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "fake_broker/shell/server_core.h"
#include "producer/transport/runtime.h"
#include "scenarios/harness/events/run_events.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/fakes/control_channel.h"

namespace rmqsim::program {

class ToldEvents final : public ServerObserver {
 public:
  /// `next` sees all that this sees. `scenario` knows the rules by number; null: none.
  ToldEvents(Runtime& runtime, ControlChannel& channel, const Scenario* scenario, ServerObserver* next);
  ToldEvents(const ToldEvents&) = delete;
  ToldEvents& operator=(const ToldEvents&) = delete;
  /// Tells the rest. Takes the monitor.
  ~ToldEvents() override;

  void on_request(std::string_view server, const RequestSeen& r) override;
  void on_answer(std::string_view server, const AnswerSeen& a) override;
  void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer, TimePoint at) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;

 private:
  /// Puts into the channel what is written to it.
  class Lines final : public std::streambuf {
   public:
    explicit Lines(ControlChannel& channel) : channel_(channel) {}

   private:
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int_type overflow(int_type one) override;
    ControlChannel& channel_;
  };

  void tell_until_now();

  Runtime& runtime_;
  ControlChannel& channel_;
  Lines lines_;
  std::ostream stream_;
  RunEvents events_;
  const std::vector<FaultRule> rules_;
  ServerObserver* next_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace rmqsim::program
