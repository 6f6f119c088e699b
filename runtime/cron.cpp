// Reads crontab's five fields, and walks the calendar.
#include "runtime/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include <date/tz.h>

namespace nightshift::runtime {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};

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

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return low;
}

std::optional<unsigned> number_of(std::string_view text, std::size_t field) {
  const auto low = lower(text);
  if (field == 3) {
    const auto named = std::ranges::find(month_names, low);
    if (named != month_names.end()) return static_cast<unsigned>(named - month_names.begin()) + 1;
  }
  if (field == 4) {
    const auto named = std::ranges::find(weekday_names, low);
    if (named != weekday_names.end()) return static_cast<unsigned>(named - weekday_names.begin());
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(low.data(), low.data() + low.size(), number);
  if (error != std::errc() || end != low.data() + low.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// `*`, `5`, `1-5`, each with `/2`: the numbers that it stands for; none where it is wrong.
std::vector<unsigned> numbers_of(std::string_view part, std::size_t field) {
  const auto slash = part.find('/');
  const auto range = part.substr(0, slash);
  const auto step = slash == part.npos ? 1u : number_of(part.substr(slash + 1), 0).value_or(0);
  auto first = fields[field].least, last = fields[field].most;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto begin = number_of(range.substr(0, dash), field);
    const auto end = dash == range.npos ? begin : number_of(range.substr(dash + 1), field);
    if (!begin || !end || *begin < first || *end > last || *begin > *end) return {};
    first = *begin;
    if (dash != range.npos || slash == part.npos) last = *end;
  }
  std::vector<unsigned> numbers;
  if (step == 0) return numbers;
  for (auto number = first; number <= last; number += step) numbers.push_back(number);
  return numbers;
}

void set(Cron& cron, std::size_t field, unsigned number) {
  switch (field) {
    case 0: cron.minutes.set(number); break;
    case 1: cron.hours.set(number); break;
    case 2: cron.days.set(number); break;
    case 3: cron.months.set(number); break;
    default: cron.weekdays.set(number % 7); break;
  }
}

bool is_on(const Cron& cron, date::sys_days day) {
  const date::year_month_day date(day);
  if (!cron.months.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_day = cron.days.test(static_cast<unsigned>(date.day()));
  const bool by_weekday = cron.weekdays.test(date::weekday(day).c_encoding());
  if (cron.any_day || cron.any_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

}  // namespace

Result<Cron> parse_cron(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
      {{"@hourly", "0 * * * *"}, {"@daily", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
       {"@monthly", "0 0 1 * *"}}};
  for (const auto& [word, meaning] : words) {
    if (text == word) text = meaning;
  }
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' ')) {
    if (!part.empty()) parts.push_back(part);
  }
  if (parts.size() != fields.size()) {
    return fail(ErrorCode::invalid,
                "\"" + std::string(text) +
                    "\" must have five fields: minute, hour, day of the month, month, day of the "
                    "week; 0 4 * * * is every day at 4",
                "cron_restart");
  }
  Cron cron;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    for (const auto part : split(parts[field], ',')) {
      const auto numbers = numbers_of(part, field);
      if (numbers.empty()) {
        return fail(ErrorCode::invalid,
                    "\"" + std::string(part) + "\" is no " + std::string(fields[field].name) + ", " +
                        std::to_string(fields[field].least) + " to " +
                        std::to_string(fields[field].most),
                    "cron_restart");
      }
      for (const auto number : numbers) set(cron, field, number);
    }
  }
  cron.any_day = parts[2].starts_with('*');
  cron.any_weekday = parts[4].starts_with('*');
  return cron;
}

std::optional<Time> next_time(const Cron& cron, Time after, std::string_view zone) {
  constexpr int days_max = 8 * 366;
  const date::time_zone* place = nullptr;
  try {
    if (zone != "UTC" && !zone.empty()) place = date::locate_zone(std::string(zone));
  } catch (const std::exception&) {
    return std::nullopt;
  }
  const auto wall = place == nullptr ? after : after + place->get_info(after).offset;
  auto day = date::floor<date::days>(wall);
  for (int n = 0; n < days_max; ++n, day += date::days(1)) {
    if (!is_on(cron, day)) continue;
    for (unsigned hour = 0; hour < 24; ++hour) {
      for (unsigned minute = 0; cron.hours.test(hour) && minute < 60; ++minute) {
        if (!cron.minutes.test(minute)) continue;
        const Time shown = Time(day) + hours(hour) + minutes(minute);
        const Time moment =
            place == nullptr ? shown
                             : place->to_sys(date::local_time<Time::duration>(shown.time_since_epoch()),
                                             date::choose::earliest);
        if (moment > after) return moment;
      }
    }
  }
  return std::nullopt;
}

}  // namespace nightshift::runtime
