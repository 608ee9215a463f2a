#include "tests/tidy/rooms.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "tests/tidy/definitions.h"

namespace rmqsim::tidy {
namespace {

/// Words of a CMake command, without quotes.
std::vector<std::string> arguments(std::string_view text) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = text.find_first_not_of(" \n\"", i);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \n\"", begin), text.size());
    all.emplace_back(text.substr(begin, end - begin));
    i = end;
  }
  return all;
}

struct Command {
  std::string name;
  std::vector<std::string> words;
};

/// Those at the top level of a file and in its `if`s; what a function would do is known here by the function's name.
std::vector<Command> commands(const SourceFile& build) {
  std::string text;
  for (const std::string& line : build.lines) text += line.substr(0, line.find('#')) + '\n';
  std::vector<Command> all;
  int functions = 0;
  for (std::size_t open = text.find('('); open != std::string::npos;) {
    std::size_t begin = open;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    int depth = 0;
    std::size_t close = open;
    do {
      if (text[close] == '(') ++depth;
      if (text[close] == ')') --depth;
      ++close;
    } while (depth > 0 && close < text.size());
    Command command{text.substr(begin, open - begin),
                    arguments(std::string_view(text).substr(open + 1, close - open - 2))};
    if (command.name == "function" || command.name == "macro") ++functions;
    if (functions == 0) all.push_back(command);
    if (command.name == "endfunction" || command.name == "endmacro") --functions;
    open = text.find('(', close);
  }
  return all;
}

/// The words after `key`, up to the next word in capitals.
std::vector<std::string> after(const std::vector<std::string>& words, std::string_view key) {
  auto at = std::find(words.begin(), words.end(), key);
  std::vector<std::string> values;
  if (at == words.end()) return values;
  for (++at; at != words.end(); ++at) {
    const bool capitals =
        at->size() > 2 && std::all_of(at->begin(), at->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (capitals) break;
    values.push_back(*at);
  }
  return values;
}

std::string normal(const std::string& path) {
  const std::string text = std::filesystem::path(path).lexically_normal().generic_string();
  return text == "." ? "" : text;
}

/// A file name against a pattern with at most one '*'.
bool matches(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  const std::string_view tail = pattern.substr(star + 1);
  return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) && name.ends_with(tail);
}

class Build {
 public:
  Build(const Tree& tree, const SourceFile& file) : tree_(tree), folder_(file.directory()) {
    for (const Command& command : commands(file)) read(command);
  }

  std::vector<Room> rooms;

 private:
  void read(const Command& command) {
    if (command.words.empty()) return;
    if (command.name == "rmqsim_room") {
      Room room = named(command);
      std::vector<std::string> directories = after(command.words, "DIRS");
      if (directories.empty()) directories.emplace_back(".");
      const std::vector<std::string> except = after(command.words, "EXCEPT");
      for (const std::string& directory : directories) {
        add_directory(room, normal(folder_ + directory + "/"), except);
      }
      rooms.push_back(std::move(room));
    } else if (command.name == "rmqsim_test") {
      Room room = named(command);
      for (const std::string& directory : after(command.words, "DIR")) {
        add_directory(room, normal(folder_ + directory + "/"), {});
      }
      rooms.push_back(std::move(room));
    } else if (command.name == "rmqsim_program" || command.name == "add_executable" || command.name == "add_library" ||
               command.name == "target_sources") {
      Room room = named(command);
      for (const std::string& word : command.words) {
        if (word.ends_with(".cc") && word.find('$') == std::string::npos) room.files.insert(normal(folder_ + word));
      }
      for (const std::string& directory : after(command.words, "DIRS")) {
        add_directory(room, normal(folder_ + directory + "/"), {});
      }
      rooms.push_back(std::move(room));
    } else if (command.name == "file" && command.words[0] == "GLOB") {
      Room room{"files of " + folder_, {}, {}, {}};
      for (const std::string& word : command.words) glob(room, word);
      rooms.push_back(std::move(room));
    }
  }

  Room named(const Command& command) const {
    Room room{command.words[0], {}, {}, {}};
    if (command.name == "rmqsim_program") room.name += " (program)";
    for (const std::string& link : after(command.words, "LINK")) {
      if (link.starts_with("rmqsim_")) room.links.push_back(link.substr(7));
    }
    return room;
  }

  void add_directory(Room& room, const std::string& directory, const std::vector<std::string>& except) const {
    room.directories.insert(directory);
    for (const SourceFile& file : tree_.files) {
      const bool left_out = std::find(except.begin(), except.end(), file.name()) != except.end();
      if (file.directory() == directory && file.path.ends_with(".cc") && !left_out) room.files.insert(file.path);
    }
  }

  void glob(Room& room, std::string pattern) const {
    static const std::string here = "${CMAKE_CURRENT_SOURCE_DIR}/";
    if (!pattern.starts_with(here) || pattern.find('*') == std::string::npos) return;
    pattern = normal(folder_ + pattern.substr(here.size()));
    for (const SourceFile& file : tree_.files) {
      const bool same_folder = pattern.substr(0, pattern.rfind('/') + 1) == file.directory();
      if (same_folder && matches(file.path, pattern)) room.files.insert(file.path);
    }
  }

  const Tree& tree_;
  std::string folder_;
};

/// The rooms that `room` links, directly or through others, and itself.
std::set<std::string> reachable(const std::vector<Room>& rooms, const Room& room) {
  std::set<std::string> known = {room.name};
  std::vector<std::string> open = room.links;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (!known.insert(name).second) continue;
    for (const Room& other : rooms) {
      if (other.name == name) open.insert(open.end(), other.links.begin(), other.links.end());
    }
  }
  return known;
}

bool is_heavy(std::string_view header) {
  return header.find("asio") != std::string_view::npos ||
         (header.starts_with("nlohmann/") && header != "nlohmann/json_fwd.hpp");
}

std::map<std::string, std::vector<const SourceFile*>> includers(const Tree& tree) {
  std::map<std::string, std::vector<const SourceFile*>> of;
  for (const SourceFile& file : tree.files) {
    if (!file.is_code()) continue;
    for (const std::string& line : file.lines) {
      const std::string what = included(line);
      if (!what.empty()) of[what].push_back(&file);
    }
  }
  return of;
}

/// Whether some text that is not itself recorded says the word.
bool is_named(const Tree& tree, std::string_view word, std::string_view by_other_than = {}) {
  return std::any_of(tree.files.begin(), tree.files.end(), [&](const SourceFile& file) {
    return file.path != by_other_than &&
           std::any_of(file.lines.begin(), file.lines.end(),
                       [&](const std::string& line) { return line.find(word) != std::string::npos; });
  });
}

/// A recording belongs to the scenario whose name it begins with, a corpus to the fuzz target that its folder is called
/// after; other data are named by who reads them.
bool is_read(const Tree& tree, const std::set<std::string>& stems, const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (stems.contains(name.substr(0, name.find('.')))) return true;
  const std::string folder = path.substr(0, path.rfind('/'));
  if (path.starts_with("tests/fuzz/corpus/")) return is_named(tree, '"' + folder.substr(folder.rfind('/') + 1) + '"');
  return is_named(tree, name, path);
}

}  // namespace

std::vector<Room> read_rooms(const Tree& tree) {
  std::vector<Room> rooms;
  for (const SourceFile& file : tree.files) {
    if (file.name() != "CMakeLists.txt") continue;
    for (Room& room : Build(tree, file).rooms) rooms.push_back(std::move(room));
  }
  return rooms;
}

Findings check_links_of_rooms(const Tree& tree, const std::vector<Room>& rooms) {
  std::map<std::string, std::string> owner;  // of a directory
  for (const Room& room : rooms) {
    for (const std::string& directory : room.directories) owner.emplace(directory, room.name);
  }
  Findings findings;
  for (const Room& room : rooms) {
    const std::set<std::string> allowed = reachable(rooms, room);
    for (const SourceFile& file : tree.files) {
      const bool own_header = file.is_header() && room.directories.contains(file.directory());
      if (file.in("tests/") || (!own_header && !room.files.contains(file.path))) continue;
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string what = included(file.lines[i]);
        const auto of = owner.find(what.substr(0, what.rfind('/') + 1));
        if (what.empty() || of == owner.end() || allowed.contains(of->second)) continue;
        findings.push_back(place(file, i) + "includes " + what + " of the room " + of->second + ", which " + room.name +
                           " does not link; move the shared part down");
      }
    }
  }
  return findings;
}

Findings check_header_weight(const Tree& tree, const std::vector<Room>& rooms) {
  const auto users = includers(tree);
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!file.is_header() || file.in("tests/")) continue;
    const auto of = users.find(file.path);
    const bool own = of != users.end() && std::any_of(rooms.begin(), rooms.end(), [&](const Room& room) {
                       return room.directories.contains(file.directory()) &&
                              std::all_of(of->second.begin(), of->second.end(),
                                          [&](const SourceFile* user) { return room.files.contains(user->path); });
                     });
    if (own) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string what = included(file.lines[i]);
      if (!is_heavy(what)) continue;
      findings.push_back(place(file, i) + "includes " + what + " in a header; keep it in the .cc, behind a pimpl");
    }
  }
  return findings;
}

Findings check_unique_names(const Tree& tree, const std::vector<Room>& rooms) {
  std::map<std::string, std::vector<Definition>> defined;
  for (const SourceFile& file : tree.files) {
    if (file.path.ends_with(".cc")) defined[file.path] = definitions(file);
  }
  Findings findings;
  for (const Room& room : rooms) {
    if (room.directories.empty()) continue;
    std::map<std::string, std::pair<std::string, const Definition*>> first;  // file and definition of a name
    for (const std::string& path : room.files) {
      for (const Definition& definition : defined[path]) {
        if (!definition.local || definition.in_class || definition.name.empty()) continue;
        const std::string name =
            definition.scope + "::" + definition.name + (definition.function ? "(" + definition.signature : "");
        const auto [at, fresh] = first.emplace(name, std::pair(path, &definition));
        const auto& [other_path, other] = at->second;
        const bool same_alias =
            !definition.function && !definition.signature.empty() && other->signature == definition.signature;
        if (fresh || other_path == path || same_alias) continue;
        findings.push_back(path + ":" + std::to_string(definition.first + 1) + ": defines " + definition.name +
                           ", as " + other_path + " does; files of a room are compiled as one: rename it or share it");
      }
    }
  }
  return findings;
}

Findings check_dead_files(const Tree& tree, const std::vector<Room>& rooms) {
  const auto users = includers(tree);
  std::set<std::string> stems;  // names of scenarios
  for (const std::string& path : tree.paths) {
    if (!path.ends_with(".json") ||
        (!path.starts_with("scenarios/") && path.find("/data/random/") == std::string::npos))
      continue;
    const std::string name = path.substr(path.rfind('/') + 1);
    stems.insert(name.substr(0, name.find('.')));
  }
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (file.is_header() && !users.contains(file.path)) {
      findings.push_back(place(file, 0) + "nobody includes this header; remove it");
    }
    const auto builds = [&](const Room& room) { return room.files.contains(file.path); };
    if (file.path.ends_with(".cc") && std::none_of(rooms.begin(), rooms.end(), builds)) {
      findings.push_back(place(file, 0) + "no CMakeLists.txt compiles this file; move it into a room or remove it");
    }
  }
  std::map<std::string, bool> known;  // of a corpus: asked once
  for (const std::string& path : tree.paths) {
    const bool data = path.starts_with("tests/") &&
                      (path.find("/data/") != std::string::npos || path.find("/corpus/") != std::string::npos);
    if (!data) continue;
    const bool corpus = path.find("/corpus/") != std::string::npos;
    const auto [at, fresh] = known.emplace(corpus ? path.substr(0, path.rfind('/')) : path, true);
    if (fresh) at->second = is_read(tree, stems, path);
    if (!at->second) findings.push_back(path + ": nothing reads this; name it where it is read, or remove it");
  }
  return findings;
}

Findings check_test_names(const SourceFile& file) {
  Findings findings;
  if (!file.in("tests/") || !file.path.ends_with(".cc")) return findings;
  const bool tests = std::any_of(file.code.begin(), file.code.end(), [](const std::string& line) {
    return line.starts_with("TEST(") || line.starts_with("TEST_F(") || line.starts_with("TEST_P(") ||
           line.starts_with("TYPED_TEST(");
  });
  const bool named = file.name().ends_with("_test.cc");
  if (tests && !named) findings.push_back(place(file, 0) + "holds tests; call it <what>_test.cc");
  if (!tests && named) findings.push_back(place(file, 0) + "holds no test; leave _test out of its name");
  return findings;
}

}  // namespace rmqsim::tidy
