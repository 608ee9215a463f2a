// Several messages as one (DefaultMQProducer.batch and MessageBatch.generateFromList, behaviour §2.4).
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "producer/client/api/message.h"
#include "producer/profile/profile.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/mq_error.h"

namespace rmqsim {

/// The batch, or MQClientException `Failed to initiate the MessageBatch` with its cause. Sets UNIQ_KEY on the members
/// that have none.
std::variant<Message, MQError> make_message_batch(const Profile& profile, std::vector<Message>& messages,
                                                  std::int64_t max_message_size, UniqIdGenerator& ids, TimePoint now);

}  // namespace rmqsim
