#include "scenarios/harness/report/html/explanations.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/codec/compression.h"
#include "scenarios/harness/report/explain.h"
#include "scenarios/harness/report/html/columns.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kBlock = 256;
constexpr std::size_t kWidth = 100;
/// What a page shows in full of one send.
constexpr std::size_t kLongest = 64 << 10;

bool is_plain(const SendRecord& send) { return send.attempts.size() == 1 && !send.error && send.completed(); }

/// The others first; each part in order.
std::vector<std::uint64_t> by_interest(const RunRecord& record) {
  std::vector<std::uint64_t> order;
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) order.push_back(i);
  std::stable_partition(order.begin(), order.end(), [&](std::uint64_t i) { return !is_plain(record.sends[i]); });
  return order;
}

}  // namespace

ordered_json explanations_json(const Scenario& scenario, const Profile& profile, const RunResult& result,
                               std::size_t most) {
  const RunRecord& record = result.record;
  if (record.every_decision.size() < record.sends.size() || record.sends.empty()) return nullptr;
  std::vector<std::uint64_t> order = by_interest(record);
  const auto first_plain =
      std::find_if(order.begin(), order.end(), [&](std::uint64_t i) { return is_plain(record.sends[i]); });
  const std::size_t notable = static_cast<std::size_t>(first_plain - order.begin());
  ordered_json blocks = ordered_json::array();
  std::size_t size = 0;
  std::size_t kept = 0;
  while (kept < order.size() && size < most) {
    const std::size_t end = std::min(order.size(), kept + kBlock);
    ordered_json texts = ordered_json::array();
    Column sends;
    for (std::size_t k = kept; k < end; ++k) {
      std::string text = explain_text(scenario, profile, result, order[k], record.every_decision[order[k]], kWidth);
      if (text.size() > kLongest) text = text.substr(0, kLongest) + "…\n";
      texts.push_back(std::move(text));
      sends.push_back(static_cast<std::int64_t>(order[k]));
    }
    std::string packed = base64_url_encode(compress(CompressionType::ZLIB, script_text(texts)));
    if (size + packed.size() > most && kept > 0) break;
    size += packed.size();
    blocks.push_back({{"size", sends.size()}, {"sends", differences_json(sends)}, {"text", std::move(packed)}});
    kept = end;
  }
  std::string words = "all sends";
  if (kept < order.size()) {
    words = kept < notable
                ? std::to_string(kept) + " of the sends that were tried again or failed"
                : "all sends that were tried again or failed, and " + std::to_string(kept - notable) + " others";
  }
  return {{"kept", words}, {"blocks", std::move(blocks)}};
}

}  // namespace rmqsim
