// Events without effect. Steps with events run in file order, and nothing else changes what they change, so the course
// of all servers, cuts and producers is known from the file.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/write_sections.h"

namespace rmqsim {
namespace {

class EventCourse {
 public:
  EventCourse(const Scenario& scenario, std::vector<Finding>& found)
      : scenario_(scenario), found_(found), wanted_(wanted_topics(scenario)) {
    for (const std::string& name : scenario.cluster.nameservers) {
      servers_[name];
      kinds_[name] = Kind::nameserver;
    }
    for (const BrokerSpec& broker : scenario.cluster.brokers) {
      servers_[broker.name];
      kinds_[broker.name] = Kind::broker;
    }
    for (const ProducerSpec& producer : scenario.producers) {
      kinds_[producer.name] = Kind::client;
      producers_[producer.name] = {producer.auto_start, nullptr, producer.config.values};
    }
    for (const ResponderSpec& responder : scenario.cluster.responders) kinds_[responder.name] = Kind::client;
    for (const TopicSpec& topic : scenario.cluster.topics) {
      for (const auto& [broker, queues] : topic.queues) perms_[{topic.name, broker}] = topic.perm;
    }
    as_registered_ = std::none_of(scenario.faults.begin(), scenario.faults.end(), may_concern_registration);
  }

  void go() {
    for (const Step& step : scenario_.steps) {
      const auto* event = std::get_if<EventStep>(&step.what);
      if (event == nullptr) continue;
      step_ = &step;
      std::visit([this](const auto& e) { on(e); }, event->event);
    }
  }

 private:
  struct Server {
    bool down = false;
    bool paused = false;
    const Step* since = nullptr;
  };
  struct Producer {
    bool started = false;
    const Step* since = nullptr;
    std::map<std::string, ConfigValue> config;
  };

  static bool may_concern_registration(const FaultRule& rule) {
    return !rule.on.is_request() || rule.on.matches_code(RequestCode::REGISTER_BROKER);
  }
  void idle(const std::string& why) {
    if (!step_->may_be_idle) found_.push_back({step_->where, why + std::string(kMayBeIdle)});
  }
  static std::string since(const Step* step, const char* otherwise) {
    return step == nullptr ? otherwise : ", since " + place_text(step->where);
  }

  void on(const CrashEvent& e) {
    as_registered_ = false;
    for (const std::string& name : e.servers) {
      Server& server = servers_[name];
      if (server.down) idle("crash: " + in_quotes(name) + " is down already" + since(server.since, ""));
      server = {true, false, server.down ? server.since : step_};
    }
  }
  void on(const RestartEvent& e) {
    for (const std::string& name : e.servers) {
      std::erase_if(routes_, [&](const auto& route) { return route.first.second == name; });
      Server& server = servers_[name];
      if (!server.down) {
        idle("restart: " + in_quotes(name) + " is running" + since(server.since, ", and no step before crashed it"));
        continue;
      }
      server = {false, false, step_};
      std::erase_if(removed_, [&](const auto& one) { return std::get<2>(one) == name; });
    }
  }
  void on(const PauseEvent& e) {
    as_registered_ = false;
    for (const std::string& name : e.servers) {
      Server& server = servers_[name];
      if (server.down || server.paused) {
        idle("pause: " + in_quotes(name) + (server.down ? " is down" : " is paused already") + since(server.since, ""));
        continue;
      }
      server = {false, true, step_};
    }
  }
  void on(const ResumeEvent& e) {
    for (const std::string& name : e.servers) {
      Server& server = servers_[name];
      if (!server.paused) {
        idle("resume: " + in_quotes(name) + (server.down ? " is down" : " is not paused") + since(server.since, ""));
        continue;
      }
      server = {false, false, step_};
    }
  }

  using Names = std::vector<std::string>;
  /// Brokers and clients connect to nameservers, and clients to brokers; nobody to one of his own kind.
  bool connects(const std::string& a, const std::string& b) const { return look_up(kinds_, a) != look_up(kinds_, b); }
  /// Cuts or mends the ways, and says whether that changed any by which something passes. A file with too many of them
  /// is not followed.
  bool turn(const Names& from, const Names& to, bool cut) {
    bool changed = false;
    for (const std::string& a : from) {
      for (const std::string& b : to) {
        if (work_ > kMaxWork) return true;
        ++work_;
        const bool turned = cut ? cut_.emplace(a, b).second : cut_.erase({a, b}) > 0;
        changed = changed || (turned && connects(a, b));
      }
    }
    return changed;
  }
  bool anything_passes(const Names& from, const Names& to) const {
    return std::any_of(from.begin(), from.end(), [&](const std::string& a) {
      return std::any_of(to.begin(), to.end(), [&](const std::string& b) { return connects(a, b); });
    });
  }
  void on(const PartitionEvent& e) {
    as_registered_ = false;
    const Names others = e.and_.empty() ? scenario_.everyone_but(e.between) : e.and_;
    bool changed = turn(e.between, others, true);
    if (!e.one_way) changed |= turn(others, e.between, true);
    if (!anything_passes(e.between, others)) {
      idle("partition: nothing ever passes between these");
    } else if (!changed) {
      idle("partition: nothing passes between these already");
    }
  }
  void on(const HealEvent& e) {
    if (e.between.empty() && e.and_.empty()) {
      if (cut_.empty() && work_ <= kMaxWork) idle("heal: nothing is cut");
      cut_.clear();
      return;
    }
    const Names others = e.and_.empty() ? scenario_.everyone_but(e.between) : e.and_;
    bool changed = turn(e.between, others, false);
    changed |= turn(others, e.between, false);
    if (!changed) idle("heal: nothing is cut between these that ever passes");
  }

  const Names& at(const Names& nameservers) const {
    return nameservers.empty() ? scenario_.cluster.nameservers : nameservers;
  }
  /// What the nameserver answers for the topic; nullptr: the file does not tell.
  const TopicSpec* route_at(const std::string& topic, const std::string& ns) const {
    if (const auto set = routes_.find({topic, ns}); set != routes_.end()) return set->second;
    return as_registered_ && !scenario_.cluster.auto_create_topic ? scenario_.cluster.find_topic(topic) : nullptr;
  }
  static bool same_route(const TopicSpec& a, const TopicSpec& b) {
    const auto sorted = [](const TopicSpec& spec) { return std::map(spec.queues.begin(), spec.queues.end()); };
    return a.perm == b.perm && sorted(a) == sorted(b);
  }
  /// Some of its brokers may have another permission, or may be out of it, from now on; an empty topic is all.
  void forget_routes(const std::string& topic) {
    as_registered_ = false;
    std::erase_if(routes_, [&](const auto& route) { return topic.empty() || route.first.first == topic; });
  }
  void on(const SetRouteEvent& e) {
    const Names& nameservers = at(e.nameservers);
    if (std::all_of(nameservers.begin(), nameservers.end(), [&](const std::string& ns) {
          const TopicSpec* const now = route_at(e.topic.name, ns);
          return now != nullptr && same_route(*now, e.topic);
        })) {
      idle("setRoute: the topic " + in_quotes(e.topic.name) + " has this route already");
    }
    const bool known = scenario_.cluster.find_topic(e.topic.name) != nullptr || holds(wanted_, e.topic.name);
    if (!known && scenario_.send_count > 0 && !scenario_.cluster.auto_create_topic) {
      idle("setRoute: nobody has the topic " + in_quotes(e.topic.name) + " or asks for it" +
           suggestion(e.topic.name, wanted_));
    }
    routed_.insert(e.topic.name);
    for (const std::string& ns : nameservers) {
      routes_[{e.topic.name, ns}] = &e.topic;
      std::erase_if(removed_, [&](const auto& one) {
        return std::get<2>(one) == ns && (std::get<0>(one) == e.topic.name || std::get<0>(one).empty());
      });
    }
    std::erase_if(perms_, [&](const auto& one) { return one.first.first == e.topic.name; });
  }
  /// Whether any message of the file tells how the topic came to be.
  bool fixed(const std::string& topic) const {
    return scenario_.cluster.find_topic(topic) != nullptr && !routed_.contains(topic) &&
           !scenario_.cluster.auto_create_topic;
  }
  /// Whether the broker has some topic, or the file does not tell.
  bool is_in_any_route(const std::string& broker) const {
    const auto& topics = scenario_.cluster.topics;
    return scenario_.cluster.auto_create_topic || !routed_.empty() ||
           std::any_of(topics.begin(), topics.end(), [&](const TopicSpec& topic) {
             return std::any_of(topic.queues.begin(), topic.queues.end(), [&](auto& q) { return q.first == broker; });
           });
  }
  void on(const RemoveFromRouteEvent& e) {
    const std::string topic = e.topic.value_or("");
    forget_routes(topic);
    if (e.topic && fixed(topic)) {
      const auto& queues = look_up(scenario_.cluster.find_topic(topic), topic).queues;
      if (std::none_of(queues.begin(), queues.end(), [&](const auto& q) { return q.first == e.broker; })) {
        return idle("removeFromRoute: " + in_quotes(e.broker) + " does not have the topic " + in_quotes(topic));
      }
    }
    if (!e.topic && !is_in_any_route(e.broker)) {
      return idle("removeFromRoute: " + in_quotes(e.broker) + " has no topic");
    }
    bool changed = false;
    for (const std::string& ns : at(e.nameservers)) {
      const bool gone = removed_.contains({topic, e.broker, ns}) || removed_.contains({"", e.broker, ns});
      changed |= !gone;
      removed_.insert({topic, e.broker, ns});
    }
    if (!changed) idle("removeFromRoute: " + in_quotes(e.broker) + " has left the route already");
  }
  void on(const SetPermEvent& e) {
    forget_routes(e.topic);
    if (!fixed(e.topic)) return;
    bool any = false, changed = false;
    for (auto& [key, perm] : perms_) {
      const bool named =
          e.brokers.empty() || std::find(e.brokers.begin(), e.brokers.end(), key.second) != e.brokers.end();
      if (key.first != e.topic || !named) continue;
      any = true;
      changed |= perm != e.perm;
      perm = e.perm;
    }
    if (!any) {
      idle("setPerm: none of these brokers has the topic " + in_quotes(e.topic));
    } else if (!changed) {
      idle("setPerm: the topic " + in_quotes(e.topic) + " has this permission already");
    }
  }

  /// Whether it is what a producer has whom nobody told, in each profile of the file, as far as the row of the setting
  /// says so by a value.
  bool is_standard(const std::string& name, const ConfigValue& value) const {
    const ProducerSetting* const setting = find_producer_setting(name);
    if (setting == nullptr) return false;
    if (setting->times != nullptr) {
      return std::all_of(scenario_.profiles.begin(), scenario_.profiles.end(), [&](const std::string& profile) {
        return ConfigValue(look_up(find_profile(profile), profile).*setting->times) == value;
      });
    }
    ProducerConfig config;
    config.values[name] = value;
    return json_text(config_json(config).at(name)) == setting->key.standard;
  }
  using Codes = std::vector<std::int32_t>;
  /// The one setting that adds: whether any of them is new to a producer that has added some, in any profile.
  bool add_codes(const Codes& codes, ConfigValue& added) const {
    Codes& known = std::get<Codes>(added);
    bool changed = false;
    for (const std::int32_t code : codes) {
      const auto in = [&](const Codes& some) { return std::find(some.begin(), some.end(), code) != some.end(); };
      const bool built_in = std::all_of(
          scenario_.profiles.begin(), scenario_.profiles.end(),
          [&](const std::string& name) { return in(look_up(find_profile(name), name).retry_response_codes); });
      if (built_in || in(known)) continue;
      known.push_back(code);
      changed = true;
    }
    return changed;
  }
  void on(const SetConfigEvent& e) {
    auto& config = producers_[e.producer].config;
    bool changed = false;
    for (const auto& [name, value] : e.config.values) {
      if (const auto* codes = std::get_if<Codes>(&value); codes != nullptr && name == "addRetryResponseCode") {
        changed |= add_codes(*codes, config.try_emplace(name, Codes()).first->second);
        continue;
      }
      const auto known = config.find(name);
      changed |= known == config.end() ? !is_standard(name, value) : known->second != value;
      config[name] = value;
    }
    if (!changed) idle("setConfig: " + in_quotes(e.producer) + " has these settings already");
  }
  void on(const StartProducerEvent& e) {
    if (e.exception) return;  // changes nothing
    Producer& producer = producers_[e.producer];
    if (producer.started) {
      return idle("startProducer: " + in_quotes(e.producer) + " is started already" +
                  since(producer.since, ", before the first step (\"autoStart\": false leaves it to the event)"));
    }
    // One that was shut down is made anew, as the file has it; before its first start a setter is for good.
    if (producer.since != nullptr) {
      producer.config = look_up(scenario_.find_producer(e.producer), e.producer).config.values;
    }
    producer.started = true;
    producer.since = step_;
  }
  void on(const ShutdownProducerEvent& e) {
    Producer& producer = producers_[e.producer];
    if (!producer.started) {
      return idle(
          "shutdownProducer: " + in_quotes(e.producer) +
          (producer.since == nullptr ? " was never started" : " is shut down already" + since(producer.since, "")));
    }
    producer.started = false;
    producer.since = step_;
  }

  static constexpr std::size_t kMaxWork = 4'000'000;

  const Scenario& scenario_;
  std::vector<Finding>& found_;
  const std::vector<std::string> wanted_;
  const Step* step_ = nullptr;
  enum class Kind { nameserver, broker, client };
  std::map<std::string, Kind> kinds_;
  std::map<std::string, Server> servers_;
  std::map<std::string, Producer> producers_;
  std::set<std::pair<std::string, std::string>> cut_;
  std::size_t work_ = 0;
  bool as_registered_;  ///< nothing has changed, or kept from nameservers, what brokers registered at the beginning
  std::map<std::pair<std::string, std::string>, const TopicSpec*> routes_;  ///< by topic and nameserver: of setRoute
  std::set<std::string> routed_;                                            ///< topics of setRoute
  std::set<std::tuple<std::string, std::string, std::string>> removed_;     ///< topic (empty: all), broker, nameserver
  std::map<std::pair<std::string, std::string>, std::int32_t> perms_;       ///< of topic and broker, while known
};

}  // namespace

void check_events(const Scenario& scenario, std::vector<Finding>& found) { EventCourse(scenario, found).go(); }

}  // namespace rmqsim
