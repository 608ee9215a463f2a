// A server as HTTP sees it, whatever it is: a fake, or a front of the proxy. All calls under the monitor.
#pragma once

#include <cstdint>
#include <string>

#include "fake_broker/shell/server_core.h"

namespace rmqsim {

class ControlledServer {
 public:
  virtual ~ControlledServer() = default;

  virtual const std::string& name() const = 0;
  virtual const std::string& address() const = 0;
  virtual bool nameserver() const = 0;
  /// The server that it stands before; empty for one that answers itself.
  virtual std::string upstream() const { return {}; }

  virtual bool running() const = 0;
  virtual bool paused() const = 0;
  virtual std::uint64_t received() const = 0;

  virtual void crash() = 0;
  /// May throw boost::system::system_error.
  virtual void restart() = 0;
  virtual void pause() = 0;
  virtual void resume() = 0;

  virtual void set_gate(RequestGate* gate) = 0;
  /// Lets go a request that the gate holds.
  virtual void release(std::uint64_t number) = 0;
  virtual void rules_changed() = 0;

  /// "running", "paused" or "crashed".
  const char* state() const { return !running() ? "crashed" : paused() ? "paused" : "running"; }
};

/// FakeBrokerServer or FakeNamesrvServer.
template <class Fake>
class ControlledFake final : public ControlledServer {
 public:
  ControlledFake(Fake& fake, std::string name, bool nameserver)
      : fake_(fake), name_(std::move(name)), nameserver_(nameserver) {}

  const std::string& name() const override { return name_; }
  const std::string& address() const override { return fake_.address(); }
  bool nameserver() const override { return nameserver_; }
  bool running() const override { return fake_.server().running(); }
  bool paused() const override { return fake_.server().paused(); }
  std::uint64_t received() const override { return fake_.server().received(); }
  void crash() override { fake_.crash(); }
  void restart() override { fake_.restart(); }
  void pause() override { fake_.pause(); }
  void resume() override { fake_.resume(); }
  void set_gate(RequestGate* gate) override { fake_.server().set_gate(gate); }
  void release(std::uint64_t number) override { fake_.server().release(number); }
  void rules_changed() override { fake_.server().rules_changed(); }

 private:
  Fake& fake_;
  std::string name_;
  bool nameserver_;
};

}  // namespace rmqsim
