// A file that a command writes: what was there before stays as it is until the new text is whole. It is written beside
// its place and takes it at the end, so that whoever looks, at any moment and however the command ended, finds a whole
// file. Where the file system can, what is written has no name until then and leaves nothing behind.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

/// Writes to a descriptor that somebody else closes.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd = -1);
  ~DescriptorBuffer() override;
  /// What is written from now on goes there.
  void set_descriptor(int fd) { fd_ = fd; }
  /// errno of the first write that failed, or 0.
  int error() const { return error_; }

 private:
  int_type overflow(int_type c) override;
  int sync() override;

  int fd_;
  int error_ = 0;
  char bytes_[16384];
};

/// Whether what is written to both would be one file, be it there yet or not, and however it is called. Terminals,
/// pipes and devices are none.
bool same_file(const std::string& a, const std::string& b);

/// Whether the path names the file that this program prints to; when `any_way`, also as /dev/stdout, or a pipe. A
/// terminal, or a device, may take both.
bool is_standard_output(const std::string& path, bool any_way);

/// An option that names a file to write, and what it was given; nothing: it was not.
struct NamedOutput {
  const char* option;
  std::string path;
};
/// "--junit would overwrite FILE", of the first output that is one of `inputs`, an output before it or the file that
/// the program prints to; empty: none is.
std::string would_overwrite(const std::vector<NamedOutput>& outputs, std::vector<std::string> inputs);

class OutputFile {
 public:
  OutputFile() : stream_(&buffer_) {}
  /// What was not committed is gone.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// False when no file can be written there, which is then as it was. What is no regular file (a terminal, a pipe,
  /// /dev/null) is written as it comes.
  bool open(const std::string& path);
  bool is_open() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }
  /// After open() or commit() was false: "cannot write PATH: why".
  std::string problem() const;
  std::ostream& stream() { return stream_; }
  /// What was written becomes the file. False when not all of it could be: the file is then what it was before.
  bool commit();
  /// Writes it all, and commits.
  bool commit(std::string_view text);

 private:
  bool open_place();
  bool open_beside(bool replaces);
  bool link_into_place();
  bool copy_into_place() const;
  std::string name_beside(unsigned n) const;
  void close();

  DescriptorBuffer buffer_;
  std::ostream stream_;
  std::string path_;    ///< as it was given
  std::string place_;   ///< where the file is, links resolved
  std::string beside_;  ///< name of the new file until it is whole; empty: it has none
  int fd_ = -1;
  int error_ = 0;          ///< errno of what failed
  bool direct_ = false;    ///< no regular file
  bool replaces_ = false;  ///< there was a file
};

}  // namespace rmqsim
