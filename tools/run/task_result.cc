#include "tools/run/task_result.h"

#include <cstdint>
#include <cstring>

namespace rmqsim {
namespace {

constexpr std::string ReportEntry::*kTexts[] = {&ReportEntry::text,  &ReportEntry::name, &ReportEntry::brief,
                                                &ReportEntry::rerun, &ReportEntry::json, &ReportEntry::junit};

}  // namespace

std::string packed(const TaskResult& result) {
  std::string bytes;
  const auto put = [&](std::string_view text) {
    const std::uint64_t size = text.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  };
  const ReportEntry& entry = result.entry;
  for (const auto text : kTexts) put(entry.*text);
  for (const std::string* text : {&result.ledger, &result.page, &result.perfetto, &result.pcap}) put(*text);
  bytes.append(reinterpret_cast<const char*>(&entry.wall_millis), sizeof entry.wall_millis);
  bytes.append(reinterpret_cast<const char*>(&entry.seed), sizeof entry.seed);
  for (const int flag : {static_cast<int>(entry.kind), int{result.begun}, int{result.deterministic}}) {
    bytes += static_cast<char>(flag);
  }
  return bytes;
}

TaskResult unpacked(std::string_view bytes) {
  TaskResult result;
  ReportEntry& entry = result.entry;
  const auto raw = [&](void* to, std::size_t size) {
    std::memcpy(to, bytes.data(), size);
    bytes.remove_prefix(size);
  };
  const auto take = [&](std::string& text) {
    std::uint64_t size = 0;
    raw(&size, sizeof size);
    text.assign(bytes.substr(0, size));
    bytes.remove_prefix(size);
  };
  for (const auto text : kTexts) take(entry.*text);
  for (std::string* text : {&result.ledger, &result.page, &result.perfetto, &result.pcap}) take(*text);
  raw(&entry.wall_millis, sizeof entry.wall_millis);
  raw(&entry.seed, sizeof entry.seed);
  entry.kind = static_cast<ReportEntry::Kind>(bytes[0]);
  result.begun = bytes[1] != 0;
  result.deterministic = bytes[2] != 0;
  return result;
}

}  // namespace rmqsim
