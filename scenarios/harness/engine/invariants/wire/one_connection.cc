// Requests to an address share one connection, so that two that begin at once do not both connect. Told from the
// client's side: what a server sees of a close comes later.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class OneConnection final : public Invariant {
 public:
  void connected(const WireEnd& end) override {
    Place place{std::string(end.client), std::string(end.server)};
    auto& open = open_[place];
    open.insert(end.connection);
    std::size_t& most = most_[std::move(place)];
    most = std::max(most, open.size());
  }
  void closed(const WireEnd& end, error_code) override { forget(end); }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    // The connection stays for what is under way on it, beside the one that takes its place (behaviour §9.9).
    if (command.code == ResponseCode::GO_AWAY) forget(end);
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const auto& [place, most] : most_) {
      // Traces are sent by a client of their own (behaviour §10.6).
      const std::size_t clients = run.ever(place.first, "enableTrace", true) ? 2 : 1;
      if (most <= clients) continue;
      breaches.other("\"" + place.first + "\" had " + std::to_string(most) + " at a time to " + place.second);
    }
  }

 private:
  using Place = std::pair<std::string, std::string>;  ///< client and server
  void forget(const WireEnd& end) {
    const auto open = open_.find({std::string(end.client), std::string(end.server)});
    if (open != open_.end()) open->second.erase(end.connection);
  }

  std::map<Place, std::set<std::uint64_t>> open_;
  std::map<Place, std::size_t> most_;
};

}  // namespace

std::unique_ptr<Invariant> make_one_connection() { return std::make_unique<OneConnection>(); }

}  // namespace rmqsim
