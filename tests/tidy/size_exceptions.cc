// The table alone, so that who removes an entry need not read the rule. An entry says why the size is right, or what it
// waits for.
#include "tests/tidy/sizes.h"

namespace rmqsim::tidy {

const std::vector<Exception>& size_exceptions() {
  static const std::vector<Exception> table = {
      {"fake_broker/store/message_store.h", "lines", "its comments say what a broker's store keeps"},
      {"producer/client/api/", "files", "what users include lies in one folder"},
      {"producer/client/api/default_mq_producer.cc", "lines", "one forwarding function per overload of the Java class"},
      {"producer/client/api/default_mq_producer.h", "lines", "the Java class's overloads, looked for in one place"},
      {"producer/client/held/produce_accumulator.cc", "lines",
       "gathering, sending and ending share the batches' states"},
      {"producer/client/instance/mq_client_instance.cc", "lines", "routes, heartbeats and their locks, as in Java"},
      {"producer/client/send/default_mq_producer_impl.h", "lines", "one function per path of behaviour §2.1"},
      {"producer/client/send/send_operation.h", "lines", "events and actions with what each carries"},
      {"producer/remoting/remoting_client.cc", "lines", "connections, requests and answers share the channels' table"},
      {"scenarios/harness/events/event.h", "lines", "one struct per kind of event"},
      {"scenarios/harness/file/parse/", "files", "a file per section of a scenario"},
      {"scenarios/harness/http_control/routes.cc", "control_table", "one row per route"},
      {"scenarios/harness/report/explain.cc", "lines", "one printer per kind of decision"},
      {"tools/run/comparison.cc", "compare_scenarios", "the course of a command, in order"},
      {"tools/commands/ctl_command.cc", "lines", "one function per verb"},
      {"tools/proxy/proxy_front.cc", "lines", "both directions of a connection"},
      {"tools/user_client/client_command.cc", "ClientCommand::ClientCommand",
       "little may be called between fork and exec"},
  };
  return table;
}

}  // namespace rmqsim::tidy
