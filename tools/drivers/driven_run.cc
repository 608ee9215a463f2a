#include "tools/drivers/driven_run.h"

#include <poll.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <memory>
#include <utility>

#include "scenarios/harness/engine/idle.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "scenarios/harness/report/ledger.h"
#include "scenarios/harness/stalls/stall_watch.h"
#include "tools/drivers/driven_workload.h"
#include "tools/drivers/judging/driven_judge.h"
#include "tools/drivers/protocol/driver_session.h"
#include "tools/drivers/seen_attempts.h"
#include "tools/drivers/stalls/replay.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

/// What nobody answers says nothing for so long before it is taken for arrived.
constexpr int kQuietMillis = 100;
constexpr auto kPatienceForQuiet = std::chrono::seconds(3);
/// How often the machine is looked at while a client is judged.
constexpr Duration kEveryLook = millis(10);

std::string not_done_within(Duration limit, const std::string& owed) {
  return "it was not done within " + std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) +
         " s (--max-seconds)" + (owed.empty() ? "" : ", and " + owed);
}

class DrivenRun {
 public:
  DrivenRun(const Scenario& scenario, const std::vector<const Profile*>& profiles, const DriverOptions& options)
      : scenario_(scenario), profiles_(profiles), options_(options), seed_(options.seed.value_or(scenario.seed)) {}

  std::vector<DrivenResult> go() {
    if (const std::string reason = refused_here(); !reason.empty()) return all(RunResult::Verdict::refused, reason);
    const auto end = Clock::now() + options_.real_time;
    try {
      session_ = std::make_unique<DriverSession>(options_.command, options_.stop, end);
    } catch (const std::exception& error) {
      return all(RunResult::Verdict::failed, error.what());
    }
    if (!session_->greet()) return ended_early();
    if (const std::string reason = why_not_applicable(scenario_, profile(), session_->hello()); !reason.empty()) {
      session_->part();
      return all(RunResult::Verdict::refused, reason);
    }
    HostOptions host;
    host.seed = seed_;
    try {
      cluster_ = std::make_unique<HostedCluster>(scenario_, host);
    } catch (const boost::system::system_error& error) {
      return all(RunResult::Verdict::refused, std::string("the fakes could not start: ") + error.what());
    }
    auto results = play();
    runtime().run([this] {
      workload_.reset();
      judges_.clear();
    });
    return results;
  }

 private:
  Runtime& runtime() { return cluster_->runtime(); }
  RunRecord& record() { return cluster_->record(); }
  const Profile& profile() const {
    const Profile* own = session_ == nullptr ? nullptr : find_profile(session_->hello().profile);
    return own != nullptr ? *own : *profiles_.front();
  }

  std::string refused_here() const {
    if (scenario_.worlds && !scenario_.worlds->has("tcp")) {
      return "not applicable to other clients: the scenario is for " + scenario_.worlds->only.front() + ": " +
             scenario_.worlds->reason;
    }
    RunLimits limits;
    limits.real_time = options_.real_time;
    const auto impossible = ScenarioWorld::cannot_run(WorldKind::tcp, scenario_, limits);
    return impossible ? "not applicable to other clients: " + impossible->reason : "";
  }

  RunResult named(const Profile& judged) const {
    RunResult result;
    result.profile = judged.name;
    result.world = WorldKind::tcp;
    result.seed = seed_;
    result.real_time = options_.real_time;
    result.client_command = options_.command;
    result.client = session_ && session_->greeted() ? session_->hello().label() : "client";
    if (!expects_something(scenario_, judged.name)) result.record.notes.emplace_back(kNothingExpected);
    return result;
  }

  /// The same for every profile. A failure is the driver's.
  std::vector<DrivenResult> all(RunResult::Verdict verdict, const std::string& reason) {
    std::vector<DrivenResult> results;
    for (const Profile* judged : profiles_) {
      DrivenResult one{named(*judged), {}, {}, false};
      if (session_ && session_->greeted()) one.hello = session_->hello();
      if (cluster_) runtime().run([&] { one.run.record = record(); });
      one.run.verdict = verdict;
      one.explanation.why_not = reason;
      if (verdict == RunResult::Verdict::failed) {
        one.broke_protocol = true;
        one.run.record.failures.push_back({"client", reason, {}, {}});
      } else {
        one.run.reason = reason;
      }
      results.push_back(std::move(one));
    }
    return results;
  }

  std::vector<DrivenResult> ended_early() {
    if (!session_->unsupported().empty()) {
      return all(RunResult::Verdict::refused, "not applicable: the client says: " + session_->unsupported());
    }
    if (!session_->wrong().empty()) return all(RunResult::Verdict::failed, session_->wrong());
    if (options_.stop != nullptr && options_.stop->reason() != nullptr) {
      return all(RunResult::Verdict::inconclusive, options_.stop->reason());
    }
    std::string owed = session_->owes();
    Duration waited = session_->owing();
    if (workload_) {
      runtime().run([&] {
        if (const std::string what = workload_->waiting_for(); !what.empty()) owed = "owes an answer to " + what;
        waited = std::max(waited, workload_->waited());
      });
    }
    // Who answers all the time is slow, and does not hang; what we took to begin is not its time.
    const bool hangs = !workload_ || waited > (Clock::now() - begun_) / 2;
    return all(hangs ? RunResult::Verdict::failed : RunResult::Verdict::inconclusive,
               not_done_within(options_.real_time, owed));
  }

  std::vector<DrivenResult> play() {
    bool begun = false, played = false, closed = false;
    std::string exception;
    runtime().run([&] {
      for (const Profile* judged : profiles_) {
        judges_.push_back(std::make_unique<DrivenJudge>(scenario_, *judged, *cluster_));
      }
      workload_ = std::make_unique<DrivenWorkload>(
          cluster_->world(), scenario_, profile(), session_->hello(), record(),
          [this](const std::string& line) { session_->say(line); },
          [this](const Expectation& expectation) { judge_now(expectation); },
          [&exception](const std::string& what) { exception = what; });
    });
    begun_ = Clock::now();
    watch_.emplace(
        session_->pid(), [this] { return runtime().now(); }, kEveryLook);
    session_->on_answer([this](DriverAnswer answer) {
      std::optional<std::string> wrong;
      runtime().run([&] { wrong = workload_->heard(std::move(answer)); });
      return wrong;
    });
    runtime().run([&] {
      workload_->begin(
          [this, &begun] {
            begun = true;
            cluster_->begin_faults();
          },
          [&played] { played = true; });
    });
    const auto when = [&](const bool& flag) {
      return session_->wait_until([&] {
        bool reached = false;
        runtime().run([&] {
          if (const auto late = workload_->overdue()) session_->fail(*late);
          if (!exception.empty()) session_->fail("an exception ended the run: " + exception);
          reached = flag;
        });
        return reached;
      });
    };
    if (!when(played)) return ended_early();
    settle();
    runtime().run([this] {
      virtual_time_ = runtime().now() - record().first_step;
      cluster_->world().cluster().refresh();
      for (SendRecord& send : record().sends) {
        if (send.transaction) {
          send.transaction->end = cluster_->world().cluster().transaction_end(send.transaction->uniq_key);
        }
      }
      join();
      for (auto& judge : judges_) judge->steps_ended();
    });
    runtime().run([&] { workload_->shutdown([&closed] { closed = true; }); });
    if (!when(closed) || !session_->part()) return ended_early();
    settle();
    return judged();
  }

  /// What one-way requests, and half messages, get to arrive.
  void settle() {
    const auto end = Clock::now() + kPatienceForQuiet;
    std::uint64_t before = cluster_->received();
    const bool unanswered = std::any_of(record().sends.begin(), record().sends.end(), [](const SendRecord& send) {
      return send.mode == CommunicationMode::ONEWAY || send.kind == SendRecord::Kind::transaction;
    });
    while (unanswered && Clock::now() < end) {
      ::poll(nullptr, 0, kQuietMillis);
      const std::uint64_t now = cluster_->received();
      if (now == before) return;
      before = now;
    }
  }

  SurelyUnderWay under_way() const {
    return [this](std::uint64_t i) { return std::pair(workload_->said_at()[i], workload_->heard_at()[i]); };
  }

  /// Gives the sends the attempts that servers have seen so far.
  void join() {
    take_rule_counts(scenario_, cluster_->world().cluster(), record());
    seen_ = seen_attempts(scenario_, record(), cluster_->journal(), under_way());
    for (std::size_t i = 0; i < seen_.size(); ++i) record().sends[i].attempts = seen_[i];
  }

  void judge_now(const Expectation& expectation) {
    cluster_->world().cluster().refresh();
    join();
    for (auto& judge : judges_) judge->now(expectation);
  }

  std::vector<DrivenResult> judged() {
    std::vector<DrivenResult> results;
    const auto& producers = scenario_.producers;
    const auto given = [](const ProducerSpec& producer) { return producer.queue_index.has_value(); };
    const bool fixed = std::any_of(producers.begin(), producers.end(), given);
    const bool honours = fixed && session_->hello().has("queueIndex");
    const Stalls stalls = watch_->end();
    Drawn drawn;
    drawn.queues = !honours && (fixed || options_.always_compare);
    drawn.other_queues = honours && !std::all_of(producers.begin(), producers.end(), given);
    drawn.nameservers = scenario_.cluster.nameservers.size() > 1;
    runtime().run([&] {
      cluster_->world().cluster().refresh();
      join();
      const JoinedRequests requests = join_requests(scenario_, record(), cluster_->journal(), under_way());
      for (auto& judge : judges_) judge->producers_shut_down(requests, under_way());
    });
    for (std::size_t k = 0; k < profiles_.size(); ++k) {
      DrivenResult one{named(*profiles_[k]), session_->hello(), {}, false};
      auto notes = std::move(one.run.record.notes);
      runtime().run([&] {
        one.run.record = record();
        one.run.virtual_time = virtual_time_;
      });
      one.run.record.notes.insert(one.run.record.notes.begin(), notes.begin(), notes.end());
      if (cluster_->journal().dropped() > 0) {
        one.explanation.why_not = "there were more requests than are remembered";
      } else {
        one.explanation = explain_queues(scenario_, *profiles_[k], seed_, one.run.record, seen_, drawn);
      }
      runtime().run([&] { judges_[k]->sum_up(one, (fixed && drawn.queues) || drawn.nameservers, fixed); });
      one.as = one.run.verdict == RunResult::Verdict::passed &&
               !(options_.always_compare && one.explanation.difference);
      one.stalled = stall_before_what_is_wrong(scenario_, one, workload_->heard_at(), stalls,
                                               fixed || options_.always_compare);
      if (options_.want_ledger) {
        runtime().run([&] {
          one.run.ledger = ledger_json(scenario_, one.run.profile, WorldKind::tcp, seed_, one.run.record,
                                       cluster_->world().cluster(), one.run.client);
        });
      }
      results.push_back(std::move(one));
    }
    return results;
  }

  const Scenario& scenario_;
  const std::vector<const Profile*>& profiles_;
  const DriverOptions& options_;
  const std::uint64_t seed_;
  std::unique_ptr<HostedCluster> cluster_;
  std::vector<std::unique_ptr<DrivenJudge>> judges_;
  std::unique_ptr<DrivenWorkload> workload_;
  std::unique_ptr<DriverSession> session_;  ///< ends first
  SeenAttempts seen_;
  std::optional<StallWatch> watch_;
  Clock::time_point begun_;
  Duration virtual_time_{0};
};

}  // namespace

std::variant<DriverHello, std::string> ask_for_hello(const DriverOptions& options) {
  try {
    DriverSession session(options.command, options.stop, Clock::now() + options.real_time);
    if (session.greet() && session.part()) return session.hello();
    if (!session.wrong().empty()) return session.wrong();
    if (!session.unsupported().empty()) return "it answers hello with: " + session.unsupported();
    if (options.stop != nullptr && options.stop->reason() != nullptr) return std::string(options.stop->reason());
    return not_done_within(options.real_time, session.owes());
  } catch (const std::exception& error) {
    return std::string(error.what());
  }
}

std::vector<DrivenResult> run_with_driver(const Scenario& scenario, const std::vector<const Profile*>& profiles,
                                          const DriverOptions& options) {
  return play_until_told([&] { return DrivenRun(scenario, profiles, options).go(); });
}

}  // namespace rmqsim
