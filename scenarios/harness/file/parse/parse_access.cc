// Who may do what, how servers take TLS, and whom a producer is and answers for.
#include <algorithm>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

std::optional<TopicPerm> topic_perm(std::string_view word) {
  for (std::size_t k = 0; k < std::size(kTopicPerms); ++k) {
    if (word == kTopicPerms[k]) return std::min(static_cast<TopicPerm>(k), TopicPerm::pub_sub);
  }
  return std::nullopt;
}

void parse_permissions(ParseContext& context, ObjectReader& reader, Account& account) {
  constexpr std::string_view kKeys[] = {"admin", "defaultTopicPerm", "topicPerms"};
  if (reader.present(kKeys).empty()) return;
  AccountPermissions& may = account.may.emplace();
  reader.boolean("admin", may.admin);
  reader.get("defaultTopicPerm", may.default_topic_perm, [&](const JsonNode& n) {
    const auto word = context.one_of(n, kTopicPerms, "permission");
    return word ? topic_perm(*word) : std::nullopt;
  });
  const JsonNode* entries = reader.find("topicPerms");
  if (!entries || !context.is_list(*entries, shapes::account.most("topicPerms"))) return;
  for (const JsonNode* item : entries->children) {
    const auto text = context.text(*item);
    if (!text) continue;
    const auto equals = text->find('=');
    const auto perm =
        equals == std::string::npos ? std::nullopt : topic_perm(std::string_view(*text).substr(equals + 1));
    const std::string topic = text->substr(0, equals);
    if (!perm || topic.empty()) {
      context.fail(*item, "expected TOPIC=PERM with DENY, PUB, SUB or PUB|SUB, such as \"Orders=PUB\"");
    } else if (std::any_of(may.topic_perms.begin(), may.topic_perms.end(),
                           [&](const auto& one) { return one.first == topic; })) {
      context.fail(*item, "the topic " + in_quotes(topic) + " is named twice");
    } else {
      may.topic_perms.emplace_back(topic, *perm);
    }
  }
}

}  // namespace

SessionCredentials parse_credentials(ParseContext& context, const JsonNode& value) {
  SessionCredentials credentials;
  ObjectReader reader(context, value, shapes::credentials);
  if (!reader) return credentials;
  if (reader.require("accessKey")) reader.text("accessKey", credentials.access_key);
  if (reader.require("secretKey")) reader.text("secretKey", credentials.secret_key);
  reader.text("securityToken", credentials.security_token);
  return credentials;
}

void parse_accounts(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  if (!context.is_list(value, shapes::cluster.most("accounts"))) return;
  for (const JsonNode* item : value.children) {
    Account account;
    ObjectReader reader(context, *item, shapes::account);
    if (!reader) continue;
    if (reader.require("accessKey")) reader.text("accessKey", account.access_key);
    if (reader.require("secretKey")) reader.text("secretKey", account.secret_key);
    parse_permissions(context, reader, account);
    const bool taken = std::any_of(cluster.accounts.begin(), cluster.accounts.end(),
                                   [&](const auto& other) { return other.access_key == account.access_key; });
    if (taken) context.fail(*item, "the accessKey " + in_quotes(account.access_key) + " is already taken");
    cluster.accounts.push_back(std::move(account));
    cluster.account_locations.push_back(context.where(*item));
  }
}

/// Brokers register with every nameserver in one way, so all must take it.
void parse_tls(ParseContext& context, const JsonNode& value, ClusterSpec& cluster) {
  if (!context.expect_kind(value, JsonNode::Kind::object)) return;
  for (const JsonNode* member : value.children) {
    if (context.brokers.complete && context.nameservers.complete && !context.servers.has(member->key)) {
      context.fail_key(*member, "unknown server " + in_quotes(member->key) +
                                    context.suggest(member->key, context.servers.names));
    }
    const auto word = context.one_of(*member, kTlsModes, "mode");
    if (!word) continue;
    const auto* at = std::find(std::begin(kTlsModes), std::end(kTlsModes), *word);
    cluster.tls[member->key] = static_cast<TlsMode>(at - std::begin(kTlsModes));
  }
  const auto some = [&](TlsMode mode) {
    return std::find_if(cluster.nameservers.begin(), cluster.nameservers.end(), [&](const std::string& name) {
      const auto at = cluster.tls.find(name);
      return at != cluster.tls.end() && at->second == mode;
    });
  };
  const auto plain = some(TlsMode::disabled), secret = some(TlsMode::enforcing);
  if (plain == cluster.nameservers.end() || secret == cluster.nameservers.end()) return;
  context.fail(value, "brokers could not register: " + in_quotes(*plain) + " takes plain text alone and " +
                          in_quotes(*secret) + " TLS alone");
}

void parse_listener(ParseContext& context, const JsonNode& value, ProducerSpec& producer) {
  ListenerSpec& listener = producer.listener.emplace();
  if (value.kind == JsonNode::Kind::string && value.text == "none") {
    listener.there = false;
    return;
  }
  if (!context.expect_kind(value, JsonNode::Kind::object, "\"none\" or an object")) return;
  ObjectReader reader(context, value, shapes::listener);
  reader.get("local", listener.local, [&](const JsonNode& n) { return parse_transaction_state(context, n); });
  reader.time("localMs", listener.local_time);
  if (const JsonNode* check = reader.find("check")) listener.check = parse_transaction_states(context, *check);
}

}  // namespace rmqsim
