// Routes are polled every pollNameServerInterval (behaviour §3.5), and what was heard counts at once: a send goes to a
// broker that is in the route which its client held when it began, or heard of while it lasted. So a changed route is
// used one poll later at the latest, and nobody sends to a broker that left. A producer whose shutdown has begun is
// told of no route any more, for its client forgets it first of all (behaviour §3.11).
#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/heard_routes.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class RouteConverges final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    const SendStep* asked = nullptr;  // sends of a step follow each other
    const RouteTalk* talk = nullptr;
    const RouteTalk* by_default = nullptr;
    Heard heard;
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr) continue;
      if (std::exchange(asked, step) != step) {
        talk = talk_of(run, *step);
        by_default = run.routes->talk(step->producer, "TBW102");
        heard = {millis(run.number(step->producer, "mqClientApiTimeout", 3000)), leaves(run, step->producer)};
      }
      if (talk == nullptr) continue;
      for (const AttemptRecord& attempt : r.attempts) {
        if (is_in_route(run, *talk, by_default, heard, r.start, attempt)) continue;
        breaches.send(i, r, attempt.broker + " had left the route");
        break;
      }
    }
    judge_polls(run, breaches);
  }

 private:
  /// Which answers a producer surely took.
  struct Heard {
    Duration timeout{};
    std::vector<std::pair<TimePoint, TimePoint>> leaves;  ///< from the beginning of a shutdown to the next start
  };
  static std::vector<std::pair<TimePoint, TimePoint>> leaves(const JudgedRun& run, const std::string& producer) {
    std::vector<std::pair<TimePoint, TimePoint>> found;
    for (const EventRecord& event : run.record.events) {
      const ClusterEvent& what = std::get<EventStep>(run.scenario.steps[event.step].what).event;
      const auto* shutdown = std::get_if<ShutdownProducerEvent>(&what);
      const auto* start = std::get_if<StartProducerEvent>(&what);
      if (shutdown != nullptr && shutdown->producer == producer) {
        found.emplace_back(event.at, TimePoint::max());
      } else if (start != nullptr && start->producer == producer && !found.empty()) {
        found.back().second = event.at;
      }
    }
    return found;
  }
  static bool surely_heard(const Heard& heard, const RouteAnswer& answer) {
    return answer.in_time(heard.timeout) &&
           std::none_of(heard.leaves.begin(), heard.leaves.end(),
                        [&](const auto& gone) { return gone.first <= answer.at && answer.at < gone.second; });
  }
  /// nullptr where no route decides, or nobody can tell which.
  static const RouteTalk* talk_of(const JudgedRun& run, const SendStep& step) {
    if (step.queue || step.selector || !run.has_own_client(step.producer)) return nullptr;
    if (run.ever_set(step.producer, "namespace")) return nullptr;
    return run.routes->talk(step.producer, step.message.topic);
  }
  /// The last resort of 4.9.8 does not ask whether there is a master (behaviour §5.4).
  static bool has(const JudgedRun& run, const HeardRoute& route, const std::string& broker) {
    return run.profile.select_by_filters ? route.writable.contains(broker) : route.offered.contains(broker);
  }
  static bool is_in_route(const JudgedRun& run, const RouteTalk& talk, const RouteTalk* by_default, const Heard& heard,
                          TimePoint begin, const AttemptRecord& attempt) {
    bool known = false;  // a route that the client surely holds; before, it may go by the default one (behaviour §4.2)
    bool in = false;
    TimePoint since{};
    for (const RouteAnswer& answer : talk.answers) {
      if (answer.at > attempt.start + run.lateness) break;
      const HeardRoute* route = HeardRoutes::route(answer);
      if (route == nullptr) continue;  // what was known stays (quirk 5)
      if (!route->plain) return true;
      // One that was heard before the send began takes the place of those before, if it was taken.
      if (answer.at + run.lateness < begin && surely_heard(heard, answer)) {
        known = true;
        in = false;
        since = answer.at;
      }
      in |= has(run, *route, attempt.broker);
    }
    if (in || !known) return true;
    // A send whose own question found nothing took the default route for the topic, maybe after a poll had found one.
    return by_default != nullptr &&
           std::any_of(by_default->answers.begin(), by_default->answers.end(), [&](const RouteAnswer& answer) {
             const HeardRoute* route = HeardRoutes::route(answer);
             return route != nullptr && has(run, *route, attempt.broker) && answer.at + run.lateness >= since &&
                    answer.at <= attempt.start + run.lateness;
           });
  }

  static void judge_polls(const JudgedRun& run, Breaches& breaches) {
    const Trouble trouble = trouble_of(run);
    if (trouble.at_nameservers) return;
    for (const ProducerSpec& producer : run.scenario.producers) {
      const auto* talks = run.routes->talks(producer.name);
      if (talks == nullptr || !run.has_own_client(producer.name) || !trouble.running.contains(producer.name)) continue;
      const Duration due =
          millis(run.number(producer.name, "pollNameServerInterval", 30'000)) + task_delay(run, trouble, producer.name);
      // A poll that waits for the lock too long, behind so many lookups, is left out (behaviour §4.3).
      constexpr std::size_t kManyLookups = 200;
      std::size_t lookups = 0;
      for (const auto& [topic, talk] : *talks) lookups += talk.asked.size();
      if (lookups > kManyLookups) continue;
      // A question that finds no answer in time ends the round: the other topics are not asked for (behaviour §4.3).
      const Duration timeout = millis(run.number(producer.name, "mqClientApiTimeout", 3000));
      const auto in_time = [&](const RouteAnswer& answer) { return answer.in_time(timeout); };
      const auto was_answered = [&](const auto& of_topic) {
        const auto& [asked, answers] = of_topic.second;
        return answers.size() + 1 >= asked.size() && std::all_of(answers.begin(), answers.end(), in_time);
      };
      if (!std::all_of(talks->begin(), talks->end(), was_answered)) continue;
      for (const auto& [topic, talk] : *talks) {
        if (!is_polled(run.profile, topic, talk)) continue;
        TimePoint before = talk.asked.front();
        const auto late = [&](TimePoint at) { return at - std::exchange(before, at) > due; };
        if (std::any_of(talk.asked.begin(), talk.asked.end(), late) || late(run.routes->last())) {
          breaches.other("\"" + producer.name + "\" did not ask for the route of " + topic + " in time");
        }
      }
    }
  }
  /// The default route is asked for when it is needed (behaviour §4.2).
  static bool is_polled(const Profile& profile, std::string_view topic, const RouteTalk& talk) {
    if (topic == "TBW102" && !profile.polls_create_topic_key) return false;
    return std::any_of(talk.answers.begin(), talk.answers.end(),
                       [](const RouteAnswer& answer) { return HeardRoutes::route(answer) != nullptr; });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_route_converges() { return std::make_unique<RouteConverges>(); }

}  // namespace rmqsim
