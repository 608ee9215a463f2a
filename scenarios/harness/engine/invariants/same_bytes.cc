// A retry sends what the first attempt sent: neither compressed twice nor cut. Bodies are told apart by their hashes.
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/changed_settings.h"

namespace rmqsim {
namespace {

class SameBytes final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override {
    constexpr std::hash<std::string_view> kHash;
    if (said.key.empty()) return;
    const std::size_t hash = kHash(said.command.body);
    const auto [sent, fresh] = bodies_.try_emplace(kHash(said.key), hash);
    if (!fresh && sent->second != hash) changed_.emplace(said.key, end.server);
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    // Each attempt may go by other settings then.
    if (changes_settings(run.scenario, {}, {"compressMsgBodyOverHowmuch", "compressLevel", "compressType"})) return;
    for (const auto& [key, server] : changed_) breaches.other("message " + key + " reached " + server + " changed");
  }

 private:
  std::unordered_map<std::size_t, std::size_t> bodies_;  ///< hashes of bodies by those of keys
  std::map<std::string, std::string> changed_;            ///< key, and the server that got the first other body
};

}  // namespace

std::unique_ptr<Invariant> make_same_bytes() { return std::make_unique<SameBytes>(); }

}  // namespace rmqsim
