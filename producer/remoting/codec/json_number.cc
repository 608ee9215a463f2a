// Numbers are cast digit by digit: what has an exponent or a fraction may have more places than any type holds.
#include "producer/remoting/codec/json_number.h"

#include <string>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::int64_t kMaxPlaces = 100;

std::optional<std::int32_t> exact_int(std::string_view sign, std::string_view whole, std::string_view rest) {
  if (rest.find_first_not_of('0') != rest.npos) return std::nullopt;
  const std::size_t first = whole.find_first_not_of('0');
  if (first == whole.npos) return 0;
  return text::parse_int32(std::string(sign) + std::string(whole.substr(first)));
}

}  // namespace

std::optional<std::int32_t> int_of_json_number(std::string_view number) {
  if (number.find_first_of(".eE") == number.npos) return text::parse_int32(number);
  const bool negative = number.starts_with('-');
  if (negative || number.starts_with('+')) number.remove_prefix(1);
  std::int64_t scale = 0;  // how many of the digits are behind the point
  if (const std::size_t e = number.find_first_of("eE"); e != number.npos) {
    const auto exponent = text::parse_int32(number.substr(e + 1));
    if (!exponent) return std::nullopt;
    scale = -std::int64_t{*exponent};
    number = number.substr(0, e);
  }
  std::string digits(number);
  if (const std::size_t point = digits.find('.'); point != digits.npos) {
    digits.erase(point, 1);
    scale += static_cast<std::int64_t>(digits.size() - point);
  }
  const auto count = static_cast<std::int64_t>(digits.size());
  const auto whole = static_cast<std::size_t>(scale <= 0 ? count : scale >= count ? 0 : count - scale);
  const std::string_view before = std::string_view(digits).substr(0, whole);
  if (scale < -kMaxPlaces) {
    return digits.find_first_not_of('0') == digits.npos ? std::optional(0) : std::nullopt;
  }
  if (scale > kMaxPlaces) return exact_int(negative ? "-" : "", before, std::string_view(digits).substr(whole));
  std::uint32_t bits = 0;
  for (const char c : before) bits = bits * 10 + static_cast<std::uint32_t>(c - '0');
  for (; scale < 0; ++scale) bits *= 10;
  return static_cast<std::int32_t>(negative ? 0 - bits : bits);
}

std::optional<std::int32_t> int_of_json_text(std::string_view text) {
  std::string plain(text);
  std::erase(plain, ',');
  if (const std::size_t point = plain.rfind('.');
      point != plain.npos && plain.find_first_not_of('0', point + 1) == plain.npos) {
    plain.resize(point);
  }
  return text::parse_int32(plain);
}

}  // namespace rmqsim
