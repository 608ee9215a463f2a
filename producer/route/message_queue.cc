#include "producer/route/message_queue.h"

#include <ostream>

namespace rmqsim {

std::ostream& operator<<(std::ostream& out, const MessageQueue& queue) {
  return out << queue.getBrokerName() << "/" << queue.getQueueId() << " of " << queue.getTopic();
}

}  // namespace rmqsim
