// Completions for bash, zsh and fish. A script knows a path of commands, " ctl fault add", and offers what may stand
// behind it: commands, options, or the words that an option takes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "tools/manual/described_option.h"
#include "tools/manual/manual.h"

namespace rmqsim {
namespace {

/// A command with the words that lead to it: "" for the program, " ctl fault add".
struct Node {
  std::string path;
  std::vector<const CLI::App*> commands;
  std::vector<DescribedOption> options;
  bool takes_files = false;
  std::vector<std::string> words;  ///< that its arguments may be
};

void gather(const CLI::App& app, const std::string& path, std::vector<DescribedOption> inherited,
            std::vector<Node>& nodes) {
  Node node{path, commands_of(app), options_of(app), false, {}};
  for (DescribedOption& one : inherited) {
    const bool own = std::any_of(node.options.begin(), node.options.end(),
                                 [&](const DescribedOption& other) { return other.names == one.names; });
    if (!own) node.options.push_back(std::move(one));
  }
  for (const DescribedOption& one : positionals_of(app)) {
    node.words.insert(node.words.end(), one.choices.begin(), one.choices.end());
    node.takes_files = node.takes_files || one.value == DescribedOption::Value::file_or_text;
  }
  const std::size_t place = nodes.size();
  nodes.push_back(std::move(node));
  // Where a command lets its options stand behind the commands below it, they complete there, too.
  for (const CLI::App* command : commands_of(app)) {
    gather(*command, path + " " + command->get_name(),
           app.get_fallthrough() ? nodes[place].options : std::vector<DescribedOption>{}, nodes);
  }
}

std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : std::string(separator)) + word;
  return all;
}

/// In single quotes, for any of the shells.
std::string single_quoted(std::string_view text, std::string_view quote_inside = "'\\''") {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += quote_inside;
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string command_names(const Node& node) {
  std::vector<std::string> names;
  for (const CLI::App* command : node.commands) names.push_back(command->get_name());
  return joined(names);
}

/// ' run'|' explain'|' ctl fault': every path but the program's own.
std::string path_patterns(const std::vector<Node>& nodes, std::string_view separator) {
  std::vector<std::string> all;
  for (const Node& node : nodes) {
    if (!node.path.empty()) all.push_back(single_quoted(node.path));
  }
  return joined(all, separator);
}

std::string bash(const std::vector<Node>& nodes) {
  std::string values, words;
  for (const Node& node : nodes) {
    std::vector<std::string> names;
    for (const DescribedOption& one : node.options) {
      names.insert(names.end(), one.names.begin(), one.names.end());
      if (one.value == DescribedOption::Value::none || (one.optional_value && one.choices.empty())) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : one.names) patterns.push_back(single_quoted(node.path + ":" + name));
      values += "    " + joined(patterns, "|") + ") takes=" + (one.optional_value ? "maybe" : "value") +
                " choices=" + single_quoted(joined(one.choices)) + " ;;\n";
    }
    words += "    " + single_quoted(node.path) + ") commands=" +
             single_quoted(node.commands.empty() ? joined(node.words) : command_names(node)) + "\n      options=" +
             single_quoted(joined(names)) + " ;;\n";
  }
  std::string text = "# bash completion of @program@, as @program@ --completion bash prints it\n"
      "_@program@() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  local path='' takes='' choices='' commands='' options='' i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    [ \"${COMP_WORDS[i]}\" != -- ] || return 0\n";
  if (nodes.size() > 1) {
    text += "    case \"$path ${COMP_WORDS[i]}\" in\n"
            "    " + path_patterns(nodes, "|") + ") path+=\" ${COMP_WORDS[i]}\" ;;\n"
            "    esac\n";
  }
  text += "  done\n"
      "  # bash cuts --option=value at the sign.\n"
      "  if [ \"$current\" = = ]; then\n"
      "    current=''\n"
      "  elif [ \"$before\" = = ] && ((COMP_CWORD > 1)); then\n"
      "    before=${COMP_WORDS[COMP_CWORD - 2]}\n"
      "  fi\n"
      "  case \"$path:$before\" in\n" + values +
      "  esac\n"
      "  if [ \"$takes\" = value ] || { [ \"$takes\" = maybe ] && [ \"${current#-}\" = \"$current\" ]; }; then\n"
      "    [ -z \"$choices\" ] || mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
      "    return 0\n"
      "  fi\n"
      "  case \"$path\" in\n" + words +
      "  esac\n"
      "  case \"$current\" in\n"
      "  -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\") ;;\n"
      "  *) [ -z \"$commands\" ] || mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$current\") ;;\n"
      "  esac\n"
      "}\n"
      "complete -o default -F _@program@ @program@\n";
  return text;
}

/// For the text between [ and ] of an option, or behind the : of a command.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const DescribedOption& one) {
  using Value = DescribedOption::Value;
  std::string value;
  if (one.value != Value::none) {
    value = (one.optional_value ? "::" : ":") + zsh_text(one.metavar) + ":";
    if (one.value == Value::choice) value += "(" + joined(one.choices) + ")";
    if (one.value == Value::number) value += " ";
    if (one.value == Value::file_or_text) value += "_files";
  }
  std::string out;
  for (const std::string& name : one.names) {
    const std::string excluded = one.repeatable ? "*" : "(" + joined(one.names) + ")";
    const std::string sign = one.value == Value::none ? "" : name.starts_with("--") ? "=" : "+";
    out += " \\\n        " + single_quoted(excluded + name + sign + "[" + zsh_text(one.text) + "]" + value);
  }
  return out;
}

std::string zsh(const std::vector<Node>& nodes) {
  std::string text = "#compdef @program@\n"
      "# zsh completion of @program@, as @program@ --completion zsh prints it\n"
      "_@program@() {\n"
      "  local curcontext=\"$curcontext\" at='' state line\n"
      "  local -i i begin=1\n"
      "  local -a commands\n"
      "  typeset -A opt_args\n";
  if (nodes.size() > 1) {
    text += "  for ((i = 2; i < CURRENT; i++)); do\n"
            "    case \"$at ${words[i]}\" in\n"
            "      (" + path_patterns(nodes, "|") + ") at+=\" ${words[i]}\"; begin=i ;;\n"
            "    esac\n"
            "  done\n"
            "  # What is left are the words of the last command.\n"
            "  words=(\"${(@)words[begin,-1]}\")\n"
            "  ((CURRENT -= begin - 1))\n";
  }
  text += "  case \"$at\" in\n";
  for (const Node& node : nodes) {
    text += "    (" + single_quoted(node.path) + ")\n";
    if (!node.commands.empty()) {
      text += "      commands=(";
      for (const CLI::App* command : node.commands) {
        text += "\n        " + single_quoted(command->get_name() + ":" + zsh_text(command->get_description()));
      }
      text += ")\n";
    }
    text += "      _arguments -C";
    for (const DescribedOption& one : node.options) text += zsh_option(one);
    if (!node.commands.empty()) {
      text += " \\\n        '1:command:->command'";
    } else if (!node.words.empty()) {
      text += " \\\n        " + single_quoted("*:word:(" + joined(node.words) + ")");
    } else if (node.takes_files) {
      text += " \\\n        '*:file:_files'";
    }
    text += " && return 0\n      ;;\n";
  }
  return text + "  esac\n"
      "  [[ $state != command ]] || _describe -t commands command commands\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _@program@ ]; then\n"
      "  _@program@ \"$@\"\n"
      "else\n"
      "  compdef _@program@ @program@\n"
      "fi\n";
}

std::string fish(const std::vector<Node>& nodes) {
  using Value = DescribedOption::Value;
  constexpr std::string_view kQuote = "\\'";
  const auto text_of = [&](std::string_view text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\\' ? "\\\\" : std::string(1, c);
    return single_quoted(escaped, kQuote);
  };
  std::string text = "# fish completion of @program@, as @program@ --completion fish prints it\n"
      "function __@program@_at --description 'Whether these commands, and no others, were given'\n"
      "    set -l at ''\n"
      "    for word in (commandline -opc)[2..-1]\n"
      "        switch \"$at $word\"\n"
      "            case " + (nodes.size() > 1 ? path_patterns(nodes, " ") : "''") + "\n"
      "                set at \"$at $word\"\n"
      "        end\n"
      "    end\n"
      "    test \"$at\" = \"$argv[1]\"\n"
      "end\n";
  for (const Node& node : nodes) {
    const std::string begin = "complete -c @program@ -n " + single_quoted("__@program@_at \"" + node.path + "\"");
    if (!node.commands.empty() || !node.words.empty()) text += begin + " -f\n";
    for (const CLI::App* command : node.commands) {
      text += begin + " -a " + command->get_name() + " -d " + text_of(command->get_description()) + "\n";
    }
    if (!node.words.empty()) text += begin + " -a " + single_quoted(joined(node.words)) + "\n";
    for (const DescribedOption& one : node.options) {
      text += begin;
      for (const std::string& name : one.names) {
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (one.value == Value::choice) text += " -x -a " + single_quoted(joined(one.choices));
      if (one.value == Value::number) text += " -x";
      if (one.value == Value::file_or_text && !one.optional_value) text += " -r";
      text += " -d " + text_of(one.text) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion(const CLI::App& app, const std::string& program, const std::string& shell) {
  std::vector<Node> nodes;
  gather(app, "", {}, nodes);
  std::string text = shell == "bash" ? bash(nodes) : shell == "zsh" ? zsh(nodes) : fish(nodes);
  constexpr std::string_view kName = "@program@";
  for (std::size_t at = 0; (at = text.find(kName, at)) != std::string::npos; at += program.size()) {
    text.replace(at, kName.size(), program);
  }
  return text;
}

}  // namespace rmqsim
