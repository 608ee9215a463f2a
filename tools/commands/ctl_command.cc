// `rmqsim ctl`: the control interface from a shell. Every command line becomes one HTTP request; what is wrong with it
// beyond its form is found where the rules live. Exit status: 0 done, 1 refused or not reached, 2 no answer, 64 bad
// usage.
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "fake_broker/rules/fault_rule.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/bounded_file.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "tools/commands/ctl_events.h"
#include "tools/commands/ctl_text.h"
#include "producer/transport/http/http_client.h"
#include "tools/commands/commands.h"
#include "tools/io/output_file.h"

namespace rmqsim {
namespace ctl_command {
namespace {

using Json = nlohmann::ordered_json;

enum Exit { kDone = 0, kRefused = 1, kNoAnswer = 2, kUsage = 64 };

/// A number where the text is one: codes may be either.
Json number_or_text(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? Json(std::stoll(text)) : Json(text);
}

/// "delayMs" as --delay-ms.
std::string option_name(std::string_view key) {
  std::string name = "--";
  for (const char c : key) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital) name += '-';
    name += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

class Ctl {
 public:
  explicit Ctl(CLI::App& app) {
    app_ = app.add_subcommand("ctl", "Inject faults into a running cluster or fake, and ask what happened");
    app_->require_subcommand(1);
    app_->fallthrough();  // --control and --json also behind the subcommand
    app_->add_option("--control", url_, "Address of the control interface, http://HOST:PORT")
        ->envname("RMQSIM_CONTROL");
    app_->add_flag("--json", json_, "The answer as JSON");
    app_->footer(
        "Examples:\n"
        "  rmqsim ctl fault add broker-a --on send --respond SYSTEM_BUSY --times 5\n"
        "  rmqsim ctl fault add '*' --on send --delay-ms 600 --topic Orders\n"
        "  rmqsim ctl fault list\n"
        "  rmqsim ctl broker crash broker-a\n"
        "  rmqsim ctl requests --code send --wait 10 --timeout 5\n"
        "  rmqsim ctl messages --key 7F000001\n"
        "  rmqsim ctl gate add broker-a --on send --id hold; rmqsim ctl gate release hold\n"
        "  rmqsim ctl events --follow --kinds rule,server,answer\n"
        "  rmqsim ctl scenario --name tuesday -o tuesday.json && rmqsim run tuesday.json\n"
        "The address comes from --control or the environment variable RMQSIM_CONTROL, which `rmqsim up` prints.\n"
        "Exit status: 0 done, 1 refused (no such thing, not in this state) or not reached, 2 nobody answers, 64 bad "
        "usage");
    faults();
    servers("broker", "brokers");
    servers("nameserver", "nameservers");
    topics();
    routes();
    requests();
    messages();
    gates();
    events();
    scenario();
    simple("clients", "Open connections, and who is behind them", "GET", "/v1/clients", "clients");
    simple("health", "Whether all servers run", "GET", "/v1/health", "health");
    simple("version", "Version of the program that is asked", "GET", "/v1/version", "version");
    simple("metrics", "Counts in the Prometheus text format", "GET", "/metrics", "text");
    simple("openapi", "Description of the interface", "GET", "/openapi.json", "json");
    simple("shutdown", "End the program in an orderly way", "POST", "/v1/shutdown", "done");
  }

  CLI::App* app() const { return app_; }

  int run() {
    if (url_.empty()) {
      std::cerr << "rmqsim ctl: no address; give --control http://HOST:PORT or set RMQSIM_CONTROL\n";
      return kUsage;
    }
    if (!prepare_ || !prepare_()) return kUsage;
    HttpAnswer answer;
    try {
      if (stream_) return follow_events(url_, target_ + query(), *stream_);
      answer = http_ask(url_, method_, target_, body_, patience_);
    } catch (const std::invalid_argument& error) {
      std::cerr << "rmqsim ctl: " << error.what() << "\n";
      return kUsage;
    } catch (const std::exception& error) {
      std::cerr << "rmqsim ctl: " << error.what() << "\n";
      return kNoAnswer;
    }
    return show(answer);
  }

 private:
  int show(const HttpAnswer& answer) {
    const Json json = json_or_discarded<Json>(answer.body);
    if (answer.status >= 400) {
      const bool told = json.is_object() && json.contains("error") && json["error"].is_string();
      std::cerr << "rmqsim ctl: " << harmless_lines(told ? json["error"].get<std::string>() : answer.body) << "\n";
      return answer.status == 404 || answer.status == 409 || answer.status >= 500 ? kRefused : kUsage;
    }
    const char* no_color = std::getenv("NO_COLOR");
    const bool colours = isatty(STDOUT_FILENO) != 0 && no_color == nullptr;
    if (kind_ == "scenario" && !file_.empty()) return write_scenario(answer.body);
    if (json_ || kind_ == "text" || kind_ == "scenario" || kind_ == "json" || !json.is_object()) {
      std::cout << answer.body;
    } else if (kind_ == "count") {
      std::cout << json_text(json["count"]) << "\n";
    } else {
      std::cout << ctl_text(kind_, json, colours);
    }
    if (kind_ == "health" && json.value("status", "") != "ok") return kRefused;
    if (kind_ == "wait" && json.value("reached", false) == false) return kRefused;
    return kDone;
  }

  /// `prepare` fills method_, target_, body_ once options are known; false after it has said what is wrong.
  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& help, std::function<bool()> prepare) {
    CLI::App* sub = parent->add_subcommand(name, help);
    sub->callback([this, prepare = std::move(prepare)] { prepare_ = prepare; });
    return sub;
  }
  bool set(std::string method, std::string target, std::string kind, std::string body = "") {
    method_ = std::move(method);
    target_ = std::move(target);
    kind_ = std::move(kind);
    body_ = std::move(body);
    return true;
  }
  void simple(const char* name, const char* help, const char* method, const char* target, const char* kind) {
    command(app_, name, help, [=, this] { return set(method, target, kind); });
  }

  bool read_file(const std::string& path, std::string& text) {
    std::string problem;
    auto read = path == "-" ? read_bounded(STDIN_FILENO, kMaxScenarioBytes, problem)
                            : read_bounded(path, kMaxScenarioBytes, problem);
    if (read && read->size() > kMaxScenarioBytes) problem = "larger than 16 MiB, the most a scenario may have";
    if (problem.empty()) {
      text = std::move(*read);
      return true;
    }
    std::cerr << "rmqsim ctl: " << path << ": " << problem << "\n";
    return false;
  }

  /// The selectors of a rule or gate as options; `at` is positional.
  void selectors(CLI::App* sub) {
    sub->add_option("at", rule_.at, "Server, or '*' for every broker");
    std::string words;
    for (const RequestFamily& family : request_families()) words += std::string(family.word) + ", ";
    sub->add_option("--on", rule_.on, words + "or a request code's name");
    const auto text = [&](const char* option, const char* key, const char* help) {
      sub->add_option_function<std::string>(option, [this, key](const std::string& v) { rule_.more[key] = v; }, help);
    };
    const auto number = [&](const char* option, const char* key, const char* help) {
      sub->add_option_function<double>(option, [this, key](double v) {
        if (v == static_cast<double>(static_cast<std::int64_t>(v))) {
          rule_.more[key] = static_cast<std::int64_t>(v);
        } else {
          rule_.more[key] = v;
        }
      }, help)->check(finite_number)->check(CLI::Range(0.0, 1e12));
    };
    text("--id", "id", "Name of the rule; default one that is free");
    text("--topic", "topic", "Only requests for this topic");
    text("--producer", "producer", "Only of this producer of the scenario, or producer group");
    text("--nth", "nth", "Only these of the requests that match, like 3, 1-5 or 2,4,7-");
    number("--times", "times", "Only the first so many");
    text("--count", "count", "What --nth and --times count: broker, cluster or message");
    number("--queue-id", "queueId", "Only requests for this queue");
    number("--from-ms", "fromMs", "From this time since the start on");
    number("--to-ms", "toMs", "Until this time");
    sub->add_flag("--from-now", from_now_, "These times count from now");
    number("--probability", "probability", "With this probability, 0 to 1");
  }

  bool rule(Json& json) const {
    if (rule_.at.empty() || rule_.on.empty()) {
      std::cerr << "rmqsim ctl: a server and --on are needed (or --file)\n";
      return false;
    }
    json = Json::object();
    if (rule_.more.contains("id")) json["id"] = rule_.more["id"];
    json["at"] = rule_.at;
    json["on"] = rule_.on;
    for (const auto& [key, value] : rule_.more.items()) json[key] = value;
    return true;
  }

  /// An option per fault action, `storeThenRespond` as --store-then-respond.
  void action(CLI::App* sub) {
    sub->add_flag_function("--may-be-idle", [this](std::int64_t) { rule_.more["mayBeIdle"] = true; },
                           "Take it though the rules before it leave it nothing to do");
    for (const FaultActionRow& row : fault_actions()) {
      const std::string key(row.key);
      const std::string option = option_name(row.key);
      std::string help(row.description.substr(0, row.description.find_last_not_of('.') + 1));
      if (const std::string where = only_possible_on(row); !where.empty()) help = "With --on " + where + ": " + help;
      const auto give = [this, key](const auto& v) { rule_.action[key] = v; };
      switch (row.argument) {
        case FaultArgumentKind::flag:
          sub->add_flag_function(option, [give](std::int64_t) { give(true); }, help);
          break;
        case FaultArgumentKind::time:
          sub->add_option_function<double>(option, give, help)
              ->check(finite_number)
              ->check(CLI::Range(0.0, 31536000000.0));
          break;
        case FaultArgumentKind::answer:
          sub->add_option_function<std::string>(
              option, [this, key](const std::string& v) { rule_.action[key]["code"] = number_or_text(v); },
              help + " (a code's name or number)");
          break;
        case FaultArgumentKind::moment:
          sub->add_option_function<std::string>(option, give, help)
              ->check(CLI::IsMember(std::vector<std::string>(row.moments.begin(), row.moments.end())));
          break;
        case FaultArgumentKind::percent:
          sub->add_option_function<double>(option, give, help)->check(finite_number);
          break;
        case FaultArgumentKind::bytes:
          sub->add_option_function<std::int64_t>(option, give, help);
          break;
      }
    }
    sub->add_option("--remark", rule_.remark, "Text of the answer that a rule makes up or changes");
  }

  bool full_rule(std::string& body) {
    if (!file_.empty()) {
      if (!rule_.at.empty() || !rule_.on.empty() || !rule_.action.empty() || !rule_.more.empty()) {
        std::cerr << "rmqsim ctl: --file holds the whole rule; no other option goes with it\n";
        return false;
      }
      return read_file(file_, body);
    }
    Json json;
    if (!rule(json)) return false;
    if (!rule_.remark.empty()) {
      for (Json& argument : rule_.action) {
        if (argument.is_object()) argument["remark"] = rule_.remark;  // it is an answer
      }
    }
    if (rule_.action.empty()) {
      std::cerr << "rmqsim ctl: what shall the rule do? For instance --respond SYSTEM_BUSY, --delay-ms 600 or --drop "
                   "request\n";
      return false;
    }
    json["do"] = rule_.action;
    body = json_text(json);
    return true;
  }

  void faults();
  void servers(const std::string& one, const std::string& all);
  void topics();
  void routes();
  void requests();
  void messages();
  void gates();
  void events();
  void scenario();

  int write_scenario(const std::string& text) const {
    OutputFile out;
    if (out.open(file_) && out.commit(text)) {
      std::cout << "wrote " << file_ << "; rmqsim run " << file_ << "\n";
      return kDone;
    }
    std::cerr << "rmqsim ctl: " << out.problem() << "\n";
    return kUsage;
  }

  std::string query() const {
    std::string text;
    for (const auto& [key, value] : query_) text += (text.empty() ? "?" : "&") + key + "=" + url_encode(value);
    return text;
  }
  CLI::Option* filter(CLI::App* sub, const char* option, const char* key, const char* help) {
    return sub->add_option_function<std::string>(option, [this, key](const std::string& v) { query_[key] = v; }, help);
  }

  struct Rule {
    std::string at, on, remark;
    Json more = Json::object();
    Json action = Json::object();
  };

  std::string times() const { return from_now_ ? "?times=now" : ""; }

  CLI::App* app_ = nullptr;
  std::string url_;
  bool json_ = false;
  std::function<bool()> prepare_;
  std::string method_, target_, body_, kind_;
  int patience_ = 30;
  Rule rule_;
  std::string file_, name_, second_, perm_, topic_;
  std::vector<std::string> brokers_;
  int queues_ = -1;
  std::optional<EventsWanted> stream_;
  bool from_now_ = false;
  bool all_ = false, counts_ = false, count_ = false, clear_ = false;
  std::uint64_t wait_ = 0, limit_ = 10, release_ = 0;
  double timeout_ = 10;
  std::map<std::string, std::string> query_;
};

void Ctl::faults() {
  CLI::App* fault = app_->add_subcommand("fault", "Fault rules: those of the scenario file, while servers run");
  fault->require_subcommand(1);
  CLI::App* add = command(fault, "add", "Add a rule after the others", [this] {
    std::string body;
    return full_rule(body) && set("POST", "/v1/faults" + times(), "faults", body);
  });
  selectors(add);
  action(add);
  add->add_option("--file", file_, "The rule, or an array of them, as JSON; - is standard input");
  CLI::App* change = command(fault, "change", "Replace a rule in its place", [this] {
    std::string body;
    return full_rule(body) && set("PUT", "/v1/faults/" + url_encode(name_) + times(), "fault", body);
  });
  change->add_option("id", name_, "Rule")->required();
  selectors(change);
  action(change);
  change->add_option("--file", file_, "The rule as JSON; - is standard input");
  command(fault, "list", "All rules with their counts", [this] { return set("GET", "/v1/faults", "faults"); });
  command(fault, "get", "One rule", [this] { return set("GET", "/v1/faults/" + url_encode(name_), "fault"); })
      ->add_option("id", name_, "Rule")->required();
  CLI::App* remove = command(fault, "remove", "Remove a rule, or all", [this] {
    if (all_ != name_.empty()) {
      std::cerr << "rmqsim ctl: either a rule or --all\n";
      return false;
    }
    return all_ ? set("DELETE", "/v1/faults", "done") : set("DELETE", "/v1/faults/" + url_encode(name_), "fault");
  });
  remove->add_option("id", name_, "Rule");
  remove->add_flag("--all", all_, "All rules");
  command(fault, "reset", "Begin the counts of a rule, or of all, anew", [this] {
    return name_.empty() ? set("POST", "/v1/faults/reset", "faults")
                         : set("POST", "/v1/faults/" + url_encode(name_) + "/reset", "fault");
  })->add_option("id", name_, "Rule; default all");
  CLI::App* near = command(fault, "near-misses", "Requests on which a rule did not act, and why", [this] {
    return set("GET", "/v1/faults/" + url_encode(name_) + "/near-misses?limit=" + std::to_string(limit_), "nearMisses");
  });
  near->add_option("id", name_, "Rule")->required();
  near->add_option("--limit", limit_, "At most so many")->capture_default_str()->check(whole_number);
}

void Ctl::servers(const std::string& one, const std::string& all) {
  CLI::App* server = app_->add_subcommand(one, all + ": list, crash, restart, pause, resume");
  server->require_subcommand(1);
  command(server, "list", "All " + all, [=, this] { return set("GET", "/v1/" + all, all); });
  for (const char* what : {"crash", "restart", "pause", "resume"}) {
    command(server, what, std::string("Make it ") + what, [=, this] {
      return set("POST", "/v1/" + all + "/" + url_encode(name_) + "/" + what, "server");
    })->add_option("name", name_, "Server")->required();
  }
  if (one != "broker") return;
  CLI::App* perm = command(server, "perm", "Change the permission of a broker or of a topic there", [this] {
    Json body{{"perm", number_or_text(perm_)}};
    if (!topic_.empty()) body["topic"] = topic_;
    return set("PUT", "/v1/brokers/" + url_encode(name_) + "/perm", "server", json_text(body));
  });
  perm->add_option("name", name_, "Broker")->required();
  perm->add_option("perm", perm_, "r, w or rw")->required();
  perm->add_option("--topic", topic_, "Only of this topic");
}

void Ctl::topics() {
  CLI::App* topic = app_->add_subcommand("topic", "Topics of brokers");
  topic->require_subcommand(1);
  command(topic, "list", "All topics but the system's", [this] { return set("GET", "/v1/topics", "topics"); });
  CLI::App* put = command(topic, "put", "Create or change a topic", [this] {
    Json body = Json::object();
    if (!brokers_.empty()) body["brokers"] = brokers_;
    if (queues_ >= 0) body["queues"] = queues_;
    if (!perm_.empty()) body["perm"] = number_or_text(perm_);
    return set("PUT", "/v1/topics/" + url_encode(name_), "done", json_text(body));
  });
  put->add_option("topic", name_, "Topic")->required();
  put->add_option("--broker", brokers_, "At this broker; repeatable; default all")->allow_extra_args(false);
  put->add_option("--queues", queues_, "Queues per broker, default 4")->check(CLI::Range(0, 65536));
  put->add_option("--perm", perm_, "r, w or rw");
}

void Ctl::routes() {
  CLI::App* route = app_->add_subcommand("route", "What nameservers answer");
  route->require_subcommand(1);
  command(route, "list", "Topics with a route", [this] { return set("GET", "/v1/routes", "done"); });
  command(route, "get", "The route of a topic", [this] {
    return set("GET", "/v1/routes/" + url_encode(name_), "done");
  })->add_option("topic", name_, "Topic")->required();
  CLI::App* put = command(route, "put", "Replace a route; registrations leave it alone from now on", [this] {
    Json body = Json::object();
    if (!brokers_.empty()) body["brokers"] = brokers_;
    if (queues_ >= 0) body["queues"] = queues_;
    if (!perm_.empty()) body["perm"] = number_or_text(perm_);
    return set("PUT", "/v1/routes/" + url_encode(name_), "done", json_text(body));
  });
  put->add_option("topic", name_, "Topic")->required();
  put->add_option("--broker", brokers_, "At this broker; repeatable; default all")->allow_extra_args(false);
  put->add_option("--queues", queues_, "Queues per broker, default 4")->check(CLI::Range(0, 65536));
  put->add_option("--perm", perm_, "r, w or rw");
  CLI::App* remove = command(route, "remove", "Take a broker out of a topic's route", [this] {
    return set("DELETE", "/v1/routes/" + url_encode(name_) + "/brokers/" + url_encode(second_), "done");
  });
  remove->add_option("topic", name_, "Topic; * is all")->required();
  remove->add_option("broker", second_, "Broker")->required();
}

void Ctl::requests() {
  CLI::App* sub = command(app_, "requests", "Requests that servers saw", [this] {
    if (clear_) return set("DELETE", "/v1/requests", "done");
    if (wait_ > 0) {
      query_["count"] = std::to_string(wait_);
      query_["timeoutMs"] = std::to_string(static_cast<std::int64_t>(timeout_ * 1000));
      patience_ = static_cast<int>(timeout_) + 30;
      return set("GET", "/v1/requests/wait" + query(), "wait");
    }
    return set("GET", (count_ ? "/v1/requests/count" : "/v1/requests") + query(), count_ ? "count" : "requests");
  });
  auto* clear = sub->add_flag("--clear", clear_, "Forget the requests so far, all of them");
  const auto filters = [&](const char* option, const char* parameter, const char* help) {
    filter(sub, option, parameter, help)->excludes(clear);
  };
  filters("--code", "code", "Request code by name or number, or send for all that store");
  filters("--topic", "topic", "Topic");
  filters("--server", "server", "Server that saw it");
  filters("--group", "group", "Producer group");
  filters("--rule", "rule", "Fault rule that acted");
  filters("--outcome", "outcome", "SUCCESS, SYSTEM_BUSY, DROPPED ...");
  filters("--key", "key", "UNIQ_KEY of the message");
  filters("--after", "after", "Cursor that the page before ended with");
  filters("--limit", "limit", "At most so many, default 100");
  auto* count = sub->add_flag("--count", count_, "Only how many");
  auto* wait = sub->add_option("--wait", wait_, "Wait until there are so many; 1 when the time is over before");
  wait->check(whole_number);
  sub->add_option("--timeout", timeout_, "Seconds to wait")
      ->check(finite_number)->check(CLI::Range(0.0, 300.0))->capture_default_str()->needs(wait);
  count->excludes(wait)->excludes(clear);
  wait->excludes(clear);
}

void Ctl::messages() {
  CLI::App* sub = command(app_, "messages", "Messages that brokers keep", [this] {
    if (counts_) return set("GET", "/v1/messages/counts", "done");
    return set("GET", "/v1/messages" + query(), "messages");
  });
  auto* counts = sub->add_flag("--counts", counts_, "How many were stored, acknowledged, lost, in all topics");
  const auto filters = [&](const char* option, const char* parameter, const char* help) {
    filter(sub, option, parameter, help)->excludes(counts);
  };
  filters("--topic", "topic", "Topic");
  filters("--key", "key", "UNIQ_KEY, or a key of the application");
  filters("--broker", "broker", "Broker that keeps it");
  filters("--after", "after", "Cursor that the page before ended with");
  filters("--limit", "limit", "At most so many, default 100");
}

void Ctl::gates() {
  CLI::App* gate = app_->add_subcommand("gate", "Hold requests until they are released");
  gate->require_subcommand(1);
  CLI::App* add = command(gate, "add", "Hold the requests that match", [this] {
    Json body;
    return rule(body) && set("POST", "/v1/gates" + times(), "gate", json_text(body));
  });
  selectors(add);
  command(gate, "list", "All gates", [this] { return set("GET", "/v1/gates", "gates"); });
  CLI::App* release = command(gate, "release", "Release what a gate holds, or all gates", [this] {
    if (name_.empty()) return set("POST", "/v1/gates/release", "done");
    const Json body = release_ > 0 ? Json{{"count", release_}} : Json::object();
    return set("POST", "/v1/gates/" + url_encode(name_) + "/release", "done", json_text(body));
  });
  auto* id = release->add_option("id", name_, "Gate; default all");
  release->add_option("--count", release_, "Only the oldest so many")
      ->needs(id)
      ->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  command(gate, "remove", "Remove a gate and release what it holds", [this] {
    return set("DELETE", "/v1/gates/" + url_encode(name_), "done");
  })->add_option("id", name_, "Gate")->required();
}

void Ctl::events() {
  auto wanted = std::make_shared<EventsWanted>();
  CLI::App* sub = command(app_, "events", "What happens: requests and their ends, connections, servers, rules, gates",
                          [this, wanted] {
    if (!wanted->follow && (wanted->count > 0 || wanted->seconds > 0)) {
      std::cerr << "rmqsim ctl: --count and --for are for --follow\n";
      return false;
    }
    wanted->json = json_;
    if (!wanted->follow && query_.count("after") == 0) query_["after"] = "0";
    stream_ = *wanted;
    return set("GET", "/v1/events", "events");
  });
  sub->add_flag("--follow,-f", wanted->follow,
                "From now on, until Ctrl-C or the end of the program; without it what is kept so far");
  sub->add_option("--count", wanted->count, "Until there were so many; 1 when it ends before")->check(whole_number);
  sub->add_option("--for", wanted->seconds, "For so many seconds")
      ->check(finite_number)
      ->check(CLI::Range(0.001, 31536000.0));
  const auto filters = [&](const char* option, const char* parameter, const char* help) {
    filter(sub, option, parameter, help);
  };
  filters("--kinds", "kinds", "Only these, with commas: request, answer, connection, server, rule, gate ...");
  filters("--code", "code", "Request code by name or number, or send for all that store");
  filters("--topic", "topic", "Topic");
  filters("--server", "server", "Server");
  filters("--group", "group", "Producer group");
  filters("--rule", "rule", "Fault rule");
  filters("--outcome", "outcome", "SUCCESS, SYSTEM_BUSY, DROPPED ...");
  filters("--key", "key", "UNIQ_KEY of the message");
  filters("--after", "after", "Begin behind the event with this id; 0: all that are kept");
}

void Ctl::scenario() {
  CLI::App* sub = command(app_, "scenario", "What was done so far, as a scenario file", [this] {
    if (!file_.empty()) {  // a scenario is called as its file is
      const std::string stem = std::filesystem::path(file_).stem().string();
      const std::string& name = query_.try_emplace("name", stem).first->second;
      if (name != stem) {
        std::cerr << "rmqsim ctl: a scenario is called as its file is: " << harmless(stem) << ", not "
                  << harmless(name) << "; leave --name out, or write to another file\n";
        return false;
      }
    }
    return set("GET", "/v1/scenario" + query(), "scenario");
  });
  filter(sub, "--name", "name", "Name of the scenario; default that of the file, else saved");
  sub->add_option("-o,--out", file_, "File to write; a former one is replaced. Default standard output")
      ->check(place_to_write);
}

}  // namespace
}  // namespace ctl_command

Subcommand add_ctl_command(CLI::App& app) {
  using namespace ctl_command;
  auto ctl = std::make_shared<Ctl>(app);
  return {ctl->app(), [ctl] { return ctl->run(); }};
}

}  // namespace rmqsim
