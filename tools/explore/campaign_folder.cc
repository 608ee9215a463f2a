#include "tools/explore/campaign_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_state(const std::string& name) { return name.starts_with("campaign-") && name.ends_with(".jsonl"); }

/// The state in a file; one that is empty was begun this moment, or never.
std::optional<StateFile> read_state_file(const std::string& folder, const std::string& name) {
  std::string text = content(folder + "/" + name);
  if (text.find('\n') == std::string::npos) return std::nullopt;
  ReadState read = read_state(text);
  if (!read.state) throw std::runtime_error(folder + "/" + name + " is no state that this version of rmqsim reads");
  if (read.bad_line > 0) {
    throw std::runtime_error(folder + "/" + name + ":" + std::to_string(read.bad_line) + " is no row of a campaign");
  }
  text.resize(read.whole);
  return StateFile{name, std::move(text), std::move(*read.state)};
}

}  // namespace

std::vector<StateFile> read_states(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw std::runtime_error("cannot read " + folder + ": " + error.message());
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : entries) {
    if (is_state(entry.path().filename())) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  std::vector<StateFile> files;
  for (const std::string& name : names) {
    if (auto file = read_state_file(folder, name)) files.push_back(std::move(*file));
  }
  return files;
}

std::string new_folder(const std::string& parent) {
  const std::string name = parent.empty() ? "explored" : parent + "/explored";
  std::string path = name;
  for (unsigned n = 2; fs::exists(path); ++n) path = name + "-" + std::to_string(n);
  return path;
}

void CampaignFolder::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string CampaignFolder::make(const std::string& path) {
  path_ = path;
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path)) {
    return "cannot write to " + path + ": " + (error ? error.message() : "it is no folder");
  }
  return ::access(path.c_str(), W_OK | X_OK) == 0 ? "" : "cannot write to " + path + ": " + std::strerror(errno);
}

/// Whether what is there speaks against this shard of this campaign.
std::string CampaignFolder::refuse(const HeaderRow& header, bool resume) const {
  const std::vector<StateFile> files = read_states(path_);
  const std::string own = state_file_name(header);
  const bool there = std::any_of(files.begin(), files.end(), [&](const StateFile& file) { return file.name == own; });
  if (there) {
    return resume ? "" : path_ + " holds this campaign already: --resume goes on with it, another --out begins anew";
  }
  for (const StateFile& file : files) {
    const HeaderRow& other = file.state.header;
    if (!(other.key == header.key)) return path_ + " holds another campaign: " + difference(other.key, header.key);
    if (other.shard.count != header.shard.count) {
      return path_ + " holds this campaign in " + std::to_string(other.shard.count) + " shards, not in " +
             std::to_string(header.shard.count);
    }
  }
  return "";
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
    const auto former = read_state_file(path, name);
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
      if (!append(row_text(header))) return "cannot write " + state_path_ + ": " + std::strerror(errno);
    }
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

bool CampaignFolder::append(std::string_view rows) {
  if (fd_ < 0) return true;
  while (!rows.empty()) {
    const ssize_t written = ::write(fd_, rows.data(), rows.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    rows.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void CampaignFolder::take_away() {
  if (!state_path_.empty()) ::unlink(state_path_.c_str());
  std::error_code ignored;
  fs::remove(path_, ignored);  // only when it is empty
}

}  // namespace rmqsim
