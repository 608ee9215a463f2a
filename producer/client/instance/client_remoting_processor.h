// What brokers ask of a client (ClientRemotingProcessor, behaviour §9.8, §10.1, §10.2): how a transaction
// ended, and to take the reply to a request.
#pragma once

#include <string>

#include "producer/remoting/remoting_client.h"

namespace rmqsim {

class MQClientInstance;

class ClientRemotingProcessor {
 public:
  explicit ClientRemotingProcessor(MQClientInstance& instance) : instance_(instance) {}

  RemotingClient::Processed process(const std::string& remote, RemotingCommand& request, RemotingCommand& answer);

 private:
  RemotingClient::Processed check_transaction_state(const std::string& remote, const RemotingCommand& request,
                                                    RemotingCommand& answer);
  RemotingClient::Processed receive_reply(const RemotingCommand& request);

  MQClientInstance& instance_;
};

}  // namespace rmqsim
