// What passes a proxy, a line each on stdout as it happens; and all of it told to the recorder of a scenario.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/proxy/proxy.h"
#include "tools/proxy/recording.h"
#include "tools/proxy/scenario_recorder.h"

namespace rmqsim {

/// What peers or users wrote, safe to show on a terminal.
std::string for_terminal(std::string_view text, std::size_t most = 120);

class ProxyList final : public ProxyListener {
 public:
  /// Without a `recording` nothing is recorded; it must outlive the list. `content`: with bodies, tags and properties.
  ProxyList(bool quiet, bool content, Recording* recording);

  void on_exchange(const Exchange& exchange) override;
  void on_connection(std::string_view server, std::string_view peer, std::string_view what) override;
  void on_broker(const std::string& server, const std::string& broker, std::int64_t id, const std::string& upstream,
                 const std::string& local) override;
  void on_route(const std::string& topic, const TopicRouteData& route) override;
  void on_problem(const std::string& what) override;
  const std::optional<ScenarioRecorder>& recorder() const { return recorder_; }

 private:
  bool quiet_;
  std::optional<ScenarioRecorder> recorder_;
};

}  // namespace rmqsim
