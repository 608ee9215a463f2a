// Matchers of many sends and of what servers saw. A failure names the sends that it is about, one per line, and tells
// of the first why it went where it went.
#include <algorithm>
#include <ostream>
#include <sstream>

#include "scenarios/testing/account.h"
#include "scenarios/testing/rmqsim/matchers.h"

namespace rmqsim::test {
namespace {

/// Sends that a failure lists.
constexpr std::size_t kListed = 8;

/// Indented, without line breaks at its end.
std::string indented(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    out += (out.empty() ? "" : "\n") + (line.empty() ? "" : "    " + line);
  }
  return out;
}

std::string plural_sends(std::size_t n) { return std::to_string(n) + (n == 1 ? " send" : " sends"); }

/// The sends concerned, and of the first its reasons.
void tell(const std::vector<const Send*>& sends, std::ostream& out) {
  for (std::size_t i = 0; i < sends.size() && i < kListed; ++i) out << "\n    " << *sends[i];
  if (sends.size() > kListed) out << "\n    ... and " << sends.size() - kListed << " more";
  if (sends.empty()) return;
  const std::string why = sends.front()->explain();
  if (!why.empty()) out << "\n  why #" << sends.front()->number << " took that course:\n" << indented(why);
}

std::vector<const Send*> numbered(const Record& record, const std::vector<std::uint64_t>& numbers) {
  std::vector<const Send*> sends;
  for (const std::uint64_t number : numbers) sends.push_back(&record.sends()[number]);
  return sends;
}

std::string words_of_send(const SendMatcher& matcher, bool negated = false) {
  std::ostringstream text;
  negated ? matcher.DescribeNegationTo(&text) : matcher.DescribeTo(&text);
  return text.str();
}

std::string explained(const SendMatcher& matcher, const Send& send) {
  ::testing::StringMatchResultListener listener;
  matcher.MatchAndExplain(send, &listener);
  return listener.str();
}

class Judges final : public RecordMatcher::Implementation {
 public:
  using Question = std::function<bool(const Record&, std::ostream&)>;
  Judges(std::string yes, std::string no, Question question)
      : yes_(std::move(yes)), no_(std::move(no)), question_(std::move(question)) {}
  bool MatchAndExplain(const Record& record, ::testing::MatchResultListener* listener) const override {
    std::ostringstream text;
    const bool holds = question_(record, text);
    *listener << text.str();
    return holds;
  }
  void DescribeTo(std::ostream* out) const override { *out << yes_; }
  void DescribeNegationTo(std::ostream* out) const override { *out << no_; }

 private:
  std::string yes_, no_;
  Question question_;
};

RecordMatcher judges(std::string yes, std::string no, Judges::Question question) {
  return RecordMatcher(std::make_shared<Judges>(std::move(yes), std::move(no), std::move(question)));
}

template <class T>
std::string number_words(const ::testing::Matcher<T>& matcher) {
  std::ostringstream text;
  matcher.DescribeTo(&text);
  std::string words = text.str();
  // "is equal to 12" reads as the number.
  constexpr std::string_view kEqual = "is equal to ";
  return words.starts_with(kEqual) ? words.substr(kEqual.size()) : "a number that " + words;
}

/// Those with an attempt on the broker that `keep` keeps.
template <class Keep>
std::vector<const Send*> attempted(const Sends& sends, const std::string& broker, const Keep& keep) {
  std::vector<const Send*> some;
  for (const Send& send : sends) {
    const bool concerned = std::any_of(send.attempts.begin(), send.attempts.end(), [&](const Attempt& attempt) {
      return attempt.broker == broker && keep(attempt);
    });
    if (concerned) some.push_back(&send);
  }
  return some;
}

/// What a doubtful status says is stored, too.
bool was_stored(const Attempt& attempt) {
  return attempt.outcome == "SUCCESS" || attempt.outcome == FLUSH_DISK_TIMEOUT ||
         attempt.outcome == FLUSH_SLAVE_TIMEOUT || attempt.outcome == SLAVE_NOT_AVAILABLE;
}

}  // namespace

bool RecordMatcher::MatchAndExplain(const Record& record, std::ostream* out) const {
  ::testing::StringMatchResultListener listener;
  const bool holds = implementation_->MatchAndExplain(record, &listener);
  if (out != nullptr && !listener.str().empty()) *out << (holds ? "and\n    " : "but\n    ") << listener.str();
  return holds;
}

// ---- sends

bool SendsMatcher::MatchAndExplain(const Sends& sends, std::ostream* out) const {
  std::ostringstream unheard;
  std::ostream& text = out == nullptr ? unheard : *out;
  if (sends.empty() && how_ != How::none) {
    text << "but there are no sends, and so nothing to judge";
    return false;
  }
  std::vector<const Send*> matching, others;
  for (const Send& send : sends) (one_.Matches(send) ? matching : others).push_back(&send);
  if (how_ == How::some) {
    if (!matching.empty()) {
      text << "and it is #" << matching.front()->number << ":\n    " << *matching.front();
      return true;
    }
    text << "but none of " << plural_sends(sends.size()) << " is so; #" << others.front()->number << " is one "
         << explained(one_, *others.front()) << ":";
    tell(others, text);
    return false;
  }
  const std::vector<const Send*>& wrong = how_ == How::every ? others : matching;
  if (wrong.empty()) {
    text << "as is so of " << plural_sends(sends.size());
    return true;
  }
  text << "but " << wrong.size() << " of " << plural_sends(sends.size()) << (wrong.size() == 1 ? " is" : " are")
       << (how_ == How::every ? " not so; #" : " so; #") << wrong.front()->number << " is one "
       << explained(one_, *wrong.front()) << ":";
  tell(wrong, text);
  return false;
}

void SendsMatcher::DescribeTo(std::ostream* out) const {
  *out << (how_ == How::every ? "every send " : how_ == How::some ? "some send " : "no send ") << words_of_send(one_);
}

void SendsMatcher::DescribeNegationTo(std::ostream* out) const {
  if (how_ == How::every) *out << "some send " << words_of_send(one_, true);
  if (how_ == How::some) *out << "no send " << words_of_send(one_);
  if (how_ == How::none) *out << "some send " << words_of_send(one_);
}

RecordMatcher SendNumber(std::uint64_t number, SendMatcher one) {
  const std::string name = "send #" + std::to_string(number) + " ";
  return judges(name + words_of_send(one), name + words_of_send(one, true),
                [number, one](const Record& record, std::ostream& out) {
                  if (number >= record.sends().size()) {
                    out << "there are only " << plural_sends(record.sends().size()) << ", from #0 on";
                    return false;
                  }
                  const Send& send = record.sends()[number];
                  out << "#" << number << " is one " << explained(one, send) << ":";
                  tell({&send}, out);
                  return one.Matches(send);
                });
}

// ---- servers

RecordMatcher Stored(std::string_view broker, ::testing::Matcher<std::uint64_t> requests) {
  const std::string name(broker);
  const std::string words = number_words(requests) + " of the send requests that reached it";
  return judges(name + " stored " + words, name + " did not store " + words,
                [name, requests](const Record& record, std::ostream& out) {
                  const BrokerCounts counts = record.broker(name);
                  out << name << " " << counts;
                  if (requests.Matches(counts.stored)) return true;
                  auto lost = attempted(record.sends(), name, [](const Attempt& a) { return !was_stored(a); });
                  if (!lost.empty()) {
                    out << "; sends whose attempt there did not succeed:";
                    tell(lost, out);
                    return false;
                  }
                  auto all = attempted(record.sends(), name, [](const Attempt&) { return true; });
                  out << (all.empty() ? "; no send was attempted there" : "; sends that were attempted there:");
                  if (all.empty() && !record.sends().empty()) {
                    out << ", the first of all went elsewhere:";
                    all.push_back(&record.sends().front());
                  }
                  tell(all, out);
                  return false;
                });
}

RecordMatcher Received(std::string_view broker, ::testing::Matcher<std::uint64_t> requests) {
  const std::string name(broker);
  const std::string words = number_words(requests) + " send requests";
  return judges(name + " received " + words, name + " did not receive " + words,
                [name, requests](const Record& record, std::ostream& out) {
                  const BrokerCounts counts = record.broker(name);
                  out << name << " received " << counts.received;
                  if (requests.Matches(counts.received)) return true;
                  const auto all = attempted(record.sends(), name, [](const Attempt&) { return true; });
                  out << (all.empty() ? "; no send was attempted there" : "; sends that were attempted there:");
                  tell(all, out);
                  return false;
                });
}

RecordMatcher SawRequests(std::string_view server, std::string_view on, ::testing::Matcher<std::uint64_t> requests) {
  const std::string name(server), what(on);
  const std::string words = number_words(requests) + " requests of " + what;
  return judges(name + " saw " + words, name + " did not see " + words,
                [name, what, requests](const Record& record, std::ostream& out) {
                  const std::uint64_t seen = record.requests(name, what);
                  out << name << " saw " << seen << " of " << record.requests(name) << " in all";
                  return requests.Matches(seen);
                });
}

RecordMatcher Isolated(std::string_view broker, std::string_view producer) {
  const std::string name(broker), by(producer);
  const std::string whom = name + " is isolated" + (by.empty() ? "" : " for " + by);
  return judges(whom, name + " is not isolated" + (by.empty() ? "" : " for " + by),
                [name, by](const Record& record, std::ostream& out) {
                  const std::vector<Isolation> items = record.isolation(name, by);
                  const char* before = "";
                  for (const Isolation& item : items) {
                    out << before << item;
                    before = "; ";
                  }
                  if (items.empty()) {
                    out << "no latency table knows anything of it, as without sendLatencyFaultEnable or before the "
                           "first attempt there";
                  }
                  const bool holds = !items.empty() && std::all_of(items.begin(), items.end(), [](const Isolation& i) {
                    return i.isolated;
                  });
                  auto all = attempted(record.sends(), name, [](const Attempt&) { return true; });
                  if (holds || all.empty()) return holds;
                  // The last one is what the table rests on.
                  out << "; the last send that was attempted there:";
                  tell({all.back()}, out);
                  return false;
                });
}

RecordMatcher LostNone() {
  return judges("keeps every message that was acknowledged", "has lost a message that was acknowledged",
                [](const Record& record, std::ostream& out) {
                  const std::uint64_t lost = record.acknowledged_lost();
                  if (lost == 0) return true;
                  out << lost << (lost == 1 ? " is lost" : " are lost");
                  out << ":";
                  tell(numbered(record, record.lost_sends()), out);
                  return false;
                });
}

RecordMatcher StoredNothingTwice() {
  return judges("keeps no message twice", "keeps a message twice", [](const Record& record, std::ostream& out) {
    const std::uint64_t copies = record.duplicates();
    if (copies == 0) return true;
    const std::vector<const Send*> sends = numbered(record, record.repeated_sends());
    out << (copies == 1 ? "there is 1 copy" : "there are " + std::to_string(copies) + " copies") << " too many of what "
        << (sends.empty() ? "no send here carried" : "these sends carried:");
    tell(sends, out);
    return false;
  });
}

RecordMatcher Acted(std::string_view rule, ::testing::Matcher<std::uint64_t> times) {
  const std::string id(rule);
  const std::string words = number_words(times) + " times";
  return judges("rule " + id + " acted " + words, "rule " + id + " did not act " + words,
                [id, times](const Record& record, std::ostream& out) {
                  const auto rules = record.rules();
                  const auto is_it = [&](const RuleActs& rule) { return rule.id == id; };
                  const auto at = std::find_if(rules.begin(), rules.end(), is_it);
                  if (at == rules.end()) {
                    std::vector<std::string> known;
                    for (const RuleActs& rule : rules) known.push_back(rule.id);
                    Account::unknown("rule", id, std::move(known));
                  }
                  out << *at;
                  return times.Matches(at->acted);
                });
}

namespace {

class PassedMatcher final : public ::testing::MatcherInterface<const ScenarioRun&> {
 public:
  bool MatchAndExplain(const ScenarioRun& run, ::testing::MatchResultListener* listener) const override {
    if (run.passed()) return true;
    *listener << "whose report is:\n" << indented(run.report());
    for (const Contradiction& one : run.contradictions()) {
      if (!one.send || *one.send >= run.sends().size()) continue;
      const Send& send = run.sends()[*one.send];
      *listener << "\n  why #" << send.number << " took that course:\n" << indented(send.explain());
      break;
    }
    return false;
  }
  void DescribeTo(std::ostream* out) const override { *out << "meets all that its scenario states"; }
  void DescribeNegationTo(std::ostream* out) const override { *out << "does not meet all that its scenario states"; }
};

}  // namespace

::testing::Matcher<const ScenarioRun&> Passed() { return ::testing::MakeMatcher(new PassedMatcher); }

}  // namespace rmqsim::test
