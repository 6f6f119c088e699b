// Text for people in tables.
#include "bridges/vault/table.hpp"

#include <algorithm>
#include <charconv>

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t micro_digits = 6;

std::string padded(std::uint64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '<') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string date_text(const runtime::Zone& zone, Time time) {
  const auto date = zone.date_of(time);
  return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2);
}

std::string clock_text(const runtime::Zone& zone, Time time) {
  const auto date = zone.date_of(time);
  const auto since_begin = time - zone.begin(date);
  const auto elapsed = std::chrono::floor<std::chrono::minutes>(since_begin);
  const auto begin = zone.begin(date);
  // How much later than its clock shows it this moment is.
  const auto ahead = [&](std::chrono::minutes shown) {
    return std::chrono::floor<std::chrono::minutes>(begin + elapsed - zone.at(date, shown));
  };
  auto shown = elapsed;
  if (const auto late = ahead(shown); late.count() < 0) {
    shown += late;  // put back
  } else {
    // Put forward: what the clock skips is taken in a second step.
    for (int step = 0; step < 3; ++step) shown += std::max(ahead(shown), std::chrono::minutes(0));
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_begin - elapsed);
  const std::chrono::hh_mm_ss time_of_day(shown + seconds);
  return padded(static_cast<std::uint64_t>(time_of_day.hours().count()), 2) + ":" +
         padded(static_cast<std::uint64_t>(time_of_day.minutes().count()), 2) + ":" +
         padded(static_cast<std::uint64_t>(time_of_day.seconds().count()), 2);
}

std::string dollars(std::uint64_t micro_usd) {
  constexpr std::uint64_t micro = 1'000'000;
  std::string fraction = padded(micro_usd % micro, micro_digits);
  while (fraction.size() > 3 && fraction.back() == '0') fraction.pop_back();
  return std::to_string(micro_usd / micro) + "." + fraction;
}

std::uint64_t micro_usd_of(std::string_view dollars) {
  const auto point = dollars.find('.');
  std::string fraction(point == std::string_view::npos ? std::string_view()
                                                       : dollars.substr(point + 1));
  fraction.resize(micro_digits, '0');
  return number_of(dollars.substr(0, point)) * 1'000'000 + number_of(fraction);
}

}  // namespace nightshift::bridges::vault
