#include "producer/remoting/name_server_list.h"

#include <algorithm>
#include <utility>

#include "producer/remoting/codec/text.h"

namespace rmqsim {

NameServerList::NameServerList(Random& random)
    : random_(random), index_(static_cast<std::uint32_t>(random.below(999))) {}

bool NameServerList::update(std::vector<std::string> addresses) {
  if (addresses.empty()) return false;
  const auto known = [&](const std::string& address) {
    return std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
  };
  if (addresses.size() == addresses_.size() && std::all_of(addresses.begin(), addresses.end(), known)) return false;
  for (std::size_t i = addresses.size(); i > 1; --i) std::swap(addresses[i - 1], addresses[random_.below(i)]);
  addresses_ = std::move(addresses);
  if (chosen_.empty() || known(chosen_)) return false;
  chosen_.clear();
  return true;
}

const std::string& NameServerList::advance() {
  chosen_ = addresses_.empty() ? std::string() : addresses_[++index_ % addresses_.size()];
  return chosen_;
}

std::string NameServerList::to_string() const {
  std::string text = "[";
  for (const std::string& address : addresses_) {
    if (text.size() > 1) text += ", ";
    text += address;
  }
  return text + "]";
}

std::vector<std::string> split_name_servers(std::string_view text) {
  const std::vector<std::string_view> items = text::java_split(text, ';');
  return {items.begin(), items.end()};
}

std::string_view name_servers_of_endpoint(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n\f\v"), text.size());
  return text.substr(begin).starts_with("http://") ? text.substr(text.rfind('/') + 1) : text;
}

}  // namespace rmqsim
