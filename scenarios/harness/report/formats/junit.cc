#include "scenarios/harness/report/formats/junit.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

/// As text of an XML document, which cannot hold everything.
std::string xml_text(std::string_view text) {
  const std::string valid = harmless_lines(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\xEF':  // of two code points that are no characters
        if (valid.compare(i, 3, "\xEF\xBF\xBE") == 0 || valid.compare(i, 3, "\xEF\xBF\xBF") == 0) {
          out += "\xEF\xBF\xBD";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

/// A name that every reader of such files keeps as it is.
std::string xml_name(std::string_view text) {
  using nlohmann::json;
  const std::string ascii = ascii_json_text(json(text));
  std::string bare;
  for (std::size_t i = 1; i + 1 < ascii.size(); ++i) {
    if (ascii[i] == '\\' && (ascii[i + 1] == '"' || ascii[i + 1] == '\\')) ++i;
    bare += ascii[i];
  }
  return xml_text(bare);
}

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + value + "\"";
}

std::string seconds_text(double millis) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", millis / 1000);
  return text;
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;

  void add(ReportEntry::Kind kind) {
    ++tests;
    switch (kind) {
      case ReportEntry::Kind::passed:
        break;
      case ReportEntry::Kind::failed:
        ++failures;
        break;
      case ReportEntry::Kind::inconclusive:
      case ReportEntry::Kind::error:
      case ReportEntry::Kind::invalid:
        ++errors;
        break;
      case ReportEntry::Kind::refused:
        ++skipped;
        break;
    }
  }
  std::string text() const {
    return attribute("tests", std::to_string(tests)) + attribute("failures", std::to_string(failures)) +
           attribute("errors", std::to_string(errors));
  }
};

std::string outcome_element(const TestCase& test) {
  const auto element = [&](const std::string& tag, const char* type) {
    return "   <" + tag + attribute("message", xml_text(test.message)) + attribute("type", type) + ">" +
           xml_text(test.text) + "</" + tag + ">\n";
  };
  switch (test.kind) {
    case ReportEntry::Kind::passed:
      return "";
    case ReportEntry::Kind::failed:
      return element("failure", "failed");
    case ReportEntry::Kind::inconclusive:
      return element("error", "inconclusive");
    case ReportEntry::Kind::error:
      return element("error", "internal");
    case ReportEntry::Kind::invalid:
      return element("error", "invalid");
    case ReportEntry::Kind::refused:
      return "   <skipped" + attribute("message", xml_text(test.message)) + "/>\n";
  }
  return "";
}

}  // namespace

std::string junit_suite(const TestCase& test, const ReportStyle& style) {
  Counts counts;
  counts.add(test.kind);
  std::string text = " <testsuite" + attribute("name", xml_name(test.suite)) + counts.text() +
                     attribute("skipped", std::to_string(counts.skipped)) +
                     attribute("time", seconds_text(test.wall_millis));
  if (!style.began.empty()) text += attribute("timestamp", style.began);
  if (!test.file.empty()) text += attribute("file", xml_text(test.file));
  text += ">\n  <properties>\n";
  const auto property = [&](const std::string& name, const std::string& value) {
    text += "   <property" + attribute("name", name) + attribute("value", xml_text(value)) + "/>\n";
  };
  for (const auto& [name, value] : test.properties) property(name, value);
  if (!style.version.empty()) property("version", style.version);
  text += "  </properties>\n  <testcase" + attribute("classname", xml_name(test.suite)) +
          attribute("name", xml_name(test.name)) + attribute("time", seconds_text(test.wall_millis)) + ">\n" +
          outcome_element(test);
  if (!test.output.empty()) text += "   <system-out>" + xml_text(test.output) + "</system-out>\n";
  return text + "  </testcase>\n </testsuite>\n";
}

std::string report_junit(const std::vector<ReportEntry>& entries) {
  Counts counts;
  double millis = 0;
  std::string suites;
  for (const ReportEntry& entry : entries) {
    counts.add(entry.kind);
    millis += entry.wall_millis;
    suites += entry.junit;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rmqsim\"" + counts.text() +
         attribute("time", seconds_text(millis)) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace rmqsim
