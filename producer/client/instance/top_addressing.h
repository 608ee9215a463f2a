// Asks an address server over HTTP for the list of nameservers (DefaultTopAddressing.fetchNSAddr, behaviour
// §1.6): what a client does that was told none. Runs over any Transport.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

/// Where to ask. The defaults are Java's; a domain with a colon brings its own port.
struct TopAddressingOptions {
  std::string domain = "jmenv.tbsite.net";
  std::string sub_group = "nsaddr";
  std::string unit_name;
};

class TopAddressing {
 public:
  TopAddressing(Runtime& runtime, Transport& transport, TopAddressingOptions options);
  ~TopAddressing();
  TopAddressing(const TopAddressing&) = delete;

  /// The handler gets the first line of the answer, trimmed; "" when there was none within 3 s to connect and 3 s to
  /// answer, or no status 200. Once, unless this object ends before. One fetch at a time; a second one ends the first.
  using Handler = Function<void(std::string)>;
  void fetch(Handler handler);

  /// http://domain[:8080]/rocketmq/subgroup[-unit?nofix=1]
  const std::string& url() const { return url_; }

 private:
  class Exchange;

  Runtime& runtime_;
  Transport& transport_;
  std::string address_;  // host:port
  std::string target_;
  std::string url_;
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace rmqsim
