// A journal is locked while its proxy or guardian lives; so a journal that can be locked is nobody's.
#include "tools/proxy/recording.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "scenarios/harness/file/load_scenario.h"
#include "tools/io/output_file.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournal = ".journal.jsonl";

/// False: it cannot be written. A `problem` may be there in any case: that what was written is no scenario.
bool write_scenario(const std::string& base, const ScenarioRecorder& recorder, std::string& problem) {
  const std::string path = base + ".json";
  const std::string text = recorder.scenario(fs::path(base).filename());
  OutputFile file;
  if (!file.open(path) || !file.commit(text)) {
    problem = "cannot write " + path;
    return false;
  }
  if (const ParseResult parsed = parse_scenario(text, path); !parsed.ok()) {
    problem = "what is recorded is no scenario, which is a mistake of this program\n" + parsed.to_string();
  }
  return true;
}

/// Makes the scenario of a journal, whose proxy is gone. False: it cannot be written, and the journal stays.
bool finish_journal(const std::string& base) {
  ScenarioRecorder recorder;
  std::ifstream lines(base + kJournal);
  for (std::string line; std::getline(lines, line);) recorder.read(line);
  if (!recorder.empty()) {
    std::string problem;
    if (!write_scenario(base, recorder, problem)) return false;
    if (problem.empty()) {
      std::cout << "recorded " << base << ".json" << std::endl;
    } else {
      std::cerr << "rmqsim proxy: " << problem << std::endl;
    }
  }
  return ::unlink((base + kJournal).c_str()) == 0;
}

/// What proxies left that were killed with their guardians.
void finish_leftovers(const std::string& folder) {
  std::vector<std::string> journals;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().string().ends_with(kJournal)) journals.push_back(entry.path());
  }
  std::sort(journals.begin(), journals.end());
  for (const std::string& journal : journals) {
    const int fd = ::open(journal.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) continue;
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
      finish_journal(journal.substr(0, journal.size() - std::string_view(kJournal).size()));
    }
    ::close(fd);
  }
}

}  // namespace

Recording::~Recording() {
  if (lifeline_ >= 0) ::close(lifeline_);
  if (journal_ >= 0) ::close(journal_);
  if (guardian_ > 0) ::waitpid(guardian_, nullptr, 0);
}

bool Recording::open(const std::string& folder, std::string& problem) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) {
    problem = folder + " is not a folder" + (error ? " and cannot be made one: " + error.message() : "");
    return false;
  }
  finish_leftovers(folder);
  for (int n = 1; journal_ < 0; ++n) {
    base_ = fs::path(folder) / (n == 1 ? "recorded" : "recorded-" + std::to_string(n));
    if (fs::exists(path())) continue;
    journal_ = ::open((base_ + kJournal).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (journal_ < 0 && errno != EEXIST) {
      problem = "cannot write " + path() + ": " + std::strerror(errno);
      return false;
    }
  }
  ::flock(journal_, LOCK_EX | LOCK_NB);
  start_guardian();
  return true;
}

void Recording::start_guardian() {
  int life[2];
  if (::pipe2(life, O_CLOEXEC) != 0) return;  // then the next proxy in this folder does its work
  guardian_ = ::fork();
  if (guardian_ != 0) {
    ::close(life[0]);
    lifeline_ = life[1];
    return;
  }
  ::close(life[1]);
  ::setsid();  // a Ctrl-C is not for it
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_IGN);
  char byte = 0;
  ssize_t n;
  do {
    n = ::read(life[0], &byte, 1);
  } while (n < 0 && errno == EINTR);
  if (n == 0) finish_journal(base_);  // a byte says that it is done
  ::_exit(0);
}

void Recording::dismiss_guardian() {
  if (guardian_ <= 0) return;
  [[maybe_unused]] const auto told = ::write(lifeline_, "q", 1);
  while (::waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
  }
  guardian_ = -1;
}

void Recording::write(const std::string& line) {
  const std::string text = line + "\n";
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t n = ::write(journal_, left.data(), left.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (!lines_lost_) {
        std::cerr << "rmqsim proxy: cannot write " << base_ << kJournal << ": " << std::strerror(errno) << std::endl;
      }
      lines_lost_ = true;
      return;
    }
    left.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string Recording::finish(const ScenarioRecorder& recorder) {
  std::string problem;
  if (!recorder.empty() && !write_scenario(base_, recorder, problem)) return problem;
  ::unlink((base_ + kJournal).c_str());
  dismiss_guardian();
  return problem;
}

}  // namespace rmqsim
