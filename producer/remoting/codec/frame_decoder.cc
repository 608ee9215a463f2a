// The incremental cutter. A frame that is whole in the caller's bytes is decoded in place; only the part of an
// incomplete one is kept.
#include <algorithm>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::size_t kLengthWord = 4;
// A buffer that grew beyond this for one big frame is given back.
constexpr std::size_t kKeepBuffer = 256 * 1024;

error_code check_length(std::uint32_t length, std::size_t max_frame) {
  if (length < 4 || length > 0x7FFFFFFFu) return RemotingError::bad_length;
  if (std::size_t{length} + kLengthWord > max_frame) return RemotingError::frame_too_long;
  return {};
}

}  // namespace

FrameDecoder::Status FrameDecoder::fail(error_code ec) {
  error_ = ec;
  frame_ = {};
  std::string().swap(buffer_);
  return Status::error;
}

FrameDecoder::Status FrameDecoder::next(std::string_view& input, RemotingCommand& out) {
  if (error_) return Status::error;
  if (whole_) drop_whole();
  if (buffer_.empty() && input.size() >= kLengthWord) {
    const std::uint32_t length = text::load32(input.data());
    if (const error_code ec = check_length(length, max_frame_)) return fail(ec);
    if (input.size() - kLengthWord >= length) {
      const std::string_view frame = input.substr(kLengthWord, length);
      input.remove_prefix(kLengthWord + length);
      if (const error_code ec = decode(frame, out)) return fail(ec);
      frame_ = {frame.data() - kLengthWord, frame.size() + kLengthWord};
      return Status::command;
    }
  }
  if (buffer_.size() < kLengthWord) {
    const std::size_t take = std::min(kLengthWord - buffer_.size(), input.size());
    buffer_.append(input.data(), take);
    input.remove_prefix(take);
    if (buffer_.size() < kLengthWord) return Status::need_more;
  }
  const std::uint32_t length = text::load32(buffer_.data());
  if (const error_code ec = check_length(length, max_frame_)) return fail(ec);
  const std::size_t take = std::min(kLengthWord + length - buffer_.size(), input.size());
  buffer_.append(input.data(), take);
  input.remove_prefix(take);
  if (buffer_.size() < kLengthWord + length) return Status::need_more;
  const error_code ec = decode(std::string_view(buffer_).substr(kLengthWord), out);
  if (ec) return fail(ec);
  frame_ = buffer_;
  whole_ = true;
  return Status::command;
}

void FrameDecoder::drop_whole() {
  whole_ = false;
  frame_ = {};
  if (buffer_.capacity() > kKeepBuffer) {
    std::string().swap(buffer_);
  } else {
    buffer_.clear();
  }
}

}  // namespace rmqsim
