#include "tools/send/send_stats.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {

namespace {

constexpr double kGrowth = 1.01;

double to_ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, value < 99.95 ? "%.1f" : "%.0f", value);
  return buffer;
}

/// With its unit, which of less than a millisecond is µs.
std::string latency_text(Duration d) {
  if (d >= millis(1)) return number(to_ms(d)) + " ms";
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(d).count()) + " µs";
}

std::string one_line(const std::string& text) { return harmless(text, 160); }

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  std::size_t length = 0;  // code points, since "µ" is two bytes
  for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return (length < width ? std::string(width - length, ' ') : "") + text;
}

/// A bar for each step of latency, the longest as wide as that. Steps without any, between others, are one line.
std::string drawn(const std::vector<LatencyHistogram::Bar>& bars) {
  constexpr std::size_t kWidth = 40;
  std::uint64_t most = 1;
  for (const LatencyHistogram::Bar& bar : bars) most = std::max(most, bar.count);
  std::string out;
  bool gap = false;
  for (const LatencyHistogram::Bar& bar : bars) {
    const bool was_gap = std::exchange(gap, bar.count == 0);
    if (gap) {
      if (!was_gap) out += "                 …\n";
      continue;
    }
    out += "  up to " + right(latency_text(bar.to), 9) + "  " + right(std::to_string(bar.count), 10);
    const auto length = static_cast<std::size_t>((bar.count * kWidth + most - 1) / most);
    out += "  ";
    for (std::size_t i = 0; i < length; ++i) out += "▇";
    out += "\n";
  }
  return out;
}

double rate(const SendRun& run, const SendStats& stats) {
  return run.seconds > 0 ? static_cast<double>(stats.ended) / run.seconds : 0;
}

constexpr std::pair<const char*, double> kShares[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

}  // namespace

void LatencyHistogram::add(Duration d) {
  const double us = std::max(1.0, to_ms(d) * 1000);
  const auto bucket = static_cast<std::size_t>(std::log(us) / std::log(kGrowth));
  ++buckets_[std::min(bucket, kBuckets - 1)];
  ++count_;
  sum_ms_ += to_ms(d);
  max_ = std::max(max_, d);
}

Duration LatencyHistogram::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen < wanted || seen == 0) continue;
    const double us = std::pow(kGrowth, static_cast<double>(i + 1));
    return std::min(max_, Duration(std::chrono::microseconds(std::llround(us))));
  }
  return max_;
}

std::vector<LatencyHistogram::Bar> LatencyHistogram::bars() const {
  std::vector<Bar> bars;
  std::size_t bucket = 0;
  std::uint64_t seen = 0;
  for (std::int64_t decade = 1; seen < count_; decade *= 10) {
    for (const std::int64_t step : {1, 2, 5}) {
      const auto to = static_cast<double>(step * decade);
      Bar bar{Duration(std::chrono::microseconds(step * decade)), 0};
      // Where a bucket begins says where it belongs; that it reaches over the step is the 1 % of its width.
      for (; bucket < kBuckets && std::pow(kGrowth, static_cast<double>(bucket)) <= to; ++bucket) {
        bar.count += buckets_[bucket];
      }
      if (bucket == kBuckets) bar.count = count_ - seen;
      seen += bar.count;
      if (bar.count > 0 || (!bars.empty() && seen < count_)) bars.push_back(bar);
    }
  }
  return bars;
}

Duration LatencyHistogram::mean() const {
  if (count_ == 0) return Duration::zero();
  return std::chrono::microseconds(std::llround(sum_ms_ / static_cast<double>(count_) * 1000));
}

std::string error_outcome(const MQError& error) {
  std::string text(error_type_name(error.type));
  if (error.response_code < 0) return text;
  const std::string code = std::to_string(error.response_code);
  const std::string name = response_code_name(error.response_code);
  return text + " " + (name == code ? code : name + " (" + code + ")");
}

void SendStats::add(std::string_view outcome, const MQError* error, Duration took,
                    const std::vector<AttemptRecord>* made) {
  const std::string key = error != nullptr ? error_outcome(*error) : std::string(outcome);
  Outcome& entry = outcomes[key];
  if (++entry.sends == 1 && error != nullptr) entry.example = one_line(error->message);
  ++ended;
  failed += error != nullptr ? 1 : 0;
  latency.add(took);
  if (made == nullptr) return;
  retried += made->size() > 1 ? 1 : 0;
  add_attempts(*made);
}

void SendStats::add_attempts(const std::vector<AttemptRecord>& made) {
  for (const AttemptRecord& attempt : made) ++attempts[attempt.broker][attempt.outcome];
}

std::string send_progress(const SendRun& run, const SendStats& stats) {
  std::string line = "  " + std::to_string(stats.ended);
  if (run.wanted != 0) line += " of " + std::to_string(run.wanted);
  line += " sends · " + number(rate(run, stats)) + "/s · p99 " + latency_text(stats.latency.quantile(0.99));
  if (stats.failed != 0) line += " · " + std::to_string(stats.failed) + " failed";
  return line;
}

std::string send_report_text(const SendRun& run, const SendStats& stats) {
  std::string out = std::to_string(stats.ended);
  if (run.wanted != 0) out += " of " + std::to_string(run.wanted);
  out += " sends to " + run.topic + " in " + number(run.seconds) + " s · " + number(rate(run, stats)) + "/s · " +
         run.mode + " · " + std::to_string(run.threads) + (run.threads == 1 ? " thread · " : " threads · ") +
         run.profile + (run.interrupted ? " · interrupted" : "") + "\n";
  if (stats.ended == 0) return out;
  out += "  took: mean " + latency_text(stats.latency.mean());
  for (const auto& [name, share] : kShares) {
    out += std::string("  ") + name + " " + latency_text(stats.latency.quantile(share));
  }
  out += "  max " + latency_text(stats.latency.max()) + "\n" + drawn(stats.latency.bars()) + "\n";

  std::size_t width = 7;
  for (const auto& [name, outcome] : stats.outcomes) width = std::max(width, name.size());
  out += "  " + padded("outcome", width) + "       sends\n";
  for (const auto& [name, outcome] : stats.outcomes) {
    out += "  " + padded(name, width) + "  " + right(std::to_string(outcome.sends), 10);
    if (!outcome.example.empty()) out += "   " + outcome.example;
    out += "\n";
  }
  if (stats.attempts.empty()) return out;
  std::vector<std::string> columns;
  for (const auto& [broker, by_outcome] : stats.attempts) {
    width = std::max(width, broker.size());
    for (const auto& [name, n] : by_outcome) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
  }
  std::sort(columns.begin(), columns.end());
  out += "\n  " + padded("broker", width) + "    attempts";
  for (const std::string& column : columns) out += "  " + right(column, 8);
  out += "\n";
  for (const auto& [broker, by_outcome] : stats.attempts) {
    std::uint64_t all = 0;
    for (const auto& [name, n] : by_outcome) all += n;
    out += "  " + padded(broker, width) + "  " + right(std::to_string(all), 10);
    for (const std::string& column : columns) {
      const auto found = by_outcome.find(column);
      const std::string n = found == by_outcome.end() ? "" : std::to_string(found->second);
      out += "  " + right(n, std::max<std::size_t>(8, column.size()));
    }
    while (out.back() == ' ') out.pop_back();
    out += "\n";
  }
  return out;
}

std::string send_report_json(const SendRun& run, const SendStats& stats) {
  nlohmann::ordered_json json;
  json["topic"] = run.topic;
  json["mode"] = run.mode;
  json["profile"] = run.profile;
  json["threads"] = run.threads;
  json["wanted"] = run.wanted;
  json["sends"] = stats.ended;
  json["failed"] = stats.failed;
  json["retried"] = stats.retried;
  json["interrupted"] = run.interrupted;
  json["seconds"] = run.seconds;
  json["perSecond"] = rate(run, stats);
  auto& latency = json["latencyMs"];
  latency["mean"] = to_ms(stats.latency.mean());
  for (const auto& [name, share] : kShares) latency[name] = to_ms(stats.latency.quantile(share));
  latency["max"] = to_ms(stats.latency.max());
  json["histogram"] = nlohmann::ordered_json::array();
  for (const LatencyHistogram::Bar& bar : stats.latency.bars()) {
    json["histogram"].push_back({{"upToMs", to_ms(bar.to)}, {"sends", bar.count}});
  }
  json["outcomes"] = nlohmann::ordered_json::array();
  for (const auto& [name, outcome] : stats.outcomes) {
    nlohmann::ordered_json entry{{"outcome", name}, {"sends", outcome.sends}};
    if (!outcome.example.empty()) entry["example"] = outcome.example;
    json["outcomes"].push_back(std::move(entry));
  }
  json["brokers"] = nlohmann::ordered_json::object();
  for (const auto& [broker, by_outcome] : stats.attempts) json["brokers"][broker] = by_outcome;
  return json_text(json, 2);
}

}  // namespace rmqsim
