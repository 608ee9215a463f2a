#include "tools/commands/options.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <set>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"

namespace rmqsim {

std::vector<std::string> words_for_world() {
  std::vector<std::string> words;
  for (std::string_view name : world_names()) words.emplace_back(name);
  return words;
}

std::vector<std::string> words_for_profile() {
  std::vector<std::string> words;
  for (std::string_view name : profile_names()) words.emplace_back(name);
  return words;
}

std::string place_to_write(const std::string& text) {
  return text.empty() ? "takes the name of what to write, and it is empty" : "";
}

bool given_twice(const CLI::Option& option) {
  std::set<std::string> seen;
  for (const std::string& value : option.results()) {
    if (seen.insert(value).second) continue;
    std::cerr << "rmqsim: " << option.get_name() << " names " << value << " twice\n";
    return true;
  }
  return false;
}

bool without_meaning(const CLI::Option& option, const char* why) {
  if (option.count() == 0) return false;
  std::cerr << "rmqsim: " << option.get_name() << " " << why << "\n";
  return true;
}

std::vector<CLI::Option*> add_place_options(CLI::App& app, PlaceOptions& options) {
  std::vector<CLI::Option*> all;
  all.push_back(app.add_option("--listen", options.listen,
                 "IP on which servers listen, or NAME=IP for one; 0.0.0.0 is every address; default 127.0.0.1. "
                 "Repeatable")
      ->allow_extra_args(false));
  all.push_back(app.add_option("--advertise", options.advertise,
                 "Host, IP or name, under which clients reach the servers, or NAME=HOST for one; default the address "
                 "listened on, with 0.0.0.0 the machine's own. Repeatable")
      ->allow_extra_args(false));
  all.push_back(app.add_option("--port", options.ports, "NAME=PORT for any server; repeatable")
      ->allow_extra_args(false));
  all.push_back(app.add_flag("--usual-ports", options.usual_ports,
               "9876 for the first nameserver and 9877 for the next, 10911, 10921 ... for brokers, in the scenario's "
               "order; without it free ports"));
  all.push_back(
      app.add_flag("--vip", options.vip, "Brokers listen two ports below as well, where clients up to 4.4 send"));
  all.push_back(app.add_option("--tls", options.tls,
                 "What servers take: disabled, permissive (TLS and plain text) or enforcing, or NAME=MODE for one; "
                 "default what the scenario says. The certificate is self-made. Repeatable")
      ->allow_extra_args(false));
  return all;
}

}  // namespace rmqsim
