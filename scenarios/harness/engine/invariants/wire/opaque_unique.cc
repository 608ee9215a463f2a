// An answer finds its request by the opaque alone (quirk 41): two requests that share one get each other's. Those of
// one client do while the number is used again before the answer came; a retry that keeps it takes a late answer for
// its own.
#include <map>
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class OpaqueUnique final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override {
    if (said.command.is_oneway()) return;
    const std::int32_t opaque = said.command.opaque;
    for (auto same = live_.lower_bound({opaque, 0}); same != live_.end() && same->first.first == opaque; ++same) {
      const bool one_connection = same->first.second == end.connection;
      const bool one_message = !said.key.empty() && same->second.key == said.key && same->second.client == end.client;
      if (!one_connection && !one_message) continue;
      if (breaches_++ == 0) {
        first_ = "\"" + std::string(end.client) + "\" has two requests of opaque " + std::to_string(opaque) +
                 " under way to " + std::string(end.server);
      }
      break;
    }
    live_[{opaque, end.connection}] = {std::string(end.client), std::string(said.key)};
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    live_.erase({command.opaque, end.connection});
  }
  void closed(const WireEnd& end, error_code) override {
    std::erase_if(live_, [&](const auto& entry) { return entry.first.second == end.connection; });
  }
  void judge(const JudgedRun&, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < breaches_; ++i) breaches.other(first_);
  }

 private:
  struct Live {
    std::string client, key;
  };
  /// By opaque and connection: requests whose answer may still come.
  std::map<std::pair<std::int32_t, std::uint64_t>, Live> live_;
  std::uint64_t breaches_ = 0;
  std::string first_;
};

}  // namespace

std::unique_ptr<Invariant> make_opaque_unique() { return std::make_unique<OpaqueUnique>(); }

}  // namespace rmqsim
