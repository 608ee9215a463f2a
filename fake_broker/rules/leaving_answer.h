// An answer on its way out. The shapes of a rule's actions work on it one after the other, in the order of their rows:
// first those that change the command, then those that change its bytes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/random.h"

namespace rmqsim {

class LeavingAnswer {
 public:
  LeavingAnswer(RemotingCommand response, Random& random) : response_(std::move(response)), random_(random) {}

  /// For changes before anybody has asked for the bytes.
  RemotingCommand& response() { return response_; }
  std::string& bytes() {
    if (!encoded_) encode(response_, bytes_);
    encoded_ = true;
    return bytes_;
  }
  /// Sends this instead of the answer.
  void replace(std::string bytes) {
    bytes_ = std::move(bytes);
    encoded_ = true;
    whole = false;
  }
  Random& random() { return random_; }

  std::size_t piece = 0;  ///< so many bytes at a time; 0: all at once
  bool close = false;     ///< the connection, after the last byte
  bool whole = true;      ///< a client takes it for the answer to its request

 private:
  RemotingCommand response_;
  Random& random_;
  std::string bytes_;
  bool encoded_ = false;
};

}  // namespace rmqsim
