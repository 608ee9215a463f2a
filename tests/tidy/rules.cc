#include "tests/tidy/rules.h"

// GCC 12 sees an uninitialised member inside std::regex when sanitizers are on; there is none (GCC bug 105616).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <algorithm>
#include <regex>
#include <string_view>

namespace rmqsim::tidy {
namespace {

constexpr std::size_t kLineLimit = 120;

/// A regular expression that is tried only on lines with one of some plain words: std::regex takes its time.
class Pattern {
 public:
  Pattern(const char* expression, std::vector<std::string_view> words)
      : expression_(expression), words_(std::move(words)) {}

  bool in(const std::string& line) const {
    const auto has = [&](std::string_view word) { return line.find(word) != std::string::npos; };
    return std::any_of(words_.begin(), words_.end(), has) && std::regex_search(line, expression_);
  }

 private:
  std::regex expression_;
  std::vector<std::string_view> words_;
};

/// Where real time and threads may appear.
const Prefixes kRealTimeAllowed = {
    "producer/transport/tcp/",           // the real world
    "producer/transport/http/",          // sockets of its own
    "scenarios/harness/stalls/",         // watches the machine
    "tools/",                            // programs
    "tests/bench/",                      // measures real time
    "tests/tools/",                      // drives processes
    "tests/clients/",                    // the same
    "tests/worlds/",                     // the same
    "tests/transport/tcp_loop_test.cc",  // several threads at one event loop
};

struct Ban {
  Pattern pattern;
  const char* what;
};

/// Includes that a room's files must not have.
struct Direction {
  Prefixes rooms;
  Prefixes banned;
  const char* remedy;
};

const Direction kDirections[] = {
    {{"producer/"},
     {"fake_broker/", "fake_namesrv/", "scenarios/", "tools/", "tests/"},
     "the producer must not know what it is tested with; move the shared part down"},
    {{"fake_broker/", "fake_namesrv/"},
     {"producer/client/", "producer/route/", "producer/latency/", "producer/profile/", "tools/", "tests/",
      "scenarios/"},
     "a fake uses transport and remoting only, so that it does not inherit the producer's opinions"},
    {{"fake_broker/"}, {"fake_namesrv/"}, "put what both fakes need into fake_broker/rules or fake_broker/shell"},
    {{"scenarios/harness/file/"},
     {"producer/client/", "producer/transport/sim/", "producer/transport/tcp/", "scenarios/harness/engine/",
      "scenarios/harness/cluster/", "scenarios/harness/report/", "scenarios/harness/http_control/",
      "scenarios/harness/hosting/", "tools/", "tests/"},
     "the scenario file is below the fakes' programs; it may use transport, remoting and fake_broker/rules"},
    {{"scenarios/"}, {"tools/", "tests/"}, "includes go down only"},
    {{"tools/"}, {"tests/"}, "includes go down only"},
    {{"producer/transport/"},
     {"producer/client/", "producer/route/", "producer/latency/", "producer/profile/", "producer/remoting/"},
     "transport is the lowest room"},
    {{"producer/transport/tcp/"}, {"producer/transport/sim/"}, "the worlds never meet"},
    {{"producer/transport/sim/"}, {"producer/transport/tcp/"}, "the worlds never meet"},
    {{"producer/remoting/"},
     {"producer/client/", "producer/route/", "producer/latency/"},
     "remoting is below the producer's decisions"},
    {{"producer/profile/"},
     {"producer/client/", "producer/route/", "producer/latency/", "producer/remoting/", "producer/transport/"},
     "a profile is data that everything above may read; it uses nothing"},
    {{"producer/route/"}, {"producer/client/", "producer/latency/"}, "includes go down only"},
    {{"producer/latency/"}, {"producer/client/"}, "includes go down only"},
};

/// Rooms and files that only compute.
bool is_pure(const SourceFile& file) {
  if (below_any(file, {"producer/route/", "producer/latency/", "producer/client/send/send_operation",
                       "producer/client/send/send_policy", "fake_broker/rules/", "fake_broker/shell/"})) {
    return true;
  }
  const std::string name = file.name();
  return file.in("producer/remoting/") && name.find("client") == std::string::npos &&
         name.find("server") == std::string::npos;
}

/// The file includes the header of its own name, whose opening comment speaks for both.
bool has_own_header(const SourceFile& file) {
  if (!file.path.ends_with(".cc")) return false;
  const std::string header = file.path.substr(0, file.path.size() - 2) + "h";
  return std::any_of(file.lines.begin(), file.lines.end(),
                     [&](const std::string& line) { return included(line) == header; });
}

bool is_ruler(std::string_view comment) {
  comment = trimmed(comment);
  return comment.size() > 6 && comment.starts_with("//") &&
         comment.find_first_not_of("-=* ", 2) == std::string_view::npos;
}

bool may_name_a_world(const SourceFile& file) {
  return below_any(file, {"producer/transport/sim/", "producer/transport/tcp/", "tools/", "tests/"}) ||
         file.in("scenarios/harness/hosting/") ||
         (file.in("scenarios/harness/engine/") && file.name().find("world") != std::string::npos);
}

}  // namespace

Findings check_real_time(const SourceFile& file) {
  static const Ban bans[] = {
      {{R"(\b(system_clock|steady_clock|high_resolution_clock)\b)", {"_clock"}}, "a real clock"},
      {{R"(\brandom_device\b)", {"random_device"}}, "randomness without a seed"},
      {{R"(\bstd::j?thread\b)", {"thread"}}, "a real thread"},
      {{R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)", {"sleep"}}, "a real sleep"},
      {{R"(\bip::tcp\b)", {"ip::tcp"}}, "a real socket"},
      {{R"((^|[^\w>])(::|std::)time\s*\()", {"::time"}}, "a real clock"},
      {{R"(\b(clock_gettime|gettimeofday)\b)", {"gettime"}}, "a real clock"},
  };
  Findings findings;
  if (below_any(file, kRealTimeAllowed)) return findings;
  for (const Ban& ban : bans) {
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      if (!ban.pattern.in(file.code[i])) continue;
      findings.push_back(place(file, i) + ban.what + " outside producer/transport/tcp; ask the Runtime for it instead");
    }
  }
  return findings;
}

Findings check_directions(const SourceFile& file) {
  Findings findings;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string what = included(file.lines[i]);
    if (what.empty()) continue;
    const auto find = [&](const std::string& remedy) {
      findings.push_back(place(file, i) + "includes " + what + "; " + remedy);
    };
    for (const Direction& rule : kDirections) {
      if (below_any(file, rule.rooms) && starts_with_any(what, rule.banned)) {
        find(rule.remedy);
      }
    }
    if (starts_with_any(what, {"producer/transport/sim/", "producer/transport/tcp/"}) && !may_name_a_world(file)) {
      find("take a Runtime& and a Transport&, or producer/transport/default_world.h");
    }
    const bool machinery = what.find("asio") != std::string::npos || what.starts_with("spdlog") || what == "thread" ||
                           what == "mutex" || what == "shared_mutex" || what == "condition_variable" ||
                           what == "future";
    if (machinery && is_pure(file)) find("this room decides and never performs; leave that to a shell");
  }
  return findings;
}

Findings check_layout(const SourceFile& file) {
  Findings findings;
  const bool opens = !file.lines.empty() && file.lines.front().starts_with("// ");
  if (!opens && !has_own_header(file)) {
    findings.push_back(place(file, 0) + "no opening comment; say in two to six sentences what this is and promises");
  }
  if (opens && file.lines.front().starts_with("// See the header")) {
    findings.push_back(place(file, 0) + "tells to see the header; say what only this file needs said, or nothing");
  }
  const bool once = std::find(file.lines.begin(), file.lines.end(), "#pragma once") != file.lines.end();
  if (file.is_header() && !once)
    findings.push_back(place(file, 0) + "no #pragma once; add it below the opening comment");
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    const std::size_t width = columns(line);
    if (is_ruler(file.prose[i])) {
      findings.push_back(place(file, i) + "a ruler apart from its title; one line does, `// ---- title`");
    }
    if (line.find('\t') != std::string::npos) findings.push_back(place(file, i) + "a tab; indent with spaces");
    if (line.find('\r') != std::string::npos)
      findings.push_back(place(file, i) + "a carriage return; end lines with \\n");
    if (!line.empty() && line.back() == ' ') findings.push_back(place(file, i) + "trailing blanks; remove them");
    // An expected text in a test is easier to read whole.
    const bool quotes = file.in("tests/") && line.find('"') != std::string::npos;
    if (width > kLineLimit && !quotes) {
      findings.push_back(place(file, i) + std::to_string(width) + " columns; wrap at 120");
    }
  }
  return findings;
}

Findings check_look_ups(const SourceFile& file) {
  static const Pattern unchecked(
      R"(\bfind(_[a-z_]+)?\(([^()]|\([^()]*\))*\)\s*->|\*[\w.>-]*\bfind_(broker|producer)\()", {"find"});
  Findings findings;
  if (!file.in("scenarios/") && !file.in("tools/")) return findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (!unchecked.in(file.code[i])) continue;
    findings.push_back(place(file, i) +
                       "what find answers is used unseen; take look_up (scenarios/harness/file/look_up.h)");
  }
  return findings;
}

Findings check_leftovers(const SourceFile& file) {
  static const Pattern world_switch(R"(^\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(RMQSIM_)?SIM(ULATED|ULATION)?\b)", {"SIM"});
  static const Pattern skipped(R"(\b(GTEST_SKIP\b|DISABLED_\w))", {"GTEST_SKIP", "DISABLED_"});
  static const Pattern note(R"(\b(TODO|FIXME|XXX|HACK)\b)", {"TODO", "FIXME", "XXX", "HACK"});
  Findings findings;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (world_switch.in(file.code[i])) {
      findings.push_back(place(file, i) + "a world switch; pass the world in as a constructor's argument");
    }
    if (skipped.in(file.code[i])) {
      findings.push_back(place(file, i) + "a skipped test; make it pass or remove it");
    }
    // Notes hide in comments; the tidy tests themselves must be able to speak of them.
    const std::string& text = file.in("tests/tidy/") ? file.code[i] : file.lines[i];
    if (note.in(text)) findings.push_back(place(file, i) + "a note to self; do it now, or file an issue");
  }
  return findings;
}

}  // namespace rmqsim::tidy
