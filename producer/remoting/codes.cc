// Name tables for codes.h. Lookup is linear: names are used by scenario loading and reports, never per frame.
#include "producer/remoting/codes.h"

#include <charconv>
#include <iterator>

namespace rmqsim {
namespace {

struct Named {
  std::string_view name;
  std::int32_t code;
};

#define RMQSIM_NAMED(name, number) Named{#name, number},
constexpr Named kRequests[] = {RMQSIM_REQUEST_CODES(RMQSIM_NAMED)};
#undef RMQSIM_NAMED

#define RMQSIM_NAMED(name, number) Named{#name, number},
constexpr Named kResponses[] = {RMQSIM_RESPONSE_CODES(RMQSIM_NAMED)};
#undef RMQSIM_NAMED

template <std::size_t N>
struct NameList {
  std::string_view names[N];
  constexpr explicit NameList(const Named (&table)[N]) : names{} {
    for (std::size_t i = 0; i < N; ++i) names[i] = table[i].name;
  }
};
constexpr NameList kRequestNames{kRequests};
constexpr NameList kResponseNames{kResponses};

template <std::size_t N>
std::string name_of(const Named (&table)[N], std::int32_t code) {
  for (const Named& n : table) {
    if (n.code == code) return std::string(n.name);
  }
  return std::to_string(code);
}

template <std::size_t N>
std::optional<std::int32_t> code_of(const Named (&table)[N], std::string_view name) {
  for (const Named& n : table) {
    if (n.name == name) return n.code;
  }
  std::int32_t value = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (ec != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return value;
}

constexpr std::string_view kLanguages[] = {"JAVA",  "CPP",  "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY",
                                           "OTHER", "HTTP", "GO",     "PHP",    "OMS",    "RUST",   "NODE_JS"};

bool equal_ignoring_case(std::string_view a, std::string_view upper) {
  if (a.size() != upper.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'a' && a[i] <= 'z' ? static_cast<char>(a[i] - 'a' + 'A') : a[i];
    if (c != upper[i]) return false;
  }
  return true;
}

}  // namespace

std::string request_code_name(std::int32_t code) { return name_of(kRequests, code); }
std::string response_code_name(std::int32_t code) { return name_of(kResponses, code); }
std::optional<std::int32_t> request_code_by_name(std::string_view name) { return code_of(kRequests, name); }
std::optional<std::int32_t> response_code_by_name(std::string_view name) { return code_of(kResponses, name); }

const std::string_view* request_code_names(std::size_t& count) {
  count = std::size(kRequestNames.names);
  return kRequestNames.names;
}

const std::string_view* response_code_names(std::size_t& count) {
  count = std::size(kResponseNames.names);
  return kResponseNames.names;
}

std::string_view language_name(LanguageCode language) {
  const auto i = static_cast<std::size_t>(language);
  return i < std::size(kLanguages) ? kLanguages[i] : std::string_view("UNKNOWN");
}

LanguageCode language_by_name(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kLanguages); ++i) {
    if (equal_ignoring_case(name, kLanguages[i])) return static_cast<LanguageCode>(i);
  }
  return LanguageCode::UNKNOWN;
}

}  // namespace rmqsim
