// Which nameserver a request without an address goes to (NettyRemotingClient.getAndCreateNameserverChannel,
// behaviour §4.7). Pure; RemotingClient asks and connects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/random.h"

namespace rmqsim {

class NameServerList {
 public:
  explicit NameServerList(Random& random);

  /// Takes the list over, shuffled, if it is non-empty and differs from the present one (another size, or an address
  /// not known yet). True when the chosen address is not in the new list: the choice is then forgotten.
  bool update(std::vector<std::string> addresses);

  /// The address in use, "" when none was chosen yet.
  const std::string& chosen() const { return chosen_; }
  /// Moves on to the next candidate and makes it the chosen one; "" for an empty list.
  const std::string& advance();

  std::size_t size() const { return addresses_.size(); }
  const std::vector<std::string>& addresses() const { return addresses_; }
  /// As java.util.List prints: `[a:9876, b:9876]`.
  std::string to_string() const;

 private:
  Random& random_;
  std::vector<std::string> addresses_;
  std::string chosen_;
  std::uint32_t index_;
};

/// Splits `a:9876;b:9876` as Java does, which trims nothing: an item with a blank or an empty one in the middle is an
/// address that nobody can be reached at. Empty items at the end are none.
std::vector<std::string> split_name_servers(std::string_view text);
/// Of a value like http://host/a:9876 the part after the last slash (behaviour §1.6), else the value.
std::string_view name_servers_of_endpoint(std::string_view text);

}  // namespace rmqsim
