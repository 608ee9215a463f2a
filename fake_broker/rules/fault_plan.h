// Decides which fault rule, if any, acts on a request or a connection (format §1.14). Pure: it is told what arrived,
// where and when, and returns a decision; the servers' shells perform it. Both fakes of a world share one plan: a rule
// for "*" has its own count at every server, or one over all of them (FaultCount). The same rules, seed and arrivals
// give the same decisions on every machine. Rules may come and go while servers run (the control room does that); one
// that stays keeps its counts.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "fake_broker/rules/link_pipe.h"
#include "fake_broker/rules/message_counts.h"
#include "producer/transport/random.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// What the selectors look at. Views live as long as the request.
struct RequestFacts {
  std::int32_t code = 0;
  std::string_view topic;  ///< empty when the request names none
  std::optional<std::int32_t> queue_id;
  std::string_view producer_group;  ///< empty when the request names none
  std::string_view properties;      ///< of the message, text form; empty when the request carries none
  bool oneway = false;              ///< of a client, which hears nothing of it
  bool pushed = false;              ///< sent by the server itself
};

struct FaultDecision {
  std::size_t rule = 0;                   ///< position in the file
  std::shared_ptr<const FaultRule> what;  ///< its id and action; stays when the rule is taken out meanwhile
  Duration delay{0};                ///< drawn for this occasion, `late` included
};

/// Whether a server refuses connections now, and until when that holds (since the first step; nullopt = for ever).
struct ListenState {
  bool refused = false;
  std::optional<Duration> until;
};

struct FaultPlanOptions {
  std::uint64_t seed = 1;
  /// What `late` adds: longer than any client waits. A server cannot see a client's timeout; whoever knows it (the
  /// scenario) gives it here plus 2 s.
  Duration late_by = std::chrono::seconds(5);
};

/// The two ways that bytes of a connection go.
enum class LinkDirection : std::uint8_t { to_server, to_client };
/// One for each direction.
using LinkPipes = std::array<LinkPipe, 2>;

class FaultPlan {
 public:
  /// "Before the first step began", for match(): such a time is outside of every `fromMs`, and before every `toMs`.
  static constexpr Duration kBeforeFirstStep{-1};

  FaultPlan(std::vector<FaultRule> rules, FaultPlanOptions options);

  /// The decision on a request that arrived at `server`, `since_first_step` after the first step began. Every rule
  /// whose selectors hold counts the request, also when an earlier rule acts on it; the first one in file order whose
  /// `nth` contains its count acts, and nobody does where that one has nothing to do: an answer to change where none
  /// comes, or a drawn delay of no time. `probability` is one of the selectors: one draw per request that the others
  /// match, from a stream of the rule's own at that server.
  std::optional<FaultDecision> match(std::string_view server, const RequestFacts& request, Duration since_first_step);
  /// The same for a new connection (`on: connect`); topic, queue and producer cannot be selected there.
  std::optional<FaultDecision> match_connect(std::string_view server, Duration since_first_step);

  /// What rules on links have made of one connection: whether it is a turn of theirs, and since when they look at it.
  class LinkTurns;
  /// Lets bytes into the pipe of that direction, as the first rule that looks at it says, if any does. A rule counts a
  /// connection when it first meets bytes of it in its window. The id of the rule that has now done to the connection
  /// all that it does; empty: none.
  std::string enter_link(std::string_view server, LinkTurns& turns, LinkPipes& pipes, LinkDirection direction,
                         std::string_view bytes, Duration since_first_step, TimePoint now);
  /// The same when `acts` were done, of those that end a connection.
  std::string end_link(LinkTurns& turns, LinkDirection direction, LinkPipe::Acts acts, Duration since_first_step);
  /// Whether what waits would enter otherwise now.
  bool link_changed(std::string_view server, const LinkTurns& turns, LinkDirection direction,
                    Duration since_first_step) const;
  bool has_links(std::string_view server) const;
  /// When a rule on links next begins or ends there.
  std::optional<Duration> next_link_change(std::string_view server, Duration since_first_step) const;

  /// Rules that refuse every connection of a time window are performed by not listening, which is what a client of a
  /// dead server meets. Rules that pick connections by `nth` or probability are not; match_connect tells them.
  ListenState listen_state(std::string_view server, Duration since_first_step) const;
  /// Such a rule matches once for every window in which the server really stopped listening, since nobody sees who was
  /// refused, and acts if it is the first of those whose windows are open, or when it becomes that. To be told by a
  /// server that runs, whenever it brings its listening up to date. Ids of the rules that act from now on.
  std::vector<std::string> note_refusals(std::string_view server, Duration since_first_step);

  /// To be told of each nameserver before it asks: "*" is every broker.
  void add_nameserver(std::string name) { nameservers_.insert(std::move(name)); }

  bool empty() const { return rules_.empty(); }
  std::size_t size() const { return rules_.size(); }
  const FaultRule& rule(std::size_t i) const { return rules_[i]->rule; }
  /// How often the selectors of rule `i` other than `nth` held, and how often it acted, at all servers.
  std::uint64_t matched(std::size_t i) const { return rules_[i]->matched; }
  std::uint64_t acted(std::size_t i) const { return rules_[i]->acted; }
  /// When it first and last acted, since the first step began; of one that did.
  std::pair<Duration, Duration> acted_between(std::size_t i) const { return {rules_[i]->first, rules_[i]->last}; }
  /// The position of the rule with that id.
  std::optional<std::size_t> find(std::string_view id) const;

  // Changes while servers run. Whoever makes them tells the servers (FakeServer::rules_changed), whose listening may
  // depend on them.
  /// After all others. The caller sees to it that the id is new.
  void add(FaultRule rule);
  /// In the same place, with counts at zero.
  void replace(std::size_t i, FaultRule rule);
  void remove(std::size_t i);
  void clear();
  /// Counts of the rule at zero, its random streams at their beginning.
  void reset(std::size_t i);

 private:
  struct Rule {
    FaultRule rule;
    std::size_t position = 0;
    std::uint64_t matched = 0;
    std::uint64_t acted = 0;
    std::uint64_t count = 0;  ///< of FaultCount::cluster
    MessageCounts messages;   ///< of FaultCount::message
    Duration first{0}, last{0};  ///< times it acted
    void act(Duration now) {
      if (acted++ == 0) first = now;
      last = now;
    }
  };
  struct RuleState {
    std::shared_ptr<Rule> rule;
    std::uint64_t count = 0;  ///< of FaultCount::broker
    Random probability;
    Random delay;
    // What the server knows of a refusal:
    bool open = false;      ///< its window is open
    bool refusing = false;  ///< and no earlier one's
  };
  /// The rules that concern one server, in file order.
  struct ServerState {
    std::vector<RuleState> requests;
    std::vector<RuleState> connects;
    std::vector<RuleState> links;
    std::vector<RuleState>& list_of(const FaultTarget& on) {
      return on.is_link() ? links : on.is_request() ? requests : connects;
    }
  };

  bool is_at(const FaultRule& rule, std::string_view server) const {
    return rule.at == server || (rule.at == "*" && !nameservers_.contains(server));
  }
  ServerState& state_of(std::string_view server);
  /// Makes the lists of all servers follow rules_.
  void rebuild();
  ServerState make_state(std::string_view server, ServerState former) const;
  static bool counts(RuleState& state, const RequestFacts& request, Duration since_first_step);
  /// Counts the request; its number.
  static std::uint64_t number(RuleState& state, const RequestFacts& request);
  std::optional<FaultDecision> decide(std::vector<RuleState>& states, const RequestFacts& request, Duration now);

  RuleState* link_rule(std::string_view server, LinkTurns& turns, const LinkPipes& pipes, LinkDirection direction,
                       Duration now);
  static std::string note_link_acts(LinkTurns& turns, const Rule* rule, LinkPipe::Acts acts, Duration now);

  std::vector<std::shared_ptr<Rule>> rules_;
  FaultPlanOptions options_;
  std::map<std::string, ServerState, std::less<>> servers_;
  std::set<std::string, std::less<>> nameservers_;
};

class FaultPlan::LinkTurns {
 private:
  friend class FaultPlan;
  struct Turn {
    std::shared_ptr<Rule> rule;
    bool on = false;                   ///< `nth` has it
    std::array<std::uint64_t, 2> from{};  ///< bytes that had passed before it looked
    LinkPipe::Acts acts = 0;           ///< what it has done so far
    bool acted = false;                ///< all that it does
  };
  Turn* find(const Rule* rule);

  std::vector<Turn> turns_;
  std::array<std::shared_ptr<Rule>, 2> entered_;  ///< the rule by which the last bytes of a direction entered
};

}  // namespace rmqsim
