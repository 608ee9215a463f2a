// Manual pages in the macros of man(7). The sections EXAMPLES, NOTES and EXIT STATUS are made of what stands below the
// options of the help.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "tools/manual/described_option.h"
#include "tools/manual/manual.h"

namespace rmqsim {
namespace {

/// The next code point of UTF-8, and how many bytes it has; a byte that begins none is itself.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length > text.size()) return {lead, 1};
  std::uint32_t value = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {value, length};
}

/// Text that man(7) shows as it is, wherever it stands in a line.
std::string plain(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
  while (!text.empty()) {
    const auto [value, length] = code_point(text);
    if (value > 0x7E) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\[u%04X]", static_cast<unsigned>(value));
      out += escape;
    } else {
      switch (text[0]) {
        case '\\': out += "\\e"; break;
        case '-': out += "\\-"; break;
        case '"': out += "\\(dq"; break;
        case '\'': out += "\\(aq"; break;
        case '`': out += "\\(ga"; break;
        case '^': out += "\\(ha"; break;
        case '~': out += "\\(ti"; break;
        default: out += text[0];
      }
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string sentence(std::string text) {
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text.empty() ? text : text + ".";
}

/// Below the options of its own help; commands that have no such text are given that of the command above them.
std::string footer_of(const CLI::App& app) {
  const CLI::App* const above = app.get_parent();
  return above != nullptr && above->get_footer() == app.get_footer() ? "" : app.get_footer();
}

std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// `--world sim|tcp` of an option, PATHS... of a positional.
std::string with_value(const DescribedOption& option, std::string_view name) {
  std::string out = name.empty() ? "" : bold(name);
  if (option.value == DescribedOption::Value::none) return out;
  std::string value = option.metavar;
  if (option.value == DescribedOption::Value::choice && !name.empty()) {
    value.clear();
    for (const std::string& choice : option.choices) value += (value.empty() ? "" : "|") + choice;
  }
  const std::string shown = italic(name.empty() ? capitals(value) : value) + (option.repeatable ? "..." : "");
  if (!out.empty()) out += option.optional_value ? "[=" : " ";
  return out + shown + (option.optional_value && !name.empty() ? "]" : "");
}

class Page {
 public:
  explicit Page(const std::string& version) : version_(version) {}

  std::string text() && { return std::move(out_); }

  void begin(const std::string& name, const std::string& what) {
    out_ += ".\\\" Made of the options that the program parses; rmqsim \\-\\-man writes it.\n";
    out_ += ".TH \"" + plain(capitals(name)) + "\" 1 \"" RMQSIM_RELEASED "\" \"" +
            plain("rmqsim " + version_) + "\" \"RocketMQ simulator\"\n";
    // No hyphenation, and no blanks put between words: there are command lines in the text.
    out_ += ".nh\n.ad l\n.SH NAME\n" + plain(name) + " \\- " + plain(what) + "\n";
  }

  void section(std::string_view title) { heading(".SH", title); }
  void subsection(std::string_view title) { heading(".SS", title); }
  void paragraph(std::string_view text) {
    begin_paragraph();
    out_ += plain(text) + "\n";
  }

  void usage(const CLI::App& app, const std::string& words) {
    begin_paragraph();
    out_ += bold(words);
    if (!options_of(app).empty()) out_ += " [" + italic("OPTION") + "...]";
    for (const DescribedOption& one : positionals_of(app)) {
      out_ += one.required ? " " + with_value(one, "") : " [" + with_value(one, "") + "]";
    }
    if (!commands_of(app).empty()) out_ += " " + italic("COMMAND") + " ...";
    out_ += "\n";
  }

  void arguments(const CLI::App& app) {
    for (const DescribedOption& one : positionals_of(app)) entry(with_value(one, ""), one);
    for (const DescribedOption& one : options_of(app)) {
      std::string tag;
      for (const std::string& name : one.names) {
        tag += (tag.empty() ? "" : ", ") + (&name == &one.names.back() ? with_value(one, name) : bold(name));
      }
      entry(tag, one);
    }
  }

  void item(const std::string& tag, const std::string& text) {
    out_ += ".TP\n" + tag + "\n" + text + "\n";
    below_heading_ = false;
  }

  /// What stands below the options of the help: examples, prose, the exit status.
  void footer(const std::string& text) {
    std::string prose, kept;
    bool in_examples = false;
    const auto end_kept = [&] {
      if (kept.empty()) return;
      begin_paragraph();
      out_ += ".nf\n" + kept + ".fi\n";
      kept.clear();
    };
    const auto end_prose = [&] {
      const std::size_t status = prose.find("Exit status:");
      std::string before = prose.substr(0, status);
      while (before.ends_with(' ')) before.pop_back();
      if (!before.empty()) {
        if (in_examples) section("NOTES");
        in_examples = false;
        paragraph(before);
      }
      if (status != std::string::npos) {
        section("EXIT STATUS");
        const std::size_t begin = prose.find_first_not_of(' ', status + 12);
        paragraph(begin == std::string::npos ? "" : capitalised(sentence(prose.substr(begin))));
        in_examples = false;
      }
      prose.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      if (line == "Examples:" || line == "Example:") {
        end_prose();
        section("EXAMPLES");
        in_examples = true;
      } else if (line.starts_with("  ")) {
        end_prose();
        kept += plain(std::string_view(line).substr(2)) + "\n";
      } else {
        end_kept();
        prose += line + " ";
      }
    }
    end_kept();
    end_prose();
  }

  /// The commands of a command, each with its own options.
  void subcommands(const CLI::App& app, const std::string& words) {
    for (const CLI::App* command : commands_of(app)) {
      const std::string path = words + " " + command->get_name();
      if (!commands_of(*command).empty()) {
        subcommands(*command, path);
        continue;
      }
      subsection(path);
      usage(*command, path);
      paragraph(sentence(command->get_description()));
      arguments(*command);
      footer(footer_of(*command));
    }
  }

  void see_also(const std::vector<std::string>& pages) {
    section("SEE ALSO");
    std::string list;
    for (const std::string& page : pages) list += (list.empty() ? "" : ", ") + bold(page) + "(1)";
    out_ += list + "\n";
  }

 private:
  void heading(const char* macro, std::string_view title) {
    out_ += std::string(macro) + " \"" + plain(title) + "\"\n";
    below_heading_ = true;
  }
  /// Below a heading a paragraph begins by itself.
  void begin_paragraph() {
    if (!below_heading_) out_ += ".PP\n";
    below_heading_ = false;
  }
  void entry(const std::string& tag, const DescribedOption& one) {
    std::string text = plain(sentence(one.text));
    if (!one.bounds.empty()) text += " In " + plain(one.bounds) + ".";
    if (!one.initial.empty()) text += " Default: " + plain(one.initial) + ".";
    if (!one.variable.empty()) text += " Environment: " + bold(one.variable) + ".";
    if (one.required) text += " Required.";
    item(tag, text);
  }

  std::string out_, version_;
  bool below_heading_ = false;
};

/// "rmqsim: a simulator" as "a simulator".
std::string without_name(const std::string& description, const std::string& program) {
  return description.starts_with(program + ": ") ? description.substr(program.size() + 2) : description;
}

std::string one_line(const std::string& description) {
  const std::string first = description.substr(0, description.find('\n'));
  return first.ends_with('.') ? first.substr(0, first.size() - 1) : first;
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& program, const std::string& version,
                     const CLI::App* command) {
  const CLI::App& shown = command == nullptr ? app : *command;
  const std::string words = command == nullptr ? program : program + " " + command->get_name();
  const std::string name = command == nullptr ? program : program + "-" + command->get_name();
  const std::string description = without_name(shown.get_description(), program);
  Page page(version);
  page.begin(name, one_line(description));
  page.section("SYNOPSIS");
  page.usage(shown, words);
  page.section("DESCRIPTION");
  page.paragraph(sentence(description));
  std::vector<std::string> others;
  if (command == nullptr && !commands_of(app).empty()) {
    page.section("COMMANDS");
    for (const CLI::App* one : commands_of(app)) {
      page.item(bold(one->get_name()), plain(sentence(one->get_description())));
      others.push_back(program + "-" + one->get_name());
    }
  }
  page.section("OPTIONS");
  page.arguments(shown);
  if (command != nullptr && !commands_of(shown).empty()) {
    page.section("COMMANDS");
    page.subcommands(shown, words);
  }
  page.footer(footer_of(shown));
  if (command != nullptr) others.push_back(program);
  for (const char* one : {"rmqsim", "fake_broker", "fake_namesrv"}) {
    if (one != program) others.emplace_back(one);
  }
  page.see_also(others);
  return std::move(page).text();
}

}  // namespace rmqsim
