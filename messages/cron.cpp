// Reads crontab's five fields.
#include "messages/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {
namespace {

constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<unsigned, 12> longest_months{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Field {
  std::string_view name;
  unsigned least;
  unsigned most;
};
constexpr std::array<Field, 5> fields{{{"minute", 0, 59},
                                       {"hour", 0, 23},
                                       {"day of the month", 1, 31},
                                       {"month", 1, 12},
                                       {"day of the week", 0, 7}}};
constexpr std::size_t month_field = 3;
constexpr std::size_t weekday_field = 4;

std::unexpected<Error> wrong(std::string detail) {
  return fail(ErrorCode::invalid, std::move(detail), "cron_restart");
}

std::optional<unsigned> number_of(std::string_view text, std::size_t field) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (field == month_field) {
    const auto named = std::ranges::find(month_names, low);
    if (named != month_names.end()) return static_cast<unsigned>(named - month_names.begin()) + 1;
  }
  if (field == weekday_field) {
    const auto named = std::ranges::find(weekday_names, low);
    if (named != weekday_names.end()) return static_cast<unsigned>(named - weekday_names.begin());
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(low.data(), low.data() + low.size(), number);
  if (error != std::errc() || end != low.data() + low.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find_first_of(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// `*`, `5`, `1-5`, each with `/2`: the numbers that it stands for; none where it is wrong.
std::vector<unsigned> numbers_of(std::string_view part, std::size_t field) {
  const auto slash = part.find('/');
  const auto range = part.substr(0, slash);
  const bool stepped = slash != part.npos;
  const auto step = stepped ? number_of(part.substr(slash + 1), 0).value_or(0) : 1u;
  auto first = fields[field].least, last = fields[field].most;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto begin = number_of(range.substr(0, dash), field);
    const auto end = dash == range.npos ? begin : number_of(range.substr(dash + 1), field);
    if (!begin || !end || *begin < first || *end > last || *begin > *end) return {};
    first = *begin;
    if (dash != range.npos || !stepped) last = *end;
  }
  std::vector<unsigned> numbers;
  if (step == 0 || step > fields[field].most) return numbers;
  for (auto number = first; number <= last; number += step) numbers.push_back(number);
  return numbers;
}

void set(Cron& cron, std::size_t field, unsigned number) {
  switch (field) {
    case 0: cron.minutes.set(number); break;
    case 1: cron.hours.set(number); break;
    case 2: cron.days.set(number); break;
    case month_field: cron.months.set(number); break;
    default: cron.weekdays.set(number % 7); break;
  }
}

bool comes(const Cron& cron) {
  if (cron.any_day || !cron.any_weekday) return true;
  for (unsigned month = 1; month <= longest_months.size(); ++month) {
    for (unsigned day = 1; cron.months.test(month) && day <= longest_months[month - 1]; ++day) {
      if (cron.days.test(day)) return true;
    }
  }
  return false;
}

std::string_view meaning_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> words{
      {{"@hourly", "0 * * * *"},
       {"@daily", "0 0 * * *"},
       {"@weekly", "0 0 * * 0"},
       {"@monthly", "0 0 1 * *"},
       {"@yearly", "0 0 1 1 *"}}};
  const auto found = std::ranges::find(words, text, [](const auto& word) { return word.first; });
  return found == words.end() ? text : found->second;
}

}  // namespace

Result<Cron> parse_cron(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const auto part : split(meaning_of(text), " \t")) {
    if (!part.empty()) parts.push_back(part);
  }
  if (parts.size() != fields.size()) {
    return wrong("\"" + std::string(text) +
                 "\" must have five fields: minute, hour, day of the month, month, day of the "
                 "week; 0 4 * * * is every day at 4");
  }
  Cron cron;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    for (const auto part : split(parts[field], ",")) {
      const auto numbers = numbers_of(part, field);
      if (numbers.empty()) {
        const auto& [name, least, most] = fields[field];
        return wrong("\"" + std::string(part) + "\" is no " + std::string(name) + ", " +
                     std::to_string(least) + " to " + std::to_string(most));
      }
      for (const auto number : numbers) set(cron, field, number);
    }
  }
  cron.any_day = parts[2].starts_with('*');
  cron.any_weekday = parts[4].starts_with('*');
  if (!comes(cron)) return wrong("\"" + std::string(text) + "\" is a date that never comes");
  return cron;
}

}  // namespace nightshift
