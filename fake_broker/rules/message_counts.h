// How often each message was seen, told by its UNIQ_KEY: what FaultCount::message counts.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rmqsim {

/// Of the latest hundred thousand.
class MessageCounts {
 public:
  std::uint64_t next(std::string_view unique_key);

 private:
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::deque<std::string> order_;
};

}  // namespace rmqsim
