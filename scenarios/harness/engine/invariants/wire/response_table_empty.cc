// Nobody waits for an answer when nothing is under way any more: an entry that stays is a leak, and an answer that
// comes later would find it. What a client's own tasks ask of a server that stands still is under way all the time, so
// what counts are entries beyond the requests that went out and have neither an answer nor outlived their time: at the
// end, and whenever a send ends.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/heard_routes.h"

namespace rmqsim {
namespace {

class ResponseTableEmpty final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override {
    if (said.command.is_oneway()) return;
    open_.insert_or_assign(key(end, said.command), asked_.size());
    asked_.push_back({number_of(end.client), end.connection, end.at, TimePoint::max(), false});
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    const auto open = open_.find(key(end, command));
    if (open == open_.end()) return;
    asked_[open->second].to = end.at;
    asked_[open->second].answered = true;
    open_.erase(open);
    // It is asked once more on a new connection, and waits for that in the table: nobody sees from here for how long.
    if (command.code == ResponseCode::GO_AWAY) {
      asked_.push_back({number_of(end.client), end.connection, end.at, TimePoint::max(), false});
    }
  }
  void closed(const WireEnd& end, error_code reason) override {
    const bool orderly = !reason || reason == error_code(TransportError::connection_closed);
    for (auto open = open_.begin(); open != open_.end();) {
      Asked& asked = asked_[open->second];
      const bool here = asked.connection == end.connection;
      asked.orderly |= here && orderly;
      if (here) asked.to = end.at;
      open = here ? open_.erase(open) : std::next(open);
    }
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    patience_ = patience(run);
    under_way_.clear();
    late_ = run.lateness + run.scenario.network.close_delay + millis(1);
    shortest_wait_ = shortest_wait(run);
    const bool stands_still = std::any_of(run.scenario.steps.begin(), run.scenario.steps.end(), [](const Step& step) {
      const auto* event = std::get_if<EventStep>(&step.what);
      return event != nullptr && std::holds_alternative<PauseEvent>(event->event);
    });
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& send = run.record.sends[i];
      // In 4.9.8 the end of a connection, which each timeout brings about, leaves what waits on it to the scan; what a
      // server that stands still was asked is answered when it goes on, and nobody sees from here when that was read.
      if (send.requests_waiting == 0 || !send.completed() || !run.profile.fin_fails_pending || stands_still) continue;
      const ProducerSpec* producer = run.scenario.find_producer(run.producer_of(send));
      if (producer == nullptr) continue;
      const std::size_t under_way = count_under_way(run, producer->group, send.end, When::a_send_ends);
      if (send.requests_waiting <= under_way) continue;
      breaches.send(i, send,
                    std::to_string(send.requests_waiting) + " were waiting for an answer then, of which " +
                        std::to_string(under_way) + " may have been under way");
    }
    for (const ClientState& client : run.clients) {
      if (client.waiting_requests == 0) continue;
      const std::size_t under_way =
          count_under_way(run, client.group, run.routes->last() + Duration(1), When::the_run_ends);
      if (client.waiting_requests <= under_way) continue;
      breaches.other(std::to_string(client.waiting_requests) + " of \"" + client.group +
                     "\" are still waiting for an answer at the end, of which " + std::to_string(under_way) +
                     " may be under way");
    }
  }

 private:
  struct Asked {
    std::size_t client;  ///< its place in clients_
    std::uint64_t connection;
    TimePoint from, to;  ///< until it was answered or its connection ended
    bool orderly;        ///< which ended so, by either side, that 4.9.8 tells nobody (behaviour §9.6)
    bool answered = false;
  };
  static std::uint64_t key(const WireEnd& end, const RemotingCommand& command) {
    return end.connection << 32 | static_cast<std::uint32_t>(command.opaque);
  }
  std::size_t number_of(std::string_view client) {
    const auto known = std::find(clients_.begin(), clients_.end(), client);
    if (known != clients_.end()) return static_cast<std::size_t>(known - clients_.begin());
    clients_.emplace_back(client);
    return clients_.size() - 1;
  }
  static bool may_be_of(const JudgedRun& run, const std::string& client, const std::string& group) {
    if (run.scenario.find_producer(client) == nullptr) return true;
    return std::any_of(run.scenario.producers.begin(), run.scenario.producers.end(), [&](const ProducerSpec& producer) {
      return producer.group == group && run.may_speak_for(client, producer.name);
    });
  }
  static bool was_shut_down(const JudgedRun& run, const std::string& group) {
    return std::any_of(run.scenario.producers.begin(), run.scenario.producers.end(), [&](const ProducerSpec& producer) {
      return producer.group == group && run.shut_down(producer.name);
    });
  }
  static Duration patience(const JudgedRun& run) {
    std::int64_t timeout = 3000;
    for (const ProducerSpec& producer : run.scenario.producers) {
      timeout = run.largest(producer.name, "mqClientApiTimeout", timeout);
      timeout = run.largest(producer.name, "sendMsgTimeout", timeout);  // which a batch has that is gathered
    }
    for (const SendRecord& send : run.record.sends) timeout = std::max(timeout, send.timeout_millis);
    // The scan finds what is over a second later, and comes once a second (behaviour §9.4.1).
    return millis(timeout) + millis(2100) + run.lateness;
  }
  /// For the answer to any request.
  static Duration shortest_wait(const JudgedRun& run) {
    std::int64_t shortest = 3000;
    for (const ProducerSpec& producer : run.scenario.producers) {
      shortest = std::min(shortest, run.number(producer.name, "mqClientApiTimeout", shortest));
    }
    for (const SendRecord& send : run.record.sends) {
      for (const AttemptRecord& attempt : send.attempts) shortest = std::min(shortest, attempt.timeout_millis);
    }
    return millis(shortest);
  }
  /// When requests began and ended to be under way, each sorted.
  struct UnderWay {
    std::vector<TimePoint> begun, over;
  };
  enum class When : std::uint8_t { a_send_ends, the_run_ends };
  /// How long what was answered, or whose connection ended, may still be in the table. Of answers that come together
  /// the client takes one after the other, and a close may linger; at the end that is over, but an answer that comes
  /// when its wait is over is put aside by who wakes up a little later.
  Duration lateness(const Asked& asked, When when) const {
    const bool overdue = asked.answered && asked.to - asked.from >= shortest_wait_;
    return when == When::a_send_ends || overdue ? late_ : Duration{0};
  }
  std::size_t count_under_way(const JudgedRun& run, const std::string& group, TimePoint at, When when) {
    const auto [place, added] = under_way_.try_emplace({group, when});
    UnderWay& times = place->second;
    if (added) {
      std::vector<bool> of_group;  // by client
      for (const std::string& client : clients_) of_group.push_back(may_be_of(run, client, group));
      const bool ended = was_shut_down(run, group);
      for (const Asked& asked : asked_) {
        if (!of_group[asked.client]) continue;
        const bool told = !asked.orderly || run.profile.fin_fails_pending;
        // With a client its scan ends, and an entry that nobody else takes out stays.
        TimePoint over = !told && ended ? TimePoint::max() : asked.from + patience_;
        if (told && asked.to != TimePoint::max()) over = std::min(over, asked.to + lateness(asked, when));
        if (over < asked.from) continue;
        times.begun.push_back(asked.from);
        times.over.push_back(over);
      }
      std::sort(times.begun.begin(), times.begun.end());
      std::sort(times.over.begin(), times.over.end());
    }
    const auto begun = std::upper_bound(times.begun.begin(), times.begun.end(), at) - times.begun.begin();
    const auto over = std::lower_bound(times.over.begin(), times.over.end(), at) - times.over.begin();
    return static_cast<std::size_t>(begun - over);
  }

  std::unordered_map<std::uint64_t, std::size_t> open_;  ///< by connection and opaque, places in asked_
  std::vector<std::string> clients_;
  std::vector<Asked> asked_;
  std::map<std::pair<std::string, When>, UnderWay> under_way_;  ///< by group
  Duration patience_{0}, late_{0}, shortest_wait_{0};
};

}  // namespace

std::unique_ptr<Invariant> make_response_table_empty() { return std::make_unique<ResponseTableEmpty>(); }

}  // namespace rmqsim
