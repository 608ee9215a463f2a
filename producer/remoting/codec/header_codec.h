// The decoders of the two header forms, used by decode() only. They overwrite everything of the command except its
// body.
#pragma once

#include <cstddef>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

class HeaderCodec {
 public:
  static error_code decode_json(std::string_view header, RemotingCommand& out);
  /// `consumed` tells how many bytes the fields took: Java lets the body begin there (wire §1.4).
  static error_code decode_binary(std::string_view header, RemotingCommand& out, std::size_t& consumed);

 private:
  class JsonParser;
  /// Set semantics for decoded entries at a constant cost while there are few of them.
  class EntrySink;
  static void remove_duplicates(ExtFields& ext);
};

}  // namespace rmqsim
