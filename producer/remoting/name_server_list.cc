// See the header.
#include "producer/remoting/name_server_list.h"

#include <algorithm>
#include <utility>

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
  const auto trim = [](std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
  };
  text = trim(text);
  if (text.starts_with("http://")) text.remove_prefix(text.rfind('/') + 1);
  std::vector<std::string> addresses;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (const std::string_view item = trim(text.substr(0, end)); !item.empty()) addresses.emplace_back(item);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return addresses;
}

}  // namespace rmqsim
