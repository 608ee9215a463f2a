// The folder in which a test explores, and what it says there: shared by the tests of exploring and of merging.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/tools/command.h"

namespace rmqsim {
namespace explore_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

inline std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Explore : public testing::Test {
 protected:
  Explore() : folder_(fs::temp_directory_path() / ("rmqsim-explore-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(at("endless.json")) << R"({"version": 1, "name": "endless", "why": "x",
      "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 2}]},
      "producers": [{"name": "p", "group": "g"}], "faults": [{"at": "*", "on": "send", "do": {"drop": "request"}}],
      "steps": [{"send": {"topic": "T", "count": 6, "timeoutMs": 90000000, "body": {"text": "x"}}}]})";
    std::ofstream(at("long.json")) << R"({"version": 1, "name": "long", "why": "x",
      "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
      "steps": [{"send": {"topic": "T"}}, {"waitMs": 9000000}, {"send": {"topic": "T"}}]})";
  }
  ~Explore() override { fs::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ / name; }
  /// In the test's folder, and on no engine but those that are named.
  CommandResult rmqsim(const std::string& arguments, const std::string& variables = "") const {
    return run_command("cd " + folder_.string() + " && env -u GTEST_SHARD_INDEX -u GTEST_TOTAL_SHARDS " + variables +
                       " " + program("rmqsim") + " " + arguments);
  }
  CommandResult explore(const std::string& arguments, const std::string& variables = "") const {
    return rmqsim("explore -q " + arguments, variables);
  }
  Json report(const std::string& arguments) const {
    return Json::parse(explore(arguments + " --json 2>/dev/null").output, nullptr, false);
  }
  Json merged(const std::string& arguments) const {
    return comparable(Json::parse(rmqsim("explore merge " + arguments + " --json 2>/dev/null").output, nullptr, false));
  }
  /// Without what differs between two campaigns that found the same.
  static Json comparable(Json report) {
    for (const char* key : {"folder", "wallSeconds", "workSeconds", "runsPerSecond", "campaigns"}) report.erase(key);
    for (Json& finding : report["findings"]) {
      for (const char* key : {"path", "afterSeconds", "afterRuns", "checks"}) finding.erase(key);
    }
    return report;
  }
  std::string state(const std::string& out) const {
    for (const auto& entry : fs::directory_iterator(at(out))) {
      if (entry.path().extension() == ".jsonl") return entry.path();
    }
    return "";
  }

  fs::path folder_;
};

}  // namespace explore_test
}  // namespace rmqsim
