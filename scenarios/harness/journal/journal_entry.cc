#include "scenarios/harness/journal/journal_entry.h"

namespace rmqsim {
namespace {

constexpr std::string_view JournalEntry::* kTexts[] = {
    &JournalEntry::server, &JournalEntry::topic, &JournalEntry::group, &JournalEntry::key,
    &JournalEntry::first_member_key, &JournalEntry::peer, &JournalEntry::rule, &JournalEntry::outcome};

bool differs(const std::optional<std::string>& wanted, std::string_view found) { return wanted && *wanted != found; }

}  // namespace

KeptEntry::KeptEntry(const JournalEntry& entry) : entry_(entry) {
  std::size_t size = 0;
  for (const auto text : kTexts) size += (entry.*text).size();
  texts_.reserve(size);
  for (const auto text : kTexts) {
    const std::string_view from = entry.*text;
    entry_.*text = {texts_.data() + texts_.size(), from.size()};
    texts_.insert(texts_.end(), from.begin(), from.end());
  }
}

bool JournalFilter::matches(const JournalEntry& entry) const {
  if (on && !on->matches_code(entry.code)) return false;
  return !differs(topic, entry.topic) && !differs(server, entry.server) && !differs(group, entry.group) &&
         !differs(rule, entry.rule) && !differs(outcome, entry.outcome) && !differs(key, entry.key);
}

}  // namespace rmqsim
