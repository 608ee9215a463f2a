// Nobody waits for an answer when nothing is under way any more: an entry that stays is a leak, and an answer that
// comes later would find it. What a client's own tasks ask of a server that stands still is under way all the time, so
// what counts are entries beyond the requests that went out and have neither an answer nor outlived their time.
#include <algorithm>
#include <unordered_map>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/heard_routes.h"

namespace rmqsim {
namespace {

class ResponseTableEmpty final : public Invariant {
 public:
  void request(const WireEnd& end, const RemotingCommand& command) override {
    if (!command.is_oneway()) open_[key(end, command)] = {std::string(end.client), end.connection, end.at, false};
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override { open_.erase(key(end, command)); }
  void closed(const WireEnd& end, error_code reason) override {
    const bool orderly = reason == error_code(TransportError::connection_closed);
    if (!orderly) {
      std::erase_if(open_, [&](const auto& entry) { return entry.second.connection == end.connection; });
      return;
    }
    for (auto& [key, open] : open_) open.orderly |= open.connection == end.connection;
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const ClientState& client : run.clients) {
      if (client.waiting_requests == 0) continue;
      const std::size_t under_way = count_under_way(run, client.group);
      if (client.waiting_requests <= under_way) continue;
      breaches.other(std::to_string(client.waiting_requests) + " of \"" + client.group +
                     "\" are still waiting for an answer at the end, of which " + std::to_string(under_way) +
                     " may be under way");
    }
  }

 private:
  struct Open {
    std::string client;
    std::uint64_t connection;
    TimePoint at;
    bool orderly;  ///< its connection ended so, which 4.9.8 tells nobody (behaviour §9.6)
  };
  static std::uint64_t key(const WireEnd& end, const RemotingCommand& command) {
    return end.connection << 32 | static_cast<std::uint32_t>(command.opaque);
  }
  std::size_t count_under_way(const JudgedRun& run, const std::string& group) const {
    std::int64_t timeout = 3000;
    for (const ProducerSpec& producer : run.scenario.producers) {
      timeout = std::max(timeout, run.number(producer.name, "mqClientApiTimeout", 3000));
    }
    for (const SendRecord& send : run.record.sends) timeout = std::max(timeout, send.timeout_millis);
    // The scan finds what is over a second later, and comes once a second (behaviour §9.4.1).
    const Duration patience = millis(timeout) + millis(2100) + run.lateness;
    return static_cast<std::size_t>(std::count_if(open_.begin(), open_.end(), [&](const auto& entry) {
      const Open& open = entry.second;
      const ProducerSpec* producer = run.scenario.find_producer(open.client);
      const bool own = producer == nullptr || producer->group == group;
      return own && !(open.orderly && run.profile.fin_fails_pending) && run.routes->last() <= open.at + patience;
    }));
  }

  std::unordered_map<std::uint64_t, Open> open_;  ///< by connection and opaque
};

}  // namespace

std::unique_ptr<Invariant> make_response_table_empty() { return std::make_unique<ResponseTableEmpty>(); }

}  // namespace rmqsim
