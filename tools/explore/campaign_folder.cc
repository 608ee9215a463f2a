#include "tools/explore/campaign_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

/// Of a regular file: a pipe, or a folder, is none that a campaign wrote. Opened so that a pipe holds nobody up.
std::string content(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat there {};
  const auto fail = [&](const std::string& why) {
    if (fd >= 0) ::close(fd);
    throw std::runtime_error("cannot read " + path + ": " + why);
  };
  if (fd < 0 || ::fstat(fd, &there) != 0) fail(std::strerror(errno));
  if (!S_ISREG(there.st_mode)) fail("it is no regular file");
  std::string text;
  char bytes[65536];
  for (ssize_t n; (n = ::read(fd, bytes, sizeof bytes)) != 0;) {
    if (n > 0) text.append(bytes, static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR) fail(std::strerror(errno));
  }
  ::close(fd);
  return text;
}

bool is_state(const std::string& name) { return name.starts_with("campaign-") && name.ends_with(".jsonl"); }

/// The state in a file; one that is empty was begun this moment, or never.
std::optional<StateFile> read_state_file(const std::string& path) {
  std::string text = content(path);
  if (text.find('\n') == std::string::npos) return std::nullopt;
  ReadState read = read_state(text);
  if (!read.state) throw std::runtime_error(path + " is no state that this version of rmqsim reads");
  if (read.bad_line > 0) {
    throw std::runtime_error(path + ":" + std::to_string(read.bad_line) + " is no row of a campaign");
  }
  std::string name = fs::path(path).filename();
  text.resize(read.whole);
  return StateFile{std::move(name), std::move(text), std::move(*read.state)};
}

}  // namespace

std::vector<std::string> state_paths(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (is_state(name)) paths.push_back(folder + "/" + name);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<StateFile> read_states(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator readable(folder, error);
  if (error) throw std::runtime_error("cannot read " + folder + ": " + error.message());
  std::vector<StateFile> files;
  for (const std::string& path : state_paths(folder)) {
    if (auto file = read_state_file(path)) files.push_back(std::move(*file));
  }
  return files;
}

void CampaignFolder::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string CampaignFolder::make_new(const std::string& parent) {
  std::error_code error;
  if (!parent.empty()) fs::create_directories(parent, error);
  const std::string name = parent.empty() ? "explored" : parent + "/explored";
  path_ = name;
  for (unsigned n = 2; ::mkdir(path_.c_str(), 0777) != 0; ++n) {
    if (errno != EEXIST) return "cannot write to " + path_ + ": " + std::strerror(errno);
    path_ = name + "-" + std::to_string(n);
  }
  made_ = true;
  return "";
}

std::string CampaignFolder::make(const std::string& path) {
  path_ = path;
  std::error_code error;
  made_ |= fs::create_directories(path, error);
  if (error || !fs::is_directory(path)) {
    return "cannot write to " + path + ": " + (error ? error.message() : "it is no folder");
  }
  return ::access(path.c_str(), W_OK | X_OK) == 0 ? "" : "cannot write to " + path + ": " + std::strerror(errno);
}

/// Whether what is there speaks against this shard of this campaign.
std::string CampaignFolder::refuse(const HeaderRow& header, bool resume) const {
  const std::string own = state_file_name(header);
  bool there = false;
  for (const StateFile& file : read_states(path_)) {
    const HeaderRow& other = file.state.header;
    if (!(other.key == header.key)) return path_ + " holds another campaign: " + difference(other.key, header.key);
    if (other.shard.count != header.shard.count) {
      return path_ + " holds this campaign in " + std::to_string(other.shard.count) + " shards, not in " +
             std::to_string(header.shard.count);
    }
    if (file.name != own) continue;
    if (other.shard != header.shard) return path_ + "/" + own + " holds the state of shard " + other.shard.text();
    there = true;
  }
  if (!there || resume) return "";
  return path_ + " holds this campaign already: --resume goes on with it, another --out begins anew";
}

std::string CampaignFolder::open(const std::string& path, const HeaderRow& header, bool resume) {
  if (std::string wrong = make(path); !wrong.empty()) return wrong;
  try {
    if (std::string wrong = refuse(header, resume); !wrong.empty()) return wrong;
    const std::string name = state_file_name(header);
    state_path_ = path + "/" + name;
    fd_ = ::open(state_path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd_ < 0) return "cannot write " + state_path_ + ": " + std::strerror(errno);
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) return state_path_ + " is being written by another process";
    const auto former = read_state_file(state_path_);
    if (former && !resume) return path + " holds this campaign already";
    // What was cut is written anew.
    if (::ftruncate(fd_, former ? static_cast<off_t>(former->text.size()) : 0) != 0) {
      return "cannot write " + state_path_ + ": " + std::strerror(errno);
    }
    if (former) {
      found_ = former->state;
      found_.header.key = header.key;  // its templates may lie elsewhere now
    } else {
      found_.take(header);
      return append(row_text(header));
    }
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

std::string CampaignFolder::append(std::string_view rows) {
  if (fd_ < 0) return "";
  while (!rows.empty()) {
    const ssize_t written = ::write(fd_, rows.data(), rows.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return "cannot write " + state_path_ + ": " + std::strerror(errno);
    rows.remove_prefix(static_cast<std::size_t>(written));
  }
  return "";
}

void CampaignFolder::take_away() {
  if (!state_path_.empty()) ::unlink(state_path_.c_str());
  std::error_code ignored;
  if (made_) fs::remove(path_, ignored);  // only when it is empty
}

}  // namespace rmqsim
