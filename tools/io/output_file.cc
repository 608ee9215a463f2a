#include "tools/io/output_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kNames = 100;  ///< of files that others may have left
constexpr int kLinks = 40;        ///< as many as the kernel follows

bool write_all_to(int fd, const char* bytes, std::size_t n) {
  while (n > 0) {
    const ssize_t written = ::write(fd, bytes, n);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    n -= static_cast<std::size_t>(written);
  }
  return true;
}

/// Where a path leads, be there a file or not. Empty: to a descriptor (/dev/stdout), which has no place.
std::string followed(const std::string& path) {
  fs::path at = path;
  std::error_code error;
  for (int i = 0; i < kLinks && fs::is_symlink(at, error); ++i) {
    if (at.string().starts_with("/proc/")) return "";
    const fs::path to = fs::read_symlink(at, error);
    if (error) break;
    at = to.is_absolute() ? to : at.parent_path() / to;
  }
  return at;
}

/// Waits for somebody who reads from it; in open() no signal would be heard.
int open_pipe(const std::string& path) {
  constexpr int kLookEvery = 20;  // ms
  for (;;) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    if (fd >= 0 || errno != ENXIO) return fd;
    if (!stop_signals::wait(kLookEvery)) continue;
    errno = EINTR;
    return -1;
  }
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return fs::is_regular_file(a, error);
  const auto place = [](const std::string& path) {
    std::error_code ignored;
    const std::string to = followed(path);
    return to.empty() ? fs::path() : fs::weakly_canonical(fs::absolute(to, ignored), ignored);
  };
  return !place(a).empty() && place(a) == place(b) && !fs::exists(a, error);
}

bool is_standard_output(const std::string& path, bool any_way) {
  struct stat there {}, printed {};
  if (::stat(path.c_str(), &there) != 0 || ::fstat(STDOUT_FILENO, &printed) != 0) return false;
  if (there.st_dev != printed.st_dev || there.st_ino != printed.st_ino) return false;
  if (any_way) return S_ISREG(there.st_mode) || S_ISFIFO(there.st_mode) || S_ISSOCK(there.st_mode);
  return S_ISREG(there.st_mode) && !followed(path).empty();
}

std::string would_overwrite(const std::vector<NamedOutput>& outputs, std::vector<std::string> inputs) {
  for (const auto& [option, path] : outputs) {
    if (path.empty()) continue;
    const bool replaced = option[0] == '-';  // a variable's file is appended to
    if (replaced && is_standard_output(path, false)) {
      return std::string(option) + " would overwrite what is printed to " + path;
    }
    for (const std::string& other : inputs) {
      if (same_file(path, other)) return std::string(option) + " would overwrite " + other;
    }
    inputs.push_back(path);
  }
  return "";
}

DescriptorBuffer::DescriptorBuffer(int fd) : fd_(fd) { setp(bytes_, bytes_ + sizeof bytes_); }

DescriptorBuffer::~DescriptorBuffer() {
  if (fd_ >= 0) sync();
}

int DescriptorBuffer::sync() {
  const bool written = write_all_to(fd_, pbase(), static_cast<std::size_t>(pptr() - pbase()));
  if (!written && error_ == 0) error_ = errno;
  setp(bytes_, bytes_ + sizeof bytes_);
  return written ? 0 : -1;
}

DescriptorBuffer::int_type DescriptorBuffer::overflow(int_type c) {
  if (sync() != 0) return traits_type::eof();
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  *pptr() = traits_type::to_char_type(c);
  pbump(1);
  return c;
}

OutputFile::~OutputFile() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
  close();
}

void OutputFile::close() {
  buffer_.set_descriptor(-1);
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string OutputFile::problem() const {
  return "cannot write " + path_ + (error_ == 0 ? "" : ": " + std::generic_category().message(error_));
}

bool OutputFile::open(const std::string& path) {
  path_ = path;
  errno = 0;
  const bool opened = open_place();
  error_ = opened ? 0 : errno;
  return opened;
}

bool OutputFile::open_place() {
  place_ = followed(path_);
  struct stat there {};
  replaces_ = ::stat(path_.c_str(), &there) == 0;
  if (!replaces_ && errno == ELOOP) return false;
  if (replaces_ && S_ISDIR(there.st_mode)) {
    errno = EISDIR;
    return false;
  }
  direct_ = place_.empty() || (replaces_ && !S_ISREG(there.st_mode));
  if (direct_) {
    fd_ = S_ISFIFO(there.st_mode) ? open_pipe(path_) : ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  } else if (replaces_ && ::access(place_.c_str(), W_OK) != 0) {
    return false;
  } else if (open_beside(replaces_) && replaces_) {
    // As the former one was; whoever may not give files away keeps his own.
    ::fchmod(fd_, there.st_mode & 07777);
    [[maybe_unused]] const int given = ::fchown(fd_, there.st_uid, there.st_gid);
  }
  buffer_.set_descriptor(fd_);
  if (direct_ && !S_ISCHR(there.st_mode)) stream_ << std::unitbuf;  // somebody may be reading it
  return fd_ >= 0;
}

bool OutputFile::open_beside(bool replaces) {
  const std::string folder = fs::path(place_).has_parent_path() ? fs::path(place_).parent_path().string() : ".";
  fd_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  for (unsigned n = 0; fd_ < 0 && n < kNames; ++n) {
    beside_ = name_beside(n);
    fd_ = ::open(beside_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0 && errno != EEXIST) break;
  }
  if (fd_ < 0) beside_.clear();
  // A file that may be written in a folder that may not: it is kept in memory until it is whole.
  if (fd_ < 0 && replaces) fd_ = ::memfd_create("output", MFD_CLOEXEC);
  return fd_ >= 0;
}

std::string OutputFile::name_beside(unsigned n) const {
  const fs::path place(place_);
  return place.parent_path() /
         ("." + place.filename().string() + "." + std::to_string(::getpid()) + "-" + std::to_string(n) + ".tmp");
}

bool OutputFile::commit(std::string_view text) {
  stream_ << text;
  return commit();
}

bool OutputFile::commit() {
  errno = 0;
  const bool written = fd_ >= 0 && stream_.flush().good();
  const bool in_place = written && (direct_ || link_into_place() || (replaces_ && copy_into_place()));
  error_ = in_place ? 0 : buffer_.error() != 0 ? buffer_.error() : errno;
  if (!beside_.empty()) ::unlink(beside_.c_str());
  beside_.clear();
  close();
  return in_place;
}

bool OutputFile::link_into_place() {
  if (beside_.empty()) {
    const std::string self = "/proc/self/fd/" + std::to_string(fd_);
    for (unsigned n = 0; beside_.empty() && n < kNames; ++n) {
      const std::string name = name_beside(n);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        beside_ = name;
      } else if (errno != EEXIST) {
        return false;
      }
    }
  }
  if (beside_.empty() || std::rename(beside_.c_str(), place_.c_str()) != 0) return false;
  beside_.clear();
  return true;
}

/// The last resort, where a file cannot be replaced but written: its folder is not ours, or it is mounted by itself.
bool OutputFile::copy_into_place() const {
  const int to = ::open(place_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (to < 0) return false;
  bool good = true;
  char bytes[16384];
  off_t at = 0;
  for (ssize_t n; good && (n = ::pread(fd_, bytes, sizeof bytes, at)) != 0; at += n) {
    good = n > 0 && write_all_to(to, bytes, static_cast<std::size_t>(n));
  }
  return ::close(to) == 0 && good;
}

}  // namespace rmqsim
