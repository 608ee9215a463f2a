#include "scenarios/harness/report/formats/perfetto.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <queue>
#include <set>
#include <utility>

#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

std::string json_string(std::string_view text) {
  using nlohmann::json;
  return json_text(json(text));
}

/// Microseconds with three decimals.
std::string micros_text(Duration at) {
  char text[40];
  const long long ns = std::max<long long>(at.count(), 0);
  std::snprintf(text, sizeof text, "%lld.%03lld", ns / 1000, ns % 1000);
  return text;
}

/// Named values of a slice.
class Args {
 public:
  Args& add(std::string_view name, std::string_view value) { return raw(name, json_string(value)); }
  Args& add(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  /// Not when there is nothing to say.
  Args& maybe(std::string_view name, std::string_view value) { return value.empty() ? *this : add(name, value); }
  std::string text() const { return "{" + text_ + "}"; }

 private:
  Args& raw(std::string_view name, const std::string& value) {
    text_ += (text_.empty() ? "" : ",") + json_string(name) + ":" + value;
    return *this;
  }
  std::string text_;
};

struct Track {
  std::size_t pid = 0, tid = 0;
};

/// Slices that may overlap, laid into rows in which they do not.
struct Slice {
  Duration begin{0}, end{0};
  std::string name, args;
  std::size_t what = 0;  ///< for whoever wants to know its row afterwards
};

class TimelineWriter {
 public:
  TimelineWriter(const Scenario& scenario, const RunResult& result, std::size_t number, std::string label)
      : scenario_(scenario), result_(result), first_pid_(number * 1000 + 1), label_(std::move(label)) {}

  std::string write() && {
    for (const Event& event : result_.events) {
      end_ = std::max(end_, event.at);
      if (std::holds_alternative<event::StepsBegin>(event.what)) origin_ = result_.record.first_step - event.at;
    }
    for (const ProducerSpec& producer : scenario_.producers) process(producer.name);
    for (const std::string& name : scenario_.cluster.nameservers) process(name);
    for (const BrokerSpec& broker : scenario_.cluster.brokers) process(broker.name);
    for (const Event& event : result_.events) std::visit([&](const auto& what) { on(event, what); }, event.what);
    sends();
    connections();
    requests();
    states();
    return std::move(out_);
  }

 private:
  // ---- the stream

  template <class E>
  void on(const Event&, const E&) {}
  void on(const Event& event, const event::Send& send) { owner_[send.i] = {event.node, send.kind, send.topic}; }
  void on(const Event& event, const event::Recall& recall) { owner_[recall.i] = {event.node, "recall", ""}; }
  void on(const Event& event, const event::Opened& opened) { opened_[opened.connection] = &event; }
  void on(const Event& event, const event::Closed& closed) { closed_[closed.connection] = &event; }
  void on(const Event& event, const event::Request& request) {
    // What a server asks by itself has no number of its own, and no end here.
    if (request.code == RequestCode::CHECK_TRANSACTION_STATE ||
        request.code == RequestCode::NOTIFY_CONSUMER_IDS_CHANGED ||
        request.code == RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT) {
      return instant(event.at, {process(event.node), 0}, 'p', "asks " + request_code_name(request.code),
                     Args().maybe("topic", request.topic).maybe("rule", request.rule));
    }
    requests_[event.node][request.number].first = &event;
    count(event, ++under_way_[event.node]);
  }
  void on(const Event& event, const event::Answer& answer) {
    const auto found = requests_[event.node].find(answer.number);
    if (found == requests_[event.node].end() || found->second.second != nullptr) return;
    found->second.second = &event;
    count(event, --under_way_[event.node]);
  }
  void on(const Event& event, const event::RuleActed& acted) {
    if (acted.number >= 0) return;  // the request says so
    instant(event.at, {process(event.node), 0}, 'p', "rule " + acted.rule + " acts on connections",
            Args().maybe("peer", acted.peer));
  }
  void on(const Event& event, const event::ServerState& state) {
    states_[event.node].push_back({event.at, state.kind});
  }
  void on(const Event& event, const event::StepEvent& step) {
    instant(event.at, {first_pid_, 0}, 'g', step.kind, Args().add("step", step.step));
  }
  void on(const Event& event, const event::RouteChanged& route) {
    instant(event.at, {process(event.node), 0}, 'p', "route changed",
            Args().add("topic", route.topic).add("queues", route.queues));
  }
  void on(const Event& event, const event::NotOpened& failed) {
    instant(event.at, {process(event.node), 0}, 'p', "no connection to " + failed.server,
            Args().add("why", failed.why));
  }
  void on(const Event& event, const event::FaultItemSet& item) { isolated(event, item.broker, item.isolated_ms > 0); }
  void on(const Event& event, const event::FaultItemExpired& item) { isolated(event, item.broker, false); }

  void isolated(const Event& event, const std::string& broker, bool is) {
    bool& was = isolated_[{event.node, broker}];
    if (std::exchange(was, is) == is) return;
    counter(event.at, process(event.node), "isolated: " + broker, "isolated", is ? 1 : 0);
  }
  void count(const Event& event, std::int64_t n) {
    counter(event.at, process(event.node), "requests under way", "requests", n);
  }

  // ---- what they make together

  Duration since_origin(TimePoint at) const { return at - origin_; }

  void sends() {
    std::map<std::string, std::vector<Slice>> by_producer;
    const std::vector<SendRecord>& all = result_.record.sends;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto owner = owner_.find(static_cast<std::int64_t>(i));
      if (owner == owner_.end()) continue;  // it never began
      const SendRecord& send = all[i];
      const Duration begin = since_origin(send.start);
      Args args;
      args.maybe("topic", owner->second.topic).add("outcome", send.outcome()).maybe("key", send.msg_id);
      if (send.error) args.add("error", std::string(error_type_name(send.error->type)) + " " + send.error->message);
      by_producer[owner->second.producer].push_back({begin, send.completed() ? since_origin(send.end) : end_,
                                                     owner->second.kind + " " + std::to_string(i), args.text(), i});
    }
    for (auto& [producer, slices] : by_producer) {
      const std::size_t pid = process(producer);
      rows(pid, "sends", slices, [&](const Slice& slice, Track track) { attempts(all[slice.what], slice, track); });
    }
  }

  void attempts(const SendRecord& send, const Slice& within, Track track) {
    Duration before = within.begin;
    for (std::size_t k = 0; k < send.attempts.size(); ++k) {
      const AttemptRecord& attempt = send.attempts[k];
      // A oneway request may still fail when its send has ended.
      const Duration begin = std::clamp(since_origin(attempt.start), before, within.end);
      const Duration end = std::clamp(begin + attempt.elapsed, begin, within.end);
      slice(begin, end, track, attempt.broker + "/" + std::to_string(attempt.queue_id) + " " + attempt.outcome,
            Args().add("outcome", attempt.outcome).add("timeoutMs", attempt.timeout_millis).text());
      if (k > 0) flow('f', begin, track);
      if (k + 1 < send.attempts.size()) {
        ++flows_;
        flow('s', begin, track);
      }
      before = end;
    }
  }

  void connections() {
    std::map<std::pair<std::string, std::string>, std::vector<Slice>> by_server;
    for (const auto& [number, event] : opened_) {
      const auto& opened = std::get<event::Opened>(event->what);
      Args args;
      args.add("local", opened.local).add("remote", opened.remote);
      Duration end = end_;
      if (const auto found = closed_.find(number); found != closed_.end()) {
        const auto& closed = std::get<event::Closed>(found->second->what);
        args.add("closedBy", closed.by).maybe("why", closed.why);
        end = found->second->at;
      }
      by_server[{event->node, opened.server}].push_back(
          {event->at, end, "connection " + std::to_string(number), args.text(), 0});
    }
    for (auto& [ends, slices] : by_server) {
      rows(process(ends.first), "connected to " + ends.second, slices, [](const Slice&, Track) {});
    }
  }

  void requests() {
    for (auto& [server, all] : requests_) {
      std::vector<Slice> slices;
      for (const auto& [number, ends] : all) {
        if (ends.first == nullptr) continue;
        const auto& request = std::get<event::Request>(ends.first->what);
        Args args;
        args.add("number", number).maybe("topic", request.topic).maybe("key", request.key).maybe("rule", request.rule);
        if (request.queue_id >= 0) args.add("queueId", request.queue_id);
        std::string name = request_code_name(static_cast<std::int32_t>(request.code));
        Duration end = end_;
        if (ends.second != nullptr) {
          const auto& answer = std::get<event::Answer>(ends.second->what);
          args.add("outcome", answer.outcome).add("stored", answer.stored);
          name += " " + answer.outcome;
          end = ends.second->at;
        }
        slices.push_back({ends.first->at, end, std::move(name), args.text(), 0});
      }
      rows(process(server), "requests", slices, [](const Slice&, Track) {});
    }
  }

  /// Outages and pauses.
  void states() {
    for (const auto& [server, of_server] : states_) {
      const auto& changes = of_server;  // clang 14 lets no lambda have a structured binding
      std::vector<Slice> slices;
      const auto band = [&](const char* from, const char* to, const char* name) {
        for (std::size_t i = 0; i < changes.size(); ++i) {
          if (changes[i].second != from) continue;
          Duration end = end_;
          for (std::size_t k = i + 1; k < changes.size() && end == end_; ++k) {
            if (changes[k].second == to || changes[k].second == "crashed") end = changes[k].first;
          }
          slices.push_back({changes[i].first, end, name, "{}", 0});
        }
      };
      band("crashed", "restarted", "down");
      band("paused", "resumed", "paused");
      rows(process(server), "state", slices, [](const Slice&, Track) {});
    }
  }

  // ---- the form

  /// Lays slices into as few rows as they need, and shows each to `inside`.
  template <class Inside>
  void rows(std::size_t pid, const std::string& name, std::vector<Slice>& slices, const Inside& inside) {
    std::stable_sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) { return a.begin < b.begin; });
    using Row = std::pair<Duration, std::size_t>;  // where it ends, its thread
    std::priority_queue<Row, std::vector<Row>, std::greater<>> free_from;
    std::size_t made = 0;
    for (const Slice& one : slices) {
      std::size_t tid = 0;
      if (!free_from.empty() && free_from.top().first <= one.begin) {
        tid = free_from.top().second;
        free_from.pop();
      } else {
        tid = ++threads_[pid];
        thread(pid, tid, ++made == 1 ? name : name + " " + std::to_string(made));
      }
      free_from.emplace(one.end, tid);
      slice(one.begin, one.end, {pid, tid}, one.name, one.args);
      inside(one, {pid, tid});
    }
  }

  std::size_t process(const std::string& name) {
    const auto [found, is_new] = processes_.try_emplace(name, first_pid_ + processes_.size());
    if (is_new) {
      const std::string shown = label_.empty() ? name : label_ + " · " + name;
      const std::string pid = std::to_string(found->second);
      put("{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":" + pid +
          ",\"tid\":0,\"ts\":0,\"args\":{\"name\":" + json_string(shown) + "}}");
      put("{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":" + pid +
          ",\"tid\":0,\"ts\":0,\"args\":{\"sort_index\":" + pid + "}}");
    }
    return found->second;
  }
  void thread(std::size_t pid, std::size_t tid, const std::string& name) {
    put("{\"ph\":\"M\",\"name\":\"thread_name\"," + of({pid, tid}) +
        ",\"ts\":0,\"args\":{\"name\":" + json_string(name) + "}}");
  }
  void slice(Duration begin, Duration end, Track track, const std::string& name, const std::string& args) {
    put("{\"ph\":\"X\",\"name\":" + json_string(name) + "," + of(track) + ",\"ts\":" + micros_text(begin) +
        ",\"dur\":" + micros_text(end - begin) + ",\"args\":" + args + "}");
  }
  void instant(Duration at, Track track, char scope, const std::string& name, const Args& args) {
    put("{\"ph\":\"i\",\"name\":" + json_string(name) + "," + of(track) + ",\"ts\":" + micros_text(at) + ",\"s\":\"" +
        scope + "\",\"args\":" + args.text() + "}");
  }
  void counter(Duration at, std::size_t pid, const std::string& name, const char* series, std::int64_t value) {
    put("{\"ph\":\"C\",\"name\":" + json_string(name) + "," + of({pid, 0}) + ",\"ts\":" + micros_text(at) +
        ",\"args\":{\"" + series + "\":" + std::to_string(value) + "}}");
  }
  void flow(char phase, Duration at, Track track) {
    put(std::string("{\"ph\":\"") + phase +
        "\",\"name\":\"retry\",\"cat\":\"retry\",\"id\":" + std::to_string(first_pid_ * 1000000 + flows_) + "," +
        of(track) + ",\"ts\":" + micros_text(at) + (phase == 'f' ? ",\"bp\":\"e\"}" : "}"));
  }
  static std::string of(Track track) {
    return "\"pid\":" + std::to_string(track.pid) + ",\"tid\":" + std::to_string(track.tid);
  }
  void put(const std::string& event) { out_ += (out_.empty() ? "" : ",\n") + event; }

  struct Owner {
    std::string producer, kind, topic;
  };

  const Scenario& scenario_;
  const RunResult& result_;
  const std::size_t first_pid_;
  const std::string label_;
  std::string out_;
  TimePoint origin_{};
  Duration end_{0};
  std::map<std::string, std::size_t> processes_;
  std::map<std::size_t, std::size_t> threads_;  ///< so many a process has
  std::size_t flows_ = 0;
  std::map<std::int64_t, Owner> owner_;  ///< of sends
  std::map<std::int64_t, const Event*> opened_, closed_;
  std::map<std::string, std::map<std::int64_t, std::pair<const Event*, const Event*>>> requests_;  ///< of servers
  std::map<std::string, std::int64_t> under_way_;
  std::map<std::string, std::vector<std::pair<Duration, std::string>>> states_;
  std::map<std::pair<std::string, std::string>, bool> isolated_;
};

}  // namespace

std::string perfetto_events(const Scenario& scenario, const RunResult& result, std::size_t number,
                            const std::string& label) {
  return TimelineWriter(scenario, result, number, label).write();
}

std::string perfetto_file(const std::vector<std::string>& runs) {
  std::string all;
  for (const std::string& run : runs) {
    if (!run.empty()) all += (all.empty() ? "" : ",\n") + run;
  }
  return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + all + "\n]}\n";
}

}  // namespace rmqsim
