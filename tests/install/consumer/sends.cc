// The producer alone: nobody listens where it sends, and it says so as Java's client does.
#include <exception>
#include <iostream>

#include "producer/client/api/default_mq_producer.h"

int main() {
  rmqsim::DefaultMQProducer producer("orders");
  producer.setNamesrvAddr("127.0.0.1:1");
  try {
    producer.start();
    producer.send(rmqsim::Message("Orders", "order 1"));
  } catch (const std::exception& refused) {
    std::cout << refused.what() << "\n";
    return 0;
  }
  return 1;
}
